package io.nexusattest.verify;

import java.util.Locale;
import java.util.Map;

/** A report as the list of checks that a compliance officer can read. */
final class ReportText {
  private static final Map<Status, String> MARKS = Map.of(Status.PASS, "✓", Status.FAIL, "✗", Status.NOT_CHECKED, "–");

  private ReportText() {}

  static String of(Report report, boolean isTrusting) {
    StringBuilder text = new StringBuilder();
    line(text, "decision        " + Printable.of(report.decisionId(), "could not be read"));
    line(text, "binding digest  " + Printable.of(report.bindingDigest(), "could not be recomputed"));
    line(text, "");
    int width = report.checks().stream().mapToInt(check -> check.name().length()).max().orElse(1);
    String indent = " ".repeat(width + 17);
    for (Check check : report.checks()) {
      String status = check.status().name().replace('_', ' ');
      line(text, String.format(Locale.ROOT, "%s %-11s  %-" + width + "s  %s", MARKS.get(check.status()), status, check.name(), check.description()));
      if (!check.detail().isEmpty()) line(text, indent + Printable.of(check.detail()));
      if (check.status() == Status.FAIL && !(check.expected().isEmpty() && check.actual().isEmpty())) {
        line(text, indent + "expected " + Printable.of(check.expected(), "nothing"));
        line(text, indent + "actual   " + Printable.of(check.actual(), "nothing"));
      }
    }
    line(text, "");
    for (Signer signer : report.signers()) {
      String role = signer.role().name().toLowerCase(Locale.ROOT);
      line(text, "signed by " + role + " " + Printable.of(signer.name(), "(without a name)") + ", " + signer.keyId());
    }
    line(text, report.verdict() + ": " + inWords(report, isTrusting));
    return text.toString();
  }

  private static String inWords(Report report, boolean isTrusting) {
    return switch (report.verdict()) {
      case AUTHENTIC -> "made by " + Printable.of(server(report), "a server") + ", whose key the trust policy names, and unchanged since.";
      case CONSISTENT -> "everything that could be recomputed agrees. Who made the package is not proven: " + whyNotProven(report, isTrusting) + ".";
      case BROKEN -> failed(report) + " failed. Do not rely on this package.";
    };
  }

  private static String server(Report report) {
    return report.signers().stream().filter(signer -> signer.role() == Signer.Role.SERVER).map(Signer::name).findFirst().orElse("");
  }

  private static String whyNotProven(Report report, boolean isTrusting) {
    if (!isTrusting) return "no trust policy says whose signature to believe (--trust FILE)";
    if (report.status("server_signature") == Status.PASS) return "it holds fields that this verifier does not know, and cannot judge";
    return "it carries no signature of a server that could be checked";
  }

  private static String failed(Report report) {
    long count = report.checks().stream().filter(check -> check.status() == Status.FAIL).count();
    return count == 1 ? "1 check" : count + " checks";
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
