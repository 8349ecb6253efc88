package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.NEVER;
import static io.s2s.sdk.FakeServer.failure;
import static io.s2s.sdk.FakeServer.info;
import static io.s2s.sdk.FakeServer.overloaded;
import static io.s2s.sdk.FakeServer.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status.Code;
import io.s2s.sdk.v1.ConversionVerdict;
import io.s2s.sdk.v1.RecordConversionResponse;
import io.s2s.sdk.v1.RecordConversionResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RetryTest {
  /** Timeout that is long enough for a slow machine. */
  private static final Duration SLOW = Duration.ofSeconds(20);

  private static RecordConversionResponse record(S2sClient client) {
    return client.conversions().record(new Conversions.RecordParams());
  }

  /** Connects early, so that the time to connect doesn't count against a deadline. */
  private static void connect(S2sClient client) {
    client.conversions().withTimeout(Duration.ofMinutes(1)).record(new Conversions.RecordParams());
  }

  private static S2sException failed(S2sClient client) {
    return assertThrows(S2sException.class, () -> record(client));
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
  }

  private static int freePort() throws IOException {
    try (var listener = listen(0)) {
      return listener.getLocalPort();
    }
  }

  private static Duration since(Instant start) {
    return Duration.between(start, Instant.now());
  }

  @Test
  void passingFailuresAreRetriedWithTheSameRequestId() throws Exception {
    try (var server = new FakeServer(unavailable(), unavailable());
        var client = server.client().build()) {
      assertEquals(ConversionVerdict.CONVERSION_VERDICT_RECORDED, record(client).getVerdict());
      List<String> ids = server.requestIds();
      assertTrue(ids.get(0).matches("[0-9a-f]{32}"), ids::toString);
      assertEquals(List.of(ids.get(0), ids.get(0), ids.get(0)), ids);

      record(client);
      assertNotEquals(ids.get(0), server.requestIds().get(3), "another call is another request");
    }
  }

  @Test
  void keyAndTimeLeftTravelWithEachAttempt() throws Exception {
    try (var server = new FakeServer(unavailable());
        var client = server.client().apiKey("s3cret").build()) {
      record(client);
      assertEquals(2, server.headers.size());
      for (var headers : server.headers) {
        assertEquals("Bearer s3cret", headers.get(FakeServer.AUTHORIZATION));
        assertEquals(1, count(headers.getAll(FakeServer.AUTHORIZATION)));
      }
      long first = server.millisLeft.get(0);
      long second = server.millisLeft.get(1);
      assertTrue(first <= 10_000 && second <= first - 50, first + " " + second);
    }
  }

  private static int count(Iterable<?> items) {
    int count = 0;
    for (var ignored : items) {
      count++;
    }
    return count;
  }

  @Test
  void otherFailuresAreNotRetried() throws Exception {
    try (var server =
            new FakeServer(failure(Code.INVALID_ARGUMENT, "no", info("FIELD_INVALID", "s2s.v1")));
        var client = server.client().build()) {
      assertEquals(Reason.FIELD_INVALID, failed(client).reason());
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  void callsThatCantBeRepeatedAreSentOnce() throws Exception {
    try (var server = new FakeServer(unavailable());
        var client = server.client().build()) {
      var error = assertThrows(S2sException.class, () -> client.apiKeys().rotate("key_1"));
      assertEquals(Reason.UNAVAILABLE, error.reason());
      assertEquals(1, server.headers.size());
      client.apiKeys().rotate("key_1");
    }
  }

  @Test
  void attemptsThatAreTriedAgainAreLogged() throws Exception {
    var lines = new CopyOnWriteArrayList<String>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(record.getLevel() + " " + record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(S2sClient.LOGGER_NAME);
    logger.addHandler(handler);
    try (var server = new FakeServer(overloaded(0, 1), unavailable());
        var client = server.client().apiKey("s3cret").build()) {
      client.conversions().record(p -> p.clickId("confidential"));
      String call = "INFO s2s.v1.ConversionService/RecordConversion: ";
      assertEquals(2, lines.size(), lines::toString);
      String first = call + "attempt 1 failed \\(OVERLOADED\\), next in [0-9]+ ms";
      assertTrue(lines.get(0).matches(first), lines::toString);
      String second = call + "attempt 2 failed \\(UNAVAILABLE\\), next in [0-9]+ ms";
      assertTrue(lines.get(1).matches(second), lines::toString);

      // The last attempt is the error of the call, so it is not logged as well.
      server.always = failure(Code.NOT_FOUND, "no");
      failed(client);
      assertEquals(2, lines.size(), lines::toString);
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void retriesAreLimited() throws Exception {
    try (var server = new FakeServer()) {
      server.always = unavailable();
      for (int retries : new int[] {0, 2}) {
        server.requests.clear();
        try (var client = server.client().retries(retries).build()) {
          S2sException error = failed(client);
          assertEquals(1 + retries, server.requests.size());
          assertEquals(Reason.UNAVAILABLE, error.reason());
          assertEquals("the server is stopping", error.getMessage());
        }
      }
    }
  }

  @Test
  void thePauseThatTheServerAsksForIsKept() throws Exception {
    try (var server = new FakeServer(overloaded(0, 300));
        var client = server.client().build()) {
      Instant start = Instant.now();
      record(client);
      assertTrue(since(start).toMillis() >= 300);
      assertEquals(2, server.requests.size());
    }
  }

  @Test
  void aPauseBeyondTheDeadlineIsNotBegun() throws Exception {
    try (var server = new FakeServer(overloaded(40, 0));
        var client = server.client().timeout(Duration.ofSeconds(30)).build()) {
      Instant start = Instant.now();
      S2sException error = failed(client);
      assertTrue(since(start).compareTo(SLOW) < 0);
      assertEquals(1, server.requests.size());
      assertEquals(Reason.OVERLOADED, error.reason());
      assertEquals(Duration.ofSeconds(40), error.retryAfter().orElseThrow());
    }
  }

  @Test
  void theDeadlineIsOverAllAttempts() throws Exception {
    try (var server = new FakeServer(FakeServer.OK, unavailable(), NEVER);
        var client = server.client().timeout(Duration.ofSeconds(2)).build()) {
      connect(client);
      Instant start = Instant.now();
      S2sException error = failed(client);
      assertTrue(since(start).compareTo(SLOW) < 0);
      assertEquals(Code.DEADLINE_EXCEEDED, error.code());
      assertEquals(Reason.DEADLINE_EXCEEDED, error.reason());
      assertEquals(3, server.requests.size());
    }
  }

  @Test
  void aCallCanHaveADeadlineOfItsOwn() throws Exception {
    try (var server = new FakeServer(NEVER);
        var client = server.client().timeout(Duration.ofHours(1)).build()) {
      Conversions conversions = client.conversions().withTimeout(Duration.ofMillis(300));
      S2sException error =
          assertThrows(S2sException.class, () -> conversions.record(p -> p.clickId("x")));
      assertEquals(Code.DEADLINE_EXCEEDED, error.code());
    }
  }

  @Test
  void endlessRetriesEndWithTheDeadline() throws Exception {
    try (var server = new FakeServer();
        var client =
            server.client().timeout(Duration.ofSeconds(2)).retries(Integer.MAX_VALUE).build()) {
      connect(client);
      server.requests.clear();
      server.always = unavailable();
      failed(client);
      // The pauses are at least 50, 100, 200, 400 and 800 ms. The sixth pause would end after the
      // deadline.
      int attempts = server.requests.size();
      assertTrue(2 <= attempts && attempts <= 6, attempts + " attempts");
    }
  }

  @Test
  void aServerThatIsNotThereIsUnavailable() throws Exception {
    try (var client = FakeServer.client("http://127.0.0.1:" + freePort()).retries(0).build()) {
      S2sException error = failed(client);
      assertEquals(Reason.UNAVAILABLE, error.reason());
      assertTrue(error.getMessage().contains("refused"), error::toString);
      assertNotNull(error.getCause());
    }
  }

  /** Checks that the first call after the server is back succeeds, despite earlier failures. */
  @Test
  void eachAttemptConnectsAnew() throws Exception {
    var server = new FakeServer();
    int port = server.port();
    try (var client = server.client().retries(0).build()) {
      record(client);
      server.close();
      for (int attempt = 0; attempt < 3; attempt++) {
        assertEquals(Reason.UNAVAILABLE, failed(client).reason());
      }
      try (var again = new FakeServer(port, io.grpc.InsecureServerCredentials.create())) {
        record(client);
        assertEquals(1, again.requests.size());
      }
    }
  }

  @Test
  void brokenConnectionsAreOpenedAgain() throws Exception {
    int port = freePort();
    try (var client = FakeServer.client("http://127.0.0.1:" + port).build()) {
      CompletableFuture<RecordConversionResponse> answer;
      try (var listener = listen(port)) {
        answer = CompletableFuture.supplyAsync(() -> record(client));
        listener.accept().close();
        listener.accept().close();
      }
      try (var server = new FakeServer(port, io.grpc.InsecureServerCredentials.create())) {
        answer.get();
        assertEquals(1, server.requests.size());
      }
    }
  }

  @Test
  void anAnswerThatIsNotGrpcIsUnavailable() throws Exception {
    try (var listener = listen(0);
        var client =
            FakeServer.client("http://127.0.0.1:" + listener.getLocalPort()).retries(0).build()) {
      var error = CompletableFuture.supplyAsync(() -> failed(client));
      try (var connection = listener.accept()) {
        String answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        assertEquals(Reason.UNAVAILABLE, error.get().reason());
      }
    }
  }

  @Test
  void batchesGiveEachItemAnIdAndAResult() throws Exception {
    try (var server = new FakeServer(unavailable());
        var client = server.client().build()) {
      var items =
          List.of(new Conversions.RecordParams().clickId("x"), new Conversions.RecordParams());
      List<RecordConversionResult> results =
          client.conversions().batchRecord(p -> p.requests(items)).getResultsList();

      assertEquals(
          RecordConversionResponse.getDefaultInstance(), S2sException.responseOf(results.get(0)));
      S2sException error =
          assertThrows(S2sException.class, () -> S2sException.responseOf(results.get(1)));
      assertEquals(Code.INVALID_ARGUMENT, error.code());
      assertEquals(Reason.PARAMETER_MISSING, error.reason());
      List<String> ids = server.requestIds();
      assertEquals(ids.subList(0, 2), ids.subList(2, 4), "the second attempt repeats the first");
      assertNotEquals(ids.get(0), ids.get(1));
    }
  }

  @Test
  void aClosedClientFailsAtOnce() throws Exception {
    try (var server = new FakeServer()) {
      var client = server.client().timeout(Duration.ofHours(1)).retries(1_000).build();
      client.close();
      S2sException error = failed(client);
      assertEquals(Code.UNAVAILABLE, error.code());
      assertTrue(error.getMessage().contains("shutdown"), error::toString);
    }
  }

  @Test
  void pausesDoubleUpToALimit() {
    record Case(int retried, int asked, double random, int expected) {}
    for (Case c :
        List.of(
            new Case(0, 0, 0, 50),
            new Case(0, 0, 1, 100),
            new Case(1, 0, 0, 100),
            new Case(3, 0, 1, 800),
            new Case(6, 0, 1, 5_000),
            new Case(Integer.MAX_VALUE, 0, 1, 5_000),
            new Case(0, 2_000, 0, 2_050),
            new Case(0, 2_000, 1, 2_100))) {
      Duration pause = RetryInterceptor.pause(c.retried, Duration.ofMillis(c.asked), c.random);
      assertEquals(Duration.ofMillis(c.expected), pause, c::toString);
    }
  }
}
