package io.nexusattest.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Digests as they are written everywhere: {@code sha256:} and 64 lower-case hexadecimal digits. */
final class Digests {
  private static final String PREFIX = "sha256:";
  private static final Pattern WRITTEN = Pattern.compile(PREFIX + "[0-9a-f]{64}");

  private Digests() {}

  /** Of a JSON value: of its canonical form. */
  static String of(Object value) {
    MessageDigest digest = sha256();
    CanonicalJson.write(value, (buffer, length) -> digest.update(buffer, 0, length));
    return written(digest);
  }

  static String ofBytes(byte[] bytes) {
    MessageDigest digest = sha256();
    digest.update(bytes);
    return written(digest);
  }

  static boolean isOne(String text) {
    return WRITTEN.matcher(text).matches();
  }

  /** The 64 digits of a digest. */
  static String hex(String digest) {
    return digest.substring(PREFIX.length());
  }

  private static String written(MessageDigest digest) {
    return PREFIX + HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
