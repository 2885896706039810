import { digest } from "./digest.js";
import { type Finding, same, unless } from "./finding.js";
import type { Gate } from "./gate.js";
import type { OpenedPackage } from "./opened-package.js";

export function policyDigest({ given, policyDigest }: Gate): Finding {
  return same("policyDigest", policyDigest, given.policyDigest);
}

export function gateConditions({ given, request, policy }: Gate): Finding {
  const { allowedAdapters = [], allowedModes = [], requireAdapterCapabilities = [], maxSteps = 0 } = policy;
  const { adapterId = "", adapterCapabilities = [], mode = "MODE_DRY_RUN" } = given;
  const declared = new Set(adapterCapabilities);
  const wanted = [...requireAdapterCapabilities, ...(mode === "MODE_APPLY" ? ["apply"] : [])];
  const missing = wanted.find((capability) => !declared.has(capability));
  const asked = request.adapterId ?? "";
  const steps = request.plan?.steps?.length ?? 0;
  return unless(
    mode === request.mode ? "" : "the mode is not the request's",
    allowedModes.includes(mode) ? "" : "the policy does not allow the mode",
    asked === "" || asked === adapterId ? "" : "the adapter is not the request's",
    asked === "" && allowedAdapters.length === 0 ? "neither request nor policy names an adapter" : "",
    allowedAdapters.length === 0 || allowedAdapters.includes(adapterId) ? "" : "the policy does not allow the adapter",
    maxSteps !== 0 && steps > maxSteps ? `the plan has ${steps} steps, and the policy allows ${maxSteps}` : "",
    missing === undefined ? "" : `the adapter did not declare the capability ${missing}`,
  );
}

export function routerRequestDigest(gate: Gate, { bundle }: OpenedPackage): Finding {
  const { given, request, policy, requestDigest, policyDigest } = gate;
  const expected = digest({
    decisionId: bundle.decisionId,
    adapterId: given.adapterId,
    mode: given.mode,
    approvalDigests: given.approvalDigests,
    goal: request.goal,
    plan: request.plan,
    labels: request.labels,
    maxSteps: policy.maxSteps,
    requestDigest,
    policyDigest,
  });
  return same("routerRequestDigest", expected, given.routerRequestDigest);
}
