package io.nexusattest.verify;

import java.math.BigInteger;

/**
 * A point of the curve of Ed25519 (RFC 8032, section 5.1), in extended homogeneous coordinates. It serves to tell which public keys are safe to believe,
 * which java.security does not ask. Nothing here is secret, so nothing has to take the same time always.
 */
record EdwardsPoint(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
  static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  /** Of the base point, and so of the subgroup that it generates. */
  static final BigInteger ORDER = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private static final BigInteger D = BigInteger.valueOf(-121_665).multiply(BigInteger.valueOf(121_666).modInverse(PRIME)).mod(PRIME);
  private static final BigInteger ROOT_OF_MINUS_ONE = BigInteger.TWO.modPow(PRIME.subtract(BigInteger.ONE).shiftRight(2), PRIME);
  private static final EdwardsPoint IDENTITY = new EdwardsPoint(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);

  /** The point that 32 bytes are the encoding of (section 5.1.3); null if they are of none, or are not the one encoding of one. */
  static EdwardsPoint decode(byte[] encoded) {
    if (!isReduced(encoded)) return null;
    BigInteger y = y(encoded);
    BigInteger square = y.multiply(y);
    BigInteger over = square.subtract(BigInteger.ONE).mod(PRIME);
    BigInteger under = square.multiply(D).add(BigInteger.ONE).mod(PRIME);
    BigInteger quotient = over.multiply(under.modInverse(PRIME)).mod(PRIME);
    BigInteger x = quotient.modPow(PRIME.add(BigInteger.valueOf(3)).shiftRight(3), PRIME);
    if (!x.multiply(x).mod(PRIME).equals(quotient)) x = x.multiply(ROOT_OF_MINUS_ONE).mod(PRIME);
    if (!x.multiply(x).mod(PRIME).equals(quotient)) return null;
    if (x.testBit(0) != isNegative(encoded)) x = PRIME.subtract(x);
    return new EdwardsPoint(x, y, BigInteger.ONE, x.multiply(y).mod(PRIME));
  }

  /** Whether what is encoded is so in the one way that there is: y is below the prime, and where x is 0, as it is with two of them, it has no sign. */
  static boolean isReduced(byte[] encoded) {
    BigInteger y = y(encoded);
    boolean isXZero = y.equals(BigInteger.ONE) || y.equals(PRIME.subtract(BigInteger.ONE));
    return y.compareTo(PRIME) < 0 && !(isXZero && isNegative(encoded));
  }

  /** A number that is written with its least byte first. */
  static BigInteger littleEndian(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) reversed[i] = bytes[bytes.length - 1 - i];
    return new BigInteger(1, reversed);
  }

  private static BigInteger y(byte[] encoded) {
    return littleEndian(encoded).clearBit(255);
  }

  private static boolean isNegative(byte[] encoded) {
    return encoded[31] < 0;
  }

  /** Whether it is in the subgroup of prime order, and not of small order, which of that subgroup the identity alone is. */
  boolean isOfPrimeOrder() {
    return !isIdentity() && times(ORDER).isIdentity();
  }

  private boolean isIdentity() {
    return x.signum() == 0 && y.equals(z);
  }

  EdwardsPoint times(BigInteger factor) {
    EdwardsPoint product = IDENTITY;
    for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
      product = product.plus(product);
      if (factor.testBit(bit)) product = product.plus(this);
    }
    return product;
  }

  /** By the formulas of section 5.1.4, which hold for every two points. */
  EdwardsPoint plus(EdwardsPoint other) {
    BigInteger a = y.subtract(x).multiply(other.y.subtract(other.x)).mod(PRIME);
    BigInteger b = y.add(x).multiply(other.y.add(other.x)).mod(PRIME);
    BigInteger c = t.multiply(other.t).mod(PRIME).multiply(D).shiftLeft(1).mod(PRIME);
    BigInteger d = z.multiply(other.z).shiftLeft(1).mod(PRIME);
    BigInteger e = b.subtract(a);
    BigInteger f = d.subtract(c);
    BigInteger g = d.add(c);
    BigInteger h = b.add(a);
    return new EdwardsPoint(e.multiply(f).mod(PRIME), g.multiply(h).mod(PRIME), f.multiply(g).mod(PRIME), e.multiply(h).mod(PRIME));
  }
}
