import { base64Decode } from "@bufbuild/protobuf/wire";
import type { ExecutionCompleted, ExecutionFailed } from "../domain/event.ts";
import type { GateEvidence } from "./check-gate.ts";
import { digestOf } from "./digest.ts";
import type { PackageJson } from "./package-format.ts";
import { isBase64 } from "./proto-json.ts";
import { type CheckResult, compare, compareLists, fail, firstFailure, notChecked } from "./verification-report.ts";

type RecordedRun = ExecutionCompleted | ExecutionFailed;

export function checkRouterSection({ router }: PackageJson, { passed }: GateEvidence, run: RecordedRun): CheckResult {
  return firstFailure([
    compare(run.runId, router.runId ?? "", "router.runId"),
    compare(passed.gate.adapterId, router.adapterId ?? "", "router.adapterId"),
    compare(run.routerDigest, router.routerDigest ?? "", "router.routerDigest"),
  ]);
}

export function checkRunBundle({ router }: PackageJson, run: RecordedRun): CheckResult {
  const { mode, runBundle, runBundleMediaType } = router;
  if (mode === "PACKAGE_MODE_REFERENCE")
    return runBundle !== undefined || runBundleMediaType !== undefined
      ? fail("A package by reference carries no run bundle.")
      : notChecked(`The run bundle is not in the package; its SHA-256 must be ${run.routerDigest}.`);
  if (mode !== "PACKAGE_MODE_EMBEDDED") return fail("router.mode is neither REFERENCE nor EMBEDDED.");
  if (runBundle === undefined || runBundle === "") return fail("The package says EMBEDDED and has no run bundle.");
  if (!isBase64(runBundle)) return fail("router.runBundle is not base64.");
  return firstFailure([
    compare(run.routerMediaType, runBundleMediaType ?? "", "router.runBundleMediaType"),
    compare(run.routerDigest, digestOf(base64Decode(runBundle)), "router.runBundle"),
  ]);
}

/** Every field of the link follows from the events. */
export function checkLink({ link }: PackageJson, evidence: GateEvidence, run: RecordedRun): CheckResult {
  const { decisionId, passed, requestDigest, policyDigest } = evidence;
  const { gate, gateDigest } = passed;
  const expected = {
    decisionId,
    runId: run.runId,
    adapterId: gate.adapterId,
    mode: `MODE_${gate.mode}`,
    requestDigest,
    policyDigest,
    approvalDigests: gate.approvalDigests,
    executionRequestedDigest: gateDigest,
    routerRequestDigest: gate.routerRequestDigest,
    routerDigest: run.routerDigest,
  };
  return firstFailure(
    Object.entries(expected).map(([field, value]) => compareLists(texts(value), texts(link[field]), `link.${field}`)),
  );
}

/** A text, a list or nothing, as a list; an empty text is as good as none. */
function texts(value: string | readonly string[] | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return value ?? [];
}
