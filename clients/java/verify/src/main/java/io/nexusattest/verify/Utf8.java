package io.nexusattest.verify;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Tells what is UTF-8, in little memory. */
final class Utf8 {
  private static final int CHUNK = 8_192;

  private Utf8() {}

  /** The place from which a text is not UTF-8; -1 if all of it is. */
  static int firstInvalid(byte[] text) {
    // A decoder of one's own reports what it cannot decode; others put a replacement there.
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(text);
    CharBuffer thrownAway = CharBuffer.allocate(CHUNK);
    while (true) {
      CoderResult result = decoder.decode(bytes, thrownAway, true);
      if (result.isError()) return bytes.position();
      if (result.isUnderflow()) return -1;
      thrownAway.clear();
    }
  }
}
