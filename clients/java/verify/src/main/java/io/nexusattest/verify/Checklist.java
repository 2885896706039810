package io.nexusattest.verify;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All checks, in the order of the report: the table under "Verifying" in docs/audit-package.md, to which a test holds it. */
final class Checklist {
  private static final String LAST = "required_checks";

  static final List<Question> QUESTIONS =
      List.of(
          ask("format", "The file is a package of a version that this verifier knows.", evidence -> evidence.file().judged()),
          ofFile("canonical_form", "The file is in canonical form (RFC 8785), to the byte.", PackageFile::canonicalForm),
          ofFile("proto_json", "Every field is written as ProtoJSON writes it.", PackageFile::protoJson),
          ofFile("unknown_fields", "There is no field that this verifier does not know.", PackageFile::unknownFields),
          ask("event_schema", "Every event can be read.", evidence -> evidence.log().judged()),
          ofLog("event_sequence", "The events are those of one decision, numbered from 0 without a gap, in order of time.", Log::sequence),
          ofLog("event_chain", "Every event names the digest of the one before.", Log::chain),
          ofFile("head_digest", "The head digest is that of the last event.", PackageFile::headDigest),
          ask("replay", "The events can have happened in this order.", evidence -> evidence.history().judged()),
          atGate("request_digest", "Every approval is a yes to exactly this request and this policy.", Gate::requestDigestHolds),
          ofHistory("approvals_valid", "Every approval was allowed when it was given.", History::approvalsValid),
          atGate("policy_digest", "The gate was judged by the policy that was attached.", Gate::policyDigestHolds),
          ofHistory("template", "The policy is the template's, tightened by the overrides that were recorded.", Template::check),
          atGate("approvals_relied_on", "The gate relied on exactly the approvals that counted at that moment.", Gate::approvalsReliedOn),
          atGate("quorum_at_gate", "The quorum held at the gate.", Gate::quorum),
          atGate("gate_conditions", "Mode, steps, labels, adapter and capabilities were as the policy and the guardrails want them.", Gate::conditions),
          ask(
              "guardrails",
              "The guardrails are those that their digests name, and all that the trust policy insists on were in force.",
              each -> each.gate().check(gate -> Guardrail.check(gate, each.trust()))),
          ask(
              "break_glass",
              "The gate was passed by its quorum, or without it as the trust policy accepts.",
              each -> each.gate().check(gate -> BreakGlass.check(gate, each.trust()))),
          atGate("router_request_digest", "What the router was asked to run is what was approved.", Gate::routerRequestDigest),
          ofHistory("outcome", "The run was started once and its outcome is within the policy.", History::outcome),
          ofFile("control_digest", "The control digest is that of the control bundle.", PackageFile::controlDigestHolds),
          ofRun("router_section", "The run in the router section is the one that was recorded.", Run::routerSection),
          ofRun("run_bundle", "The run bundle is, to the byte, the one that was recorded.", Run::runBundle),
          ofRun("link", "The link between what was allowed and what was run follows from the events.", Run::link),
          ofFile("link_digest", "The link digest is that of the link.", PackageFile::linkDigestHolds),
          ofFile("binding_digest", "The binding digest binds all of it.", PackageFile::bindingDigestHolds),
          ask("server_signature", "A trusted server signed the package.", each -> each.log().check(log -> ServerSignature.check(log, each.trust()))),
          ask(
              "approver_signatures",
              "Every approval that counted is signed by a trusted key of its approver.",
              each -> each.gate().check(gate -> ApproverSignatures.check(gate, each.trust()))),
          ask("router_signature", "A trusted router signed its run.", each -> each.run().check(run -> RouterSignature.check(run, each.trust()))),
          ask("time_bounds", "The log is of the time that the trust policy allows.", each -> each.log().check(log -> log.timeBounds(each.trust()))),
          new Question(LAST, "Everything that the trust policy insists on holds.", Checklist::requiredChecks));

  private Checklist() {}

  /** Whether a trust policy may insist on a check. */
  static boolean canBeRequired(String name) {
    return !name.equals(LAST) && QUESTIONS.stream().anyMatch(question -> question.name().equals(name));
  }

  private static Finding requiredChecks(Evidence evidence, Map<String, Status> before) {
    List<String> required = evidence.trust().requiredChecks();
    if (required.isEmpty()) return Finding.notChecked("no trust policy requires checks");
    List<String> failing = required.stream().filter(name -> before.get(name) != Status.PASS).toList();
    return Finding.unless(failing.isEmpty() ? null : "did not pass: " + String.join(", ", failing));
  }

  private static Question ask(String name, String description, Function<Evidence, Finding> answer) {
    return new Question(name, description, (evidence, before) -> answer.apply(evidence));
  }

  private static Question ofFile(String name, String description, Function<PackageFile, Finding> check) {
    return ask(name, description, evidence -> evidence.file().check(check));
  }

  private static Question ofLog(String name, String description, Function<Log, Finding> check) {
    return ask(name, description, evidence -> evidence.log().check(check));
  }

  private static Question ofHistory(String name, String description, Function<History, Finding> check) {
    return ask(name, description, evidence -> evidence.history().check(check));
  }

  private static Question atGate(String name, String description, Function<Gate, Finding> check) {
    return ask(name, description, evidence -> evidence.gate().check(check));
  }

  private static Question ofRun(String name, String description, Function<Run, Finding> check) {
    return ask(name, description, evidence -> evidence.run().check(check));
  }
}
