package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/** Reads fields of a message whose JSON types are known to be right. What is absent is the default, but for messages and times, which are null then. */
final class Fields {
  private Fields() {}

  static String text(Map<String, Object> message, String field) {
    return message.get(field) instanceof String text ? text : "";
  }

  static long number(Map<String, Object> message, String field) {
    return message.get(field) instanceof JsonNumber number ? (long) number.value() : 0;
  }

  static boolean flag(Map<String, Object> message, String field) {
    return message.get(field) instanceof Boolean flag && flag;
  }

  static Long time(Map<String, Object> message, String field) {
    return message.get(field) instanceof String text ? Times.read(text) : null;
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  static Map<String, Object> message(Map<String, Object> message, String field) {
    return (Map<String, Object>) message.get(field);
  }

  @SuppressWarnings("unchecked") // A list of this type by the schema, which has been checked.
  static <T> List<T> list(Map<String, Object> message, String field) {
    return (List<T>) message.getOrDefault(field, List.of());
  }

  static List<String> texts(Map<String, Object> message, String field) {
    return list(message, field);
  }

  static List<Map<String, Object>> messages(Map<String, Object> message, String field) {
    return list(message, field);
  }
}
