package io.nexusattest.verify;

import java.util.Map;

/**
 * A check: what is asked of every package.
 *
 * @param name its name in docs/audit-package.md
 * @param description what it asks, as that page says
 * @param answer answers it
 */
record Question(String name, String description, Answer answer) {
  /** Answers a question. */
  interface Answer {
    /** What it comes to, how those before it ended being known by their names. */
    Finding of(Evidence evidence, Map<String, Status> before);
  }
}
