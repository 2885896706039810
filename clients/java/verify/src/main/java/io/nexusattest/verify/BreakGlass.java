package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The check of a gate that was passed without its quorum. */
final class BreakGlass {
  private BreakGlass() {}

  static Finding check(Gate gate, TrustPolicy trust) {
    if (gate.breakGlass() == null) return Finding.PASS;
    return switch (trust.acceptedBreakGlass()) {
      case NOT_SAID -> Finding.notChecked("the gate was passed by break-glass, and no trust policy says whether that is accepted");
      case NONE -> Finding.fail("the gate was passed by break-glass, which the trust policy does not accept");
      case REVIEWED -> Finding.unless(unreviewed(gate));
      case ALL -> Finding.PASS;
    };
  }

  /** Why the reviews do not make up for the quorum; null if they do. */
  private static String unreviewed(Gate gate) {
    Set<String> approvers = new HashSet<>();
    for (Approval approval : gate.counting()) approvers.add(approval.approver().id());
    List<List<String>> voices = new ArrayList<>(gate.voices());
    for (Event review : gate.history().reviews()) {
      if (!Fields.text(review.body(), "verdict").equals("REVIEW_VERDICT_JUSTIFIED")) return "a reviewer found the execution unjustified";
      Actor reviewer = review.actor();
      boolean isOwn = reviewer.id().equals(gate.history().requester().id()) && !gate.policy().allowSelfApproval();
      boolean isMachine = gate.policy().humansOnly() && !reviewer.isHuman();
      if (!approvers.contains(reviewer.id()) && !isOwn && !isMachine) voices.add(Fields.texts(review.body(), "groups"));
    }
    String lacking = Quorum.lacking(gate.policy(), voices);
    return lacking == null ? null : "the reviews do not make up for the quorum: " + lacking;
  }
}
