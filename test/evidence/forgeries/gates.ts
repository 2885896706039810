import type { CheckName } from "../../../src/evidence/verification-report.ts";
import { digest, EVENT, eventId, forge, type Loose, runRequest } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

const policyOf = (events: Loose[]) => events[1].policyAttached.policy;
const approvalOf = (events: Loose[], seq: number) => events[seq].approvalGranted;
const gateOf = (events: Loose[]) => events[EVENT.gate].executionRequested;
const [CAROL, DAVE, ERIN, FRANK] = [EVENT.carol, EVENT.dave, EVENT.erin, EVENT.frank].map(eventId);

type Change = (events: Loose[]) => void;
const forged = (change: Change, reliedOn?: readonly (string | undefined)[]) =>
  forge(
    (_, events) => change(events),
    reliedOn === undefined ? {} : { reliedOn: reliedOn.filter((id) => id !== undefined) },
  );

function rows(fails: readonly CheckName[], changes: Record<string, () => string>): readonly Forgery[] {
  return Object.entries(changes).map(([what, make]) => ({ what, make, fails }));
}

/** What was approved was something else. */
const COMMITMENTS: readonly Forgery[] = [
  ...rows(["request_digest"], {
    "another goal than the one approved": () =>
      forge((_, events) => (events[0].decisionCreated.goal = "drop the limit"), { keepRequestDigests: true }),
    "another plan than the one approved": () =>
      forge((_, events) => (events[0].decisionCreated.plan.steps[0].call.argumentsJson = '{"limit":999}'), {
        keepRequestDigests: true,
      }),
    "a weaker policy than the one approved under": () =>
      forge((_, events) => delete policyOf(events).requireComment, { keepRequestDigests: true }),
    "an unknown field in what was approved": () =>
      forge((_, events) => (events[0].decisionCreated.urgency = "high"), { keepRequestDigests: true }),
    "a single approval, not even relied on, of something else": () =>
      forge(() => undefined, {
        atApproval: (approval, seq) => {
          if (seq === EVENT.carol) approval.requestDigest = digest("something else");
        },
      }),
    "an approval of nobody knows what": () =>
      forge(() => undefined, { atApproval: (approval) => delete approval.requestDigest }),
  }),
  ...rows(["policy_digest"], {
    "a gate judged by another policy": () =>
      forge(() => undefined, { atGate: (gate) => (gate.policyDigest = digest({ minApprovals: 1 })) }),
    "a gate judged by no policy": () => forge(() => undefined, { atGate: (gate) => delete gate.policyDigest }),
  }),
  ...rows(["router_request_digest"], {
    "a run of another request than the one approved": () =>
      forge(() => undefined, { atGate: (gate) => (gate.routerRequestDigest = digest({ goal: "drop the limit" })) }),
    "a run of nobody knows what": () => forge(() => undefined, { atGate: (gate) => delete gate.routerRequestDigest }),
  }),
];

/** Approvals that the policy did not allow. Where it is one that was relied on, the gate falls with it. */
const APPROVALS: readonly Forgery[] = [
  ...rows(["approvals_valid", "approvals_relied_on", "quorum_at_gate"], {
    "the requester's own approval": () => forged((events) => (events[EVENT.frank].actor.id = "bob@example.com")),
    "the requester's own approval as a system": () =>
      forged((events) => {
        delete policyOf(events).humansOnly;
        events[EVENT.frank].actor = { id: "bob@example.com", type: "ACTOR_TYPE_SYSTEM" };
      }),
    "a system's approval where people have to": () =>
      forged((events) => (events[EVENT.frank].actor.type = "ACTOR_TYPE_SYSTEM")),
    "an approval without a comment": () => forged((events) => delete approvalOf(events, EVENT.frank).comment),
    "an approval whose comment is white space": () =>
      forged((events) => (approvalOf(events, EVENT.frank).comment = " \n\u00a0\u2003\ufeff")),
    "an approval that never expires where it has to": () =>
      forged((events) => delete approvalOf(events, EVENT.frank).expiresAt),
    "an approval that lives a millisecond too long": () =>
      forged((events) => (approvalOf(events, EVENT.frank).expiresAt = "2026-11-26T10:20:00.001Z")),
    "an approval that had expired when it was given": () =>
      forged((events) => (approvalOf(events, EVENT.frank).expiresAt = events[EVENT.frank].occurredAt)),
  }),
  ...rows(["approvals_valid"], {
    "the requester's own approval, not relied on": () =>
      forged((events) => (events[EVENT.carol].actor.id = "bob@example.com")),
    "an approval by somebody whose earlier one stood": () =>
      forged((events) => {
        // The latest counts, so frank's first one is not relied on.
        const first = { ...structuredClone(events[EVENT.frank]), eventId: "first" };
        events.splice(EVENT.frank, 0, first);
      }),
    "approvals of one id by a person and a system": () =>
      forged((events) => {
        delete policyOf(events).humansOnly;
        const first = { ...structuredClone(events[EVENT.frank]), eventId: "first" };
        first.actor.type = "ACTOR_TYPE_SYSTEM";
        events.splice(EVENT.frank, 0, first);
      }),
  }),
];

/** A gate passed without the quorum, or by counting what did not count. */
const QUORUMS: readonly Forgery[] = [
  ...rows(["approvals_relied_on"], {
    "an approval relied on that expired at that very instant": () => forged(() => undefined, [CAROL, ERIN, FRANK]),
    "a revoked approval relied on": () => forged(() => undefined, [DAVE, ERIN, FRANK]),
    "an approval left out that counted": () => forged(() => undefined, [ERIN]),
    "the same approval relied on twice": () => forged(() => undefined, [ERIN, FRANK, FRANK]),
    "approvals relied on in another order": () => forged(() => undefined, [FRANK, ERIN]),
    "approvals relied on by one text in place of two": () =>
      forge(() => undefined, {
        atGate: (gate, given) => {
          gate.approvalDigests = [gate.approvalDigests.join(" ")];
          gate.routerRequestDigest = digest(runRequest(given, gate));
        },
      }),
    "no approval relied on": () => forged(() => undefined, []),
  }),
  ...rows(["quorum_at_gate"], {
    "one approval where two are needed": () => forged((events) => events.splice(EVENT.frank, 1), [ERIN]),
    "nobody of the group that has to approve": () =>
      forged((events) => (approvalOf(events, EVENT.erin).groups = ["operations"])),
    "one approver for two groups": () =>
      forged((events) => {
        policyOf(events).groups.push({ group: "compliance", minApprovals: 1 });
        approvalOf(events, EVENT.erin).groups = ["compliance", "security"];
      }),
    "one of a group that needs two": () => forged((events) => (policyOf(events).groups[0].minApprovals = 2)),
    "nobody at all": () => forged((events) => events.splice(2, 5), []),
  }),
  ...rows(["approvals_relied_on", "quorum_at_gate"], {
    "an expired approval in place of a missing one": () =>
      forged((events) => events.splice(EVENT.frank, 1), [CAROL, ERIN]),
    "a revoked approval in place of a missing one": () =>
      forged((events) => events.splice(EVENT.frank, 1), [DAVE, ERIN]),
    "a gate passed once an approval relied on had expired": () =>
      forged((events) => (approvalOf(events, EVENT.frank).expiresAt = events[EVENT.gate].occurredAt)),
    "two approvals by one actor": () =>
      forged(
        (events) => {
          const again = {
            ...structuredClone(events[EVENT.erin]),
            eventId: "again",
            occurredAt: "2026-11-25T10:25:00Z",
          };
          approvalOf(events, EVENT.erin).expiresAt = "2026-11-25T10:25:00Z";
          events.splice(EVENT.frank, 1, again);
        },
        [ERIN, "again"],
      ),
  }),
];

const CONDITIONS = rows(["gate_conditions"], {
  "a mode that was not requested": () => forged((events) => (gateOf(events).mode = "MODE_DRY_RUN")),
  "a mode that the policy does not allow": () => forged((events) => (policyOf(events).allowedModes = ["MODE_DRY_RUN"])),
  "no mode allowed": () => forged((events) => delete policyOf(events).allowedModes),
  "an adapter that the policy does not allow": () => forged((events) => (gateOf(events).adapterId = "elsewhere")),
  "another adapter than the requested one": () =>
    forged((events) => (events[0].decisionCreated.adapterId = "files-standby")),
  "a requested adapter that the policy does not allow": () =>
    forged((events) => {
      events[0].decisionCreated.adapterId = "elsewhere";
      gateOf(events).adapterId = "elsewhere";
    }),
  "no adapter requested and none allowed": () => forged((events) => delete policyOf(events).allowedAdapters),
  "more steps than allowed": () =>
    forged((events) => {
      policyOf(events).maxSteps = 1;
      events[EVENT.outcome].executionCompleted.stepsExecuted = 1;
    }),
  "a capability missing that the policy requires": () =>
    forged((events) => (gateOf(events).adapterCapabilities = ["apply", "dry_run"])),
  "an adapter that cannot apply": () =>
    forged((events) => (gateOf(events).adapterCapabilities = ["dry_run", "timeout"])),
  "an adapter that can do nothing": () => forged((events) => delete gateOf(events).adapterCapabilities),
});

export const GATES: readonly Forgery[] = [...COMMITMENTS, ...APPROVALS, ...QUORUMS, ...CONDITIONS];
