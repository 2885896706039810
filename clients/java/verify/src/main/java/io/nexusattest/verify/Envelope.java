package io.nexusattest.verify;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A DSSE envelope. */
final class Envelope {
  private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /**
   * One of the signatures of an envelope.
   *
   * @param keyId the id of the key that is said to have made it
   * @param bytes the signature; null if its base64 cannot be read
   */
  record Signed(String keyId, byte[] bytes) {}

  private final String payloadType;
  private final byte[] payload;
  private final List<Signed> signatures;

  private Envelope(String payloadType, byte[] payload, List<Signed> signatures) {
    this.payloadType = payloadType;
    this.payload = payload;
    this.signatures = signatures;
  }

  static Envelope of(Map<String, Object> given) {
    List<Signed> signatures =
        Fields.messages(given, "signatures").stream().map(each -> new Signed(Fields.text(each, "keyid"), Base64Text.read(Fields.text(each, "sig")))).toList();
    return new Envelope(Fields.text(given, "payloadType"), Base64Text.read(Fields.text(given, "payload")), signatures);
  }

  /** Null if its base64 cannot be read. */
  byte[] payload() {
    return payload;
  }

  List<Signed> signatures() {
    return signatures;
  }

  /** Whether it states this, by 1 to so many signatures. */
  boolean states(Map<String, Object> statement, int mostSignatures) {
    return payloadType.equals(PAYLOAD_TYPE)
        && payload != null
        && !signatures.isEmpty()
        && signatures.size() <= mostSignatures
        && signatures.stream().allMatch(each -> each.bytes() != null)
        && CanonicalJson.firstDifference(statement, payload) < 0;
  }

  /** What is signed: the pre-authentication encoding. */
  byte[] signedBytes() {
    byte[] head = ("DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] signed = new byte[head.length + payload.length];
    System.arraycopy(head, 0, signed, 0, head.length);
    System.arraycopy(payload, 0, signed, head.length, payload.length);
    return signed;
  }
}
