package io.nexusattest.verify;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** An Ed25519 public key that is safe to believe. */
final class TrustedKey {
  private static final int BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;
  private static final byte[] BEFORE_KEY = HexFormat.of().parseHex("302a300506032b6570032100");

  private final PublicKey key;
  private final String id;

  private TrustedKey(PublicKey key, String id) {
    this.key = key;
    this.id = id;
  }

  /** Of the 32 bytes; null if they are not the one encoding of a point of the prime-order subgroup. */
  static TrustedKey of(byte[] encoded) {
    if (encoded == null || encoded.length != BYTES) return null;
    EdwardsPoint point = EdwardsPoint.decode(encoded);
    if (point == null || !point.isOfPrimeOrder()) return null;
    byte[] info = Arrays.copyOf(BEFORE_KEY, BEFORE_KEY.length + BYTES);
    System.arraycopy(encoded, 0, info, BEFORE_KEY.length, BYTES);
    try {
      return new TrustedKey(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info)), Digests.ofBytes(info));
    } catch (GeneralSecurityException noEd25519) {
      throw new IllegalStateException("this Java has no Ed25519, so no signature can be checked", noEd25519);
    }
  }

  /** {@code sha256:} and the digest of its SubjectPublicKeyInfo. */
  String id() {
    return id;
  }

  /**
   * Whether a signature of a message is good by this key. What java.security leaves open, which of several encodings of one signature it takes, is decided
   * here.
   */
  boolean isGood(byte[] message, byte[] signature) {
    if (signature == null || signature.length != SIGNATURE_BYTES) return false;
    byte[] s = Arrays.copyOfRange(signature, BYTES, SIGNATURE_BYTES);
    if (EdwardsPoint.littleEndian(s).compareTo(EdwardsPoint.ORDER) >= 0) return false;
    if (!EdwardsPoint.isReduced(Arrays.copyOf(signature, BYTES))) return false;
    try {
      Signature verifying = Signature.getInstance("Ed25519");
      verifying.initVerify(key);
      verifying.update(message);
      return verifying.verify(signature);
    } catch (SignatureException | InvalidKeyException notGood) {
      return false;
    } catch (GeneralSecurityException noEd25519) {
      throw new IllegalStateException("this Java has no Ed25519, so no signature can be checked", noEd25519);
    }
  }
}
