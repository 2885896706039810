package io.nexusattest.verify;

import java.math.BigInteger;

/**
 * Writes a double as ECMAScript does (Number::toString), which is how canonical JSON has its numbers: with the fewest digits that are read back as the same
 * double, and of those the nearest to it. {@link Double#toString} does not before Java 19. The digits come from exact arithmetic, by the method of Burger and
 * Dybvig (1996).
 */
final class ShortestDecimal {
  private static final double WHOLE_BELOW = 0x1p53;

  private ShortestDecimal() {}

  static String of(double finite) {
    if (finite == Math.rint(finite) && Math.abs(finite) < WHOLE_BELOW) return Long.toString((long) finite);
    StringBuilder digits = new StringBuilder();
    int point = digits(Math.abs(finite), digits);
    return (finite < 0 ? "-" : "") + written(digits.toString(), point);
  }

  /** Where the point stands and when there is an exponent, as section 6.1.6.1.20 of ECMA-262 says; the value is 0.DIGITS times ten to the power of point. */
  private static String written(String digits, int point) {
    int count = digits.length();
    if (count <= point && point <= 21) return digits + "0".repeat(point - count);
    if (0 < point && point <= 21) return digits.substring(0, point) + "." + digits.substring(point);
    if (-6 < point && point <= 0) return "0." + "0".repeat(-point) + digits;
    String exponent = (point > 0 ? "e+" : "e-") + Math.abs(point - 1);
    return count == 1 ? digits + exponent : digits.charAt(0) + "." + digits.substring(1) + exponent;
  }

  /**
   * Appends the digits, and returns where the point stands. The value is rest / scale; whatever differs from it by less than below / scale or above / scale
   * is read back as the same double, and so is, if the last bit of the double is 0, what differs by just so much.
   */
  private static int digits(double positive, StringBuilder digits) {
    long bits = Double.doubleToLongBits(positive);
    int exponent = (int) (bits >>> 52);
    long fraction = bits & ((1L << 52) - 1);
    long mantissa = exponent == 0 ? fraction : fraction | 1L << 52;
    int power = Math.max(exponent, 1) - 1075;
    boolean even = (mantissa & 1) == 0;
    // The double below a power of two is only half as far away as the one above.
    int closer = fraction == 0 && exponent > 1 ? 1 : 0;
    BigInteger rest = BigInteger.valueOf(mantissa).shiftLeft(Math.max(power, 0) + 1 + closer);
    BigInteger scale = BigInteger.ONE.shiftLeft(Math.max(-power, 0) + 1 + closer);
    BigInteger below = BigInteger.ONE.shiftLeft(Math.max(power, 0));
    BigInteger above = below.shiftLeft(closer);

    int point = (int) Math.ceil(Math.log10(positive) - 1e-10);
    BigInteger ten = BigInteger.TEN.pow(Math.abs(point));
    if (point >= 0) {
      scale = scale.multiply(ten);
    } else {
      rest = rest.multiply(ten);
      below = below.multiply(ten);
      above = above.multiply(ten);
    }
    // The logarithm may be one too small.
    if (reaches(rest.add(above), scale, even)) {
      scale = scale.multiply(BigInteger.TEN);
      point++;
    }
    while (true) {
      BigInteger[] split = rest.multiply(BigInteger.TEN).divideAndRemainder(scale);
      int digit = split[0].intValue();
      rest = split[1];
      below = below.multiply(BigInteger.TEN);
      above = above.multiply(BigInteger.TEN);
      boolean enough = reaches(below, rest, even);
      boolean nextEnough = reaches(rest.add(above), scale, even);
      if (!enough && !nextEnough) {
        digits.append(digit);
        continue;
      }
      digits.append(nextEnough && (!enough || isNextNearer(rest, scale, digit)) ? digit + 1 : digit);
      return point;
    }
  }

  /** Of two that are equally near the even one is written. */
  private static boolean isNextNearer(BigInteger rest, BigInteger scale, int digit) {
    int compared = rest.shiftLeft(1).compareTo(scale);
    return compared > 0 || compared == 0 && digit % 2 == 1;
  }

  private static boolean reaches(BigInteger value, BigInteger limit, boolean even) {
    int compared = value.compareTo(limit);
    return even ? compared >= 0 : compared > 0;
  }
}
