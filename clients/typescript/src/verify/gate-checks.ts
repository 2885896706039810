import { digest } from "./digest.js";
import { type Finding, same, unless } from "./finding.js";
import type { Gate } from "./gate.js";
import type { OpenedPackage } from "./opened-package.js";

export function policyDigest({ given, policyDigest }: Gate): Finding {
  return same("policyDigest", policyDigest, given.policyDigest);
}

export function gateConditions(gate: Gate): Finding {
  const { given, request, raised } = gate;
  const { allowedAdapters = [], allowedModes = [], requireAdapterCapabilities = [], maxSteps = 0 } = raised;
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
    labelMissing(gate),
    dutiesNotSeparated(gate),
  );
}

/** What the guardrails want of the request's labels, and is not there; empty if all is. */
function labelMissing({ request, guardrails }: Gate): string {
  const labels = new Map<string, Set<string>>();
  for (const { key = "", value = "" } of request.labels ?? [])
    labels.set(key, (labels.get(key) ?? new Set()).add(value));
  const missing = guardrails
    .flatMap(({ guardrail }) => guardrail?.requiredLabels ?? [])
    .find(({ key = "", values = [] }) => {
      const found = labels.get(key);
      return found === undefined || (values.length > 0 && !values.some((value) => found.has(value)));
    });
  return missing === undefined ? "" : `a guardrail requires the label ${missing.key}, or another value of it`;
}

function dutiesNotSeparated({ given, event, history, counting }: Gate): string {
  const { executorIsNotRequester, approverIsNotExecutor } = given.separationOfDuties ?? {};
  const executor = event.actor.id;
  if (executorIsNotRequester === true && executor === history.created.actor.id) return "the requester passed the gate";
  return approverIsNotExecutor === true && counting.some((approval) => approval.event.actor.id === executor)
    ? "an approver whose approval counted passed the gate"
    : "";
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
