import type { Json } from "../codec/canonical-json.ts";
import { countedAtGate, judgedAtGate } from "../domain/at-gate.ts";
import type { ExecutionCompleted, ExecutionFailed } from "../domain/event.ts";
import { withoutApprovalReasons } from "../domain/guardrail-reasons.ts";
import type { Digest } from "../domain/ids.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import { policyInForce } from "../domain/policy-in-force.ts";
import { quorum } from "../domain/quorum.ts";
import type { Decision, Gate } from "../domain/state.ts";
import { blockingReasons } from "../domain/triage-ladder.ts";
import { jsonDigest } from "./build-audit-package.ts";
import { bodyOf, type GivenLog } from "./check-log.ts";
import type { JsonObject } from "./evidence-file.ts";
import {
  type CheckName,
  type CheckResult,
  compare,
  compareLists,
  fail,
  firstFailure,
  notChecked,
  PASS,
} from "./verification-report.ts";

/** What the gate has to be judged by. */
export interface GateEvidence {
  readonly log: Pick<GivenLog, "json">;
  /** The control bundle's, as given. */
  readonly decisionId: string | undefined;
  /** Right before the gate. */
  readonly before: Decision;
  readonly passed: Gate;
  /** Recomputed from the JSON as given. */
  readonly requestDigest: Digest;
  readonly policyDigest: Digest;
}

/** What was approved, from the JSON as given. */
export function recomputeDigests(
  log: Pick<GivenLog, "json">,
  decisionId: string | undefined,
): Pick<GateEvidence, "requestDigest" | "policyDigest"> {
  const decisionCreated = bodyOf(log, "decisionCreated") ?? {};
  const policyAttached = bodyOf(log, "policyAttached") ?? {};
  return {
    requestDigest: jsonDigest(present({ decisionId, decisionCreated, policyAttached })),
    policyDigest: jsonDigest(policyAttached["policy"] ?? {}),
  };
}

export function checkRequestDigest({
  before,
  requestDigest,
}: Pick<GateEvidence, "before" | "requestDigest">): CheckResult {
  return firstFailure(
    before.approvals.map((approval) => checkApprovedRequest(requestDigest, approval.seq, approval.requestDigest)),
  );
}

/** Whether what an approval says yes to is the request. */
export function checkApprovedRequest(requestDigest: Digest, seq: number, approved: Digest): CheckResult {
  return compare(requestDigest, approved, `events[${seq}].approvalGranted.requestDigest`);
}

/** What the gate itself is held against, apart from what each approval says yes to. */
export const GATE_CHECKS = {
  policy_digest: ({ policyDigest, passed }) =>
    compare(policyDigest, passed.gate.policyDigest, "executionRequested.policyDigest"),
  approvals_relied_on: checkReliedOn,
  quorum_at_gate: checkQuorum,
  gate_conditions: checkConditions,
  router_request_digest: checkRouterRequest,
} as const satisfies Partial<Record<CheckName, (evidence: GateEvidence) => CheckResult>>;

function checkReliedOn(evidence: GateEvidence): CheckResult {
  const { passed } = evidence;
  return compareLists(
    countedAtGate(evidence.before, evidence.passed).map(({ digest }) => digest),
    passed.gate.approvalDigests,
    "executionRequested.approvalDigests",
  );
}

function checkQuorum(evidence: GateEvidence): CheckResult {
  const policy = policyInForce(judgedAtGate(evidence.before, evidence.passed));
  if (policy === undefined) return fail("No policy was attached.");
  const { required, have, missing, groups } = quorum(policy, countedAtGate(evidence.before, evidence.passed));
  const compared = { expected: `${required} approvals`, actual: `${have} approvals` };
  if (missing === 0) return { ...PASS, ...compared };
  const short = groups.filter((group) => group.have < group.required).map(({ group }) => group);
  const words = `${missing} missing${short.length === 0 ? "" : `, groups ${short.join(", ")}`}`;
  const { breakGlass } = evidence.passed.gate;
  if (breakGlass === undefined) return fail(words, compared);
  if (have < breakGlass.minApprovals)
    return fail("Even by break-glass more approvals were needed.", {
      ...compared,
      expected: `${breakGlass.minApprovals} approvals`,
    });
  return { ...notChecked(`The gate was passed by break-glass: ${words}.`), ...compared };
}

function checkConditions(evidence: GateEvidence): CheckResult {
  const { before, passed } = evidence;
  const { gate, gatedAt } = passed;
  const { adapterId, mode } = before.created;
  if (gate.mode !== mode) return fail("executionRequested.mode", { expected: mode, actual: gate.mode });
  if (adapterId !== "" && gate.adapterId !== adapterId)
    return fail("executionRequested.adapterId", { expected: adapterId, actual: gate.adapterId });
  if (adapterId === "" && (before.policy?.policy.allowedAdapters.length ?? 0) === 0)
    return fail("The request names no adapter and the policy lists none.");
  const adapter = { kind: "known", adapterId: gate.adapterId, capabilities: gate.adapterCapabilities } as const;
  const blocking = blockingReasons(judgedAtGate(evidence.before, evidence.passed), gatedAt, {
    adapter,
    keys: KEYS_SET_ASIDE,
  });
  const left = withoutApprovalReasons(blocking);
  if (left.length > 0) return fail(left.map(({ code, message }) => `${code}: ${message}`).join(" "));
  return checkSeparation(evidence);
}

/** Whether those were different whom the server kept apart. */
function checkSeparation(evidence: GateEvidence): CheckResult {
  const { before, passed } = evidence;
  const { executor, gate } = passed;
  const { executorIsNotRequester = false, approverIsNotExecutor = false } = gate.separation ?? {};
  if (executorIsNotRequester && executor.id === before.requester.id)
    return fail(`${executor.id} requested and executed it, which had to be kept apart.`);
  if (
    approverIsNotExecutor &&
    countedAtGate(evidence.before, evidence.passed).some(({ approver }) => approver.id === executor.id)
  )
    return fail(`${executor.id} approved and executed it, which had to be kept apart.`);
  return PASS;
}

/** An object of those parts that are there: what is absent stays absent, as ProtoJSON has it. */
function present(parts: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(parts).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** The run request put together from the JSON as given. */
function checkRouterRequest(evidence: GateEvidence): CheckResult {
  const { log, decisionId, passed, requestDigest, policyDigest } = evidence;
  const created = bodyOf(log, "decisionCreated") ?? {};
  const requested = bodyOf(log, "executionRequested") ?? {};
  const policy = (bodyOf(log, "policyAttached")?.["policy"] ?? {}) as JsonObject;
  const request: Record<string, Json | undefined> = {
    decisionId,
    adapterId: requested["adapterId"],
    mode: requested["mode"],
    goal: created["goal"],
    plan: created["plan"],
    maxSteps: policy["maxSteps"],
    labels: created["labels"],
    requestDigest,
    policyDigest,
    approvalDigests: requested["approvalDigests"],
  };
  return compare(
    jsonDigest(present(request)),
    passed.gate.routerRequestDigest,
    "executionRequested.routerRequestDigest",
  );
}

/** The run that the log records, with a record of it; undefined if there is none. */
export function recordedRun({ phase }: Decision): ExecutionCompleted | ExecutionFailed | undefined {
  if (phase.kind !== "completed" && phase.kind !== "failed") return undefined;
  return phase.outcome.runId === "" || phase.outcome.routerDigest === "" ? undefined : phase.outcome;
}

export function checkOutcome(decision: Decision): CheckResult {
  const { phase } = decision;
  if (phase.kind !== "completed" && phase.kind !== "failed")
    return fail(`The log ends ${phase.kind}, not with an outcome.`);
  if (phase.startedAt === undefined) return fail("The run was never started.");
  const run = recordedRun(decision);
  if (run === undefined) return fail("The outcome names no run with a record.");
  if (run.settlement?.basis === "OPERATOR_STATEMENT")
    return fail("The outcome is an operator's word, which comes with no record of a run.");
  return checkSteps(decision);
}

/** Whether the outcome, if there is one, is within the policy's number of steps. */
export function checkSteps({ phase, policy }: Decision): CheckResult {
  if (phase.kind !== "completed" && phase.kind !== "failed") return PASS;
  const { outcome } = phase;
  const maxSteps = policy?.policy.maxSteps ?? 0;
  const tooMany = maxSteps > 0 && outcome.stepsExecuted > maxSteps;
  if (tooMany && !(outcome.type === "EXECUTION_FAILED" && outcome.code === "MAX_STEPS_EXCEEDED"))
    return fail("More steps were executed than the policy allows.", {
      expected: `at most ${maxSteps}`,
      actual: `${outcome.stepsExecuted}`,
    });
  return PASS;
}
