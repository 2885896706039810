package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.same;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Guardrails, separation of duties and break-glass: exactly the checks fail that have to, and a trust policy says what is accepted. */
final class GuardrailsTest implements Suite {
  private static final String EVENTS = "controlBundle.events.";
  private static final String POLICY = EVENTS + "1.policyAttached.policy.";
  private static final String ATTACHED = EVENTS + "1.policyAttached.guardrails";
  private static final String GATE = EVENTS + "7.executionRequested.";
  private static final String AT_GATE = GATE + "guardrails";
  private static final String DUTIES = GATE + "separationOfDuties";
  private static final String[] DOES_NOT_COUNT = {"approvals_valid", "approvals_relied_on", "quorum_at_gate"};
  private static final String REVIEWED = "\"acceptedBreakGlass\":\"ACCEPTED_BREAK_GLASS_REVIEWED\"";
  private static final String CAROL = human("carol");
  private static final String MACHINE = CAROL.replace("HUMAN", "SYSTEM");

  private final Checkout checkout;

  GuardrailsTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) {
    guardrails(tests);
    fails(tests, "the requester executes", file -> file.set(DUTIES, "{\"executorIsNotRequester\":true}"), "gate_conditions");
    fails(tests, "an approver executes", file -> file.set(EVENTS + "7.actor", human("erin")).set(DUTIES, "{\"approverIsNotExecutor\":true}"),
        "gate_conditions");
    String both = "{\"approverIsNotExecutor\":true,\"executorIsNotRequester\":true}";
    fails(tests, "an approver whose approval does not count executes", file -> file.set(EVENTS + "7.actor", CAROL).set(DUTIES, both));

    fails(tests, "break-glass without the quorum", file -> breakGlass(file, 1));
    fails(tests, "fewer approvals than break-glass needs", file -> breakGlass(file, 3), "quorum_at_gate");
    fails(tests, "two reviews", file -> review(review(breakGlass(file, 1), CAROL, true), human("dave"), false));
    fails(tests, "a second review by the same", file -> review(review(breakGlass(file, 1), CAROL, true), MACHINE, true), "replay");
    fails(tests, "a review by who executed it", file -> review(breakGlass(file, 1), human("bob"), true), "replay");
    fails(tests, "a review where no glass was broken", file -> review(file, CAROL, true), "replay");
    fails(tests, "a start behind a review", file -> review(breakGlass(file, 1), CAROL, true).append(CAROL, "executionStarted", "{}"), "replay");

    accepts(tests, "NOT_CHECKED", null, file -> breakGlass(file, 1));
    accepts(tests, "PASS", "\"serverKeys\":[]", file -> {});
    accepts(tests, "FAIL", "\"serverKeys\":[]", file -> breakGlass(file, 1));
    accepts(tests, "PASS", REVIEWED.replace("REVIEWED", "ALL"), file -> breakGlass(file, 1));
    accepts(tests, "FAIL", REVIEWED, file -> breakGlass(file, 1));
    accepts(tests, "PASS", REVIEWED, file -> review(breakGlass(file, 1), CAROL, true));
    accepts(tests, "FAIL", REVIEWED, file -> review(breakGlass(file, 1), CAROL, false));
    accepts(tests, "FAIL", REVIEWED, file -> review(review(breakGlass(file, 1), CAROL, true), human("dave"), false));
    accepts(tests, "FAIL", REVIEWED, file -> review(breakGlass(file, 1), MACHINE, true));
    accepts(tests, "FAIL", REVIEWED, file -> review(breakGlass(file, 1), human("erin"), true));
    accepts(tests, "FAIL", REVIEWED, file -> review(breakGlass(file, 1).set(EVENTS + "7.actor", human("ann")), human("bob"), true));
    tests.run("a guardrail that the trust policy requires", () -> {
      Tampered file = genuine().set(AT_GATE, floors("\"minApprovals\":1")).set(ATTACHED, floors("\"minApprovals\":2")).sealed();
      same(Status.PASS, Verifier.verify(file.bytes(), policy("\"requiredGuardrails\":[" + file.digestOf("{\"minApprovals\":1}") + "]")).status("guardrails"));
      same(Status.FAIL, Verifier.verify(file.bytes(), policy("\"requiredGuardrails\":[" + file.digestOf("{\"minApprovals\":2}") + "]")).status("guardrails"));
    });
  }

  private void guardrails(Runner tests) {
    fails(tests, "nothing below the floors", file -> file.set(ATTACHED, floors("\"minApprovals\":2")).set(AT_GATE, floors("\"humansOnly\":true")));
    fails(tests, "more approvals", file -> file.set(AT_GATE, floors("\"minApprovals\":3")), "quorum_at_gate");
    fails(tests, "more of a group", file -> file.set(ATTACHED, floors(groups("security", 2))), "quorum_at_gate");
    fails(tests, "another group", file -> file.set(ATTACHED, floors(groups("legal", 1))), "quorum_at_gate");
    fails(tests, "humans, from the beginning", file -> machineApproves(file).set(ATTACHED, floors("\"humansOnly\":true")), DOES_NOT_COUNT);
    fails(tests, "humans, at the gate", file -> machineApproves(file).set(AT_GATE, floors("\"humansOnly\":true")), "approvals_relied_on", "quorum_at_gate");
    fails(tests, "signed approvals", file -> file.set(ATTACHED, floors("\"requireSignedApprovals\":true")), DOES_NOT_COUNT);
    fails(tests, "approvals for an hour", file -> file.set(ATTACHED, floors("\"maxApprovalLifetimeSeconds\":3600")), DOES_NOT_COUNT);
    fails(tests, "approvals for longer than the policy allows", file -> file.set(ATTACHED, floors("\"maxApprovalLifetimeSeconds\":4294967295")));
    fails(tests, "self-approval that a floor does not allow", file -> selfApproval(file).set(ATTACHED, floors("\"minApprovals\":1")), DOES_NOT_COUNT);
    fails(tests, "self-approval that both allow", file -> selfApproval(file).set(ATTACHED, floors("\"allowSelfApproval\":true")));
    fails(tests, "another mode", file -> file.set(AT_GATE, floors("\"allowedModes\":[\"MODE_DRY_RUN\"]")), "gate_conditions");
    fails(tests, "a label", file -> file.set(AT_GATE, floors("\"requiredLabels\":[{\"key\":\"cost\"}]")), "gate_conditions");
    fails(tests, "another value of a label", file -> file.set(ATTACHED, floors("\"requiredLabels\":[{\"key\":\"env\",\"values\":[\"test\"]}]")),
        "gate_conditions");
    fails(tests, "a label that is there", file -> file.set(ATTACHED,
        floors("\"requiredLabels\":[{\"key\":\"env\",\"values\":[\"production\"]},{\"key\":\"ticket\"}]")));
    fails(tests, "another digest", file -> file.set(ATTACHED, floors("\"minApprovals\":1").replace("sha256:", "sha256:0")), "guardrails");
    fails(tests, "one twice", file -> file.set(AT_GATE, floors("\"minApprovals\":1", "\"minApprovals\":1")), "guardrails");
    fails(tests, "32", file -> file.set(ATTACHED, many(32)));
    fails(tests, "33", file -> file.set(ATTACHED, many(33)), "event_schema");
    fails(tests, "33 at the gate", file -> file.set(AT_GATE, many(33)), "event_schema");
    fails(tests, "more approvals than there can be", file -> file.set(ATTACHED, floors("\"minApprovals\":101")), "event_schema");
    fails(tests, "more of a group than there can be", file -> file.set(ATTACHED, floors(groups("legal", 101))), "event_schema");
  }

  private void fails(Runner tests, String what, Consumer<Tampered> change, String... checks) {
    tests.run("fails " + String.join(", ", checks) + ": " + what, () -> {
      Tampered file = genuine();
      change.accept(file);
      same(Set.of(checks), Tampered.ending(Status.FAIL, Verifier.verify(file.sealed().bytes(), TrustPolicy.NOBODY)));
    });
  }

  private void accepts(Runner tests, String status, String trust, Consumer<Tampered> change) {
    tests.run("break_glass " + status + " by " + trust, () -> {
      Tampered file = genuine();
      change.accept(file);
      same(status, Verifier.verify(file.sealed().bytes(), trust == null ? TrustPolicy.NOBODY : policy(trust)).status("break_glass").name());
    });
  }

  /** Without the template, for which the policy is not free. */
  private Tampered genuine() throws IOException {
    return new Tampered(checkout.bytes("docs/examples/audit-package.embedded.json")).remove("template").remove(EVENTS + "1.policyAttached.template");
  }

  private static Tampered machineApproves(Tampered file) {
    return file.remove(POLICY + "humansOnly").set(EVENTS + "6.actor.type", "\"ACTOR_TYPE_SYSTEM\"");
  }

  private static Tampered selfApproval(Tampered file) {
    return file.set(POLICY + "allowSelfApproval", "true").set(EVENTS + "6.actor.id", "\"bob@example.com\"");
  }

  /** One approval more is wanted than there are. */
  private static Tampered breakGlass(Tampered file, int minApprovals) {
    String broken = "{\"minApprovals\":" + minApprovals + ",\"reason\":\"fire\",\"reviewBy\":\"2026-11-28T00:00:00Z\"}";
    return file.set(POLICY + "minApprovals", "3").set(GATE + "breakGlass", broken);
  }

  private static Tampered review(Tampered file, String actor, boolean isJustified) {
    return file.append(actor, "executionReviewed", "{\"verdict\":\"REVIEW_VERDICT_" + (isJustified ? "JUSTIFIED" : "UNJUSTIFIED") + "\"}");
  }

  private static String floors(String... fields) {
    return Arrays.stream(fields).map(each -> use("{" + each + "}")).collect(Collectors.joining(",", "[", "]"));
  }

  private static String many(int count) {
    return floors(IntStream.range(0, count).mapToObj(i -> "\"name\":\"" + i + "\"").toArray(String[]::new));
  }

  private static String use(String guardrail) {
    return "{\"digest\":\"" + Digests.of(Checkout.parsed(guardrail.getBytes(StandardCharsets.UTF_8))) + "\",\"guardrail\":" + guardrail + "}";
  }

  private static String groups(String name, int minApprovals) {
    return "\"groups\":[{\"group\":\"" + name + "\",\"minApprovals\":" + minApprovals + "}]";
  }

  private static String human(String name) {
    return "{\"type\":\"ACTOR_TYPE_HUMAN\",\"id\":\"" + name + "@example.com\"}";
  }

  private static TrustPolicy policy(String fields) throws UnusableTrustPolicyException {
    return TrustPolicy.read(("{\"policyVersion\":\"nexus.attest/trust-policy/v1\"," + fields + "}").getBytes(StandardCharsets.UTF_8));
  }
}
