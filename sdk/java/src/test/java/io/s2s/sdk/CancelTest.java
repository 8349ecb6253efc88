package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.NEVER;
import static io.s2s.sdk.FakeServer.overloaded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.RecordConversionRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests cancellation during a call, and during a pause of an hour between two attempts. */
@Timeout(300)
class CancelTest {
  private static final RecordConversionRequest REQUEST =
      RecordConversionRequest.getDefaultInstance();

  /** A channel like a client's, which reports when an attempt has failed and a pause has begun. */
  private static final class Fixture implements AutoCloseable, ClientInterceptor {
    final FakeServer server;
    final ManagedChannel connection;
    final Channel channel;
    final Semaphore underWay;
    private final Semaphore pauses = new Semaphore(0);

    Fixture(boolean inAPause) throws IOException {
      server = new FakeServer(inAPause ? overloaded(3_600, 0) : NEVER);
      connection = ManagedChannelBuilder.forTarget(server.authority()).usePlaintext().build();
      var retry = new RetryInterceptor(connection, Duration.ofHours(2), 4);
      channel = ClientInterceptors.intercept(connection, this, retry);
      underWay = inAPause ? pauses : server.recordCalls;
    }

    void record() {
      new Conversions(new Calls(channel, null)).record(new Conversions.RecordParams());
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  super.onClose(status, trailers);
                  pauses.release();
                }
              },
              headers);
        }
      };
    }

    @Override
    public void close() {
      connection.shutdownNow();
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void futures(boolean inAPause) throws Exception {
    try (var fixture = new Fixture(inAPause)) {
      var future = ConversionServiceGrpc.newFutureStub(fixture.channel).recordConversion(REQUEST);
      fixture.underWay.acquire();
      future.cancel(true);
      assertThrows(CancellationException.class, future::get);
      assertEquals(1, fixture.server.requests.size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void contexts(boolean inAPause) throws Exception {
    try (var fixture = new Fixture(inAPause);
        var context = Context.current().withCancellation()) {
      var failure = new CompletableFuture<S2sException>();
      var call =
          context.wrap(
              () -> {
                try {
                  fixture.record();
                } catch (S2sException e) {
                  failure.complete(e);
                }
              });
      new Thread(call).start();
      fixture.underWay.acquire();
      context.cancel(null);
      assertEquals(Code.CANCELLED, failure.get().code());
      assertEquals(1, fixture.server.requests.size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interrupts(boolean inAPause) throws Exception {
    try (var fixture = new Fixture(inAPause)) {
      var failure = new CompletableFuture<S2sException>();
      var interrupted = new CompletableFuture<Boolean>();
      var thread =
          new Thread(
              () -> {
                try {
                  fixture.record();
                } catch (S2sException e) {
                  interrupted.complete(Thread.interrupted());
                  failure.complete(e);
                }
              });
      thread.start();
      fixture.underWay.acquire();
      thread.interrupt();
      assertEquals(Code.CANCELLED, failure.get().code());
      assertTrue(interrupted.get(), "the thread stays interrupted");
      assertEquals(1, fixture.server.requests.size());
    }
  }
}
