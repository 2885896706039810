package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.same;

import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One thing is wrong in a package, and everything else made to fit it: exactly the checks fail that have to. */
final class RulesTest implements Suite {
  private static final String EVENTS = "controlBundle.events.";
  private static final String POLICY = EVENTS + "1.policyAttached.policy.";
  private static final String USE = EVENTS + "1.policyAttached.template.";
  private static final String ERINS_SIGNATURE = EVENTS + "5.approvalGranted.signature";
  private static final String LAST_APPROVAL = EVENTS + "6.approvalGranted.";
  private static final String GATE = EVENTS + "7.executionRequested.";
  private static final String OUTCOME = EVENTS + "9.executionCompleted.";
  private static final String[] DOES_NOT_COUNT = {"approvals_valid", "approvals_relied_on", "quorum_at_gate"};

  private final Checkout checkout;

  RulesTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) {
    fails(tests, "nothing", file -> {});

    fails(tests, "the requester's own approval, as another type of actor", file -> file.set(EVENTS + "6.actor",
        "{\"type\":\"ACTOR_TYPE_SYSTEM\",\"id\":\"bob@example.com\"}").remove(POLICY + "humansOnly"), DOES_NOT_COUNT);
    fails(tests, "the same, allowed", file -> file.set(EVENTS + "6.actor.id", "\"bob@example.com\"").set(POLICY + "allowSelfApproval", "true"));
    fails(tests, "an approval that is not a human's", file -> file.set(EVENTS + "6.actor.type", "\"ACTOR_TYPE_SYSTEM\""), DOES_NOT_COUNT);
    fails(tests, "an approval without a comment", file -> file.remove(LAST_APPROVAL + "comment"), DOES_NOT_COUNT);
    fails(tests, "an approval with a blank comment", file -> file.set(LAST_APPROVAL + "comment", "\"\\t \\u3000\\ufeff\\u2028\""), DOES_NOT_COUNT);
    fails(tests, "a comment of what is no white space", file -> file.set(LAST_APPROVAL + "comment", "\"\\u200b\""));
    fails(tests, "an approval that does not expire", file -> file.remove(LAST_APPROVAL + "expiresAt"), DOES_NOT_COUNT);
    fails(tests, "an approval for longer than a day", file -> file.set(EVENTS + "6.occurredAt", "\"2026-11-25T10:29:00Z\"").set(LAST_APPROVAL + "expiresAt",
        "\"2026-11-26T10:29:00.001Z\""), DOES_NOT_COUNT);
    fails(tests, "an approval for a day", file -> file.set(EVENTS + "6.occurredAt", "\"2026-11-25T10:29:00Z\"").set(LAST_APPROVAL + "expiresAt",
        "\"2026-11-26T10:29:00Z\""));
    fails(tests, "an approval that had expired", file -> file.set(EVENTS + "6.occurredAt", "\"2026-11-25T10:29:00Z\"").set(LAST_APPROVAL + "expiresAt",
        "\"2026-11-25T10:29:00Z\""), DOES_NOT_COUNT);
    fails(tests, "approvals that had to be signed", file -> file.set(POLICY + "requireSignedApprovals", "true"), DOES_NOT_COUNT);
    fails(tests, "a second approval while the first stands", file -> file.set(EVENTS + "6.actor.id", "\"erin@example.com\""), DOES_NOT_COUNT);
    fails(
        tests,
        "a second approval while a signed one stands",
        file -> file.set(EVENTS + "6.actor.id", "\"erin@example.com\"").set(EVENTS + "5.approvalGranted.signature", "{}"),
        "approvals_relied_on", "quorum_at_gate", "approver_signatures");
    String signed = "approver_signatures";
    fails(tests, "a signed approval that the gate does not rely on", file -> file.set(ERINS_SIGNATURE, "{}").relyOn(5, false), "quorum_at_gate", signed);
    fails(tests, "of two the latest counts, in its own place", file -> file.set(ERINS_SIGNATURE, "{}").insertLike(5, 7).relyOn(5, false).relyOn(7, true),
        signed);
    fails(tests, "of two the latest is revoked", file -> file.insertLike(3, 4).set(EVENTS + "3.approvalGranted.signature", "{}"), signed);
    fails(tests, "the revocation is of another's approval", file -> file.set(EVENTS + "4.approvalRevoked.approver.id", "\"carol@example.com\""),
        "approvals_relied_on");
    fails(tests, "the revocation is of nobody's approval", file -> file.set(EVENTS + "4.approvalRevoked.approver.type", "\"ACTOR_TYPE_SYSTEM\""), "replay");

    fails(tests, "one approval too few", file -> file.set(POLICY + "minApprovals", "3"), "quorum_at_gate");
    fails(tests, "nobody of a group", file -> file.remove(EVENTS + "5.approvalGranted.groups"), "quorum_at_gate");
    fails(tests, "another mode than was asked for", file -> file.set(EVENTS + "0.decisionCreated.mode", "\"MODE_DRY_RUN\""), "gate_conditions");
    fails(tests, "a mode that is not allowed", file -> file.set(POLICY + "allowedModes", "[\"MODE_DRY_RUN\"]"), "gate_conditions");
    fails(tests, "another adapter than was asked for", file -> file.set(EVENTS + "0.decisionCreated.adapterId", "\"files-standby\""), "gate_conditions");
    fails(tests, "an adapter that is not allowed", file -> file.set(POLICY + "allowedAdapters", "[\"files-standby\"]"), "gate_conditions");
    fails(tests, "any adapter", file -> file.remove(POLICY + "allowedAdapters"), "gate_conditions");
    fails(tests, "the adapter that was asked for", file -> file.remove(POLICY + "allowedAdapters").set(EVENTS + "0.decisionCreated.adapterId", "\"files\""));
    fails(tests, "an adapter that cannot apply", file -> file.set(GATE + "adapterCapabilities", "[\"timeout\"]"), "gate_conditions");
    fails(tests, "an adapter that lacks what the policy wants", file -> file.set(GATE + "adapterCapabilities", "[\"apply\"]"), "gate_conditions");
    fails(tests, "a plan of too many steps, which were made", file -> file.set(POLICY + "maxSteps", "1"), "gate_conditions", "outcome");
    fails(tests, "more steps made than allowed", file -> file.set(OUTCOME + "stepsExecuted", "6"), "outcome");
    fails(tests, "as many steps made as are allowed", file -> file.set(OUTCOME + "stepsExecuted", "5"));
    fails(tests, "an operator's word", file -> file.set(OUTCOME + "settlement", "{\"basis\":\"SETTLEMENT_BASIS_OPERATOR_STATEMENT\"}"), "outcome");
    fails(tests, "a router's answer", file -> file.set(OUTCOME + "settlement", "{\"basis\":\"SETTLEMENT_BASIS_ROUTER_ANSWER\"}"));

    fails(tests, "no events", file -> file.set("controlBundle.events", "[]"), "format");
    fails(tests, "an id of an event twice", file -> file.set(EVENTS + "8.eventId", "\"00000000-0000-4000-8000-000000000000\""), "event_sequence");
    fails(tests, "time that goes back", file -> file.set(EVENTS + "8.occurredAt", "\"2026-11-25T10:29:59.999Z\""), "event_sequence", "replay");
    fails(tests, "a policy attached twice", file -> file.insertLike(1, 2), "replay");
    fails(tests, "an approval before there is a policy", file -> file.insertLike(2, 1), "replay");
    fails(tests, "a run started twice", file -> file.insertLike(8, 9), "replay");
    fails(tests, "a gate passed twice", file -> file.insertLike(7, 8), "replay");
    fails(tests, "an approval behind the gate", file -> file.insertLike(6, 8), "replay");
    fails(tests, "two bodies", file -> file.set(EVENTS + "8.decisionCancelled", "{}"), "event_schema");
    fails(tests, "no body", file -> file.remove(EVENTS + "8.executionStarted"), "event_schema");
    fails(tests, "no actor", file -> file.remove(EVENTS + "8.actor"), "event_schema");
    fails(tests, "more approvals than a policy can want", file -> file.set(POLICY + "minApprovals", "101"), "event_schema");
    fails(tests, "more groups than a policy can have", file -> file.set(POLICY + "groups", groups(17)), "event_schema");
    fails(tests, "as many groups as a policy can have", file -> file.set(POLICY + "groups", groups(16)), "quorum_at_gate");
    fails(tests, "a group twice", file -> file.set(POLICY + "groups", groups(1).replace("]", "," + groups(1).substring(1))), "event_schema");

    fails(tests, "a run bundle by reference", file -> file.set("router.mode", "\"PACKAGE_MODE_REFERENCE\"").remove("router.runBundleMediaType"),
        "run_bundle");
    fails(tests, "an empty run bundle by reference", file -> file.set("router.mode", "\"PACKAGE_MODE_REFERENCE\"").remove("router.runBundleMediaType")
        .set("router.runBundle", "\"\""), "run_bundle", "proto_json");
    fails(tests, "no run bundle", file -> file.remove("router.runBundle"), "run_bundle");
    fails(tests, "another run bundle", file -> file.set("router.runBundle", "\"AAAA\""), "run_bundle");
    fails(tests, "another media type", file -> file.set("router.runBundleMediaType", "\"text/plain\""), "run_bundle");
    fails(tests, "no mode of a package", file -> file.remove("router.mode"), "run_bundle");
    fails(tests, "the router section is of another run", file -> file.set("router.runId", "\"another\""), "router_section");
    fails(tests, "the router section is of another adapter", file -> file.set("router.adapterId", "\"another\""), "router_section");
    for (String field : new String[] {"decisionId", "runId", "routerDigest"}) fails(tests, "the link has another " + field, file -> file.set("link." + field,
        "\"another\""), "link");
    withTemplate(tests, "nothing", file -> {});
    withTemplate(tests, "another template", file -> file.set("template.templateCreated.description", "\"another\""), "template");
    withTemplate(tests, "another name", file -> file.set("template.name", "\"another\"").set(USE + "digest", file.digest("template")), "template");
    withTemplate(tests, "another policy", file -> file.set("template.templateCreated.policy.maxSteps", "9").set(USE + "digest", file.digest("template")),
        "template");
    withTemplate(tests, "an override that loosens", file -> file.set(USE + "overrides.humansOnly", "false"), "template");
    withTemplate(tests, "a template's policy out of bounds", file -> file.remove(USE + "templatePolicy.minApprovals").remove("template"), "template");
    fails(tests, "a template that the log does not name", file -> file.set("template", "{}"), "template");
    fails(tests, "a field that is another event's", file -> file.set(OUTCOME + "code", "5").set(OUTCOME + "plan", "[null]"));
  }

  private static String groups(int count) {
    return IntStream.range(0, count).mapToObj(i -> "{\"group\":\"" + i + "\",\"minApprovals\":1}").collect(Collectors.joining(",", "[", "]"));
  }

  private void fails(Runner tests, String what, Consumer<Tampered> change, String... checks) {
    // Without the template, for which the policy is not free.
    withTemplate(tests, what, file -> change.accept(file.remove("template").remove(EVENTS + "1.policyAttached.template")), checks);
  }

  private void withTemplate(Runner tests, String what, Consumer<Tampered> change, String... checks) {
    tests.run("fails " + String.join(", ", checks) + ": " + what, () -> {
      Tampered file = new Tampered(checkout.bytes("docs/examples/audit-package.embedded.json"));
      change.accept(file);
      same(Set.of(checks), Tampered.ending(Status.FAIL, Verifier.verify(file.sealed().bytes(), TrustPolicy.NOBODY)));
    });
  }
}
