package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/**
 * The canonical form of JSON (RFC 8785), of what {@link JsonReader} reads, in UTF-8 and piece by piece, so that no second copy of a large file is ever made.
 */
final class CanonicalJson {
  /** Takes the next bytes of the form: the first so many of a buffer that is used again. */
  interface Sink {
    void take(byte[] buffer, int length);
  }

  private final byte[] buffer = new byte[8_192];
  private final Sink sink;
  private int filled;

  private CanonicalJson(Sink sink) {
    this.sink = sink;
  }

  /** Writes the form of a value that {@link #isWritable has one}. */
  static void write(Object value, Sink sink) {
    CanonicalJson writer = new CanonicalJson(sink);
    writer.value(value);
    writer.sink.take(writer.buffer, writer.filled);
  }

  /** The place of the first byte in which a text is not the form of a value; -1 if it is. */
  static int firstDifference(Object value, byte[] text) {
    Comparison comparison = new Comparison(text);
    write(value, comparison);
    return comparison.firstDifference();
  }

  /** Whether a value has a canonical form: no string in it holds half of a surrogate pair, and no number is infinite. */
  static boolean isWritable(Object value) {
    if (value instanceof String text) return isWellFormed(text);
    if (value instanceof JsonNumber number) return !Double.isInfinite(number.value());
    if (value instanceof List<?> elements) {
      for (Object element : elements) {
        if (!isWritable(element)) return false;
      }
    }
    if (value instanceof Map<?, ?> members) {
      for (Map.Entry<?, ?> member : members.entrySet()) {
        if (!isWritable(member.getKey()) || !isWritable(member.getValue())) return false;
      }
    }
    return true;
  }

  private static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) continue;
      if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) return false;
      i++;
    }
    return true;
  }

  private void value(Object value) {
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof JsonNumber number) {
      ascii(number.canonical());
    } else if (value instanceof Map<?, ?> members) {
      char before = '{';
      if (members.isEmpty()) put('{');
      for (Map.Entry<?, ?> member : members.entrySet()) {
        put(before);
        string((String) member.getKey());
        put(':');
        value(member.getValue());
        before = ',';
      }
      put('}');
    } else if (value instanceof List<?> elements) {
      char before = '[';
      if (elements.isEmpty()) put('[');
      for (Object element : elements) {
        put(before);
        value(element);
        before = ',';
      }
      put(']');
    } else {
      ascii(value == JsonNull.NULL ? "null" : value.toString());
    }
  }

  private void string(String text) {
    put('"');
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit == '"' || unit == '\\') {
        put('\\');
        put(unit);
      } else if (unit < 0x20) {
        escape(unit);
      } else if (unit < 0x80) {
        put(unit);
      } else {
        int point = text.codePointAt(i);
        utf8(point);
        i += Character.charCount(point) - 1;
      }
    }
    put('"');
  }

  private void escape(char unit) {
    int letter = "\b\t\n\f\r".indexOf(unit);
    put('\\');
    if (letter >= 0) {
      put("btnfr".charAt(letter));
    } else {
      ascii("u00");
      put(Character.forDigit(unit >> 4, 16));
      put(Character.forDigit(unit & 15, 16));
    }
  }

  private void utf8(int point) {
    if (point < 0x800) {
      put(0xc0 | point >> 6);
    } else {
      if (point < 0x10000) {
        put(0xe0 | point >> 12);
      } else {
        put(0xf0 | point >> 18);
        put(0x80 | point >> 12 & 0x3f);
      }
      put(0x80 | point >> 6 & 0x3f);
    }
    put(0x80 | point & 0x3f);
  }

  private void ascii(String text) {
    for (int i = 0; i < text.length(); i++) put(text.charAt(i));
  }

  private void put(int unit) {
    if (filled == buffer.length) {
      sink.take(buffer, filled);
      filled = 0;
    }
    buffer[filled++] = (byte) unit;
  }
}
