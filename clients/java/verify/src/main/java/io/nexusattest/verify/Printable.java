package io.nexusattest.verify;

import java.util.Locale;

/** Shows control characters, and those that change the direction of writing, instead of obeying them, so that no package can rewrite what its reader sees. */
final class Printable {
  private Printable() {}

  static String of(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isISOControl(unit) || isDirection(unit)) {
        shown.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
      } else {
        shown.append(unit);
      }
    }
    return shown.toString();
  }

  /** What there is of a text, or else something that says that there is nothing. */
  static String of(String text, String otherwise) {
    return text.isEmpty() ? otherwise : of(text);
  }

  private static boolean isDirection(char unit) {
    return unit == 0x061c || unit == 0x200e || unit == 0x200f || unit >= 0x202a && unit <= 0x202e || unit >= 0x2066 && unit <= 0x2069;
  }
}
