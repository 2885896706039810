package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/** An approval of a log that can have happened. */
final class Approval {
  private static final String WHITE_SPACE =
      "\t\n\u000b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
  private static final int NEVER = Integer.MAX_VALUE;

  private final Event event;
  private final Long expiresAt;
  private final Map<String, Object> signature;
  private int revokedBy = NEVER;

  Approval(Event event) {
    this.event = event;
    this.expiresAt = Fields.time(event.body(), "expiresAt");
    this.signature = Fields.message(event.body(), "signature");
  }

  Event event() {
    return event;
  }

  Actor approver() {
    return event.actor();
  }

  List<String> groups() {
    return Fields.texts(event.body(), "groups");
  }

  /** The approver's envelope; null if it is not signed. */
  Map<String, Object> signature() {
    return signature;
  }

  boolean isSigned() {
    return signature != null;
  }

  void revoke(int place) {
    revokedBy = place;
  }

  /** From the very instant of expiresAt on. */
  boolean hasExpiredAt(long moment) {
    return expiresAt != null && expiresAt <= moment;
  }

  /** Whether it is neither revoked by an earlier event nor expired when this one occurs. */
  boolean standsAt(Event later) {
    return revokedBy >= later.place() && !hasExpiredAt(later.occurredAt());
  }

  /** Why it does not count under a policy, whenever that is asked; null if it can count. */
  String ineligible(Policy policy, Actor requester) {
    if (approver().id().equals(requester.id()) && !policy.allowSelfApproval()) return "it is the requester's own";
    if (policy.humansOnly() && !approver().isHuman()) return "it is not a human's";
    if (policy.requireComment() && isBlank(Fields.text(event.body(), "comment"))) return "it has no comment";
    if (policy.requireSignedApprovals() && !isSigned()) return "it is not signed";
    long longest = policy.maxApprovalLifetimeSeconds() * 1_000;
    if (longest != 0 && (expiresAt == null || expiresAt - event.occurredAt() > longest)) return "it is given for longer than the policy allows";
    return null;
  }

  private static boolean isBlank(String text) {
    return text.chars().allMatch(unit -> WHITE_SPACE.indexOf(unit) >= 0);
  }
}
