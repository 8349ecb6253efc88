package io.s2s.sdk;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Gives unary calls a deadline and a request id, and retries them after a transient failure.
 *
 * <p>A call that the schema does not declare idempotent, such as {@code RotateApiKey}, is sent
 * once. There is no retry budget across calls, and no hedging. grpc-java's own retries are off:
 * they ignore {@code google.rpc.RetryInfo}, wait for a deadline that they can't meet, and give up
 * on a server that is back while the channel still waits to reconnect.
 */
final class RetryInterceptor implements ClientInterceptor {
  /** Maximum pause before the first retry. The maximum doubles with each retry. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  private static final Logger LOGGER = System.getLogger(S2sClient.LOGGER_NAME);

  private final ManagedChannel channel;
  private final Duration timeout;
  private final int retries;

  RetryInterceptor(ManagedChannel channel, Duration timeout, int retries) {
    this.channel = channel;
    this.timeout = timeout;
    this.retries = retries;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    if (method.getType() != MethodType.UNARY) {
      return next.newCall(method, options);
    }
    CallOptions limited =
        options.getDeadline() == null ? options.withDeadlineAfter(timeout) : options;
    return new RetryingCall<>(this, method, limited, next);
  }

  /** Returns true if a call is to be retried again after this number of retries and this error. */
  boolean sendsAgain(MethodDescriptor<?, ?> method, int retried, S2sException error) {
    boolean isRepeatable = method.isIdempotent() || method.isSafe();
    return isRepeatable && retried < retries && error.isPassing() && !channel.isShutdown();
  }

  /** Returns the time limit of the opening of a stream. */
  Duration timeout() {
    return timeout;
  }

  /**
   * Returns true if a stream is to be opened again after this error. Before its first message, it
   * is opened at most as often as any other call.
   */
  boolean opensAgain(boolean begun, int failures, S2sException error) {
    return error.isPassing() && (begun || failures < retries) && !channel.isShutdown();
  }

  /**
   * Logs an attempt that failed and is tried again. The text has no key and nothing of the request.
   */
  static void log(MethodDescriptor<?, ?> method, int attempt, S2sException error, Duration pause) {
    String text =
        "%s: attempt %d failed (%s), next in %d ms"
            .formatted(method.getFullMethodName(), attempt, error.reasonOrCode(), pause.toMillis());
    try {
      LOGGER.log(Level.INFO, text);
    } catch (RuntimeException e) {
      // A logger that fails must not make the call fail.
    }
  }

  /** Prepares the channel; must be called before each attempt. */
  void beforeAttempt() {
    // After a failure to connect, the channel would fail all calls unsent for a second or more.
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.enterIdle();
    }
  }

  static Duration pause(int retried, S2sException error) {
    return pause(
        retried,
        error.retryAfter().orElse(Duration.ZERO),
        ThreadLocalRandom.current().nextDouble());
  }

  /**
   * Returns the pause before the next attempt: the time that the server asked for plus a random
   * time. The random time keeps clients that failed together from coming back together.
   */
  static Duration pause(int retried, Duration asked, double random) {
    long longest = PAUSE_MAX.toMillis();
    // 2^16 times the first pause is far beyond the longest.
    long half = Math.min(FIRST_PAUSE.toMillis() << Math.min(retried, 16), longest) / 2;
    return asked.plusMillis(half + Math.round(half * random));
  }
}
