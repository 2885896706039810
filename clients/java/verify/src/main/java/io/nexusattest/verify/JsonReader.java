package io.nexusattest.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads JSON by RFC 8259, and nothing else, from UTF-8. What it makes are {@code Map<String, Object>} in order of UTF-16 code units, {@code List<Object>},
 * {@code String}, {@link JsonNumber}, {@code Boolean} and {@link JsonNull}. Of a name that stands twice in an object the last one counts. Nesting and what
 * costs memory are limited.
 */
final class JsonReader {
  static final int DEEPEST = 64;
  static final int MOST_MARKS = 2_000_000;

  private final byte[] text;
  private int at;
  private int depth;
  private int marks;
  private String repeatedName;

  JsonReader(byte[] text) {
    this.text = text;
  }

  /** The value that the whole text is. */
  Object read() throws NotJsonException {
    int notUtf8 = Utf8.firstInvalid(text);
    if (notUtf8 >= 0) throw new NotJsonException("not UTF-8 at byte " + notUtf8);
    skipSpace();
    Object value = value();
    skipSpace();
    if (at < text.length) throw wrong("something follows the value");
    return value;
  }

  /** After {@link #read}: a name that stands twice in one object; null if there is none. */
  String repeatedName() {
    return repeatedName;
  }

  private Object value() throws NotJsonException {
    int next = peek();
    switch (next) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string();
      case 't':
        return word("true", true);
      case 'f':
        return word("false", false);
      case 'n':
        return word("null", JsonNull.NULL);
      default:
        if (next == '-' || isDigit(next)) return number();
        throw wrong("no value");
    }
  }

  private Map<String, Object> object() throws NotJsonException {
    open();
    Map<String, Object> members = new TreeMap<>();
    if (closes('}')) return members;
    do {
      skipSpace();
      if (peek() != '"') throw wrong("no name");
      String name = string();
      skipSpace();
      if (peek() != ':') throw wrong("no colon");
      at++;
      skipSpace();
      if (members.put(name, value()) != null) repeatedName = name;
    } while (continues('}'));
    return members;
  }

  private List<Object> array() throws NotJsonException {
    open();
    List<Object> elements = new ArrayList<>();
    if (closes(']')) return elements;
    do {
      skipSpace();
      elements.add(value());
    } while (continues(']'));
    return elements;
  }

  private void open() throws NotJsonException {
    mark();
    if (++depth > DEEPEST) throw wrong("nested deeper than " + DEEPEST);
    at++;
    skipSpace();
  }

  private boolean closes(char end) {
    if (peek() != end) return false;
    at++;
    depth--;
    return true;
  }

  private boolean continues(char end) throws NotJsonException {
    skipSpace();
    if (closes(end)) return false;
    if (peek() != ',') throw wrong("neither a comma nor " + end);
    mark();
    at++;
    return true;
  }

  private void mark() throws NotJsonException {
    if (++marks > MOST_MARKS) throw wrong("more than " + MOST_MARKS + " objects, lists and commas");
  }

  private Object word(String word, Object value) throws NotJsonException {
    for (int i = 0; i < word.length(); i++, at++) {
      if (peek() != word.charAt(i)) throw wrong("no value");
    }
    return value;
  }

  private JsonNumber number() throws NotJsonException {
    int begin = at;
    if (peek() == '-') at++;
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') at++;
      digits();
    }
    return new JsonNumber(Double.parseDouble(new String(text, begin, at - begin, StandardCharsets.US_ASCII)));
  }

  private void digits() throws NotJsonException {
    if (!isDigit(peek())) throw wrong("no digit");
    while (isDigit(peek())) at++;
  }

  private String string() throws NotJsonException {
    at++;
    int begin = at;
    StringBuilder unescaped = null;
    while (true) {
      int next = peek();
      if (next == '"') break;
      if (next >= 0 && next < 0x20) throw wrong("a control character in a string");
      if (next < 0) throw wrong("a string does not end");
      if (next != '\\') {
        at++;
        continue;
      }
      if (unescaped == null) unescaped = new StringBuilder();
      unescaped.append(piece(begin));
      at++;
      unescaped.append(escaped());
      begin = at;
    }
    String rest = piece(begin);
    at++;
    return unescaped == null ? rest : unescaped.append(rest).toString();
  }

  private String piece(int begin) {
    return new String(text, begin, at - begin, StandardCharsets.UTF_8);
  }

  private char escaped() throws NotJsonException {
    int letter = peek();
    at++;
    switch (letter) {
      case '"', '\\', '/':
        return (char) letter;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        int unit = 0;
        for (int i = 0; i < 4; i++, at++) {
          int digit = peek() < 0 ? -1 : Character.digit((char) peek(), 16);
          if (digit < 0) throw wrong("no hexadecimal digit");
          unit = unit * 16 + digit;
        }
        return (char) unit;
      default:
        throw wrong("no escape that JSON knows");
    }
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') at++;
  }

  private static boolean isDigit(int unit) {
    return unit >= '0' && unit <= '9';
  }

  /** The next byte; -1 at the end. */
  private int peek() {
    return at < text.length ? text[at] & 0xff : -1;
  }

  private NotJsonException wrong(String what) {
    return new NotJsonException("not JSON: " + what + " at byte " + at);
  }
}
