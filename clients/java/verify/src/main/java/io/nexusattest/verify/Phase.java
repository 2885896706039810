package io.nexusattest.verify;

/** Where a decision is, by the table of "replay" in docs/audit-package.md. */
enum Phase {
  NONE,
  OPEN,
  REJECTED,
  CANCELLED,
  GATED,
  STARTED,
  UNKNOWN,
  COMPLETED,
  FAILED;

  /** Where an event leads; null if it cannot follow. Whether there is a policy, an approval to revoke, or something to review is asked elsewhere. */
  Phase after(String event) {
    if (event.equals("executionReviewed")) return isBehindGate() ? this : null;
    return switch (this) {
      case NONE -> event.equals("decisionCreated") ? OPEN : null;
      case OPEN ->
          switch (event) {
            case "policyAttached", "approvalGranted", "approvalRevoked" -> OPEN;
            case "decisionRejected" -> REJECTED;
            case "decisionCancelled" -> CANCELLED;
            case "executionRequested" -> GATED;
            default -> null;
          };
      case GATED ->
          switch (event) {
            case "executionStarted" -> STARTED;
            case "executionFailed" -> FAILED;
            default -> null;
          };
      case STARTED -> event.equals("executionOutcomeUnknown") ? UNKNOWN : outcome(event);
      case UNKNOWN -> outcome(event);
      case REJECTED, CANCELLED, COMPLETED, FAILED -> null;
    };
  }

  private boolean isBehindGate() {
    return switch (this) {
      case GATED, STARTED, UNKNOWN, COMPLETED, FAILED -> true;
      case NONE, OPEN, REJECTED, CANCELLED -> false;
    };
  }

  private static Phase outcome(String event) {
    return switch (event) {
      case "executionCompleted" -> COMPLETED;
      case "executionFailed" -> FAILED;
      default -> null;
    };
  }
}
