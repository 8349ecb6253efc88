package io.s2s.sdk;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;

/**
 * Lets the blocking stubs throw {@link S2sException}.
 *
 * <p>A stub converts a status to an exception of its own, but passes on any exception that its call
 * throws. So this interceptor makes the whole call, and throws the call's error, once the stub has
 * sent its request. For blocking stubs only, because this interceptor blocks.
 */
final class ThrowingInterceptor implements ClientInterceptor {
  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new ClientCall<>() {
      private Listener<R> listener;
      private Channel channel;
      private Q request;

      @Override
      public void start(Listener<R> listener, Metadata headers) {
        this.listener = listener;
        channel =
            ClientInterceptors.intercept(next, MetadataUtils.newAttachHeadersInterceptor(headers));
      }

      @Override
      public void request(int messages) {}

      @Override
      public void sendMessage(Q message) {
        request = message;
      }

      @Override
      public void halfClose() {
        try {
          listener.onMessage(ClientCalls.blockingUnaryCall(channel, method, options, request));
          listener.onClose(Status.OK, new Metadata());
        } catch (StatusRuntimeException e) {
          S2sException error = S2sException.from(e);
          // Report the error to the interceptors that the caller put around the stub.
          listener.onClose(error.getStatus(), error.getTrailers());
          throw error;
        }
      }

      /** Does nothing: while there is something to cancel, the caller is blocked. */
      @Override
      public void cancel(String message, Throwable cause) {}
    };
  }
}
