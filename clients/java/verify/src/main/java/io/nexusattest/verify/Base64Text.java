package io.nexusattest.verify;

import java.util.Base64;

/** Base64 in the one way that there is to write some bytes. */
final class Base64Text {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private Base64Text() {}

  /** The bytes; null for what is not base64 with the standard alphabet, with padding, and with its unused bits zero. */
  static byte[] read(String text) {
    // The decoder takes text without padding, and any unused bits.
    if (text.length() % 4 != 0 || unusedBits(text) != 0) return null;
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static int unusedBits(String text) {
    if (!text.endsWith("=")) return 0;
    boolean two = text.endsWith("==");
    int last = ALPHABET.indexOf(text.charAt(text.length() - (two ? 3 : 2)));
    return last & (two ? 15 : 3);
  }
}
