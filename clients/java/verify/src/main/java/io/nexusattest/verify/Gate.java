package io.nexusattest.verify;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The moment at which a decision was allowed to be run, what has to be so then as recomputed, and the checks of it.
 *
 * @param history the log
 * @param event the EXECUTION_REQUESTED
 * @param policy the policy, raised by all guardrails
 * @param requestDigest what was approved
 * @param policyDigest the policy's
 * @param counting the approvals that count
 */
record Gate(History history, Event event, Policy policy, String requestDigest, String policyDigest, List<Approval> counting) {
  static Stage<Gate> of(History history) {
    Event event = history.gate();
    if (event == null) return Stage.missing("there is no EXECUTION_REQUESTED");
    Policy policy = history.raisedPolicy().raisedBy(Guardrail.of(event.body()));
    GivenFields request =
        new GivenFields()
            .take(history.file().controlBundle(), "decisionId")
            .put("decisionCreated", history.request())
            .put("policyAttached", history.attached().body());
    String requestDigest = Digests.of(request.made());
    String policyDigest = Digests.of(history.attached().body().get("policy"));
    return Stage.reached(new Gate(history, event, policy, requestDigest, policyDigest, counting(history, policy)));
  }

  private static List<Approval> counting(History history, Policy policy) {
    Map<String, Approval> latest = new LinkedHashMap<>();
    for (Approval approval : history.approvals()) {
      if (approval.ineligible(policy, history.requester()) != null || !approval.standsAt(history.gate())) continue;
      latest.remove(approval.approver().id());
      latest.put(approval.approver().id(), approval);
    }
    // The gate leaves out those whose keys have been revoked; the registry of keys is no part of a package.
    Set<String> reliedOn = new HashSet<>(Fields.texts(history.gate().body(), "approvalDigests"));
    return latest.values().stream().filter(approval -> !approval.isSigned() || reliedOn.contains(approval.event().digest())).toList();
  }

  String text(String field) {
    return Fields.text(event.body(), field);
  }

  List<String> texts(String field) {
    return Fields.texts(event.body(), field);
  }

  Finding requestDigestHolds() {
    for (Approval approval : history.approvals()) {
      String named = Fields.text(approval.event().body(), "requestDigest");
      if (!named.equals(requestDigest)) return Finding.same("requestDigest of event " + approval.event().place(), requestDigest, named);
    }
    return Finding.PASS;
  }

  Finding policyDigestHolds() {
    return Finding.same("policyDigest", policyDigest, text("policyDigest"));
  }

  Finding approvalsReliedOn() {
    return Finding.same("what was relied on", counting.stream().map(approval -> approval.event().digest()).toList(), texts("approvalDigests"));
  }

  Finding quorum() {
    String lacking = Quorum.lacking(policy, voices());
    Map<String, Object> breakGlass = breakGlass();
    if (lacking == null || breakGlass == null) return Finding.unless(lacking);
    if (counting.size() < Fields.number(breakGlass, "minApprovals")) return Finding.fail("too few approvals count, for break-glass too");
    return Finding.notChecked("the gate was passed by break-glass: " + lacking);
  }

  /** How the gate was passed without the quorum; null if it was not. */
  Map<String, Object> breakGlass() {
    return Fields.message(event.body(), "breakGlass");
  }

  /** The groups that each approval that counts can speak for. */
  List<List<String>> voices() {
    return counting.stream().map(Approval::groups).toList();
  }

  Finding conditions() {
    String mode = text("mode");
    String adapter = text("adapterId");
    String wanted = Fields.text(history.request(), "adapterId");
    Map<String, Object> plan = Fields.message(history.request(), "plan");
    long steps = plan == null ? 0 : Fields.messages(plan, "steps").size();
    Set<String> capabilities = new HashSet<>(texts("adapterCapabilities"));
    if (!mode.equals(Fields.text(history.request(), "mode"))) return Finding.fail("mode is not the request's");
    if (!policy.allowedModes().contains(mode)) return Finding.fail("the policy does not allow the mode");
    if (wanted.isEmpty() ? policy.allowedAdapters().isEmpty() : !wanted.equals(adapter)) return Finding.fail("the adapter was not asked for");
    if (!policy.allowedAdapters().isEmpty() && !policy.allowedAdapters().contains(adapter)) return Finding.fail("the policy does not allow the adapter");
    if (policy.maxSteps() != 0 && steps > policy.maxSteps()) return Finding.fail("the plan has " + steps + " steps, the policy allows " + policy.maxSteps());
    for (String required : policy.requireAdapterCapabilities()) {
      if (!capabilities.contains(required)) return Finding.fail("the adapter has not the capability " + required);
    }
    if (mode.equals("MODE_APPLY") && !capabilities.contains("apply")) return Finding.fail("the adapter has not the capability apply");
    Set<Policy.Label> labels = new HashSet<>(Policy.Label.of(history.request(), "labels"));
    for (Guardrail guardrail : guardrails()) {
      String missing = guardrail.missingLabel(labels);
      if (missing != null) return Finding.fail("a guardrail requires the label " + missing);
    }
    return Finding.unless(duties());
  }

  /** All of them: those of the policy, and those of the gate. */
  private List<Guardrail> guardrails() {
    return Stream.concat(Guardrail.of(history.attached().body()).stream(), Guardrail.of(event.body()).stream()).toList();
  }

  /** Who did what somebody else has to do; null if nobody did. */
  private String duties() {
    Map<String, Object> separation = Fields.message(event.body(), "separationOfDuties");
    if (separation == null) return null;
    String executor = event.actor().id();
    boolean isRequester = executor.equals(history.requester().id());
    boolean isApprover = counting.stream().anyMatch(approval -> approval.approver().id().equals(executor));
    if (Fields.flag(separation, "executorIsNotRequester") && isRequester) return "the requester executed it";
    return Fields.flag(separation, "approverIsNotExecutor") && isApprover ? "an approver executed it" : null;
  }

  Finding routerRequestDigest() {
    GivenFields request =
        new GivenFields()
            .take(history.file().controlBundle(), "decisionId")
            .take(event.body(), "adapterId")
            .take(event.body(), "mode")
            .take(event.body(), "approvalDigests")
            .take(history.request(), "goal")
            .take(history.request(), "plan")
            .take(history.request(), "labels")
            .take(Fields.message(history.attached().body(), "policy"), "maxSteps")
            .put("requestDigest", requestDigest)
            .put("policyDigest", policyDigest);
    return Finding.same("routerRequestDigest", Digests.of(request.made()), text("routerRequestDigest"));
  }
}
