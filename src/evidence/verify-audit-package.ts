import { bindingOf, jsonDigest, PACKAGE_VERSION } from "./build-audit-package.ts";
import { checkEvidence, concluded, type Findings } from "./check-evidence.ts";
import { checkOutcome } from "./check-gate.ts";
import { checkLink, checkRouterSection, checkRunBundle } from "./check-run.ts";
import { checkServerSignature } from "./check-server-signature.ts";
import { type EvidenceFile, readAs } from "./evidence-file.ts";
import { type JsonFile, readJsonFile } from "./json-file.ts";
import { AUDIT_PACKAGE, type PackageJson } from "./package-format.ts";
import { packageStatement } from "./package-statement.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import {
  CHECKS,
  type CheckResults,
  compare,
  fail,
  type VerificationReport,
  type VerifiedSigner,
} from "./verification-report.ts";

/**
 * Verifies an audit package from nothing but its bytes and whom the verifier believes: everything is recomputed from the events, nothing stored is believed,
 * least of all a key. Never throws: a bad package is a report. docs/audit-package.md specifies every check.
 *
 * @param trust undefined: nobody is believed, and the package is consistent at best.
 */
export function verifyAuditPackage(bytes: Uint8Array, trust?: TrustPolicy): VerificationReport {
  const file = readJsonFile(bytes);
  return "problem" in file ? noPackage(file.problem, trust) : judgePackage(file, trust).report;
}

/** What has been found out about a package. */
export interface JudgedPackage {
  readonly report: VerificationReport;
  /** Undefined if the file is none. */
  readonly found: { readonly file: EvidenceFile<PackageJson>; readonly findings: Findings } | undefined;
}

/** The same for a file that has been read, with what was read of it. */
export function judgePackage(json: JsonFile, trust?: TrustPolicy): JudgedPackage {
  const file = readAs<PackageJson>(AUDIT_PACKAGE, json);
  if ("problem" in file) return { report: noPackage(file.problem, trust), found: undefined };
  const { given } = file;
  const findings = checkEvidence(file, trust);
  const { decisionId = "" } = given.controlBundle;
  const { routerDigest = "" } = given.router;
  const controlDigest = jsonDigest(given.controlBundle);
  const linkDigest = jsonDigest(given.link);
  const bindingDigest = bindingOf({ controlDigest, routerDigest: given.router.routerDigest, linkDigest });
  const results: CheckResults = {
    ...findings.results,
    control_digest: compare(controlDigest, given.controlDigest ?? "", "controlDigest"),
    link_digest: compare(linkDigest, given.linkDigest ?? "", "linkDigest"),
    binding_digest: compare(bindingDigest, given.bindingDigest ?? "", "bindingDigest"),
    ...checkRun(given, findings),
  };
  const servers: VerifiedSigner[] = [];
  const { events } = findings.log;
  if (events !== undefined) {
    const statement = packageStatement({
      decisionId,
      packageVersion: PACKAGE_VERSION,
      controlDigest,
      routerDigest,
      linkDigest,
      bindingDigest,
      templateDigest: given.template === undefined ? "" : jsonDigest(given.template),
    });
    const lastAt = events.at(-1)?.event.occurredAt ?? 0;
    results.server_signature = checkServerSignature({ envelope: given.signature, statement, lastAt }, trust, servers);
  }
  const about = { decisionId, bindingDigest, signers: [...servers, ...findings.signers] };
  return { report: concluded(CHECKS, results, findings.missing, trust, about), found: { file, findings } };
}

/** What only a package holds: a run, and the link to it. */
function checkRun(given: PackageJson, { replayed, gate, run }: Findings): CheckResults {
  if (replayed === undefined) return {};
  const outcome = checkOutcome(replayed.decision);
  if (gate === undefined || run === undefined) return { outcome };
  return {
    outcome,
    router_section: checkRouterSection(given, gate, run),
    run_bundle: checkRunBundle(given, run),
    link: checkLink(given, gate, run),
  };
}

function noPackage(problem: string, trust: TrustPolicy | undefined): VerificationReport {
  return concluded(CHECKS, { format: fail(problem) }, "the file is not a package", trust);
}
