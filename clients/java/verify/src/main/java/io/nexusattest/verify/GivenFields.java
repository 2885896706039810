package io.nexusattest.verify;

import java.util.Map;
import java.util.TreeMap;

/** An object made of fields of others, as given there. What is absent there, or empty here, is left out. */
final class GivenFields {
  private final Map<String, Object> made = new TreeMap<>();

  GivenFields take(Map<String, Object> from, String field) {
    if (from.containsKey(field)) made.put(field, from.get(field));
    return this;
  }

  GivenFields put(String field, Object value) {
    if (value != null && !value.equals("")) made.put(field, value);
    return this;
  }

  Map<String, Object> made() {
    return made;
  }
}
