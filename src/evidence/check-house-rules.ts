import type { Json } from "../codec/canonical-json.ts";
import { reviewOf } from "../domain/review.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import { jsonDigest } from "./build-audit-package.ts";
import { bodyOf, type GivenLog } from "./check-log.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import { type CheckResult, compare, fail, firstFailure, notChecked, PASS } from "./verification-report.ts";

/** Whether the guardrails are those that their digests name, and those of the gate are all that the trust policy insists on. */
export function checkGuardrails(log: Pick<GivenLog, "json">, trust: TrustPolicy | undefined): CheckResult {
  const { requiredGuardrails = [] } = trust ?? {};
  const attached = usesIn(log, "policyAttached");
  const passed = usesIn(log, "executionRequested");
  const result = firstFailure([...digests(attached, "policyAttached"), ...digests(passed, "executionRequested")]);
  if (result.status === "FAIL") return result;
  const inForce = new Set(passed.map(({ digest = "" }) => digest));
  const missing = requiredGuardrails.filter((digest) => !inForce.has(digest));
  if (missing.length > 0)
    return fail("The trust policy insists on guardrails that were not in force at the gate.", {
      expected: requiredGuardrails.join(" "),
      actual: [...inForce].join(" "),
    });
  return PASS;
}

/** A guardrail as given. */
interface GivenUse {
  readonly digest?: string;
  readonly guardrail?: Json;
}

function usesIn(log: Pick<GivenLog, "json">, body: string): readonly GivenUse[] {
  return (bodyOf(log, body)?.["guardrails"] ?? []) as unknown as readonly GivenUse[];
}

function digests(uses: readonly GivenUse[], body: string): readonly CheckResult[] {
  const named = uses.map(({ digest = "" }) => digest);
  return uses.map(({ digest = "", guardrail = {} }, index) => {
    const at = `${body}.guardrails[${index}]`;
    if (named.indexOf(digest) < index) return fail(`${at} stands there more than once.`);
    return compare(jsonDigest(guardrail), digest, `${at}.digest`);
  });
}

/** Whether an execution without the quorum is one that the trust policy accepts. */
export function checkBreakGlass(decision: Decision, trust: TrustPolicy | undefined): CheckResult {
  const breakGlass = gateOf(decision.phase)?.gate.breakGlass;
  if (breakGlass === undefined) return PASS;
  if (trust === undefined)
    return notChecked(
      "It was executed by break-glass, without the quorum: a trust policy says whether that is accepted.",
    );
  const { acceptedBreakGlass: accepted } = trust;
  if (accepted === "ALL") return PASS;
  if (accepted === "NONE")
    return fail("It was executed by break-glass, which the trust policy does not accept: see acceptedBreakGlass.");
  const review = reviewOf(decision, Number.NEGATIVE_INFINITY);
  if (review?.status === "APPROVED") return PASS;
  return fail(
    "It was executed by break-glass, and its review, which acceptedBreakGlass wants, is not done, or objects.",
    {
      expected: "0 reviewers missing, 0 objections",
      actual: `${review?.missing} reviewers missing, ${review?.objections} objections`,
    },
  );
}
