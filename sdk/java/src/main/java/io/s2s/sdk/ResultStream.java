package io.s2s.sdk;

import io.grpc.ClientCall;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The results of a stream of items. A thread of its own takes and sends the items, so that results
 * can be read while the source of the items blocks. Nothing is sent before the first result is
 * read. Both directions are held up by a slow reader, so neither needs more than a little memory.
 */
final class ResultStream<I, Q, R> implements ClientResponseObserver<Q, R>, Iterator<R> {
  /** Maximum number of results that wait for their reader. */
  private static final int RESULTS_AHEAD_MAX = 64;

  /** The end of the stream. The failure is thrown to the reader; null if there is none. */
  private record End(Throwable failure) {}

  private final Supplier<ClientCall<Q, R>> newCall;
  private final Iterable<I> items;
  private final Function<I, Q> wrap;
  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

  // The state of the reader.
  private R next;
  private boolean finished;
  private Thread sender;

  private ClientCallStreamObserver<Q> call;

  /** True after the end, guarded by this object. */
  private boolean closed;

  ResultStream(Supplier<ClientCall<Q, R>> newCall, Iterable<I> items, Function<I, Q> wrap) {
    this.newCall = newCall;
    this.items = items;
    this.wrap = wrap;
  }

  Stream<R> stream() {
    Spliterator<R> results =
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(results, false).onClose(this::cancel);
  }

  @Override
  public boolean hasNext() {
    if (next == null && !finished) {
      if (sender == null) {
        start();
      }
      read();
    }
    return next != null;
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    R result = next;
    next = null;
    call.request(1);
    return result;
  }

  private void start() {
    ClientCalls.asyncBidiStreamingCall(newCall.get(), this);
    sender = new Thread(this::send, "s2s-stream");
    sender.setDaemon(true);
    sender.start();
  }

  @SuppressWarnings("unchecked") // An event is a result or the end.
  private void read() {
    Object event;
    try {
      event = events.take();
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw S2sException.from(Status.CANCELLED.withCause(e).asRuntimeException());
    }
    if (!(event instanceof End end)) {
      next = (R) event;
      return;
    }
    finished = true;
    sender.interrupt();
    if (end.failure instanceof Error error) {
      throw error;
    } else if (end.failure instanceof RuntimeException failure) {
      throw failure;
    }
  }

  private void cancel() {
    finished = true;
    if (sender != null) {
      call.cancel("the stream of results was closed", null);
      sender.interrupt();
    }
  }

  /** Sends the items, in the thread of the sender. */
  private void send() {
    try {
      for (I item : items) {
        Q request = wrap.apply(item);
        if (!awaitReady()) {
          return;
        }
        call.onNext(request);
      }
      call.onCompleted();
    } catch (InterruptedException e) {
      // The call has ended, so no item is wanted any more.
    } catch (RuntimeException | Error e) {
      close(e);
      call.cancel("an item could not be sent", e);
    }
  }

  /** Waits until the server takes another item. Returns false if the call has ended. */
  private synchronized boolean awaitReady() throws InterruptedException {
    while (!call.isReady() && !closed) {
      wait();
    }
    return !closed;
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> call) {
    this.call = call;
    call.disableAutoRequestWithInitial(RESULTS_AHEAD_MAX);
    call.setOnReadyHandler(this::wake);
  }

  @Override
  public void onNext(R response) {
    events.add(response);
  }

  @Override
  public void onError(Throwable failure) {
    close(S2sException.from(failure));
  }

  @Override
  public void onCompleted() {
    close(null);
  }

  /** Ends the stream. The first failure counts, because others follow from it. */
  private synchronized void close(Throwable failure) {
    if (!closed) {
      closed = true;
      events.add(new End(failure));
      notifyAll();
    }
  }
}
