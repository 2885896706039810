import type { CheckName } from "../../../src/evidence/verification-report.ts";
import { digest, EVENT, eventId, forge, type Loose } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

const GUARDRAIL = { name: "production", match: { adapters: ["files*"] }, minApprovals: 2 };
const use = (guardrail: Loose) => ({ digest: digest(guardrail), guardrail });
const gateIn = (events: Loose[]) => events[EVENT.gate].executionRequested;
const attachedIn = (events: Loose[]) => events[1].policyAttached;
const BROKEN_GLASS = { reason: "the sale is on", reviewBy: "2026-11-26T10:30:00Z" };

/** A gate under guardrails of the server's; with all else made good. */
const under = (...guardrails: Loose[]) =>
  forge((_, events) => (gateIn(events).guardrails = guardrails.map((guardrail) => use(guardrail))));

/** The same, where they had been recorded with the policy. */
const attachedUnder = (...guardrails: Loose[]) =>
  forge((_, events) => (attachedIn(events).guardrails = guardrails.map((guardrail) => use(guardrail))));

/** A gate by break-glass: carol's approval, and nothing after it. */
function glassBroken(breakGlass: Loose, change: (events: Loose[]) => void = () => undefined): string {
  return forge(
    (_, events) => {
      gateIn(events).breakGlass = { ...BROKEN_GLASS, ...breakGlass };
      change(events);
    },
    { reliedOn: [eventId(EVENT.erin), eventId(EVENT.frank)] },
  );
}

const review = (id: string, number: number, verdict = "REVIEW_VERDICT_JUSTIFIED") => ({
  eventId: `00000000-0000-4000-8000-0000000000a${number}`,
  decisionId: "06c45bbcfe0ef2967ee9b48fc38d55db",
  occurredAt: "2026-11-26T09:00:00Z",
  actor: { type: "ACTOR_TYPE_HUMAN", id },
  requestId: `review-${number}`,
  executionReviewed: { verdict },
});

function rows(fails: readonly CheckName[], changes: Record<string, () => string>): readonly Forgery[] {
  return Object.entries(changes).map(([what, make]) => ({ what, make, fails }));
}

/** What operators demand beyond the policy, evaded; and emergencies that were none. */
export const HOUSE_RULES: readonly Forgery[] = [
  ...rows(["guardrails"], {
    "a guardrail of the gate under the digest of another": () =>
      forge((_, events) => (gateIn(events).guardrails = [{ digest: digest("stricter"), guardrail: GUARDRAIL }])),
    "a guardrail of the policy under the digest of another": () =>
      forge((_, events) => (attachedIn(events).guardrails = [{ digest: digest("stricter"), guardrail: GUARDRAIL }])),
    "a guardrail with no digest": () => forge((_, events) => (gateIn(events).guardrails = [{ guardrail: GUARDRAIL }])),
    "the same guardrail twice": () => under(GUARDRAIL, GUARDRAIL),
    "a guardrail with an unknown field that its digest leaves out": () =>
      forge(
        (_, events) =>
          (gateIn(events).guardrails = [{ digest: digest(GUARDRAIL), guardrail: { ...GUARDRAIL, stricter: true } }]),
      ),
  }),
  ...rows(["quorum_at_gate"], {
    "fewer approvals than a guardrail of the gate asks for": () => under({ ...GUARDRAIL, minApprovals: 3 }),
    "fewer approvals than a guardrail of the policy asks for": () => attachedUnder({ ...GUARDRAIL, minApprovals: 3 }),
    "nobody of a group that a guardrail asks for": () =>
      under({ ...GUARDRAIL, groups: [{ group: "compliance", minApprovals: 1 }] }),
    "one approver for the policy's group and a guardrail's": () =>
      forge((_, events) => {
        events[EVENT.erin].approvalGranted.groups = ["compliance", "security"];
        gateIn(events).guardrails = [use({ ...GUARDRAIL, groups: [{ group: "compliance", minApprovals: 1 }] })];
      }),
    "a glass broken with fewer approvals than are needed even then": () =>
      forge(
        (_, events) => {
          gateIn(events).breakGlass = { ...BROKEN_GLASS, minApprovals: 2 };
          events.splice(EVENT.frank, 1);
        },
        { reliedOn: [eventId(EVENT.erin)] },
      ),
  }),
  ...rows(["approvals_relied_on", "quorum_at_gate"], {
    "approvals that live longer than a guardrail of the gate lets them": () =>
      under({ ...GUARDRAIL, maxApprovalLifetimeSeconds: 60 }),
    "unsigned approvals where a guardrail of the gate wants signed ones": () =>
      under({ ...GUARDRAIL, requireSignedApprovals: true }),
  }),
  ...rows(["approvals_valid", "approvals_relied_on", "quorum_at_gate"], {
    "approvals that live longer than a guardrail of the policy lets them": () =>
      attachedUnder({ ...GUARDRAIL, maxApprovalLifetimeSeconds: 60 }),
  }),
  ...rows(["gate_conditions"], {
    "a mode that a guardrail does not allow": () => under({ ...GUARDRAIL, allowedModes: ["MODE_DRY_RUN"] }),
    "a request without a label that a guardrail asks for": () =>
      under({ ...GUARDRAIL, requiredLabels: [{ key: "change" }] }),
    "a request with another value than a guardrail asks for": () =>
      under({ ...GUARDRAIL, requiredLabels: [{ key: "env", values: ["staging", "test"] }] }),
    "the requester executing where the two were kept apart": () =>
      forge((_, events) => (gateIn(events).separationOfDuties = { executorIsNotRequester: true })),
    "an approver executing where the two were kept apart": () =>
      forge((_, events) => {
        gateIn(events).separationOfDuties = { approverIsNotExecutor: true };
        events[EVENT.gate].actor.id = "frank@example.com";
      }),
    "a glass broken for a mode that a guardrail does not allow": () =>
      glassBroken({}, (events) => {
        gateIn(events).guardrails = [use({ ...GUARDRAIL, allowedModes: ["MODE_DRY_RUN"] })];
      }),
  }),
  ...rows(["event_schema"], {
    "a guardrail that says how many of nobody": () => under({ ...GUARDRAIL, groups: [{ group: "security" }] }),
    "a guardrail with more approvals than there may be": () => under({ ...GUARDRAIL, minApprovals: 101 }),
    "more guardrails than there may be": () =>
      under(...Array.from({ length: 33 }, (_, index) => ({ ...GUARDRAIL, name: `production-${index}` }))),
    "a guardrail that is missing": () =>
      forge((_, events) => (gateIn(events).guardrails = [{ digest: digest(GUARDRAIL) }])),
    "a broken glass that need not be reviewed ever": () =>
      forge((_, events) => (gateIn(events).breakGlass = { reason: "the sale is on" })),
    "a review that finds nothing": () =>
      glassBroken({}, (events) => events.push({ ...review("carol@example.com", 1), executionReviewed: {} })),
  }),
  ...rows(["replay"], {
    "a review where no glass was broken": () => forge((_, events) => events.push(review("carol@example.com", 1))),
    "a review by whoever broke the glass": () => glassBroken({}, (events) => events.push(review("bob@example.com", 1))),
    "two reviews by one person": () =>
      glassBroken({}, (events) => events.push(review("carol@example.com", 1), review("carol@example.com", 2))),
    "a review before the gate": () =>
      glassBroken({}, (events) =>
        events.splice(EVENT.gate, 0, { ...review("carol@example.com", 1), occurredAt: "2026-11-25T10:30:00Z" }),
      ),
  }),
  ...rows(["quorum_at_gate", "guardrails"], {
    "a stricter guardrail of the gate under the digest of one of the policy's": () =>
      forge((_, events) => {
        attachedIn(events).guardrails = [use(GUARDRAIL)];
        gateIn(events).guardrails = [{ ...use(GUARDRAIL), guardrail: { ...GUARDRAIL, minApprovals: 3 } }];
      }),
  }),
  ...rows(["gate_conditions"], {
    "a request without a label that a guardrail asks for whose match is there and empty": () =>
      under({ name: "production", match: {}, requiredLabels: [{ key: "change" }] }),
  }),
];
