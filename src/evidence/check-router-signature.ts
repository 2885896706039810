import type { ExecutionCompleted, ExecutionFailed } from "../domain/event.ts";
import type { Instant } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import type { GateEvidence } from "./check-gate.ts";
import { isDigest } from "./digest.ts";
import { misstatement, signerOf } from "./dsse.ts";
import { runStatement, type SignedRun } from "./run-statement.ts";
import { isWithin, type TrustPolicy } from "./trust-policy.ts";
import { type CheckResult, fail, notChecked, PASS, type VerifiedSigner } from "./verification-report.ts";

/** Whether a router that the verifier believes for the adapter signed the run that the log records. */
export function checkRouterSignature(
  { passed }: GateEvidence,
  { decisionId, head }: Decision,
  run: ExecutionCompleted | ExecutionFailed,
  trust: TrustPolicy | undefined,
  signers: VerifiedSigner[],
): CheckResult {
  const { routerSignature } = run;
  if (routerSignature === undefined) return notChecked("The router signed nothing.");
  const { adapterId, routerRequestDigest } = passed.gate;
  const { routerDigest } = run;
  if (!isDigest(routerDigest)) return fail("routerSignature: routerDigest, which it has to be about, is no digest.");
  const wrong = statesOf(run).map((state) =>
    misstatement(
      routerSignature,
      runStatement({
        decisionId,
        adapterId,
        runId: run.runId,
        routerRequestDigest,
        state,
        stepsExecuted: run.stepsExecuted,
        routerDigest,
      }),
    ),
  );
  if (wrong.every((words) => words !== undefined)) return fail(`routerSignature: ${wrong[0]}.`);
  const keys = (trust?.routerKeys ?? []).filter(({ adapterIds }) => adapterIds.has(adapterId));
  if (keys.length === 0)
    return notChecked(`It is signed; no trust policy names a router's key to believe it by for ${adapterId}.`);
  // A run with an outcome ended when the outcome was recorded, as far as the log can tell.
  const endedAt: Instant = head.occurredAt;
  const signer = signerOf(
    routerSignature,
    keys.filter((key) => isWithin(key, endedAt)),
  );
  if (signer !== undefined) {
    signers.push({ role: "ROUTER", name: signer.name, keyId: signer.keyId });
    return PASS;
  }
  const unbelieved = signerOf(routerSignature, keys);
  return fail(
    unbelieved === undefined
      ? `routerSignature: no key that the trust policy names for ${adapterId} made it.`
      : `routerSignature: it was made by ${unbelieved.keyId}, which the trust policy does not believe for a run that ended at ${new Date(endedAt).toISOString()}.`,
  );
}

/** What the router may have said of how it ended: of a run with too many steps, either, for it failed whatever the router says. */
function statesOf(run: ExecutionCompleted | ExecutionFailed): readonly SignedRun["state"][] {
  if (run.type === "EXECUTION_COMPLETED") return ["SUCCEEDED"];
  return run.code === "MAX_STEPS_EXCEEDED" ? ["SUCCEEDED", "FAILED"] : ["FAILED"];
}
