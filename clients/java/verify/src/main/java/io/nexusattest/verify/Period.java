package io.nexusattest.verify;

/**
 * From one moment on and before another, in milliseconds since 1970; null is no bound.
 *
 * @param from the first moment in it
 * @param before the first moment after it
 */
record Period(Long from, Long before) {
  boolean isUnbounded() {
    return from == null && before == null;
  }

  /** Whether there is a moment in it. */
  boolean isPossible() {
    return from == null || before == null || from < before;
  }

  boolean hasBegunBy(long moment) {
    return from == null || moment >= from;
  }

  boolean isOverAt(long moment) {
    return before != null && moment >= before;
  }

  boolean holds(long moment) {
    return hasBegunBy(moment) && !isOverAt(moment);
  }
}
