package io.s2s.sdk;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/** A unary call over all its attempts, each of which is a call of its own. */
final class RetryingCall<Q, R> extends ClientCall<Q, R> {
  /** Number of messages to request: the response, and one more, to see that no other follows. */
  private static final int MESSAGES_ASKED_FOR = 2;

  private record Cancellation(String message, Throwable cause) {}

  private final RetryInterceptor policy;
  private final MethodDescriptor<Q, R> method;
  private final CallOptions options;
  private final Channel next;
  private final Context context = Context.current();
  private final Context.CancellationListener endPause = ended -> endPause();
  private final Executor executor;

  private Listener<R> listener;
  private Metadata headers;
  private Q request;
  private int retried;

  // The state that `cancel` uses, from any thread.
  private volatile Cancellation cancellation;
  private volatile ClientCall<Q, R> attempt;
  private volatile CompletableFuture<Void> pause = new CompletableFuture<>();

  RetryingCall(
      RetryInterceptor policy, MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    this.policy = policy;
    this.method = method;
    this.options = options;
    this.next = next;
    this.executor =
        options.getExecutor() == null ? ForkJoinPool.commonPool() : options.getExecutor();
  }

  @Override
  public void start(Listener<R> listener, Metadata headers) {
    this.listener = listener;
    this.headers = headers;
  }

  /** Does nothing: the only response is passed on even if no message is requested. */
  @Override
  public void request(int messages) {}

  @Override
  public void sendMessage(Q message) {
    request = RequestIds.fill(message);
  }

  @Override
  public void halfClose() {
    context.addListener(endPause, Runnable::run);
    attempt();
  }

  @Override
  public void cancel(String message, Throwable cause) {
    cancellation = new Cancellation(message, cause);
    endPause();
    ClientCall<Q, R> running = attempt;
    if (running != null) {
      running.cancel(message, cause);
    }
  }

  private void endPause() {
    pause.complete(null);
  }

  /**
   * Starts an attempt. Synchronized, so that the next attempt does not overtake an attempt that
   * fails while it is being started.
   */
  private synchronized void attempt() {
    policy.beforeAttempt();
    ClientCall<Q, R> call = next.newCall(method, options);
    Metadata ownHeaders = new Metadata();
    ownHeaders.merge(headers);
    call.start(new Attempt(), ownHeaders);
    if (cancellation == null) {
      call.request(MESSAGES_ASKED_FOR);
      call.sendMessage(request);
      call.halfClose();
    }
    // Set only after the message is sent, because a cancelled call no longer accepts a message.
    attempt = call;
    Cancellation cancelled = cancellation;
    if (cancelled != null) {
      call.cancel(cancelled.message, cancelled.cause);
    }
  }

  /** Starts the next attempt after a pause, which a cancellation ends. */
  private void attemptAfter(Duration duration) {
    CompletableFuture<Void> pause = new CompletableFuture<>();
    this.pause = pause;
    if (cancellation != null || context.isCancelled()) {
      pause.complete(null);
    }
    pause
        .completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS)
        .thenRunAsync(context.wrap(this::attempt), executor);
  }

  /** Keeps the answer of an attempt until the attempt is known to be the last. */
  private final class Attempt extends Listener<R> {
    private Metadata responseHeaders;
    private R response;

    @Override
    public void onHeaders(Metadata headers) {
      responseHeaders = headers;
    }

    @Override
    public void onMessage(R message) {
      response = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
        close(status, trailers);
        return;
      }
      S2sException error = S2sException.of(status, trailers);
      Duration pause = RetryInterceptor.pause(retried, error);
      long left = options.getDeadline().timeRemaining(TimeUnit.NANOSECONDS);
      boolean inTime = pause.compareTo(Duration.ofNanos(left)) < 0;
      if (cancellation == null && inTime && policy.sendsAgain(method, retried, error)) {
        retried++;
        RetryInterceptor.log(method, retried, error, pause);
        attemptAfter(pause);
      } else {
        close(error.getStatus(), trailers);
      }
    }

    private void close(Status status, Metadata trailers) {
      context.removeListener(endPause);
      if (responseHeaders != null) {
        listener.onHeaders(responseHeaders);
      }
      if (response != null) {
        listener.onMessage(response);
      }
      listener.onClose(status, trailers);
    }
  }
}
