package io.s2s.sdk;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/** The sending of calls, for all services. */
final class Calls {
  private final Channel channel;
  private final RetryInterceptor policy;

  /** Time limit of each call. Null: the client's for a unary call, none for a stream. */
  private final Duration timeout;

  Calls(Channel channel, RetryInterceptor policy) {
    this(channel, policy, null);
  }

  private Calls(Channel channel, RetryInterceptor policy, Duration timeout) {
    this.channel = channel;
    this.policy = policy;
    this.timeout = timeout;
  }

  Calls withTimeout(Duration timeout) {
    return new Calls(channel, policy, timeout);
  }

  /** Returns the options of a call that begins now. */
  private CallOptions options() {
    return timeout == null ? CallOptions.DEFAULT : CallOptions.DEFAULT.withDeadlineAfter(timeout);
  }

  <Q, R> R unary(MethodDescriptor<Q, R> method, Q request) {
    try {
      return ClientCalls.blockingUnaryCall(channel, method, options(), request);
    } catch (StatusRuntimeException e) {
      throw S2sException.from(e);
    }
  }

  /**
   * Returns the messages of a stream, which is opened again after each failure that may pass.
   * Nothing is sent before the first message is read.
   *
   * @param request returns the request that goes on behind a token, or the first one for null
   * @param token returns the token of a message
   */
  <Q, R> Stream<R> watch(
      MethodDescriptor<Q, R> method, Function<String, Q> request, Function<R, String> token) {
    Deadline end = timeout == null ? null : Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    CallOptions options = CallOptions.DEFAULT.withDeadline(end);
    return new WatchStream<>(
            () -> channel.newCall(method, options), method, policy, request, token, end)
        .stream();
  }

  /**
   * Opens a gRPC stream, sends the items on it, and returns their results. Nothing is sent before
   * the first result is read.
   *
   * @param wrap returns the request for an item
   * @param unwrap returns the result in a response
   */
  <I, Q, R, T> Stream<T> stream(
      MethodDescriptor<Q, R> method,
      Iterable<I> items,
      Function<I, Q> wrap,
      Function<R, T> unwrap) {
    return new ResultStream<>(() -> channel.newCall(method, options()), items, wrap)
        .stream().map(unwrap);
  }
}
