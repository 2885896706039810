package io.nexusattest.client;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends of waiting, from lengths. */
final class Deadlines {
  private Deadlines() {}

  static Deadline in(Duration length) {
    check("timeout", length);
    return Deadline.after(length.toMillis(), TimeUnit.MILLISECONDS);
  }

  static Deadline earlier(Deadline one, Deadline orNull) {
    return orNull == null ? one : one.minimum(orNull);
  }

  static void check(String name, Duration length) {
    if (length.isNegative() || length.isZero()) throw new IllegalArgumentException(name + ": got " + length + ", wants more than nothing");
  }
}
