package io.nexusattest.verify;

import java.util.Objects;

/** Tests of one thing. */
interface Suite {
  /** What has to hold; what does not is thrown. */
  interface Test {
    void run() throws Exception;
  }

  /** Runs a test, and goes on whatever comes of it. */
  interface Runner {
    void run(String name, Test test);
  }

  void run(Runner tests) throws Exception;

  static void check(boolean holds, Object... found) {
    if (holds) return;
    StringBuilder said = new StringBuilder("found");
    for (Object each : found) said.append(' ').append(each);
    throw new AssertionError(said);
  }

  static void same(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) throw new AssertionError("expected " + expected + ", found " + actual);
  }
}
