package io.s2s.sdk;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;

/** The sending of calls, for all services. */
final class Calls {
  private final Channel channel;

  /** Time limit of each call. Null: the client's for a unary call, none for a stream. */
  private final Duration timeout;

  Calls(Channel channel) {
    this(channel, null);
  }

  private Calls(Channel channel, Duration timeout) {
    this.channel = channel;
    this.timeout = timeout;
  }

  Calls withTimeout(Duration timeout) {
    return new Calls(channel, timeout);
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
