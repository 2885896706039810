import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/codec/canonical-json.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { convertPackage, toPythonBundle } from "../../src/exchange/convert.ts";
import { ORIGIN_FIELD } from "../../src/exchange/python-format.ts";
import { contentDigest } from "../../src/exchange/python-json.ts";
import {
  alice,
  attached,
  bob,
  carol,
  completed,
  created,
  GATE,
  gated,
  granted,
  minute,
  started,
  WAY_TO,
} from "../domain/facts.ts";
import { forge, type Loose, problemWith, reseal } from "./golden.ts";
import { ownLog, ownPackage } from "./own-log.ts";

/** Puts an event into the log, and numbers all of it anew. */
function insert(events: Loose[], at: number, event: Loose): void {
  events.splice(at, 0, event);
  renumber(events);
}

function renumber(events: Loose[]): void {
  for (const [seq, event] of events.entries())
    Object.assign(event, { seq, event_id: event.event_id.replace(/\d+$/, String(seq)) });
}

const copy = (event: Loose): Loose => structuredClone(event);

/** In template.bundle.json: 0 created, 1 policy of three, 2 to 4 approvals of alice, bob and carol, 5 requested, 6 started, 7 completed. */
const FORGERIES: readonly [string, string, (bundle: Loose, file: Loose) => void, RegExp][] = [
  ["nothing", "template.bundle.json", () => undefined, /^$/],
  [
    "an approval less",
    "template.bundle.json",
    ({ events }) => {
      events.splice(3, 1);
      renumber(events);
    },
    /events\[4\] \(EXECUTION_REQUESTED\): 2 approvals stood, the policy asks for 3/,
  ],
  [
    "one approver in another's place",
    "template.bundle.json",
    ({ events }) => (events[3].actor.id = "alice"),
    /an approval of the same actor stands already/,
  ],
  [
    "an approval that had expired at the gate",
    "template.bundle.json",
    ({ events }) => (events[4].payload.expires_at = events[5].ts),
    /2 approvals stood/,
  ],
  [
    "a policy of fewer approvals",
    "template.bundle.json",
    ({ events }) => (events[1].payload.min_approvals = 1),
    /payload\.min_approvals/,
  ],
  [
    "that and the overrides",
    "template.bundle.json",
    ({ events, template_snapshot }) => {
      events[1].payload.min_approvals = 1;
      events[1].payload.overrides_applied.min_approvals = 1;
      template_snapshot.overrides.min_approvals = 1;
    },
    /^$/,
  ],
  [
    "another goal",
    "template.bundle.json",
    ({ events, decision }) => {
      events[0].payload.goal = "deploy everything";
      decision.goal = "deploy everything";
    },
    /router_request_digest/,
  ],
  [
    "another plan",
    "failed.bundle.json",
    ({ events }) => (events[0].payload.plan = "two steps"),
    /router_request_digest/,
  ],
  [
    "another adapter",
    "failed.bundle.json",
    ({ events, router_link }) => {
      events[3].payload.adapter_id = "other";
      router_link.adapter_id = "other";
    },
    /router_request_digest/,
  ],
  [
    "more steps than were asked for",
    "template.bundle.json",
    ({ events }) => {
      events[1].payload.max_steps = null;
      events[1].payload.overrides_applied.max_steps = null;
    },
    /router_request_digest|template_snapshot/,
  ],
  [
    "a mode that the policy does not allow",
    "executing.bundle.json",
    ({ events }) => (events[3].payload.dry_run = false),
    /the policy does not allow apply/,
  ],
  [
    "a second policy",
    "pending.bundle.json",
    ({ events }) => insert(events, 2, copy(events[1])),
    /a policy attaches once/,
  ],
  [
    "a second beginning",
    "pending.bundle.json",
    ({ events }) => insert(events, 1, copy(events[0])),
    /a decision is created once/,
  ],
  [
    "no beginning",
    "pending.bundle.json",
    ({ events, decision }) => {
      events.shift();
      renumber(events);
      decision.created_at = events[0].ts;
    },
    /events\[0\] is not DECISION_CREATED/,
  ],
  ["no events", "draft.bundle.json", (bundle) => (bundle.events = []), /1 to 10000 events/],
  [
    "an approval before the policy",
    "pending.bundle.json",
    ({ events }) => {
      events.splice(1, 0, ...events.splice(2, 1));
      renumber(events);
    },
    /no policy is attached/,
  ],
  [
    "an approval behind the start",
    "executing.bundle.json",
    ({ events }) => {
      const late = copy(events[2]);
      late.actor.id = "late";
      insert(events, 5, late);
    },
    /the execution has started/,
  ],
  [
    "a revocation behind the start",
    "executing.bundle.json",
    ({ events }) => insert(events, 5, { ...copy(events[2]), type: "APPROVAL_REVOKED", payload: { reason: "" } }),
    /the execution has started/,
  ],
  [
    "a revocation of nobody's approval",
    "pending.bundle.json",
    ({ events }) => insert(events, 2, { ...copy(events[2]), type: "APPROVAL_REVOKED", payload: { reason: "" } }),
    /no approval to revoke/,
  ],
  [
    "a start without a request",
    "failed.bundle.json",
    ({ events }) => {
      events.splice(3, 1);
      renumber(events);
    },
    /no execution was requested that could start/,
  ],
  [
    "a second start",
    "executing.bundle.json",
    ({ events }) => insert(events, 5, copy(events[4])),
    /no execution was requested that could start/,
  ],
  [
    "an end without a start",
    "template.bundle.json",
    ({ events }) => {
      events.splice(6, 1);
      renumber(events);
    },
    /no execution has started that could complete/,
  ],
  [
    "two ends",
    "failed.bundle.json",
    ({ events }) => insert(events, 6, copy(events[5])),
    /no execution was requested that could fail/,
  ],
  [
    "two executions at once",
    "executing.bundle.json",
    ({ events }) => insert(events, 4, copy(events[3])),
    /another execution is under way/,
  ],
  [
    "a type that the format does not know",
    "draft.bundle.json",
    ({ events }) => insert(events, 1, { ...copy(events[0]), type: "TEMPLATE_CREATED" }),
    /events\[1\]\.type/,
  ],
  [
    "a kind of actor that there is not",
    "draft.bundle.json",
    ({ events }) => (events[0].actor.type = "unknown"),
    /actor\.type/,
  ],
  [
    "a status that is not",
    "pending.bundle.json",
    ({ decision }) => (decision.status = "APPROVED"),
    /decision\.status is APPROVED; by the events it is PENDING_APPROVAL/,
  ],
  [
    "a status that forgets the run",
    "template.bundle.json",
    ({ decision }) => (decision.status = "APPROVED"),
    /by the events it is COMPLETED/,
  ],
  [
    "a time as it is not written",
    "draft.bundle.json",
    ({ events }) => (events[0].ts = "2026-11-25"),
    /events\[0\]\.ts/,
  ],
  [
    "a gap",
    "pending.bundle.json",
    ({ events }) => Object.assign(events[2], { seq: 3, event_id: events[2].event_id.replace(/2$/, "3") }),
    /events\[2\]\.seq is not 2/,
  ],
  [
    "an event of another decision",
    "pending.bundle.json",
    ({ events }) => (events[2].decision_id = "other"),
    /events\[2\]\.decision_id/,
  ],
  [
    "an event id of its own",
    "pending.bundle.json",
    ({ events }) => (events[2].event_id = "other"),
    /events\[2\]\.event_id/,
  ],
  ["a header of another goal", "pending.bundle.json", ({ decision }) => (decision.goal = "other"), /decision\.goal/],
  [
    "a router link of another run",
    "template.bundle.json",
    ({ router_link }) => (router_link.run_id = "other"),
    /router_link\.run_id/,
  ],
  [
    "a router link of no run",
    "approved.bundle.json",
    (bundle) => (bundle.router_link = { run_id: "r", adapter_id: "a" }),
    /router_link is of an execution that no event requested/,
  ],
  [
    "a template that nobody used",
    "approved.bundle.json",
    (bundle) =>
      (bundle.template_snapshot = {
        present: true,
        name: "t",
        digest: `sha256:${"0".repeat(64)}`,
        snapshot: null,
        overrides: null,
      }),
    /a template that no event used/,
  ],
  [
    "a template beside the log that is another",
    "template.bundle.json",
    ({ template_snapshot }) => (template_snapshot.snapshot.min_approvals = 1),
    /template_snapshot\.snapshot/,
  ],
  [
    "a policy of nobody",
    "pending.bundle.json",
    ({ events }) => (events[1].payload.min_approvals = 0),
    /min_approvals is less than 1/,
  ],
  [
    "another router bundle in the package",
    "embedded.package.json",
    (_, { router }) => (router.bundle.integrity.canonical_digest = `sha256:${"0".repeat(64)}`),
    /router\.bundle\.integrity\.canonical_digest/,
  ],
  [
    "a reference to another run",
    "reference.package.json",
    (_, { router }) => (router.ref.run_id = "other"),
    /router\.ref\.run_id/,
  ],
  [
    "a package of a decision that was not run",
    "reference.package.json",
    (bundle) => {
      bundle.router_link = {};
    },
    /control_router_link_digest|router_link/,
  ],
  ["another version", "reference.package.json", (_, file) => (file.package_version = "0.7"), /package_version/],
  ["another bundle version", "draft.bundle.json", (bundle) => (bundle.bundle_version = "0.6"), /bundle_version/],
];

describe("a file of the original with every digest made good again", () => {
  test.each(FORGERIES)("is judged by what it says: %s (%s)", (_, name, change, problem) => {
    expect(problemWith(forge(name, change)) ?? "").toMatch(problem);
  });

  test("is refused for the digest of an event, or of the bundle, that alone was left as it was", () => {
    const other = "0".repeat(64);
    const ofEvents = (events: Loose[]) => (events[3].digest = other);
    expect(problemWith(forge("template.bundle.json", () => undefined, { ofEvents }))).toMatch(
      /^events\[3\]\.digest is/,
    );
    const ofBinding = (binding: Loose) => (binding.control_digest = `sha256:${other}`);
    expect(problemWith(forge("reference.package.json", () => undefined, { ofBinding }))).toMatch(
      /^binding\.control_digest is/,
    );
  });

  test("that was rewritten throughout holds: the format has nothing against it, which the findings say", () => {
    const file = forge("template.bundle.json", ({ events, decision, router_link }) => {
      events[0].payload.goal = "deploy everything";
      decision.goal = "deploy everything";
      events[3].actor.id = "mallory";
      const { max_steps, require_adapter_capabilities } = events[1].payload;
      const request = { goal: "deploy everything", adapter_id: "k8s-deploy", dry_run: false, max_steps };
      const digest = contentDigest({ ...request, require_capabilities: require_adapter_capabilities });
      events[6].payload.router_request_digest = digest;
      router_link.router_request_digest = `sha256:${digest}`;
    });
    expect(problemWith(file)).toBeUndefined();
  });
});

/** Changes the event of ours within one of the original's. */
function changeOrigin(event: Loose, change: (own: Loose) => void): void {
  const own = JSON.parse(event.payload[ORIGIN_FIELD]);
  change(own);
  event.payload[ORIGIN_FIELD] = canonicalJson(own);
}

const OWN_FORGERIES: readonly [string, (bundle: Loose, file: Loose) => void, RegExp][] = [
  ["nothing", () => undefined, /^$/],
  [
    "what the original reads, and not our event",
    ({ events }) => (events[2].payload.comment = "really"),
    /does not say what the log of ours/,
  ],
  ["a time", ({ events }) => (events[2].ts = "2026-01-05T09:02:01+00:00"), /does not say what the log of ours/],
  [
    "our event, and not what the original reads",
    ({ events }) => changeOrigin(events[2], (own) => (own.approvalGranted.comment = "x")),
    /nexus_attest_event: The log does not replay: event 3/,
  ],
  [
    "our last event",
    ({ events }) => changeOrigin(events[6], (own) => (own.executionCompleted.stepsExecuted = 9)),
    /does not say what the log of ours/,
  ],
  [
    "an event of ours that is left out",
    ({ events }) => delete events[2].payload[ORIGIN_FIELD],
    /events\[2\] is not of our log, and others are/,
  ],
  [
    "an event of ours that is none",
    ({ events }) => (events[2].payload[ORIGIN_FIELD] = "{}"),
    /nexus_attest_event: The log does not replay/,
  ],
  [
    "the policy in the original's words only",
    ({ events }) => (events[1].payload.min_approvals = 1),
    /does not say what the log of ours/,
  ],
  ["the run's record", (_, { router }) => (router.bundle.content_base64 = "AAAA"), /router\.bundle\.content_base64/],
  [
    "the run's record by another name",
    (_, { router }) => {
      router.bundle.content = router.bundle.content_base64;
      delete router.bundle.content_base64;
    },
    /router\.bundle has no field content_base64/,
  ],
  ["the run's media type", (_, { router }) => (router.bundle.media_type = "text/html"), /router\.bundle\.media_type/],
  ["the run that the record is of", (_, { router }) => (router.bundle.run_id = "other"), /router\.bundle\.run_id/],
  [
    "the record for another one",
    (_, { router, binding }) => {
      router.bundle.content_base64 = Buffer.from("another").toString("base64");
      const digest = digestOf("another");
      router.bundle.integrity.canonical_digest = digest;
      binding.router_digest = digest;
    },
    /binding\.router_digest/,
  ],
];

describe("a package that was made of ours, with every digest made good again", () => {
  const conversion = convertPackage(ownPackage(WAY_TO.completed), "nexus-attest-0.6");
  const text = conversion.kind === "converted" ? new TextDecoder().decode(conversion.file) : "";

  test.each(OWN_FORGERIES)("is judged by our log within it: %s", (_, change, problem) => {
    expect(problemWith(reseal(text, change)) ?? "").toMatch(problem);
  });

  /** A whole log of ours, not one word of it true to our rules, converted as well as the converter does. */
  test.each([
    [
      "the requester's own approval",
      [created(), attached(), granted(alice), granted(bob), gated(), started(), completed()],
      "SELF_APPROVAL",
    ],
    [
      "an adapter that cannot",
      [...WAY_TO.approved, { ...gated(), body: { ...GATE, adapterCapabilities: [] } }, started(), completed()],
      "ADAPTER_CAPABILITY_MISSING",
    ],
    [
      "a policy that nobody has to meet",
      [created(), attached({ minApprovals: 101 }), granted(bob), granted(carol)],
      "minApprovals is not from 1 to 100",
    ],
  ] as const)("is not believed where our rules were broken: %s", (_, facts, words) => {
    const made = toPythonBundle(ownLog(facts), { at: minute(10_000), acceptLosses: true });
    expect(made.kind === "refused" ? made.problems.join() : "").toContain(words);
  });
});
