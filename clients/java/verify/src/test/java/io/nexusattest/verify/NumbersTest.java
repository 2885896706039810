package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/** How numbers are read, and written by ECMAScript. */
final class NumbersTest implements Suite {
  /** Appendix B of RFC 8785: the bits of a double, and how it is written. */
  private static final Map<Long, String> RFC_8785 =
      Map.ofEntries(
          Map.entry(0x0000000000000000L, "0"), Map.entry(0x8000000000000000L, "0"),
          Map.entry(0x0000000000000001L, "5e-324"), Map.entry(0x8000000000000001L, "-5e-324"),
          Map.entry(0x7fefffffffffffffL, "1.7976931348623157e+308"), Map.entry(0xffefffffffffffffL, "-1.7976931348623157e+308"),
          Map.entry(0x4340000000000000L, "9007199254740992"), Map.entry(0xc340000000000000L, "-9007199254740992"),
          Map.entry(0x4430000000000000L, "295147905179352830000"), Map.entry(0x44b52d02c7e14af5L, "9.999999999999997e+22"),
          Map.entry(0x44b52d02c7e14af6L, "1e+23"), Map.entry(0x44b52d02c7e14af7L, "1.0000000000000001e+23"),
          Map.entry(0x444b1ae4d6e2ef4eL, "999999999999999700000"), Map.entry(0x444b1ae4d6e2ef4fL, "999999999999999900000"),
          Map.entry(0x444b1ae4d6e2ef50L, "1e+21"), Map.entry(0x3eb0c6f7a0b5ed8cL, "9.999999999999997e-7"),
          Map.entry(0x3eb0c6f7a0b5ed8dL, "0.000001"), Map.entry(0x41b3de4355555553L, "333333333.3333332"),
          Map.entry(0x41b3de4355555554L, "333333333.33333325"), Map.entry(0x41b3de4355555555L, "333333333.3333333"),
          Map.entry(0x41b3de4355555556L, "333333333.3333334"), Map.entry(0x41b3de4355555557L, "333333333.33333343"),
          Map.entry(0xbecbf647612f3696L, "-0.0000033333333333333333"), Map.entry(0x43143ff3c1cb0959L, "1424953923781206.2"));

  @Override
  public void run(Runner tests) {
    RFC_8785.forEach((bits, written) -> tests.run(written, () -> same(written, ShortestDecimal.of(Double.longBitsToDouble(bits)))));
    tests.run("the shortest that is read back, and the nearest of these", () -> {
      Random random = new Random(8785);
      for (int i = 0; i < 20_000; i++) shortestAndNearest(Double.longBitsToDouble(random.nextLong()));
      for (int exponent = -1_074; exponent <= 1_023; exponent++) shortestAndNearest(Math.scalb(1.0, exponent));
      for (int i = 0; i < 2_000; i++) shortestAndNearest(Double.longBitsToDouble(random.nextLong(1L << 52)));
    });
    tests.run("a number means the nearest double, however it is written", () -> {
      same(1.0, read("0." + "0".repeat(100_000) + "1e100001"));
      same(1.0, read("1" + "0".repeat(100_000) + "e-100000"));
      same(0.0, read("1e-99999999999999999999"));
      same(0.0, read("0e99999999999999999999"));
      same(Double.POSITIVE_INFINITY, read("1e99999999999999999999"));
      same(1.0, read("1." + "0".repeat(1_000_000)));
      same(9007199254740994.0, read("9007199254740993." + "0".repeat(2_000) + "1"));
      same(9007199254740992.0, read("9007199254740993." + "0".repeat(2_000)));
    });
  }

  private static double read(String text) {
    return ((JsonNumber) Checkout.parsed(text.getBytes(StandardCharsets.US_ASCII))).value();
  }

  private static void shortestAndNearest(double value) {
    if (!Double.isFinite(value)) return;
    String written = ShortestDecimal.of(value);
    same(value + 0.0, Double.parseDouble(written) + 0.0);
    BigDecimal exact = new BigDecimal(value);
    BigDecimal found = new BigDecimal(written).stripTrailingZeros();
    if (found.signum() == 0) return;
    for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
      int digits = found.precision();
      if (digits > 1) check(Double.parseDouble(exact.round(new MathContext(digits - 1, mode)).toString()) != value, value, "has fewer digits than", written);
      BigDecimal other = exact.round(new MathContext(digits, mode));
      boolean isNearer = other.subtract(exact).abs().compareTo(found.subtract(exact).abs()) < 0;
      check(!isNearer || Double.parseDouble(other.toString()) != value, value, "is nearer to", other, "than to", written);
    }
  }
}
