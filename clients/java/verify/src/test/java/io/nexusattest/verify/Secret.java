package io.nexusattest.verify;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Makes signatures, good ones and such as somebody would make who knows the secret and tries what verifiers take. */
record Secret(BigInteger scalar) {
  /** Its y is 4 / 5, and its x is not negative. */
  static final EdwardsPoint BASE =
      EdwardsPoint.decode(littleEndian(BigInteger.valueOf(5).modInverse(EdwardsPoint.PRIME).shiftLeft(2).mod(EdwardsPoint.PRIME)));

  /** A point of order 8. */
  static EdwardsPoint ofSmallOrder() {
    for (long y = 2; ; y++) {
      EdwardsPoint point = EdwardsPoint.decode(littleEndian(BigInteger.valueOf(y)));
      if (point == null) continue;
      EdwardsPoint small = point.times(EdwardsPoint.ORDER);
      if (!Arrays.equals(encoded(small.times(BigInteger.valueOf(4))), encoded(BASE.times(BigInteger.ZERO)))) return small;
    }
  }

  byte[] publicKey() {
    return encoded(BASE.times(scalar));
  }

  /** By this nonce, with the R that its point is written as. */
  byte[] sign(byte[] message, BigInteger nonce, byte[] writtenR) {
    BigInteger k = challenge(writtenR, message);
    return joined(writtenR, littleEndian(nonce.add(k.multiply(scalar)).mod(EdwardsPoint.ORDER)));
  }

  byte[] sign(byte[] message) {
    BigInteger nonce = challenge(publicKey(), message);
    return sign(message, nonce, encoded(BASE.times(nonce)));
  }

  private BigInteger challenge(byte[] writtenR, byte[] message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(writtenR);
      digest.update(publicKey());
      return EdwardsPoint.littleEndian(digest.digest(message)).mod(EdwardsPoint.ORDER);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static byte[] encoded(EdwardsPoint point) {
    BigInteger inverse = point.z().modInverse(EdwardsPoint.PRIME);
    BigInteger x = point.x().multiply(inverse).mod(EdwardsPoint.PRIME);
    byte[] written = littleEndian(point.y().multiply(inverse).mod(EdwardsPoint.PRIME));
    if (x.testBit(0)) written[31] |= (byte) 0x80;
    return written;
  }

  static byte[] littleEndian(BigInteger number) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) bytes[i] = number.shiftRight(8 * i).byteValue();
    return bytes;
  }

  static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
