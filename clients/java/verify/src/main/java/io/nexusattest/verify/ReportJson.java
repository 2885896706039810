package io.nexusattest.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A report as the ProtoJSON of VerifyAuditPackageResponse. */
final class ReportJson {
  private ReportJson() {}

  static String of(Report report) {
    List<Object> checks = new ArrayList<>();
    for (Check check : report.checks()) {
      checks.add(
          new GivenFields()
              .put("name", check.name())
              .put("description", check.description())
              .put("status", "CHECK_STATUS_" + check.status())
              .put("expected", check.expected())
              .put("actual", check.actual())
              .put("detail", check.detail())
              .made());
    }
    List<Object> signers = new ArrayList<>();
    for (Signer signer : report.signers()) {
      signers.add(new GivenFields().put("role", "SIGNER_ROLE_" + signer.role()).put("name", signer.name()).put("keyId", signer.keyId()).made());
    }
    GivenFields made =
        new GivenFields()
            .put("verdict", "VERDICT_" + report.verdict())
            .put("checks", checks)
            .put("decisionId", report.decisionId())
            .put("bindingDigest", report.bindingDigest())
            .put("signers", signers.isEmpty() ? null : signers);
    return indented(new TreeMap<>(Map.of("report", made.made())), "");
  }

  /** For people to read too: an element a line. */
  private static String indented(Object value, String indent) {
    String deeper = indent + "  ";
    if (value instanceof List<?> elements) {
      return elements.stream().map(each -> deeper + indented(each, deeper)).collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
    }
    if (value instanceof Map<?, ?> members) {
      return members.entrySet().stream()
          .map(each -> deeper + text(each.getKey()) + ": " + indented(each.getValue(), deeper))
          .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
    }
    return text(value);
  }

  /** A value on one line. */
  static String text(Object value) {
    StringBuilder line = new StringBuilder();
    CanonicalJson.write(value, (buffer, length) -> line.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1)));
    return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
