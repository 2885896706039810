import * as fc from "fast-check";
import type { Actor } from "../../src/domain/actor.ts";
import type { DsseEnvelope } from "../../src/domain/dsse-envelope.ts";
import type { DecisionEvent, EventBody, EventType, Settlement } from "../../src/domain/event.ts";
import type { Guardrail, GuardrailUse } from "../../src/domain/guardrail.ts";
import type { DecisionId, Digest } from "../../src/domain/ids.ts";
import type { Policy, PolicyOverrides, TemplateUse } from "../../src/domain/policy.ts";
import { type Label, type Mode, type Plan, sortLabels } from "../../src/domain/request.ts";

/** Any text that has a canonical form: no half surrogate pairs. */
export const text = fc.string({ unit: "binary" });
const texts = fc.array(text, { maxLength: 4 });
export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
export const uint32 = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat());
export const digest = text.map((any) => any as Digest);

/** Whole milliseconds, from the first to the last that a timestamp can say. */
export const instant = fc.oneof(
  fc.constantFrom(-62_135_596_800_000, -1, 0, 1, 999, 253_402_300_799_999),
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
);

const actor: fc.Arbitrary<Actor> = fc.record({
  type: fc.constantFrom("HUMAN", "SYSTEM"),
  id: fc.string({ unit: "binary", minLength: 1 }),
});
export const mode = fc.constantFrom<Mode>("DRY_RUN", "APPLY");
export const labels: fc.Arbitrary<readonly Label[]> = fc
  .uniqueArray(fc.record({ key: text, value: text }), { selector: ({ key }) => key, maxLength: 4 })
  .map(sortLabels);
export const plan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(
    fc.record({ stepId: text, intent: text, call: fc.record({ tool: text, method: text, argumentsJson: text }) }),
    { maxLength: 3 },
  ),
});
const groups = fc.array(fc.record({ group: text, minApprovals: uint32 }), { maxLength: 3 });
const policy: fc.Arbitrary<Policy> = fc.record({
  minApprovals: uint32,
  allowedModes: fc.array(mode, { maxLength: 2 }),
  requireAdapterCapabilities: texts,
  maxSteps: uint32,
  labels,
  allowedAdapters: texts,
  allowSelfApproval: fc.boolean(),
  humansOnly: fc.boolean(),
  groups,
  requireComment: fc.boolean(),
  maxApprovalLifetimeSeconds: uint32,
  requireSignedApprovals: fc.boolean(),
});
const overrides: fc.Arbitrary<PolicyOverrides> = fc.record({
  minApprovals: maybe(uint32),
  allowedModes: fc.array(mode, { maxLength: 2 }),
  requireAdapterCapabilities: texts,
  maxSteps: maybe(uint32),
  labels,
  allowedAdapters: texts,
  allowSelfApproval: maybe(fc.boolean()),
  humansOnly: maybe(fc.boolean()),
  groups,
  requireComment: maybe(fc.boolean()),
  maxApprovalLifetimeSeconds: maybe(uint32),
  requireSignedApprovals: maybe(fc.boolean()),
});
const template: fc.Arbitrary<TemplateUse> = fc.record({
  name: text,
  digest,
  templatePolicy: policy,
  overrides: maybe(overrides),
});
const settlement: fc.Arbitrary<Settlement | undefined> = maybe(
  fc.record(
    {
      basis: fc.constantFrom("ROUTER_ANSWER", "OPERATOR_STATEMENT"),
      reason: text,
      overruled: fc.constantFrom("RUNNING", "SUCCEEDED", "FAILED", "NOT_ASKED"),
    },
    { requiredKeys: ["basis", "reason"] },
  ),
);
const bytes = fc.uint8Array({ maxLength: 8 }).map((any) => new Uint8Array(any));
const signature: fc.Arbitrary<DsseEnvelope | undefined> = maybe(
  fc.record({
    payload: bytes,
    payloadType: text,
    signatures: fc.array(fc.record({ keyid: text, sig: bytes }), { maxLength: 2 }),
  }),
);
const run = {
  runId: text,
  routerDigest: digest,
  routerMediaType: text,
  stepsExecuted: uint32,
  settlement,
  routerSignature: signature,
};

const guardrail: fc.Arbitrary<Guardrail> = fc.record({
  name: text,
  match: maybe(fc.record({ adapters: texts, labels, modes: fc.array(mode, { maxLength: 2 }) })),
  minApprovals: uint32,
  groups,
  humansOnly: fc.boolean(),
  requireSignedApprovals: fc.boolean(),
  allowedModes: fc.array(mode, { maxLength: 2 }),
  maxApprovalLifetimeSeconds: uint32,
  requiredLabels: fc.array(fc.record({ key: text, values: texts }), { maxLength: 2 }),
  allowSelfApproval: fc.boolean(),
});
/** Where there are none, nothing is said of them. */
const uses: fc.Arbitrary<readonly GuardrailUse[] | undefined> = maybe(
  fc.array(fc.record({ digest, guardrail }), { minLength: 1, maxLength: 2 }),
);

/** Any body, by the type of its event. */
export const BODIES: { readonly [Type in EventType]: fc.Arbitrary<Extract<EventBody, { type: Type }>> } = {
  DECISION_CREATED: fc.record({
    type: fc.constant("DECISION_CREATED"),
    goal: text,
    mode,
    plan: maybe(plan),
    adapterId: text,
    labels,
  }),
  POLICY_ATTACHED: fc.record({
    type: fc.constant("POLICY_ATTACHED"),
    policy,
    template: maybe(template),
    guardrails: uses,
  }),
  APPROVAL_GRANTED: fc.record({
    type: fc.constant("APPROVAL_GRANTED"),
    comment: text,
    expiresAt: maybe(instant),
    requestDigest: digest,
    groups: texts,
    signature,
  }),
  APPROVAL_REVOKED: fc.record({ type: fc.constant("APPROVAL_REVOKED"), approver: actor, reason: text }),
  EXECUTION_REQUESTED: fc.record({
    type: fc.constant("EXECUTION_REQUESTED"),
    adapterId: text,
    mode,
    adapterCapabilities: texts,
    approvalDigests: fc.array(digest, { maxLength: 3 }),
    policyDigest: digest,
    routerRequestDigest: digest,
    guardrails: uses,
    separation: maybe(fc.record({ executorIsNotRequester: fc.boolean(), approverIsNotExecutor: fc.boolean() })),
    breakGlass: maybe(fc.record({ reason: text, minApprovals: uint32, reviewBy: instant })),
  }),
  EXECUTION_REVIEWED: fc.record({
    type: fc.constant("EXECUTION_REVIEWED"),
    verdict: fc.constantFrom("JUSTIFIED", "UNJUSTIFIED"),
    comment: text,
    groups: texts,
  }),
  EXECUTION_STARTED: fc.record({ type: fc.constant("EXECUTION_STARTED"), serverId: text }),
  EXECUTION_COMPLETED: fc.record({ type: fc.constant("EXECUTION_COMPLETED"), ...run }),
  EXECUTION_FAILED: fc.record({ type: fc.constant("EXECUTION_FAILED"), code: text, message: text, ...run }),
  DECISION_REJECTED: fc.record({ type: fc.constant("DECISION_REJECTED"), reason: text }),
  DECISION_CANCELLED: fc.record({ type: fc.constant("DECISION_CANCELLED"), reason: text }),
  EXECUTION_OUTCOME_UNKNOWN: fc.record({
    type: fc.constant("EXECUTION_OUTCOME_UNKNOWN"),
    reason: text,
    runId: text,
    settlement,
  }),
};

/** Any event with such a body. */
export function eventWith(body: fc.Arbitrary<EventBody>): fc.Arbitrary<DecisionEvent> {
  return fc.record({
    eventId: fc.string({ unit: "binary", minLength: 1 }),
    decisionId: text.map((any) => any as DecisionId),
    seq: uint32,
    occurredAt: instant,
    actor,
    delegate: maybe(actor),
    requestId: text,
    previousDigest: digest,
    body,
  });
}

export const anyEvent = eventWith(fc.oneof(...Object.values(BODIES)));
