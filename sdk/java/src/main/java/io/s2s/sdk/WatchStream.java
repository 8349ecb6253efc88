package io.s2s.sdk;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The messages of a stream of events, which is opened again behind the last message after each
 * failure that may pass.
 */
final class WatchStream<Q, R> implements Iterator<R> {
  /**
   * Longest silence of a stream. The server sends a heartbeat every 15 seconds, so after a longer
   * silence the connection is dead.
   */
  static final Duration SILENCE_MAX = Duration.ofSeconds(45);

  /** The stream was opened. */
  private static final Object OPENED = new Object();

  private final Supplier<ClientCall<Q, R>> newCall;
  private final MethodDescriptor<Q, R> method;
  private final RetryInterceptor policy;
  private final Function<String, Q> request;
  private final Function<R, String> token;
  private final Deadline end;
  private final Duration silenceMax;

  /** Has a permit once a pause has to end. */
  private final Semaphore wakes = new Semaphore(0);

  // The state of the reader.
  private R next;
  private String lastToken;

  /** Number of messages since the stream was opened last. */
  private long messages;

  /** Number of failures in a row. */
  private int failures;

  private Opened opened;
  private boolean finished;

  private volatile boolean closed;
  private volatile ClientCall<Q, R> call;

  /** Makes a stream that ends at {@code end}, at the latest; null: it has no limit. */
  WatchStream(
      Supplier<ClientCall<Q, R>> newCall,
      MethodDescriptor<Q, R> method,
      RetryInterceptor policy,
      Function<String, Q> request,
      Function<R, String> token,
      Deadline end) {
    this(newCall, method, policy, request, token, end, SILENCE_MAX);
  }

  WatchStream(
      Supplier<ClientCall<Q, R>> newCall,
      MethodDescriptor<Q, R> method,
      RetryInterceptor policy,
      Function<String, Q> request,
      Function<R, String> token,
      Deadline end,
      Duration silenceMax) {
    this.newCall = newCall;
    this.method = method;
    this.policy = policy;
    this.request = request;
    this.token = token;
    this.end = end;
    this.silenceMax = silenceMax;
  }

  Stream<R> stream() {
    Spliterator<R> messages =
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(messages, false).onClose(this::cancel);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !finished) {
      try {
        receive();
      } catch (InterruptedException e) {
        cancel();
        finished = true;
        Thread.currentThread().interrupt();
        throw S2sException.from(Status.CANCELLED.withCause(e).asRuntimeException());
      }
    }
    return next != null;
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    R message = next;
    next = null;
    return message;
  }

  /** Reads a message, or opens the stream, or waits for the next opening. */
  private void receive() throws InterruptedException {
    if (closed) {
      finished = true;
      return;
    }
    try {
      if (opened == null) {
        opened = new Opened();
        messages = 0;
        opened.open();
      }
      next = opened.message();
      lastToken = token.apply(next);
      messages++;
      // A stream that fails after its first heartbeat has failed again.
      if (messages > 1) {
        failures = 0;
      }
    } catch (S2sException error) {
      call.cancel("the stream is opened again, or has failed", null);
      opened = null;
      if (closed) {
        finished = true;
        return;
      }
      if (!policy.opensAgain(lastToken != null, failures, error)) {
        finished = true;
        throw error;
      }
      Duration pause = RetryInterceptor.pause(failures, error);
      failures++;
      RetryInterceptor.log(method, failures, error, pause);
      waitFor(pause);
    }
  }

  /** Waits until the pause, the stream or the caller's context has ended. */
  private void waitFor(Duration pause) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(pause);
    if (end != null) {
      nanos = Math.min(nanos, end.timeRemaining(TimeUnit.NANOSECONDS));
    }
    Context context = Context.current();
    Context.CancellationListener wake = cancelled -> wakes.release();
    context.addListener(wake, Runnable::run);
    try {
      wakes.tryAcquire(nanos, TimeUnit.NANOSECONDS);
    } finally {
      context.removeListener(wake);
    }
  }

  /**
   * Returns the error of an opening that took too long. Once the stream has begun, a server that
   * does not answer is one more failure that may pass.
   */
  private Status notOpened() {
    Status status = lastToken == null ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
    return status.withDescription("the stream was not opened within the timeout");
  }

  private void cancel() {
    closed = true;
    wakes.release();
    ClientCall<Q, R> running = call;
    if (running != null) {
      running.cancel("the stream was closed", null);
    }
  }

  /** One opening of the stream. */
  private final class Opened extends ClientCall.Listener<R> {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    private void open() throws InterruptedException {
      policy.beforeAttempt();
      ClientCall<Q, R> started = newCall.get();
      started.start(this, new Metadata());
      started.request(1);
      started.sendMessage(request.apply(lastToken));
      started.halfClose();
      // Set only after the message is sent, because a cancelled call no longer accepts a message.
      call = started;
      if (closed) {
        started.cancel("the stream was closed", null);
      }
      take(policy.timeout(), notOpened());
    }

    @SuppressWarnings("unchecked") // After the opening, an event is a message.
    private R message() throws InterruptedException {
      R message = (R) take(silenceMax, Status.UNAVAILABLE.withDescription("the stream is silent"));
      call.request(1);
      return message;
    }

    private Object take(Duration limit, Status late) throws InterruptedException {
      Object event = events.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (event == null) {
        throw S2sException.of(late, new Metadata());
      } else if (event instanceof S2sException error) {
        throw error;
      }
      return event;
    }

    @Override
    public void onHeaders(Metadata headers) {
      events.add(OPENED);
    }

    @Override
    public void onMessage(R message) {
      events.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      // A server that ends a stream without an error is stopping, or stands behind a proxy.
      Status cause =
          status.isOk() ? Status.UNAVAILABLE.withDescription("the stream has ended") : status;
      events.add(S2sException.of(cause, trailers));
    }
  }
}
