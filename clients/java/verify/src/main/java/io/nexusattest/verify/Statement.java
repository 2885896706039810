package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/** What is signed, as a verifier writes it from what it recomputed: in-toto Statements, specified in docs/signatures.md. */
final class Statement {
  private Statement() {}

  static Map<String, Object> ofPackage(PackageFile file) {
    GivenFields predicate =
        new GivenFields()
            .put("decisionId", file.decisionId())
            .put("packageVersion", PackageFile.PACKAGE_VERSION)
            .put("controlDigest", file.controlDigest())
            .put("routerDigest", Fields.text(file.router(), "routerDigest"))
            .put("linkDigest", file.linkDigest())
            .put("templateDigest", file.template() == null ? null : Digests.of(file.template()));
    return about(file.decisionId(), file.bindingDigest(), "nexus-attest:audit-package/v1", predicate);
  }

  /** The head digest is what the approver saw last, and the signer's own word. */
  static Map<String, Object> ofApproval(Approval approval, Gate gate, String headDigest) {
    Map<String, Object> body = approval.event().body();
    GivenFields approver = new GivenFields().put("type", approval.approver().type()).put("id", approval.approver().id());
    GivenFields predicate =
        new GivenFields()
            .put("decisionId", gate.history().log().first().text("decisionId"))
            .put("requestDigest", gate.requestDigest())
            .put("policyDigest", gate.policyDigest())
            .put("headDigest", headDigest)
            .put("approver", approver.made())
            .put("comment", Fields.text(body, "comment"))
            .put("expiresAt", Fields.text(body, "expiresAt"));
    return about(gate.history().log().first().text("decisionId"), gate.requestDigest(), "nexus-attest:approval/v1", predicate);
  }

  /** Of a run whose routerDigest is a digest. */
  static Map<String, Object> ofRun(Run run, String state) {
    GivenFields predicate =
        new GivenFields()
            .put("decisionId", run.gate().history().log().first().text("decisionId"))
            .put("adapterId", run.gate().text("adapterId"))
            .put("runId", run.text("runId"))
            .put("routerRequestDigest", run.gate().text("routerRequestDigest"))
            .put("state", state)
            .take(run.event().body(), "stepsExecuted");
    return about(run.gate().history().log().first().text("decisionId"), run.text("routerDigest"), "nexus-attest:run/v1", predicate);
  }

  private static Map<String, Object> about(String decisionId, String digest, String type, GivenFields predicate) {
    Map<String, Object> subject = new GivenFields().made();
    subject.put("name", decisionId);
    subject.put("digest", new GivenFields().put("sha256", Digests.hex(digest)).made());
    return new GivenFields()
        .put("_type", "https://in-toto.io/Statement/v1")
        .put("subject", List.of(subject))
        .put("predicateType", type)
        .put("predicate", predicate.made())
        .made();
  }
}
