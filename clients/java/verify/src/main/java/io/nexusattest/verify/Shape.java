package io.nexusattest.verify;

import io.nexusattest.verify.FieldType.ListOf;
import io.nexusattest.verify.FieldType.Name;
import io.nexusattest.verify.FieldType.Plain;
import io.nexusattest.verify.MessageType.Field;
import io.nexusattest.verify.MessageType.Mark;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * How a message deviates from what its type says, in it and in whatever is in it: where first, of each kind; null where nowhere. Looks at nothing within
 * fields that are unknown.
 */
final class Shape {
  private static final double LARGEST_NUMBER = 4_294_967_295.0;

  private final Deque<Object> path = new ArrayDeque<>();
  private String wrongType;
  private String brokenRule;
  private String unknownField;
  private String unreadable;

  private Shape() {}

  static Shape of(MessageType type, Object value) {
    Shape shape = new Shape();
    shape.look(type, value, false);
    return shape;
  }

  /** A field that has not the JSON type of its type. */
  String wrongType() {
    return wrongType;
  }

  /** A field that does not keep the value rule of its type. */
  String brokenRule() {
    return brokenRule;
  }

  String unknownField() {
    return unknownField;
  }

  /** A required field that is not there, or labels out of order, with what is wrong. */
  String unreadable() {
    return unreadable;
  }

  private void look(FieldType type, Object value, boolean mayBeDefault) {
    if (type instanceof MessageType message) {
      if (value instanceof Map<?, ?> members) {
        lookIn(message, members);
      } else {
        hasWrongType();
      }
    } else if (type instanceof ListOf list) {
      if (value instanceof List<?> elements) {
        lookIn(list, elements, mayBeDefault);
      } else {
        hasWrongType();
      }
    } else if (!hasJsonType(type, value)) {
      hasWrongType();
    } else if (brokenRule == null && !keepsRule(type, value, mayBeDefault)) {
      brokenRule = where();
    }
  }

  private void lookIn(MessageType message, Map<?, ?> members) {
    for (Map.Entry<?, ?> member : members.entrySet()) {
      Field field = message.fields().get(member.getKey());
      path.addLast(member.getKey());
      if (field != null) {
        look(field.type(), member.getValue(), field.mark() == Mark.OPTIONAL);
        if (field.mark() == Mark.IN_ORDER && unreadable == null && !isInOrder(member.getValue())) unreadable = where() + " is not in order of key";
      } else if (unknownField == null) {
        unknownField = where();
      }
      path.removeLast();
    }
    message.fields().forEach(
        (name, field) -> {
          if (field.mark() != Mark.REQUIRED || members.containsKey(name) || unreadable != null) return;
          path.addLast(name);
          unreadable = where() + " is not there";
          path.removeLast();
        });
  }

  private void lookIn(ListOf list, List<?> elements, boolean mayBeEmpty) {
    if (elements.isEmpty() && !mayBeEmpty && brokenRule == null) brokenRule = where();
    int index = 0;
    for (Object element : elements) {
      path.addLast(index++);
      look(list.element(), element, list.element() == Plain.TEXT);
      path.removeLast();
    }
  }

  private static boolean hasJsonType(FieldType type, Object value) {
    if (type == Plain.NUMBER) return value instanceof JsonNumber;
    if (type == Plain.FLAG) return value instanceof Boolean;
    return value instanceof String;
  }

  private static boolean keepsRule(FieldType type, Object value, boolean mayBeDefault) {
    if (value instanceof JsonNumber number) {
      double written = number.value();
      return written == Math.rint(written) && written >= (mayBeDefault ? 0 : 1) && written <= LARGEST_NUMBER;
    }
    if (value instanceof Boolean flag) return flag || mayBeDefault;
    String text = (String) value;
    if (type instanceof Name name) return name.names().contains(text);
    if (type == Plain.TIME) return Times.read(text) != null;
    if (type == Plain.BYTES) return !text.isEmpty() && Base64Text.read(text) != null;
    return mayBeDefault || !text.isEmpty();
  }

  /** Not for labels that have not the type of labels, which is another fault. */
  private static boolean isInOrder(Object labels) {
    String before = "";
    for (Object label : labels instanceof List<?> list ? list : List.of()) {
      Object key = label instanceof Map<?, ?> members ? members.get("key") : null;
      String next = key instanceof String text ? text : "";
      if (before.compareTo(next) > 0) return false;
      before = next;
    }
    return true;
  }

  private void hasWrongType() {
    if (wrongType == null) wrongType = where();
  }

  private String where() {
    StringBuilder written = new StringBuilder();
    for (Iterator<Object> steps = path.iterator(); steps.hasNext(); ) {
      Object step = steps.next();
      if (step instanceof Integer) {
        written.append('[').append(step).append(']');
      } else {
        written.append(written.isEmpty() ? "" : ".").append(step);
      }
    }
    return written.toString();
  }
}
