package io.nexusattest.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What arrives on one stream of the server's. One message is asked for at a time, so a slow reader holds the server back. */
final class Arrivals<M> {
  private sealed interface Arrival<M> {}

  private record Arrived<M>(M message) implements Arrival<M> {}

  private record Ended<M>(Status status, Metadata trailers) implements Arrival<M> {}

  private final BlockingQueue<Arrival<M>> queue = new LinkedBlockingQueue<>();
  private final ClientCall<?, M> call;

  private Arrivals(ClientCall<?, M> call) {
    this.call = call;
  }

  static <Q, M> Arrivals<M> open(Channel channel, MethodDescriptor<Q, M> method, Q request) {
    ClientCall<Q, M> call = channel.newCall(method, CallOptions.DEFAULT);
    Arrivals<M> arrivals = new Arrivals<>(call);
    call.start(arrivals.new Listener(), new Metadata());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
    return arrivals;
  }

  /**
   * Waits for the next message; null if the server ended the stream in good order.
   *
   * @throws AttestException if the stream broke, or nothing was heard for that long
   */
  M next(Duration silence) throws InterruptedException {
    Arrival<M> arrival = queue.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
    if (arrival instanceof Arrived<M> arrived) {
      call.request(1);
      return arrived.message();
    }
    if (arrival instanceof Ended<M> ended) {
      if (ended.status().isOk()) return null;
      throw AttestException.of(ended.status().asRuntimeException(ended.trailers()));
    }
    throw new AttestException(Status.Code.UNAVAILABLE, "nothing was heard for " + silence, null);
  }

  /** Ends the stream; who waits for a message is told so. */
  void cancel() {
    call.cancel("the reader has left", null);
  }

  private final class Listener extends ClientCall.Listener<M> {
    @Override
    public void onMessage(M message) {
      queue.add(new Arrived<>(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      queue.add(new Ended<>(status, trailers));
    }
  }
}
