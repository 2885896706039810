package io.nexusattest.verify;

import java.util.List;

/** What a field may hold: the table of types under "ProtoJSON" in docs/audit-package.md. */
sealed interface FieldType permits FieldType.Plain, FieldType.Name, FieldType.ListOf, MessageType {
  /** Types that need no saying more. */
  enum Plain implements FieldType {
    TEXT,
    NUMBER,
    FLAG,
    TIME,
    BYTES
  }

  /** One of the names listed. */
  record Name(List<String> names) implements FieldType {}

  /** A list of what has another type. */
  record ListOf(FieldType element) implements FieldType {}
}
