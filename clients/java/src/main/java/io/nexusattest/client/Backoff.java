package io.nexusattest.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses that grow, with full jitter. */
final class Backoff {
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 5_000;

  private int failures;

  /** The next pause; at least what the server asked for. */
  Duration next(Duration asked) {
    long longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << failures);
    failures = Math.min(failures + 1, 10);
    return asked.plusMillis(ThreadLocalRandom.current().nextLong(longest));
  }

  void reset() {
    failures = 0;
  }
}
