import { createHash } from "node:crypto";
import type { Json } from "../../src/codec/canonical-json.ts";
import type { Actor } from "../../src/domain/actor.ts";
import type { EventBody, PolicyAttached } from "../../src/domain/event.ts";
import type { DecisionId, Instant } from "../../src/domain/ids.ts";
import type { Policy, TemplateUse } from "../../src/domain/policy.ts";
import type { Label } from "../../src/domain/request.ts";
import { buildDecisionBundle } from "../../src/evidence/build-decision-bundle.ts";
import { type SealedEvent, seal } from "../../src/evidence/chain.ts";
import { decisionIdOf } from "../../src/evidence/decision-id.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";

export const person = (id: string): Actor => ({ type: "HUMAN", id });

const POLICY: Policy = {
  minApprovals: 1,
  allowedModes: ["DRY_RUN", "APPLY"],
  requireAdapterCapabilities: [],
  maxSteps: 0,
  labels: [],
  allowedAdapters: [],
  allowSelfApproval: false,
  humansOnly: false,
  groups: [],
  requireComment: false,
  maxApprovalLifetimeSeconds: 0,
  requireSignedApprovals: false,
};

/** A log as another server would have written it, event by event, and the bundle of it at any time. */
export interface ForeignLog {
  readonly decisionId: DecisionId;
  readonly events: readonly SealedEvent[];
  approve(
    by: string,
    what?: { readonly comment?: string; readonly expiresAt?: Instant; readonly groups?: readonly string[] },
  ): ForeignLog;
  revoke(by: string): ForeignLog;
  reject(by: string, reason?: string): ForeignLog;
  cancel(): ForeignLog;
  /** Another log that is the same up to here. */
  fork(): ForeignLog;
  bundle(attachments?: { readonly template?: Json; readonly signature?: Json }): Uint8Array;
}

export const BEGAN: Instant = Date.UTC(2026, 0, 2, 9);

/** A decision that bob asked for elsewhere; of the same request id and goal it is the same one. */
export function foreignLog(
  what: {
    readonly requestId?: string;
    readonly goal?: string;
    readonly labels?: readonly Label[];
    readonly policy?: Partial<Policy>;
    readonly template?: TemplateUse;
  } = {},
): ForeignLog {
  const { requestId = "elsewhere-1", goal = "raise the limit", labels = [], policy = {}, template } = what;
  const bob = person("bob");
  const created = {
    type: "DECISION_CREATED",
    goal,
    mode: "APPLY",
    plan: undefined,
    adapterId: "files",
    labels,
  } as const;
  const attached: PolicyAttached = { type: "POLICY_ATTACHED", policy: { ...POLICY, ...policy }, template };
  const begun: Begun = { decisionId: decisionIdOf(bob, requestId), requestId, requestDigest: undefined };
  const log = logOf(begun, []);
  add(begun, log.events, bob, created);
  add(begun, log.events, bob, attached);
  return logOf({ ...begun, requestDigest: DIGESTS.request(begun.decisionId, created, attached) }, log.events);
}

interface Begun {
  readonly decisionId: DecisionId;
  readonly requestId: string;
  readonly requestDigest: ReturnType<typeof DIGESTS.request> | undefined;
}

function add({ decisionId, requestId }: Begun, events: SealedEvent[], actor: Actor, body: EventBody): void {
  const seq = events.length;
  const event = seal({
    eventId: uuidOf(`${decisionId} ${events.at(-1)?.digest} ${JSON.stringify(body)} ${actor.id}`),
    decisionId,
    seq,
    occurredAt: BEGAN + seq * 1_000,
    actor,
    delegate: undefined,
    requestId: seq < 2 ? requestId : `elsewhere-${seq}`,
    previousDigest: events.at(-1)?.digest ?? "",
    body,
  });
  events.push(event);
}

function logOf(begun: Begun, events: SealedEvent[]): ForeignLog & { readonly events: SealedEvent[] } {
  const log: ForeignLog & { readonly events: SealedEvent[] } = {
    decisionId: begun.decisionId,
    events,
    approve(by, { comment = "", expiresAt, groups = [] } = {}) {
      const { requestDigest } = begun;
      if (requestDigest === undefined) throw new TypeError("there is no policy");
      add(begun, events, person(by), { type: "APPROVAL_GRANTED", comment, expiresAt, requestDigest, groups });
      return log;
    },
    revoke(by) {
      add(begun, events, person(by), { type: "APPROVAL_REVOKED", approver: person(by), reason: "" });
      return log;
    },
    reject(by, reason = "no") {
      add(begun, events, person(by), { type: "DECISION_REJECTED", reason });
      return log;
    },
    cancel() {
      add(begun, events, person("bob"), { type: "DECISION_CANCELLED", reason: "" });
      return log;
    },
    fork: () => logOf(begun, [...events]),
    bundle: ({ template, signature } = {}) =>
      new TextEncoder().encode(buildDecisionBundle(events, { template, signature }).json),
  };
  return log;
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
