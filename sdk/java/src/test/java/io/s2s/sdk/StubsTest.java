package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.failure;
import static io.s2s.sdk.FakeServer.info;
import static io.s2s.sdk.FakeServer.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.ErrorReason;
import io.s2s.sdk.v1.RecordConversionRequest;
import io.s2s.sdk.v1.StreamRecordConversionsRequest;
import io.s2s.sdk.v1.StreamRecordConversionsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the kinds of stubs: their errors, and the caller's own interceptors. */
@Timeout(300)
class StubsTest {
  private static final RecordConversionRequest REQUEST =
      RecordConversionRequest.getDefaultInstance();

  @Test
  void futuresAreRetriedAndTheirErrorsRead() throws Exception {
    var refused = failure(Code.ALREADY_EXISTS, "m", info("TRANSACTION_CONFLICT", "s2s.v1"));
    try (var server = new FakeServer(unavailable(), FakeServer.OK, unavailable(), refused);
        var client = server.client().apiKey("s3cret").build()) {
      var stub = ConversionServiceGrpc.newFutureStub(client.channel());
      stub.recordConversion(REQUEST).get();
      List<String> ids = server.requestIds();
      assertEquals(List.of(ids.get(0), ids.get(0)), ids);

      var failure =
          assertThrows(ExecutionException.class, () -> stub.recordConversion(REQUEST).get());
      S2sException error = S2sException.from(failure);
      assertEquals(Code.ALREADY_EXISTS, error.getCode());
      assertEquals(ErrorReason.ERROR_REASON_TRANSACTION_CONFLICT, error.getReason());
      assertEquals(4, server.requests.size());
    }
  }

  @Test
  void streamsHaveTheKeyAndAreNotRetried() throws Exception {
    try (var server = new FakeServer(unavailable());
        var client = server.client().apiKey("s3cret").build()) {
      var failure = new CompletableFuture<Throwable>();
      var requests =
          ConversionServiceGrpc.newStub(client.channel())
              .streamRecordConversions(
                  new StreamObserver<StreamRecordConversionsResponse>() {
                    @Override
                    public void onNext(StreamRecordConversionsResponse response) {}

                    @Override
                    public void onError(Throwable t) {
                      failure.complete(t);
                    }

                    @Override
                    public void onCompleted() {
                      failure.complete(null);
                    }
                  });
      requests.onNext(StreamRecordConversionsRequest.getDefaultInstance());
      S2sException error = S2sException.from(failure.get());
      assertEquals(ErrorReason.ERROR_REASON_UNAVAILABLE, error.getReason());
      assertEquals(1, server.headers.size());
      assertEquals("Bearer s3cret", server.headers.get(0).get(FakeServer.AUTHORIZATION));
      assertEquals(List.of(), server.millisLeft, "no deadline");
    }
  }

  /** A caller's interceptor around a stub, such as one for traces. Keeps the calls' statuses. */
  private static final class Observer implements ClientInterceptor {
    final List<Status> ends = new ArrayList<>();

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
                  ends.add(status);
                  super.onClose(status, trailers);
                }
              },
              headers);
        }
      };
    }
  }

  @Test
  void interceptorsOfTheCallersOwnSeeHeadersAndEnds() throws Exception {
    var key = Metadata.Key.of("x-trace", Metadata.ASCII_STRING_MARSHALLER);
    var headers = new Metadata();
    headers.put(key, "7");
    var observer = new Observer();
    var refused = failure(Code.NOT_FOUND, "m", info("NOT_FOUND", "s2s.v1"));
    try (var server = new FakeServer(unavailable(), FakeServer.OK, refused);
        var client = server.client().build()) {
      var stub =
          client
              .conversions()
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers), observer);
      stub.recordConversion(REQUEST);
      var error = assertThrows(S2sException.class, () -> stub.recordConversion(REQUEST));
      assertEquals(3, server.headers.size());
      server.headers.forEach(seen -> assertEquals("7", seen.get(key)));
      assertEquals(2, observer.ends.size());
      assertSame(Status.OK, observer.ends.get(0));
      assertEquals(error.getStatus(), observer.ends.get(1));
      assertNull(error.getCause());
    }
  }
}
