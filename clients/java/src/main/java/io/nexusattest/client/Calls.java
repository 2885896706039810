package io.nexusattest.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Gives every call a deadline, a request_id where it takes one, typed errors, and another try where that is safe. */
final class Calls {
  private final Connection connection;
  private final Supplier<Deadline> deadline;

  Calls(Connection connection, Duration timeout) {
    this(connection, () -> Deadlines.in(timeout));
  }

  private Calls(Connection connection, Supplier<Deadline> deadline) {
    this.connection = connection;
    this.deadline = deadline;
  }

  Connection connection() {
    return connection;
  }

  /** The same, with another time for each call. */
  Calls within(Duration timeout) {
    Deadlines.check("timeout", timeout);
    return new Calls(connection, timeout);
  }

  /** The same, with one end for all calls. */
  Calls until(Deadline end) {
    return new Calls(connection, () -> end);
  }

  <S extends AbstractBlockingStub<S>, Q extends Message, A> A make(S stub, BiFunction<S, Q, A> call, Q request) {
    Deadline end = Deadlines.earlier(deadline.get(), Context.current().getDeadline());
    Q named = named(request);
    Backoff backoff = new Backoff();
    for (; ; ) {
      AttestException failure;
      try {
        return call.apply(stub.withDeadline(end), named);
      } catch (StatusRuntimeException said) {
        failure = AttestException.of(said);
      }
      if (isClosed() && failure.getReason().isEmpty()) throw closed(failure);
      Duration pause = backoff.next(failure.getRetryDelay());
      if (!Retries.mayRepeat(failure) || end.timeRemaining(TimeUnit.NANOSECONDS) < pause.toNanos()) throw failure;
      connection.pause(pause, () -> false);
      if (isClosed()) throw closed(failure);
      if (connection.isOver()) throw failure;
    }
  }

  private boolean isClosed() {
    return connection.channel().isShutdown();
  }

  private static AttestException closed(AttestException failure) {
    return new AttestException(Status.Code.CANCELLED, "the client was closed", failure);
  }

  /** Gives the request an idempotency key of its own, where it takes one and has none: made once, so that all tries are the same command. */
  @SuppressWarnings("unchecked") // A message's builder builds a message of its kind.
  private static <Q extends Message> Q named(Q request) {
    FieldDescriptor field = request.getDescriptorForType().findFieldByName("request_id");
    if (field == null || !request.getField(field).equals("")) return request;
    return (Q) request.toBuilder().setField(field, UUID.randomUUID().toString()).build();
  }
}
