package io.nexusattest.verify;

/**
 * How one check ended. Name and status are the same from every verifier; the rest is words for people, cut where they grow long, and may hold what the
 * package says.
 *
 * @param name its name in docs/audit-package.md
 * @param description what it asks
 * @param status how it ended
 * @param expected what had to be there; empty if that is not what failed
 * @param actual what is there instead
 * @param detail why it did not pass
 */
public record Check(String name, String description, Status status, String expected, String actual, String detail) {}
