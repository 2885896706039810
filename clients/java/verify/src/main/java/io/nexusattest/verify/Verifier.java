package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks audit packages of Nexus Attest offline, by docs/audit-package.md and docs/signatures.md, with Java alone. */
public final class Verifier {
  /** What a package may have. A larger one is reported to be none. */
  public static final int MAX_BYTES = PackageFile.MOST_BYTES;

  private Verifier() {}

  /**
   * Checks a package. Never throws, whatever the bytes are.
   *
   * @param file the file's exact bytes
   * @param trust whom to believe; {@link TrustPolicy#NOBODY} for a report that is CONSISTENT at best
   * @return every check, and what follows from all of them
   */
  public static Report verify(byte[] file, TrustPolicy trust) {
    Evidence evidence = Evidence.of(file, trust);
    List<Check> checks = new ArrayList<>();
    List<Signer> signers = new ArrayList<>();
    Map<String, Status> statuses = new HashMap<>();
    for (Question question : Checklist.QUESTIONS) {
      Finding found = question.answer().of(evidence, statuses);
      checks.add(new Check(question.name(), question.description(), found.status(), found.expected(), found.actual(), found.detail()));
      statuses.put(question.name(), found.status());
      signers.addAll(found.signers());
    }
    PackageFile opened = evidence.file().orElse(null);
    return new Report(
        verdict(statuses),
        List.copyOf(checks),
        opened == null ? "" : opened.decisionId(),
        opened == null ? "" : opened.bindingDigest(),
        List.copyOf(signers));
  }

  private static Verdict verdict(Map<String, Status> statuses) {
    if (statuses.containsValue(Status.FAIL)) return Verdict.BROKEN;
    boolean isAuthentic = statuses.get("server_signature") == Status.PASS && statuses.get("unknown_fields") == Status.PASS;
    return isAuthentic ? Verdict.AUTHENTIC : Verdict.CONSISTENT;
  }
}
