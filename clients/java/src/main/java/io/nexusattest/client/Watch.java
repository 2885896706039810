package io.nexusattest.client;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The messages of a stream, each once and in order, through broken connections and restarts of the server. Read by one thread at a time.
 *
 * <p>{@link #close} ends the stream, and with it a loop over it, from any thread. Interrupting the thread that waits for a message ends the stream with an
 * {@link AttestException} whose code is CANCELLED, as closing the client does; the thread stays interrupted.
 *
 * @param <M> the messages
 */
public final class Watch<M> implements Iterator<M>, Iterable<M>, AutoCloseable {
  private final Connection connection;
  private final Duration silence;
  private final Place<?, M> place;
  private final Supplier<Arrivals<M>> open;
  private final Backoff backoff = new Backoff();

  private M ready;
  private boolean heard;
  private volatile boolean closed;
  private volatile Arrivals<M> arrivals;

  private <Q> Watch(Connection connection, Duration silence, MethodDescriptor<Q, M> method, Place<Q, M> place) {
    this.connection = connection;
    this.silence = silence;
    this.place = place;
    this.open = () -> Arrivals.open(connection.channel(), method, place.request());
  }

  static <Q, M> Watch<M> over(Connection connection, Duration silence, MethodDescriptor<Q, M> method, Place<Q, M> place) {
    return new Watch<>(connection, silence, method, place);
  }

  /**
   * Waits for the next message. No more will come if the decision has come to its end, or the watch was closed.
   *
   * @throws AttestException if the watch cannot go on
   */
  @Override
  public boolean hasNext() {
    if (ready == null) ready = await(null);
    return ready != null;
  }

  @Override
  public M next() {
    if (!hasNext()) throw new NoSuchElementException("the watch is over");
    M message = ready;
    ready = null;
    return message;
  }

  /** This watch itself: it can be gone through once. */
  @Override
  public Iterator<M> iterator() {
    return this;
  }

  /** Ends the stream, and a loop over it in whatever thread. */
  @Override
  public void close() {
    closed = true;
    Arrivals<M> current = arrivals;
    if (current != null) current.cancel();
    connection.wake();
  }

  /** Waits for the next message, until then (null: for ever); null if no more will come. */
  M await(Deadline end) {
    try {
      while (!closed) {
        Duration pause;
        try {
          M message = read(end);
          if (message != null) {
            heard = true;
            boolean isNew = place.isNew(message);
            // A connection that always breaks once it has said what was known is not asked for it many times a second.
            if (isNew || place.isHeartbeat(message)) backoff.reset();
            if (isNew) return message;
            continue;
          }
          if (closed || place.endsWithServer()) break;
          pause = backoff.next(Duration.ZERO);
        } catch (AttestException failure) {
          if (closed) break;
          if (Retries.endsWatch(failure, heard)) throw failure;
          if (connection.isOver()) throw cancelled(failure);
          if (end != null && end.isExpired()) throw late(failure);
          pause = backoff.next(failure.getRetryDelay());
        }
        leave();
        connection.pause(shorter(pause, end), () -> closed);
        if (!closed && connection.isOver()) throw cancelled(null);
      }
      close();
      return null;
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private M read(Deadline end) {
    Arrivals<M> current = arrivals;
    if (current == null) {
      current = open.get();
      arrivals = current;
      // Who closed it meanwhile has not seen the stream.
      if (closed) current.cancel();
    }
    try {
      return current.next(shorter(silence, end));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw cancelled(interrupted);
    }
  }

  private void leave() {
    Arrivals<M> current = arrivals;
    arrivals = null;
    heard = false;
    if (current != null) current.cancel();
  }

  private static Duration shorter(Duration length, Deadline end) {
    if (end == null) return length;
    return Duration.ofNanos(Math.max(0, Math.min(length.toNanos(), end.timeRemaining(TimeUnit.NANOSECONDS))));
  }

  private AttestException cancelled(Throwable cause) {
    String what = "the client was closed";
    if (Context.current().isCancelled()) what = "the context was cancelled";
    if (Thread.currentThread().isInterrupted()) what = "the thread was interrupted";
    return new AttestException(Status.Code.CANCELLED, what, cause);
  }

  private static AttestException late(Throwable cause) {
    return new AttestException(Status.Code.DEADLINE_EXCEEDED, "it did not come in the time that was given for waiting", cause);
  }
}
