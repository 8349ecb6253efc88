package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.failure;
import static io.s2s.sdk.FakeServer.info;
import static io.s2s.sdk.FakeServer.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.RecordConversionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests stubs over a client's channel: their errors, and the caller's own interceptors. */
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
      assertEquals(Code.ALREADY_EXISTS, error.code());
      assertEquals(Reason.TRANSACTION_CONFLICT, error.reason());
      assertEquals(4, server.requests.size());
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
          ConversionServiceGrpc.newBlockingStub(client.channel())
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers), observer);
      stub.recordConversion(REQUEST);
      var failure =
          assertThrows(StatusRuntimeException.class, () -> stub.recordConversion(REQUEST));
      assertEquals(3, server.headers.size());
      server.headers.forEach(seen -> assertEquals("7", seen.get(key)));
      assertEquals(2, observer.ends.size());
      assertSame(Status.OK, observer.ends.get(0));
      assertEquals(failure.getStatus().getCode(), observer.ends.get(1).getCode());
      assertEquals("NOT_FOUND", S2sException.from(failure).reasonText());
    }
  }
}
