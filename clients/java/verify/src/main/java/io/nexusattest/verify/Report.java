package io.nexusattest.verify;

import java.util.List;

/**
 * What a verification found.
 *
 * @param verdict what follows from all checks
 * @param checks all checks, in order
 * @param decisionId the decision that the package says it is about; empty if it could not be read
 * @param bindingDigest the package's binding digest as recomputed; empty if it could not be
 * @param signers whose signatures made a check pass
 */
public record Report(Verdict verdict, List<Check> checks, String decisionId, String bindingDigest, List<Signer> signers) {
  /** How the check of a name ended; NOT_CHECKED for a name that no check has. */
  public Status status(String name) {
    return checks.stream().filter(check -> check.name().equals(name)).map(Check::status).findFirst().orElse(Status.NOT_CHECKED);
  }
}
