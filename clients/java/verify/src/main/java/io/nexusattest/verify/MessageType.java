package io.nexusattest.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/** The fields that a message of one name is known to have. */
final class MessageType implements FieldType {
  /** What the tables say of a field beside its type. */
  enum Mark {
    /** A message without it cannot be read. */
    REQUIRED,
    /** It may hold its default too. */
    OPTIONAL,
    /** Its labels have to be in order of their key. */
    IN_ORDER,
    /** Nothing. */
    NONE
  }

  record Field(FieldType type, Mark mark) {}

  private final String name;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  MessageType(String name) {
    this.name = name;
  }

  MessageType with(String field, FieldType type) {
    return with(field, type, Mark.NONE);
  }

  MessageType with(String field, FieldType type, Mark mark) {
    fields.put(field, new Field(type, mark));
    return this;
  }

  String name() {
    return name;
  }

  Map<String, Field> fields() {
    return fields;
  }
}
