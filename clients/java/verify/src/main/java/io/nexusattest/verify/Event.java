package io.nexusattest.verify;

import java.util.Map;

/**
 * An event that can be read.
 *
 * @param place where it stands in the log, from 0
 * @param given the event as it is given
 * @param digest its digest
 * @param type name of the field that its body is in
 * @param occurredAt milliseconds since 1970
 */
record Event(int place, Map<String, Object> given, String digest, String type, long occurredAt) {
  Map<String, Object> body() {
    return Fields.message(given, type);
  }

  Actor actor() {
    return Actor.of(Fields.message(given, "actor"));
  }

  String text(String field) {
    return Fields.text(given, field);
  }

  boolean is(String bodyField) {
    return type.equals(bodyField);
  }
}
