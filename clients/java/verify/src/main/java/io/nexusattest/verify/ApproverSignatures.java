package io.nexusattest.verify;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The check of whether approvers themselves said yes. */
final class ApproverSignatures {
  private static final int LONGEST_PAYLOAD = 32_768;

  private final Gate gate;
  private final Map<Approval, Envelope> envelopes = new HashMap<>();

  private ApproverSignatures(Gate gate) {
    this.gate = gate;
  }

  static Finding check(Gate gate, TrustPolicy trust) {
    return new ApproverSignatures(gate).check(trust);
  }

  private Finding check(TrustPolicy trust) {
    Map<String, Integer> places = new HashMap<>();
    for (Event event : gate.history().log().events()) places.put(event.digest(), event.place());
    Set<ByteBuffer> payloads = new HashSet<>();
    for (Approval approval : gate.history().approvals()) {
      if (!approval.isSigned()) continue;
      Envelope envelope = Envelope.of(approval.signature());
      String where = "event " + approval.event().place() + ": ";
      if (!states(envelope, approval, places)) return Finding.fail(where + "the signature does not state this approval");
      if (!payloads.add(ByteBuffer.wrap(envelope.payload()))) return Finding.fail(where + "the signature is that of an earlier approval");
      envelopes.put(approval, envelope);
    }
    if (trust.approverKeys().isEmpty()) return Finding.notChecked("no trust policy names keys of approvers");
    List<Signer> signers = new ArrayList<>();
    for (Approval approval : gate.counting()) {
      if (!approval.isSigned()) continue;
      Signer signer = signer(approval, trust);
      if (signer == null) return Finding.fail("event " + approval.event().place() + ": the signature is good by no key of its approver that is believed");
      signers.add(signer);
    }
    if (gate.counting().isEmpty()) return Finding.notChecked("no approval counts");
    return signers.size() < gate.counting().size() ? Finding.notChecked("an approval that counts is not signed") : Finding.passBy(signers);
  }

  private boolean states(Envelope envelope, Approval approval, Map<String, Integer> places) {
    String headDigest = headDigest(envelope.payload());
    Integer place = headDigest == null ? null : places.get(headDigest);
    return place != null
        && place >= gate.history().attached().place()
        && place < approval.event().place()
        && envelope.states(Statement.ofApproval(approval, gate, headDigest), 1);
  }

  /**
   * What a payload says that the approver saw; null if it says nothing that could be read. Whether the payload is canonical is seen when the statement is
   * compared with it.
   */
  private static String headDigest(byte[] payload) {
    if (payload == null || payload.length > LONGEST_PAYLOAD) return null;
    try {
      Object statement = new JsonReader(payload).read();
      Object predicate = statement instanceof Map<?, ?> members ? members.get("predicate") : null;
      return predicate instanceof Map<?, ?> members && members.get("headDigest") instanceof String text ? text : null;
    } catch (NotJsonException notJson) {
      return null;
    }
  }

  private Signer signer(Approval approval, TrustPolicy trust) {
    Envelope envelope = envelopes.get(approval);
    Envelope.Signed signed = envelope.signatures().get(0);
    byte[] message = envelope.signedBytes();
    for (TrustPolicy.ApproverKey trusted : trust.keysOf(approval.approver(), signed.keyId())) {
      Period believed = trusted.believed();
      if (!believed.holds(approval.event().occurredAt()) || !believed.holds(gate.event().occurredAt())) continue;
      if (trusted.key().isGood(message, signed.bytes())) return new Signer(Signer.Role.APPROVER, approval.approver().id(), trusted.key().id());
    }
    return null;
  }
}
