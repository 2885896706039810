import { canonical, digest, EMBEDDED, EVENT, type Loose, sha256 } from "../forgeries/forger.ts";
import { base64, trustText } from "../forgeries/signing.ts";
import { APPROVERS, ROUTER, SERVER } from "./keys.ts";
import { type Hands, seal } from "./seal.ts";

/** Everybody signs, as they should. */
export const EVERYBODY: Hands = {
  approval: (actorId) => APPROVERS[actorId] ?? "left out",
  run: ROUTER,
  package: SERVER,
};

/** Where the events of the genuine package are. Carol's approval has expired at the gate, dave took his back early, grace right before the gate. */
export const AT = { ...EVENT, grace: 7, graceRevokes: 8, gate: 9, start: 10, outcome: 11 } as const;

/** The run bundle of the genuine package: any bytes will do. */
const RUN_BUNDLE = '{"run_id":"run-0001","steps":["config","check"]}';

/** The example of docs/audit-package.md with all that a package can have, signed by everybody; to be changed at will. */
export function genuine(): Loose {
  return JSON.parse(GENUINE);
}

function made(): Loose {
  const given = JSON.parse(EMBEDDED);
  const events: Loose[] = given.controlBundle.events;
  wantSignatures(given);
  for (const seq of [EVENT.erin, EVENT.frank]) events[seq].approvalGranted.expiresAt = "2026-11-25T20:00:00Z";
  const grace = structuredClone(events[EVENT.erin]);
  Object.assign(grace, { eventId: "grace-1", requestId: "grace-1", occurredAt: "2026-11-25T10:25:00Z" });
  grace.actor.id = "grace@example.com";
  Object.assign(grace.approvalGranted, { comment: "as far as I can see", expiresAt: "2026-11-25T20:00:00Z" });
  const { approvalGranted: _, ...revocation } = structuredClone(grace);
  Object.assign(revocation, { eventId: "grace-2", requestId: "grace-2", occurredAt: "2026-11-25T10:26:00Z" });
  revocation.approvalRevoked = { approver: grace.actor, reason: "I had not seen step 2" };
  events.splice(EVENT.gate, 0, grace, revocation);
  setRunBundle(given, RUN_BUNDLE);
  seal(given, EVERYBODY);
  return given;
}

/** The same by reference. */
export function byReference(): Loose {
  const given = genuine();
  given.router.mode = "PACKAGE_MODE_REFERENCE";
  delete given.router.runBundle;
  delete given.router.runBundleMediaType;
  return given;
}

/** Another decision of the same people, approved and run as it should be. */
export function another(): Loose {
  const given = genuine();
  given.controlBundle.decisionId = "0".repeat(31).concat("7");
  given.controlBundle.events[0].decisionCreated.goal = "lower the limit to 5";
  for (const event of given.controlBundle.events) event.eventId = `another-${event.eventId}`;
  given.controlBundle.events[AT.outcome].executionCompleted.runId = "run-0007";
  setRunBundle(given, '{"run_id":"run-0007","steps":["config","check"]}');
  seal(given, EVERYBODY);
  return given;
}

/** One whose outcome was unknown until the router could tell, by which the log has a settlement. */
export function settled(): Loose {
  const given = genuine();
  const events: Loose[] = given.controlBundle.events;
  const { executionCompleted, ...event } = events[AT.outcome];
  executionCompleted.settlement = { basis: "SETTLEMENT_BASIS_ROUTER_ANSWER", reason: "asked again" };
  const unknown = { reason: "the router does not answer", runId: executionCompleted.runId };
  events.splice(AT.outcome, 0, { ...event, eventId: "unknown-1", executionOutcomeUnknown: unknown });
  seal(given, EVERYBODY);
  return given;
}

export function setRunBundle(given: Loose, text: string): void {
  given.router.runBundle = base64(new TextEncoder().encode(text));
  const last = given.controlBundle.events.at(-1);
  (last.executionCompleted ?? last.executionFailed).routerDigest = sha256(text);
}

function wantSignatures(given: Loose): void {
  const { policy, template: use } = given.controlBundle.events[1].policyAttached;
  policy.requireSignedApprovals = true;
  use.overrides.requireSignedApprovals = true;
}

/** Makes the template, and what the log says of it, lead to whatever policy the log has. */
export function refitTemplate(given: Loose): void {
  const { policy, template: use } = given.controlBundle.events[1].policyAttached;
  use.templatePolicy = structuredClone(policy);
  delete use.overrides;
  given.template.templateCreated.policy = structuredClone(policy);
  use.digest = digest(given.template);
}

const serverKeys = [{ name: "the server", publicKey: base64(SERVER.key.bytes) }];
const approverKeys = Object.entries(APPROVERS).map(([id, { key }]) => ({
  approver: { type: "ACTOR_TYPE_HUMAN", id },
  publicKey: base64(key.bytes),
}));
const routerKeys = [
  { name: "the router", publicKey: base64(ROUTER.key.bytes), adapterIds: ["files", "files-standby"] },
];

/** What a trust policy has to require for all that this page promises. */
export const REQUIRED = [
  "server_signature",
  "approver_signatures",
  "router_signature",
  "run_bundle",
  "template",
  "unknown_fields",
] as const;

/** Which executions by break-glass whoever believes everybody accepts. */
const ACCEPTED = "ACCEPTED_BREAK_GLASS_REVIEWED";

/** Whom somebody believes who verifies, as the files of trust policies; undefined: nobody. */
export const TRUST = {
  nobody: undefined,
  server: trustText({ serverKeys }),
  everybody: trustText({
    serverKeys,
    approverKeys,
    routerKeys,
    requiredChecks: REQUIRED,
    acceptedBreakGlass: ACCEPTED,
  }),
} as const;

export type TrustName = keyof typeof TRUST;

export const GENUINE = canonical(made());
