package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A log that can have happened, and the checks of it that need no gate.
 *
 * @param log the events
 * @param attached the POLICY_ATTACHED; null if there is none
 * @param approvals every APPROVAL_GRANTED, in order
 * @param gate the EXECUTION_REQUESTED; null if there is none
 * @param started the EXECUTION_STARTED; null if there is none
 * @param ended the EXECUTION_COMPLETED or EXECUTION_FAILED; null if there is none
 * @param reviews every EXECUTION_REVIEWED, in order
 */
record History(Log log, Event attached, List<Approval> approvals, Event gate, Event started, Event ended, List<Event> reviews) {
  PackageFile file() {
    return log.file();
  }

  /** The body of DECISION_CREATED. */
  Map<String, Object> request() {
    return log.first().body();
  }

  Actor requester() {
    return log.first().actor();
  }

  /** Not before a policy is attached. */
  Policy policy() {
    return Policy.of(Fields.message(attached.body(), "policy"));
  }

  /** The policy, raised by the guardrails that were in force when it was attached. */
  Policy raisedPolicy() {
    return policy().raisedBy(Guardrail.of(attached.body()));
  }

  /** The event that an outcome is in which records a run; null if there is none. */
  Event recordedRun() {
    return ended != null && !Fields.text(ended.body(), "runId").isEmpty() && !Fields.text(ended.body(), "routerDigest").isEmpty() ? ended : null;
  }

  Finding approvalsValid() {
    if (approvals.isEmpty()) return Finding.PASS;
    Policy policy = raisedPolicy();
    Map<String, List<Approval>> earlier = new HashMap<>();
    for (Approval approval : approvals) {
      Event event = approval.event();
      List<Approval> theirs = earlier.computeIfAbsent(approval.approver().id(), id -> new ArrayList<>());
      String wrong = approval.ineligible(policy, requester());
      if (approval.hasExpiredAt(event.occurredAt())) wrong = "it had expired when it was given";
      // A signed one may have lost its key by then, of which the package says nothing.
      if (theirs.stream().anyMatch(one -> !one.isSigned() && one.standsAt(event))) wrong = "the approver's earlier one stood";
      if (wrong != null) return Finding.fail("the approval of event " + event.place() + ": " + wrong);
      theirs.add(approval);
    }
    return Finding.PASS;
  }

  Finding outcome() {
    Event run = recordedRun();
    if (run == null || started == null) return Finding.fail("there is no recorded run");
    Map<String, Object> settlement = Fields.message(run.body(), "settlement");
    if (settlement != null && Fields.text(settlement, "basis").equals("SETTLEMENT_BASIS_OPERATOR_STATEMENT")) {
      return Finding.fail("an operator stated the outcome, who has no record of a run");
    }
    long most = policy().maxSteps();
    boolean saysSo = run.is("executionFailed") && Fields.text(run.body(), "code").equals(Run.TOO_MANY_STEPS);
    boolean tooMany = most != 0 && Fields.number(run.body(), "stepsExecuted") > most;
    return Finding.unless(tooMany && !saysSo ? "more than " + most + " steps were run, and the outcome does not say so" : null);
  }
}
