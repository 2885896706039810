package io.nexusattest.client;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A channel, and the pauses before it is tried again, which end with it. */
final class Connection {
  private final ManagedChannel channel;

  Connection(ManagedChannel channel) {
    this.channel = channel;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Whether this side wants no more: the client is closed, the thread interrupted, or the gRPC context it runs in cancelled. */
  boolean isOver() {
    return channel.isShutdown() || Thread.currentThread().isInterrupted() || Context.current().isCancelled();
  }

  /** Waits, and then lets the channel connect at once. Ends early where this side wants no more; an interrupted thread stays interrupted. */
  void pause(Duration length, BooleanSupplier unwanted) {
    long until = System.nanoTime() + length.toNanos();
    Context context = Context.current();
    Context.CancellationListener listener = cancelled -> wake();
    context.addListener(listener, Runnable::run);
    try {
      synchronized (this) {
        while (!isOver() && !unwanted.getAsBoolean()) {
          long left = until - System.nanoTime();
          if (left <= 0) break;
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      context.removeListener(listener);
    }
    // Its own pauses grow to two minutes.
    channel.resetConnectBackoff();
  }

  /** Lets those that pause see whether they are still wanted. */
  synchronized void wake() {
    notifyAll();
  }

  /** Ends what is under way. */
  void close() {
    channel.shutdownNow();
    wake();
  }
}
