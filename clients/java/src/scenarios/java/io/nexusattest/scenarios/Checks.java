package io.nexusattest.scenarios;

import io.grpc.Status;
import io.nexusattest.client.AttestException;
import java.util.concurrent.Callable;

/** What a scenario expects. A check that does not hold ends it. */
final class Checks {
  private Checks() {}

  static void check(boolean holds, Object... found) {
    if (holds) return;
    StringBuilder said = new StringBuilder("found");
    for (Object each : found) said.append(' ').append(each);
    throw new AssertionError(said);
  }

  static AttestException refused(String reason, Status.Code code, Callable<?> call) {
    AttestException failure = thrown(AttestException.class, call);
    if (!failure.getReason().equals(reason) || failure.getCode() != code) throw new AssertionError(reason + " was to come", failure);
    return failure;
  }

  static <T extends Throwable> T thrown(Class<T> type, Callable<?> call) {
    Object result;
    try {
      result = call.call();
    } catch (Throwable failure) {
      if (type.isInstance(failure)) return type.cast(failure);
      throw new AssertionError(type.getSimpleName() + " was to come", failure);
    }
    throw new AssertionError(type.getSimpleName() + " was to come, not " + result);
  }
}
