package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.NEVER;
import static io.s2s.sdk.FakeServer.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status.Code;
import io.s2s.sdk.v1.RecordConversionResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class StreamTest {
  private static Conversions.RecordParams item(Object transactionId) {
    return new Conversions.RecordParams().transactionId(transactionId.toString());
  }

  private static List<String> ids(Stream<RecordConversionResult> results) {
    return results.map(result -> S2sException.responseOf(result).getConversionId()).toList();
  }

  @Test
  void eachItemHasAResultInItsOrder() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().apiKey("s3cret").build()) {
      List<String> expected = IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();
      Stream<Conversions.RecordParams> items = expected.stream().map(StreamTest::item);
      try (var results = client.conversions().streamRecord(items::iterator)) {
        assertEquals(expected, ids(results));
      }
      assertEquals(List.of(), ids(client.conversions().streamRecord(List.of())));
      assertEquals("Bearer s3cret", server.headers.get(0).get(FakeServer.AUTHORIZATION));
      assertEquals(List.of(), server.millisLeft, "no deadline");
    }
  }

  @Test
  void nothingIsSentBeforeTheFirstResultIsRead() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().build()) {
      var results = client.conversions().streamRecord(List.of(item("a")));
      assertEquals(List.of(), server.headers);
      assertEquals(List.of("a"), ids(results));
      client.conversions().streamRecord(List.of(item("b"))).close();
      assertEquals(1, server.headers.size());
    }
  }

  /** Has one permit for each time that a wait for an item was interrupted. */
  private final Semaphore interruptions = new Semaphore(0);

  /** Returns items that a queue gives, without end. */
  private Iterable<Conversions.RecordParams> endless(BlockingQueue<String> queue) {
    return () ->
        Stream.generate(
                () -> {
                  try {
                    return item(queue.take());
                  } catch (InterruptedException e) {
                    interruptions.release();
                    throw new IllegalStateException(e);
                  }
                })
            .iterator();
  }

  @Test
  void resultsComeWhileTheItemsAreAwaited() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().build()) {
      var queue = new LinkedBlockingQueue<String>();
      try (var results = client.conversions().streamRecord(endless(queue))) {
        Iterator<RecordConversionResult> all = results.iterator();
        for (String id : List.of("a", "b")) {
          queue.add(id);
          assertEquals(id, all.next().getResponse().getConversionId());
        }
      }
      server.streamsCancelled.acquire();
      assertEquals(2, server.requests.size());
      interruptions.acquire();
    }
  }

  @Test
  void failuresAreNotRetried() throws Exception {
    try (var server = new FakeServer(unavailable());
        var client = server.client().build()) {
      var results = client.conversions().streamRecord(endless(new LinkedBlockingQueue<>()));
      Iterator<RecordConversionResult> all = results.iterator();
      var error = assertThrows(S2sException.Unavailable.class, all::next);
      assertEquals("the server is stopping", error.getMessage());
      assertEquals(1, server.headers.size());
      assertFalse(all.hasNext());
      assertThrows(NoSuchElementException.class, all::next);
      interruptions.acquire();
    }
  }

  @Test
  void aStreamCanHaveATimeout() throws Exception {
    try (var server = new FakeServer(NEVER);
        var client = server.client().build()) {
      var conversions = client.conversions().withTimeout(Duration.ofMillis(300));
      var results = conversions.streamRecord(endless(new LinkedBlockingQueue<>()));
      assertThrows(S2sException.DeadlineExceeded.class, () -> ids(results));
    }
  }

  @Test
  void failuresOfTheItemsAreTheCallers() throws Exception {
    var failures = new ArrayList<Throwable>();
    failures.add(new IllegalStateException("no more"));
    failures.add(new AssertionError("broken"));
    for (Throwable failure : failures) {
      try (var server = new FakeServer();
          var client = server.client().build()) {
        Iterable<Conversions.RecordParams> items =
            () ->
                IntStream.range(0, 2)
                    .mapToObj(
                        index -> {
                          if (index == 0) {
                            return item("a");
                          } else if (failure instanceof Error error) {
                            throw error;
                          }
                          throw (RuntimeException) failure;
                        })
                    .iterator();
        var results = client.conversions().streamRecord(items);
        assertSame(failure, assertThrows(Throwable.class, () -> ids(results)));
        server.streamsCancelled.acquire();
      }
    }
  }

  @Test
  void interruptsCancelTheStream() throws Exception {
    try (var server = new FakeServer(NEVER);
        var client = server.client().build()) {
      var failure = new CompletableFuture<S2sException>();
      var interrupted = new CompletableFuture<Boolean>();
      var queue = new LinkedBlockingQueue<>(List.of("a"));
      var thread =
          new Thread(
              () -> {
                try {
                  ids(client.conversions().streamRecord(endless(queue)));
                } catch (S2sException e) {
                  interrupted.complete(Thread.interrupted());
                  failure.complete(e);
                }
              });
      thread.start();
      server.streamItems.acquire();
      thread.interrupt();
      assertEquals(Code.CANCELLED, failure.get().code());
      assertTrue(interrupted.get(), "the thread stays interrupted");
      server.streamsCancelled.acquire();
    }
  }
}
