package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.same;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A package that everybody signed, and whom a trust policy believes of them, and when. */
final class BeliefTest implements Suite {
  private static final Secret SERVER = new Secret(BigInteger.valueOf(1_001));
  private static final Secret ERIN = new Secret(BigInteger.valueOf(1_002));
  private static final Secret FRANK = new Secret(BigInteger.valueOf(1_003));
  private static final Secret ROUTER = new Secret(BigInteger.valueOf(1_004));
  private static final Secret NOBODY = new Secret(BigInteger.valueOf(1_005));
  private static final String OUTCOME = "controlBundle.events.9.executionCompleted";
  private static final String FRANKS = approver("frank", FRANK, "");

  private final Checkout checkout;

  BeliefTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) throws Exception {
    Tampered signed = signed();
    byte[] file = signed.bytes();
    Map<String, String> bounds = Map.of("\"notBefore\":\"2026-11-25T10:30:01Z\"", "PASS", "\"notBefore\":\"2026-11-25T10:30:01.001Z\"", "FAIL",
        "\"notAfter\":\"2026-11-25T10:30:01Z\"", "FAIL", "\"notAfter\":\"2026-11-25T10:30:01.001Z\"", "PASS");
    bounds.forEach((bound, status) -> ends(tests, "server_signature", status, file, servers(SERVER, bound)));
    bounds.forEach((bound, status) -> ends(tests, "router_signature", status, file, routers(ROUTER, "files", bound)));
    ends(tests, "server_signature", "FAIL", file, servers(NOBODY, "\"name\":\"another\""));
    ends(tests, "server_signature", "NOT_CHECKED", file, "\"serverKeys\":[]");
    ends(tests, "router_signature", "NOT_CHECKED", file, routers(ROUTER, "files-standby", "\"name\":\"r\""));
    ends(tests, "router_signature", "FAIL", file, routers(NOBODY, "files", "\"name\":\"r\""));

    ends(tests, "approver_signatures", "PASS", file, approvers(approver("erin", ERIN, ""), FRANKS));
    ends(tests, "approver_signatures", "PASS", file, approvers(approver("erin", NOBODY, ""), approver("erin", ERIN, ""), FRANKS));
    ends(tests, "approver_signatures", "FAIL", file, approvers(FRANKS));
    ends(tests, "approver_signatures", "FAIL", file, approvers(approver("erin", FRANK, ""), approver("frank", ERIN, "")));
    ends(tests, "approver_signatures", "FAIL", file, approvers(approver("erin", ERIN, "").replace("HUMAN", "SYSTEM"), FRANKS));
    ends(tests, "approver_signatures", "FAIL", file, approvers(approver("erin", ERIN, ",\"revokedAt\":\"2026-11-25T10:30:00Z\""), FRANKS));
    ends(tests, "approver_signatures", "PASS", file, approvers(approver("erin", ERIN, ",\"revokedAt\":\"2026-11-25T10:30:00.001Z\""), FRANKS));
    ends(tests, "approver_signatures", "PASS", file, approvers(approver("erin", ERIN, ",\"notBefore\":\"2026-11-25T10:05:00Z\""), FRANKS));
    ends(tests, "approver_signatures", "FAIL", file, approvers(approver("erin", ERIN, ",\"notBefore\":\"2026-11-25T10:05:00.001Z\""), FRANKS));

    ends(tests, "time_bounds", "NOT_CHECKED", file, "\"serverKeys\":[]");
    ends(tests, "time_bounds", "PASS", file, "\"notBefore\":\"2026-11-25T09:00:00Z\",\"notAfter\":\"2026-11-25T10:30:01.001Z\"");
    ends(tests, "time_bounds", "FAIL", file, "\"notBefore\":\"2026-11-25T09:00:00.001Z\"");
    ends(tests, "time_bounds", "FAIL", file, "\"notAfter\":\"2026-11-25T10:30:01Z\"");
    ends(tests, "required_checks", "PASS", file, "\"requiredChecks\":[\"run_bundle\",\"format\"]");
    ends(tests, "required_checks", "FAIL", file, "\"requiredChecks\":[\"format\",\"time_bounds\"]");

    tests.run("a signature by another key than it says, and an envelope of another type", () -> {
      Map<String, Object> stated = Statement.ofPackage(signed.evidence().file().orElse(null));
      String trust = servers(SERVER, "\"name\":\"s\"");
      String keyId = "\"" + TrustedKey.of(SERVER.publicKey()).id() + "\"";
      ends("server_signature", "FAIL", new Tampered(file).sign("signature", stated, NOBODY).set("signature.signatures.0.keyid", keyId).bytes(), trust);
      ends("server_signature", "FAIL", new Tampered(file).set("signature.payloadType", "\"text/plain\"").bytes(), trust);
    });
    tests.run("with an unknown field nothing is authentic", () -> {
      TrustPolicy trust = policy(servers(SERVER, "\"name\":\"s\""));
      same(Verdict.AUTHENTIC, Verifier.verify(file, trust).verdict());
      Report report = Verifier.verify(new Tampered(file).set("x", "1").bytes(), trust);
      same(List.of(Verdict.CONSISTENT, Status.PASS), List.of(report.verdict(), report.status("server_signature")));
    });
    tests.run("an approval is signed by one, a run by up to eight, a package by one", () -> {
      Map<String, Object> statement = Statement.ofRun(signed.evidence().run().orElse(null), "RUN_STATE_SUCCEEDED");
      String trust = routers(ROUTER, "files", "\"name\":\"r\"");
      ends("router_signature", "PASS", signedBy(file, statement, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, ROUTER), trust);
      ends("router_signature", "FAIL", signedBy(file, statement, ROUTER, ROUTER, ROUTER, ROUTER, ROUTER, ROUTER, ROUTER, ROUTER, ROUTER), trust);
      ends("router_signature", "FAIL", signedBy(file, statement), trust);
      Map<String, Object> stated = Statement.ofPackage(signed.evidence().file().orElse(null));
      ends("server_signature", "FAIL", new Tampered(file).sign("signature", stated, SERVER, SERVER).bytes(), servers(SERVER, "\"name\":\"s\""));
    });
    tests.run("a router that says that the run failed, and a code that a completed one cannot have", () -> {
      Map<String, Object> failed = Statement.ofRun(signed.evidence().run().orElse(null), "RUN_STATE_FAILED");
      Tampered changed = new Tampered(file).set(OUTCOME + ".code", "\"MAX_STEPS_EXCEEDED\"").sign(OUTCOME + ".routerSignature", failed, ROUTER).sealed();
      ends("router_signature", "FAIL", changed.bytes(), routers(ROUTER, "files", "\"name\":\"r\""));
    });
    tests.run("an approver who says to have seen a log before its policy, and one that is none", () -> {
      Map<Integer, String> seen = Map.of(0, "FAIL", 1, "NOT_CHECKED", 4, "NOT_CHECKED", 6, "FAIL");
      for (Map.Entry<Integer, String> each : seen.entrySet()) {
        Evidence evidence = signed.evidence();
        String head = evidence.log().orElse(null).events().get(each.getKey()).digest();
        Gate gate = evidence.gate().orElse(null);
        // Without frank's, which speaks of erin's as it was.
        Tampered changed = new Tampered(file).remove("controlBundle.events.6.approvalGranted.signature");
        changed.sign("controlBundle.events.5.approvalGranted.signature", Statement.ofApproval(gate.history().approvals().get(2), gate, head), ERIN);
        ends("approver_signatures", each.getValue(), changed.sealed().bytes(), "\"serverKeys\":[]");
      }
    });
    tests.run("a router's key that speaks for other adapters", () -> {
      String keys = routers(ROUTER, "files-standby", "\"name\":\"r\"").replaceFirst("\\]$", "," + routers(NOBODY, "files", "\"name\":\"n\"").substring(14));
      ends("router_signature", "FAIL", file, keys);
    });
  }

  /** The package of the page, signed by erin, frank, the router and the server, in the order in which they do. */
  private Tampered signed() throws Exception {
    Tampered file = new Tampered(checkout.bytes("docs/examples/audit-package.embedded.json"));
    Secret[] secrets = {ERIN, FRANK};
    for (int i = 0; i < 2; i++) {
      Gate gate = file.sealed().evidence().gate().orElse(null);
      Approval approval = gate.history().approvals().get(2 + i);
      String head = approval.event().text("previousDigest");
      file.sign("controlBundle.events." + (5 + i) + ".approvalGranted.signature", Statement.ofApproval(approval, gate, head), secrets[i]);
    }
    file.sealed().sign(OUTCOME + ".routerSignature", Statement.ofRun(file.evidence().run().orElse(null), "RUN_STATE_SUCCEEDED"), ROUTER);
    return file.sealed().sign("signature", Statement.ofPackage(file.evidence().file().orElse(null)), SERVER);
  }

  private static byte[] signedBy(byte[] file, Map<String, Object> statement, Secret... routers) {
    return new Tampered(file).sign(OUTCOME + ".routerSignature", statement, routers).sealed().bytes();
  }

  private static void ends(Runner tests, String check, String status, byte[] file, String trust) {
    tests.run(check + " " + status + " by " + trust, () -> ends(check, status, file, trust));
  }

  private static void ends(String check, String status, byte[] file, String trust) throws UnusableTrustPolicyException {
    same(status, Verifier.verify(file, policy(trust)).status(check).name());
  }

  private static TrustPolicy policy(String fields) throws UnusableTrustPolicyException {
    return TrustPolicy.read(("{\"policyVersion\":\"nexus.attest/trust-policy/v1\"," + fields + "}").getBytes(StandardCharsets.UTF_8));
  }

  private static String servers(Secret secret, String field) {
    return "\"serverKeys\":[{" + publicKey(secret) + "," + field + "}]";
  }

  private static String routers(Secret secret, String adapter, String field) {
    return "\"routerKeys\":[{" + publicKey(secret) + ",\"adapterIds\":[\"" + adapter + "\"]," + field + "}]";
  }

  private static String approvers(String... keys) {
    return "\"approverKeys\":[" + String.join(",", keys) + "]";
  }

  private static String approver(String name, Secret secret, String more) {
    return "{\"approver\":{\"type\":\"ACTOR_TYPE_HUMAN\",\"id\":\"" + name + "@example.com\"}," + publicKey(secret) + more + "}";
  }

  private static String publicKey(Secret secret) {
    return "\"publicKey\":\"" + Base64.getEncoder().encodeToString(secret.publicKey()) + "\"";
  }
}
