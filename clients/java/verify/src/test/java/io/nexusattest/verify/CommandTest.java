package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The programs: exit codes, and what they print. */
final class CommandTest implements Suite {
  private final Checkout checkout;

  CommandTest(Checkout checkout) {
    this.checkout = checkout;
  }

  private record Ran(int code, String out, String complaints) {}

  @Override
  public void run(Runner tests) throws Exception {
    String signed = checkout.path("docs/examples/audit-package.signed.json");
    String unsigned = checkout.path("docs/examples/audit-package.embedded.json");
    String trust = checkout.path("docs/examples/trust-policy.json");
    says(tests, 0, "CONSISTENT: ", signed);
    says(tests, 0, "AUTHENTIC: made by the example's server", signed, "--trust", trust);
    says(tests, 0, "\"verdict\": \"VERDICT_AUTHENTIC\"", "--trust=" + trust, "--json", signed);
    says(tests, 0, "signed by server the example's server, sha256:06e3fd8f", signed, "--trust", trust);
    says(tests, 9, "it carries no signature of a server that could be checked", unsigned, "--trust", trust);
    says(tests, 7, "BROKEN: 1 check failed.", trust);
    says(tests, 7, "BROKEN: 1 check failed.", "-");
    says(tests, 7, "CHECK_STATUS_FAIL", "--json", "--", "-");
    says(tests, 2, "is no trust policy that can be used: ", signed, "--trust", signed);
    says(tests, 2, "none.json cannot be read: there is no such file", "none.json");
    says(tests, 2, "none.json cannot be read: there is no such file", signed, "--trust", "none.json");
    says(tests, 2, "cannot be read: ", ".");
    says(tests, 2, "cannot be read: ", "a\u0000b");
    says(tests, 2, "exactly one file");
    says(tests, 2, "exactly one file", "a", "b");
    says(tests, 2, "--trust needs a file", "a", "--trust");
    says(tests, 2, "--trust needs a file", "a", "--trust=");
    says(tests, 2, "there is no option --turst", "a", "--turst", "b");
    says(tests, 2, "cannot both be standard input", "-", "--trust", "-");
    says(tests, 0, "usage: ", "--help");
    says(tests, 0, "usage: ", "a", "-h");
    tests.run("the report as JSON has every check", () -> {
      Ran ran = ran("", "--json", signed, "--trust", trust);
      Object read = Checkout.parsed(ran.out().getBytes(StandardCharsets.UTF_8));
      check(read instanceof Map<?, ?> response && response.get("report") instanceof Map<?, ?> report && report.get("checks") instanceof List<?> checks
          && checks.size() == Checklist.QUESTIONS.size() && report.get("signers") instanceof List<?> signers && signers.size() == 1, ran.out());
    });
    tests.run("what a package says is shown, and not obeyed", () -> {
      same("a\\u001b[2J\\u202eb\\u0085\\u200fé🛒", Printable.of("a\u001b[2J\u202eb\u0085\u200fé🛒"));
      String named = new String(checkout.bytes("docs/examples/audit-package.embedded.json"), StandardCharsets.UTF_8).replace("\"decisionId\":\"06c",
          "\"decisionId\":\"\\u001b[2J\u202e06c");
      check(ran(named, "-").out().startsWith("decision        \\u001b[2J\\u202e06c"));
    });
    tests.run("many packages", () -> many(signed, trust));
  }

  private void many(String signed, String trust) throws Exception {
    Path strange = Files.createTempFile("nexus-attest-\u00e9", ".json");
    try {
      List<String> answers = answersTo(signed + "\t" + trust + "\n" + signed + "\t-\n" + strange + "\t-\n").lines().toList();
      same(3, answers.size());
      check(answers.get(0).startsWith("{\"verdict\":\"AUTHENTIC\",\"checks\":{\"format\":\"PASS\",\"canonical_form\":\"PASS\","), answers.get(0));
      check(answers.get(0).endsWith("\"required_checks\":\"NOT_CHECKED\"},\"signers\":[\"SERVER the example's server\"],"
          + "\"keyIds\":[\"sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9\"]}"), answers.get(0));
      check(answers.get(1).startsWith("{\"verdict\":\"CONSISTENT\","), answers.get(1));
      check(answers.get(2).startsWith("{\"verdict\":\"BROKEN\",\"checks\":{\"format\":\"FAIL\","), answers.get(2));
      for (String mistake : List.of("none\t-", signed + "\t" + signed, signed)) {
        String answered = null;
        try {
          answered = answersTo(mistake + "\n");
        } catch (IOException | UnusableTrustPolicyException mistaken) {
          check(!mistaken.getMessage().isEmpty());
        }
        check(answered == null, mistake + ": " + answered);
      }
    } finally {
      Files.delete(strange);
    }
  }

  private static String answersTo(String lines) throws IOException, UnusableTrustPolicyException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new VerifyMany().run(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), new PrintStream(out, false, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void says(Runner tests, int code, String words, String... typed) {
    tests.run(String.join(" ", typed), () -> {
      Ran ran = ran("no package", typed);
      same(code, ran.code());
      check((ran.out() + ran.complaints()).contains(words), ran);
      check(code != 2 || ran.out().isEmpty(), ran);
    });
  }

  private static Ran ran(String in, String... typed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    int code =
        Main.run(
            typed,
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(complaints, true, StandardCharsets.UTF_8));
    return new Ran(code, out.toString(StandardCharsets.UTF_8), complaints.toString(StandardCharsets.UTF_8));
  }
}
