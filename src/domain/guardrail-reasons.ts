import type { BlockingReason } from "./blocking.ts";
import type { DecisionCreated } from "./event.ts";
import { type GuardrailUse, missingLabels, raise, united } from "./guardrail.ts";
import type { Instant } from "./ids.ts";
import { isEqual } from "./is-equal.ts";
import type { KeyView } from "./key-view.ts";
import { MAX_GROUPS } from "./limits.ts";
import type { Policy } from "./policy.ts";
import { policyInForce, underOnly } from "./policy-in-force.ts";
import { approvalReasons, requestReasons } from "./policy-reasons.ts";
import type { Rejection } from "./rejection.ts";
import type { Decision } from "./state.ts";

/** Whose approvals and which, not what is to be run: an execution by break-glass goes without. */
const ABOUT_APPROVALS: ReadonlySet<string> = new Set(["APPROVAL_EXPIRED", "APPROVAL_KEY_REVOKED", "MISSING_APPROVALS"]);

/**
 * The guardrails that a decision does not meet: those that were recorded with its policy, and those that are for it now. What the policy by itself misses is not
 * said again.
 */
export function guardrailReasons(
  decision: Decision,
  matching: readonly GuardrailUse[],
  now: Instant,
  keys: KeyView,
): readonly BlockingReason[] {
  const all = united(decision.policy?.guardrails ?? [], matching);
  if (all.length === 0) return [];
  const known = reasonsUnder(decision, [], now, keys);
  const news = (guardrails: readonly GuardrailUse[]) =>
    reasonsUnder(decision, guardrails, now, keys).filter((reason) => !known.some((other) => isEqual(other, reason)));
  const reasons = all.flatMap((use) => notMet(use.guardrail.name, use.digest, news([use])));
  if (reasons.length > 0) return reasons;
  // Each by itself would do: but one approver fills one seat only.
  return notMet(all.map(({ guardrail }) => guardrail.name).join(", "), "", news(all));
}

function notMet(
  name: string,
  digest: GuardrailUse["digest"] | "",
  unmet: readonly BlockingReason[],
): readonly BlockingReason[] {
  if (unmet.length === 0) return [];
  const words = unmet.map(({ message }) => message).join(" ");
  return [{ code: "GUARDRAIL_NOT_MET", message: `Guardrail ${name}: ${words}`, name, digest, unmet }];
}

/** What would stand in the way if these guardrails and no other had been recorded with the policy. */
function reasonsUnder(
  decision: Decision,
  guardrails: readonly GuardrailUse[],
  now: Instant,
  keys: KeyView,
): readonly BlockingReason[] {
  const judged = underOnly(decision, guardrails);
  const policy = policyInForce(judged);
  if (policy === undefined) return [];
  return [
    ...requestReasons(judged, policy),
    ...guardrails.flatMap(({ guardrail }) => missingLabels(guardrail, decision.created.labels)).map(labelMissing),
    ...approvalReasons(judged, policy, now, keys),
  ];
}

function labelMissing({ key, values }: { readonly key: string; readonly values: readonly string[] }): BlockingReason {
  const wanted = values.length === 0 ? "" : ` with the value ${values.join(" or ")}`;
  return { code: "LABEL_MISSING", message: `The request needs the label ${key}${wanted}.`, key, values };
}

/** What is left of the reasons if approvals are gone without. */
export function withoutApprovalReasons(reasons: readonly BlockingReason[]): readonly BlockingReason[] {
  return reasons.flatMap((reason) => {
    if (reason.code === "GUARDRAIL_NOT_MET")
      return notMet(reason.name, reason.digest, withoutApprovalReasons(reason.unmet));
    return ABOUT_APPROVALS.has(reason.code) ? [] : [reason];
  });
}

/** Why a request can never be executed under guardrails, for it is immutable; undefined if it may. */
export function neverMet(
  created: DecisionCreated,
  policy: Policy,
  guardrails: readonly GuardrailUse[],
): Rejection | undefined {
  const violations = guardrails.flatMap(({ guardrail }) => {
    const { name, allowedModes } = guardrail;
    const labels = missingLabels(guardrail, created.labels).map((label) => ({
      field: "labels",
      description: `Guardrail ${name}: ${labelMissing(label).message}`,
    }));
    if (allowedModes.length === 0 || allowedModes.includes(created.mode)) return labels;
    const description = `Guardrail ${name} does not allow ${created.mode}, only ${allowedModes.join(" and ")}.`;
    return [{ field: "mode", description }, ...labels];
  });
  const { groups } = raise(policy, guardrails);
  if (groups.length > MAX_GROUPS)
    violations.push({
      field: "policy.groups",
      description: `With the guardrails they are ${groups.length}, ${MAX_GROUPS} at most.`,
    });
  if (violations.length === 0) return undefined;
  const message = `This server would never execute it: ${violations.map(({ description }) => description).join(" ")}`;
  return { reason: "GUARDRAIL_NOT_MET", message, violations };
}
