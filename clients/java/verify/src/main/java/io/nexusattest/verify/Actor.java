package io.nexusattest.verify;

import java.util.Map;

/** Who did something. */
record Actor(String type, String id) {
  static Actor of(Map<String, Object> given) {
    return new Actor(Fields.text(given, "type"), Fields.text(given, "id"));
  }

  boolean isHuman() {
    return type.equals("ACTOR_TYPE_HUMAN");
  }
}
