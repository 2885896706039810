package io.nexusattest.verify;

/** What follows from all checks. */
public enum Verdict {
  /** A server that the trust policy names made exactly this package. */
  AUTHENTIC,
  /** Everything that can be recomputed agrees; who made it is not proven. */
  CONSISTENT,
  /** A check failed: do not rely on it. */
  BROKEN
}
