package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Which keys are safe to believe, and which signatures are good. */
final class KeysTest implements Suite {
  private static final Secret SECRET = new Secret(new BigInteger("1234567890123456789012345678901234567890"));
  private static final TrustedKey KEY = TrustedKey.of(SECRET.publicKey());
  private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.US_ASCII);
  private static final BigInteger NONCE = new BigInteger("9876543210987654321098765432109876543210");

  @Override
  public void run(Runner tests) {
    tests.run("the key id of RFC 8032's first key", () -> {
      byte[] key = Base64.getDecoder().decode("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
      same("sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9", TrustedKey.of(key).id());
    });
    tests.run("no key", () -> {
      for (int length : new int[] {0, 31, 33, 64}) check(TrustedKey.of(new byte[length]) == null, length);
      check(TrustedKey.of(null) == null);
      check(TrustedKey.of(Secret.littleEndian(BigInteger.TWO)) == null);
    });
    tests.run("keys of small order", () -> {
      EdwardsPoint small = Secret.ofSmallOrder();
      for (int i = 0; i < 8; i++) check(TrustedKey.of(Secret.encoded(small.times(BigInteger.valueOf(i)))) == null, i);
    });
    tests.run("keys outside the subgroup of prime order", () -> {
      EdwardsPoint own = Secret.BASE.times(SECRET.scalar());
      for (int i = 1; i < 8; i++) check(TrustedKey.of(Secret.encoded(own.plus(Secret.ofSmallOrder().times(BigInteger.valueOf(i))))) == null, i);
      check(TrustedKey.of(Secret.encoded(own)) != null);
    });
    tests.run("keys that are not the one encoding of their point", () -> {
      for (int y = 0; y < 19; y++) {
        byte[] encoded = Secret.littleEndian(EdwardsPoint.PRIME.add(BigInteger.valueOf(y)));
        check(TrustedKey.of(encoded) == null, y);
        check(EdwardsPoint.decode(encoded) == null, y);
      }
      byte[] signedOne = Secret.littleEndian(BigInteger.ONE.setBit(255));
      check(EdwardsPoint.decode(signedOne) == null && EdwardsPoint.decode(Secret.littleEndian(BigInteger.ONE)) != null);
    });
    tests.run("good signatures", () -> {
      check(isGood(SECRET.sign(MESSAGE)));
      check(isGood(SECRET.sign(MESSAGE, BigInteger.ZERO, Secret.littleEndian(BigInteger.ONE))));
      check(!KEY.isGood("another".getBytes(StandardCharsets.US_ASCII), SECRET.sign(MESSAGE)));
    });
    tests.run("every bit of a signature counts", () -> {
      byte[] good = SECRET.sign(MESSAGE);
      for (int bit = 0; bit < 512; bit++) {
        byte[] changed = good.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        check(!isGood(changed), bit);
      }
    });
    tests.run("signatures of another length", () -> {
      byte[] good = SECRET.sign(MESSAGE);
      for (int length : new int[] {0, 32, 63, 65, 96, 128}) check(!isGood(Arrays.copyOf(good, length)), length);
      check(!KEY.isGood(MESSAGE, null));
    });
    tests.run("S of the order or above", () -> {
      byte[] good = SECRET.sign(MESSAGE);
      BigInteger s = EdwardsPoint.littleEndian(Arrays.copyOfRange(good, 32, 64));
      for (int times = 1; times < 15; times++) {
        byte[] same = Secret.littleEndian(s.add(EdwardsPoint.ORDER.multiply(BigInteger.valueOf(times))));
        check(!isGood(Secret.joined(Arrays.copyOf(good, 32), same)), times);
      }
    });
    tests.run("R that is good with the cofactor only", () -> {
      EdwardsPoint shifted = Secret.BASE.times(NONCE).plus(Secret.ofSmallOrder());
      check(!isGood(SECRET.sign(MESSAGE, NONCE, Secret.encoded(shifted))));
      check(isGood(SECRET.sign(MESSAGE, NONCE, Secret.encoded(Secret.BASE.times(NONCE)))));
    });
    tests.run("R that is another encoding of its point", () -> {
      byte[] aboveThePrime = Secret.littleEndian(EdwardsPoint.PRIME.add(BigInteger.ONE));
      byte[] withASign = Secret.littleEndian(BigInteger.ONE.setBit(255));
      check(!isGood(SECRET.sign(MESSAGE, BigInteger.ZERO, aboveThePrime)));
      check(!isGood(SECRET.sign(MESSAGE, BigInteger.ZERO, withASign)));
    });
  }

  private static boolean isGood(byte[] signature) {
    return KEY.isGood(MESSAGE, signature);
  }
}
