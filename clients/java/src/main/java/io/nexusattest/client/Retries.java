package io.nexusattest.client;

import io.grpc.Status;
import java.util.EnumSet;
import java.util.Set;

/** Which failures repeating can cure. */
final class Retries {
  private static final Set<Status.Code> HOPELESS =
      EnumSet.of(
          Status.Code.NOT_FOUND,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNAUTHENTICATED,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.OUT_OF_RANGE,
          Status.Code.DATA_LOSS,
          Status.Code.UNIMPLEMENTED,
          Status.Code.FAILED_PRECONDITION);

  private Retries() {}

  /**
   * Whether the server's contract says that repeating a call makes sense.
   *
   * <p>UNAVAILABLE and ABORTED: nothing was written. A write that was not confirmed: the call carries a request_id, so it is done once however often it arrives.
   */
  static boolean mayRepeat(AttestException failure) {
    return failure.getCode() == Status.Code.UNAVAILABLE
        || failure.getCode() == Status.Code.ABORTED
        || failure.getReason().equals("WRITE_OUTCOME_UNKNOWN")
        || wasCut(failure);
  }

  /**
   * Whether a watch is over for good. After everything else it is taken up again where it was.
   *
   * @param heard whether anything had come on the connection that failed: who was let in there and is not any more has a token that ran out, and may have a new one by now
   */
  static boolean endsWatch(AttestException failure, boolean heard) {
    return HOPELESS.contains(failure.getCode()) && !(heard && failure.getCode() == Status.Code.UNAUTHENTICATED);
  }

  /** The connection broke under the call: no server said anything. Whether this side cancelled is asked before. */
  private static boolean wasCut(AttestException failure) {
    Status.Code code = failure.getCode();
    return failure.getReason().isEmpty() && (code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN || code == Status.Code.CANCELLED);
  }
}
