package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.same;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every package of testdata/audit-packages, by every trust policy there. */
final class KnownPackagesTest implements Suite {
  private static final String FOLDER = "testdata/audit-packages/";

  private final Checkout checkout;

  KnownPackagesTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) throws Exception {
    Map<String, TrustPolicy> believed = new LinkedHashMap<>();
    believed.put("nobody", TrustPolicy.NOBODY);
    for (String name : List.of("server", "everybody")) believed.put(name, TrustPolicy.read(checkout.bytes(FOLDER + "trust/" + name + ".json")));
    Map<String, Object> expected = checkout.json(FOLDER + "expected.json");
    List<String> checks = Fields.texts(expected, "checks");
    for (Map<String, Object> each : Fields.messages(expected, "packages")) {
      String file = Fields.text(each, "file");
      byte[] bytes = checkout.bytes(FOLDER + file);
      believed.forEach((name, trust) -> tests.run(
          file + " by " + name + ": " + Fields.text(each, "what"),
          () -> compare(checks, Fields.message(Fields.message(each, "reports"), name), Verifier.verify(bytes, trust))));
    }
  }

  private static void compare(List<String> checks, Map<String, Object> expected, Report report) {
    Map<String, Object> notPassed = Fields.message(expected, "notPassed");
    Map<String, String> statuses = new LinkedHashMap<>();
    for (Check check : report.checks()) statuses.put(check.name(), check.status().name());
    same(checks, List.copyOf(statuses.keySet()));
    statuses.values().removeIf("PASS"::equals);
    same(notPassed, statuses);
    same(Fields.texts(expected, "signers"), report.signers().stream().map(signer -> signer.role() + " " + signer.name()).toList());
    same(Fields.text(expected, "verdict"), report.verdict().name());
  }
}
