package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.NEVER;
import static io.s2s.sdk.FakeServer.OK;
import static io.s2s.sdk.FakeServer.overloaded;
import static io.s2s.sdk.FakeServer.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.s2s.sdk.FakeServer.Turn;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.WatchConversionsRequest;
import io.s2s.sdk.v1.WatchConversionsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class WatchTest {
  /** Keeps the lines that a client logs. */
  private static final class Logged extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(S2sClient.LOGGER_NAME);
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Logged() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      lines.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  private static long pauseOf(String line) {
    return Long.parseLong(line.replaceAll(".* next in | ms", ""));
  }

  private static List<String> tokens(Stream<WatchConversionsResponse> messages) {
    return messages.map(WatchConversionsResponse::getResumeToken).toList();
  }

  @Test
  void aWatchGoesOnBehindTheLastMessage() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().apiKey("s3cret").retries(1).build()) {
      server.turns.addAll(
          List.of(
              Turn.of(unavailable()),
              Turn.of(OK, "a", "b"),
              Turn.of(unavailable()),
              Turn.of(unavailable()),
              Turn.of(unavailable(), "c"),
              Turn.of(Status.OUT_OF_RANGE.asRuntimeException(), "d")));
      List<String> tokens = new ArrayList<>();
      try (var messages = client.conversions().watch(params -> params.resumeToken("mine"))) {
        var failure =
            assertThrows(
                S2sException.class,
                () -> messages.forEach(message -> tokens.add(message.getResumeToken())));
        assertEquals(Code.OUT_OF_RANGE, failure.getStatus().getCode());
      }
      assertEquals(List.of("a", "b", "c", "d"), tokens);
      assertEquals(List.of("mine", "mine", "b", "b", "b", "c"), server.resumeTokens);
      assertEquals("Bearer s3cret", server.headers.get(5).get(FakeServer.AUTHORIZATION));
    }
  }

  @Test
  void aWatchThatDoesNotBeginIsTriedAsOftenAsACall() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().retries(2).build()) {
      server.turns.add(Turn.of(unavailable()));
      var messages = client.conversions().watch();
      assertThrows(S2sException.class, messages::toList);
      assertEquals(3, server.resumeTokens.size());
    }
  }

  @Test
  void onlyTheSecondMessageShortensThePauses() throws Exception {
    List<Long> pauses;
    try (var server = new FakeServer();
        var client = server.client().build();
        var logged = new Logged()) {
      server.turns.addAll(
          List.of(
              Turn.of(unavailable(), "a"),
              Turn.of(unavailable(), "b"),
              Turn.of(unavailable(), "c"),
              Turn.of(unavailable(), "d", "e"),
              Turn.of(NEVER, "f")));
      try (var messages = client.conversions().watch()) {
        assertEquals(List.of("a", "b", "c", "d", "e", "f"), tokens(messages.limit(6)));
      }
      pauses = logged.lines.stream().map(WatchTest::pauseOf).toList();
    }
    assertEquals(4, pauses.size());
    long[] longest = {100, 200, 400, 100};
    for (int i = 0; i < longest.length; i++) {
      long pause = pauses.get(i);
      assertTrue(pause >= longest[i] / 2 && pause <= longest[i], pauses::toString);
    }
  }

  @Test
  void aWatchThatHasBegunGoesOnAfterASlowOpening() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().timeout(Duration.ofSeconds(2)).retries(0).build()) {
      server.turns.addAll(
          List.of(Turn.of(unavailable(), "a"), Turn.of(NEVER), Turn.of(NEVER, "b")));
      try (var messages = client.conversions().watch()) {
        assertEquals(List.of("a", "b"), tokens(messages.limit(2)));
      }
      assertEquals(List.of("", "a", "a"), server.resumeTokens);
    }
  }

  /** The ways to end a stream during a pause of an hour. */
  private enum Ending {
    CLOSE,
    CONTEXT,
    INTERRUPT,
    TIMEOUT
  }

  @ParameterizedTest
  @EnumSource
  void aPauseCanBeEnded(Ending ending) throws Exception {
    try (var server = new FakeServer();
        var client = server.client().build();
        var logged = new Logged();
        var context = Context.current().withCancellation()) {
      server.turns.add(Turn.of(overloaded(3_600, 0), "a"));
      var conversions = client.conversions();
      if (ending == Ending.TIMEOUT) {
        conversions = conversions.withTimeout(Duration.ofSeconds(2));
      }
      var messages = conversions.watch();
      var code = new CompletableFuture<Code>();
      var reader =
          new Thread(
              context.wrap(
                  () -> {
                    try {
                      messages.forEach(message -> {});
                      code.complete(Code.OK);
                    } catch (S2sException e) {
                      code.complete(e.code());
                    }
                  }));
      reader.start();
      logged.lines.take();
      switch (ending) {
        case CLOSE -> messages.close();
        case CONTEXT -> context.cancel(null);
        case INTERRUPT -> reader.interrupt();
        case TIMEOUT -> {}
      }
      var expected =
          switch (ending) {
            case CLOSE -> Code.OK;
            case CONTEXT, INTERRUPT -> Code.CANCELLED;
            case TIMEOUT -> Code.DEADLINE_EXCEEDED;
          };
      assertEquals(expected, code.get());
      assertEquals(List.of(""), server.resumeTokens);
    }
  }

  @Test
  void closingCancelsTheCall() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().build()) {
      server.turns.add(Turn.of(NEVER, "a"));
      var messages = client.conversions().watch();
      var iterator = messages.iterator();
      assertEquals("a", iterator.next().getResumeToken());
      // The reader waits for the next message.
      var waits = CompletableFuture.supplyAsync(iterator::hasNext);
      messages.close();
      server.streamsCancelled.acquire();
      assertFalse(waits.get());
    }
  }

  @Test
  void theOpeningHasTheTimeoutOfTheClient() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().timeout(Duration.ofMillis(200)).build()) {
      server.turns.add(Turn.of(NEVER));
      // The server sees the stream only once there is a connection.
      client.conversions().withTimeout(Duration.ofSeconds(30)).record(p -> p.clickId("x"));
      var failure = assertThrows(S2sException.class, () -> client.conversions().watch().toList());
      assertEquals(Code.DEADLINE_EXCEEDED, failure.getStatus().getCode());
      server.streamsCancelled.acquire();
    }
  }

  @Test
  void aSilentStreamIsOpenedAgain() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().build()) {
      server.turns.addAll(List.of(Turn.of(NEVER, "a"), Turn.of(NEVER, "b")));
      var method = ConversionServiceGrpc.getWatchConversionsMethod();
      var connection =
          io.grpc.Grpc.newChannelBuilder("localhost:1", io.grpc.InsecureChannelCredentials.create())
              .build();
      var policy = new RetryInterceptor(connection, Duration.ofSeconds(10), 0);
      var messages =
          new WatchStream<WatchConversionsRequest, WatchConversionsResponse>(
              () -> client.channel().newCall(method, CallOptions.DEFAULT),
              method,
              policy,
              token ->
                  WatchConversionsRequest.newBuilder()
                      .setResumeToken(token == null ? "" : token)
                      .build(),
              WatchConversionsResponse::getResumeToken,
              null,
              Duration.ofMillis(100));
      try (var stream = messages.stream()) {
        assertEquals(List.of("a", "b"), tokens(stream.limit(2)));
      }
      assertEquals(List.of("", "a"), server.resumeTokens);
      connection.shutdownNow();
    }
  }
}
