package io.nexusattest.verify;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as ProtoJSON writes them, in whole milliseconds. */
final class Times {
  private static final Pattern WRITTEN = Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]{3}))?Z");

  private Times() {}

  /** Milliseconds since 1970; null for what is no time, or written in another way than the one. */
  static Long read(String text) {
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) return null;
    String millis = written.group(7);
    int year = part(written, 1);
    if (year == 0 || "000".equals(millis)) return null;
    try {
      LocalDateTime time = LocalDateTime.of(year, part(written, 2), part(written, 3), part(written, 4), part(written, 5), part(written, 6));
      return time.toEpochSecond(ZoneOffset.UTC) * 1_000 + (millis == null ? 0 : Integer.parseInt(millis));
    } catch (DateTimeException notThere) {
      return null;
    }
  }

  private static int part(Matcher written, int group) {
    return Integer.parseInt(written.group(group));
  }
}
