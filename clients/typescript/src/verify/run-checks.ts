import { fromBase64 } from "./base64.js";
import { digestOfBytes } from "./digest.js";
import type { Evidence } from "./evidence.js";
import { type Finding, fail, notChecked, same, unless } from "./finding.js";
import type { History } from "./history.js";
import { sameKnown } from "./known.js";
import type { OpenedPackage } from "./opened-package.js";
import { LINK } from "./package-fields.js";
import type { Run } from "./run.js";
import type { TrustPolicy } from "./trust-policy.js";

export function outcome(
  history: History,
  _: OpenedPackage,
  _trust: TrustPolicy | undefined,
  { run }: Evidence,
): Finding {
  if (run === undefined) return fail("the log does not end with a run that was recorded");
  const { body } = run.outcome;
  const { maxSteps = 0 } = run.gate.policy;
  const { stepsExecuted = 0, settlement } = body.value;
  const isFailure = body.case === "executionFailed" && body.value.code === "MAX_STEPS_EXCEEDED";
  return unless(
    history.started ? "" : "the execution was never started",
    settlement?.basis === "SETTLEMENT_BASIS_OPERATOR_STATEMENT" ? "the outcome is an operator's word" : "",
    maxSteps !== 0 && stepsExecuted > maxSteps && !isFailure
      ? `${stepsExecuted} steps were executed, and the policy allows ${maxSteps}`
      : "",
  );
}

export function routerSection({ gate, runId, routerDigest }: Run, { router }: OpenedPackage): Finding {
  return unless(
    (router.runId ?? "") === runId ? "" : "runId is not that of the outcome",
    (router.routerDigest ?? "") === routerDigest ? "" : "routerDigest is not that of the outcome",
    (router.adapterId ?? "") === (gate.given.adapterId ?? "") ? "" : "adapterId is not that of the gate",
  );
}

export function runBundle({ outcome, routerDigest }: Run, { router }: OpenedPackage): Finding {
  const { mode, runBundle, runBundleMediaType } = router;
  if (mode === "PACKAGE_MODE_REFERENCE")
    return runBundle === undefined && runBundleMediaType === undefined
      ? notChecked("the package refers to the run bundle; compare its SHA-256 with routerDigest")
      : fail("a package by reference holds no run bundle, nor its media type");
  if (mode !== "PACKAGE_MODE_EMBEDDED") return fail("the mode is none that is known");
  const bytes = runBundle === undefined || runBundle === "" ? undefined : fromBase64(runBundle);
  if (bytes === undefined) return fail("the run bundle is not there, or not base64");
  if ((runBundleMediaType ?? "") !== (outcome.body.value.routerMediaType ?? ""))
    return fail("the media type is not that of the outcome");
  return same("the digest of the run bundle", routerDigest, digestOfBytes(bytes));
}

export function link({ gate, runId, routerDigest }: Run, { bundle, link }: OpenedPackage): Finding {
  const { adapterId = "", mode, approvalDigests = [], routerRequestDigest = "" } = gate.given;
  const follows = {
    ...{ decisionId: bundle.decisionId ?? "", runId, adapterId, approvalDigests, routerRequestDigest, routerDigest },
    ...{ requestDigest: gate.requestDigest, policyDigest: gate.policyDigest },
    ...{ executionRequestedDigest: gate.event.digest, ...(mode && { mode }) },
  };
  return sameKnown(LINK, follows, link) ? unless() : fail("the link is not what follows from the events");
}
