package io.nexusattest.verify;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The moment at which a decision was allowed to be run, what has to be so then as recomputed, and the checks of it.
 *
 * @param history the log
 * @param event the EXECUTION_REQUESTED
 * @param policy the policy
 * @param requestDigest what was approved
 * @param policyDigest the policy's
 * @param counting the approvals that count
 */
record Gate(History history, Event event, Policy policy, String requestDigest, String policyDigest, List<Approval> counting) {
  static Stage<Gate> of(History history) {
    Event event = history.gate();
    if (event == null) return Stage.missing("there is no EXECUTION_REQUESTED");
    Policy policy = history.policy();
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
    if (counting.size() < policy.minApprovals()) return Finding.fail(counting.size() + " approvals count, " + policy.minApprovals() + " have to");
    return Finding.unless(Quorum.fillsEverySeat(policy.groups(), counting) ? null : "the seats of the groups cannot all be filled at the same time");
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
    return Finding.unless(mode.equals("MODE_APPLY") && !capabilities.contains("apply") ? "the adapter has not the capability apply" : null);
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
