// The worked example of docs/audit-package.md: one decision with fixed ids and times, its package in both modes, and the texts that its digests are taken of.
// Run it to write docs/examples and the example's part of the page anew; test/docs/audit-package.test.ts fails if they are not what this gives.
import { readFileSync, writeFileSync } from "node:fs";
import { record } from "../src/app/record.ts";
import { canonicalJson, type Json, parseJson } from "../src/codec/canonical-json.ts";
import { encodeEvent } from "../src/codec/stored-event.ts";
import { encodeTemplateEvent } from "../src/codec/template.ts";
import type { Actor } from "../src/domain/actor.ts";
import type { Command } from "../src/domain/command.ts";
import { decide } from "../src/domain/decide.ts";
import type { RecordedEvent } from "../src/domain/event.ts";
import { evolve } from "../src/domain/evolve.ts";
import { KEYS_SET_ASIDE } from "../src/domain/key-view.ts";
import type { Policy, PolicyOverrides } from "../src/domain/policy.ts";
import type { PlanStep } from "../src/domain/request.ts";
import type { Decision } from "../src/domain/state.ts";
import { evolveTemplate } from "../src/domain/template.ts";
import { buildAuditPackage } from "../src/evidence/build-audit-package.ts";
import { decisionIdOf } from "../src/evidence/decision-id.ts";
import { digestOf } from "../src/evidence/digest.ts";
import { DIGESTS } from "../src/evidence/digests.ts";
import { sealTemplate } from "../src/evidence/template-log.ts";
import { RUN_BUNDLE_MEDIA_TYPE, runBundle, stepEntry } from "../src/router/local/run-bundle.ts";

const PAGE = new URL("../docs/audit-package.md", import.meta.url);
const FILES = {
  reference: new URL("../docs/examples/audit-package.reference.json", import.meta.url),
  embedded: new URL("../docs/examples/audit-package.embedded.json", import.meta.url),
};
const BEGIN = "<!-- written by scripts/audit-package-examples.ts -->";
const END = "<!-- end of what scripts/audit-package-examples.ts writes -->";

const person = (name: string): Actor => ({ type: "HUMAN", id: `${name}@example.com` });
const SERVER: Actor = { type: "SYSTEM", id: "nexus-attest" };
const SERVER_ID = "5e27e500-0000-4000-8000-000000000001";
const time = (clock: string) => Date.parse(`2026-11-25T${clock}Z`);

const STEPS: readonly [PlanStep, PlanStep] = [
  {
    stepId: "config",
    intent: "put the new limit in place",
    call: { tool: "files", method: "write", argumentsJson: '{"path": "release/limit.txt", "content": "250\\n"}' },
  },
  { stepId: "check", intent: "", call: { tool: "files", method: "list", argumentsJson: "" } },
];

const TEMPLATE_POLICY: Policy = {
  minApprovals: 1,
  allowedModes: ["DRY_RUN", "APPLY"],
  requireAdapterCapabilities: ["timeout"],
  maxSteps: 0,
  labels: [{ key: "owner", value: "platform" }],
  allowedAdapters: ["files", "files-standby", "files-archive"],
  allowSelfApproval: false,
  humansOnly: true,
  groups: [{ group: "security", minApprovals: 1 }],
  requireComment: false,
  maxApprovalLifetimeSeconds: 604_800,
  requireSignedApprovals: false,
};

const OVERRIDES: PolicyOverrides = {
  minApprovals: 2,
  allowedModes: [],
  requireAdapterCapabilities: [],
  maxSteps: 5,
  labels: [],
  allowedAdapters: ["files", "files-standby"],
  allowSelfApproval: undefined,
  humansOnly: undefined,
  groups: [],
  requireComment: true,
  maxApprovalLifetimeSeconds: 86_400,
  requireSignedApprovals: undefined,
};

/** The template that the decision's policy came from. */
export const TEMPLATE = sealTemplate({
  eventId: "00000000-0000-4000-8000-0000000000ff",
  name: "production-change",
  occurredAt: time("08:00:00.000"),
  actor: person("alice"),
  delegate: undefined,
  requestId: "production-change-1",
  body: {
    type: "TEMPLATE_CREATED",
    policy: TEMPLATE_POLICY,
    matchLabels: [{ key: "env", value: "production" }],
    description: "whatever customers see",
  },
});

/** The events of the decision, decided by the same rules as the server's, and the router's record of its run. */
export function exampleLog(): { readonly events: readonly RecordedEvent[]; readonly bundle: Uint8Array } {
  const bob = person("bob");
  const requestId = "raise-limit-250";
  const decisionId = decisionIdOf(bob, requestId);
  const events: RecordedEvent[] = [];
  let decision: Decision | undefined;

  const does = (
    clock: string,
    actor: Actor,
    command: Command,
    options: { readonly groups?: readonly string[]; readonly delegate?: Actor; readonly requestId?: string } = {},
  ) => {
    const { groups = [], delegate, requestId: key = `request-${events.length}` } = options;
    const at = time(clock);
    const templates = [evolveTemplate(undefined, TEMPLATE)];
    const adapter = { kind: "known", adapterId: "files", capabilities: ["timeout", "apply", "dry_run"] } as const;
    const world = { digests: DIGESTS, adapter, templates, keys: KEYS_SET_ASIDE, signature: "not_checked" } as const;
    const verdict = decide(command, decision, { decisionId, actor, groups, at, ...world });
    if (!verdict.accepted) throw new Error(verdict.rejection.message);
    const place = { decisionId, after: decision, at };
    let next = events.length;
    const sealed = record(verdict.events, place, { actor, groups, delegate, requestId: key }, () => {
      next += 1;
      return `00000000-0000-4000-8000-${String(next - 1).padStart(12, "0")}`;
    });
    for (const recorded of sealed) decision = evolve(decision, recorded);
    events.push(...sealed);
  };
  const approves = (comment: string, expiresAt?: number): Command => ({
    type: "GRANT_APPROVAL",
    comment,
    expiresAt,
    shownDigest: undefined,
  });

  const created = {
    type: "DECISION_CREATED",
    goal: "raise the limit to 250 €\n“for the sale” \u{1f6d2}",
    mode: "APPLY",
    plan: { steps: STEPS },
    adapterId: "",
    labels: [
      { key: "env", value: "production" },
      { key: "ticket", value: "OPS-1042" },
    ],
  } as const;
  const policy = { type: "MATCHING_TEMPLATE", overrides: OVERRIDES } as const;
  does(
    "09:00:00.000",
    bob,
    { type: "CREATE_DECISION", created, policy },
    {
      delegate: { type: "SYSTEM", id: "release-bot" },
      requestId,
    },
  );
  does("09:10:00.250", person("carol"), approves("fine until half past ten", time("10:30:00.000")), {
    groups: ["security", "operations"],
  });
  does("09:20:00.000", person("dave"), approves("looks right"), { groups: ["security"] });
  does("09:45:30.500", person("dave"), { type: "REVOKE_APPROVAL", approverId: undefined, reason: "not before noon" });
  does("10:05:00.000", person("erin"), approves("checked the plan"), { groups: ["security"] });
  does("10:20:00.000", person("frank"), approves("on call"), { groups: ["operations"] });
  // The very instant from which carol's approval no longer counts.
  does("10:30:00.000", bob, { type: "REQUEST_EXECUTION", adapterId: "files" }, { requestId: "execute-1" });
  const claim = { type: "START_EXECUTION", startWithin: 300_000, serverId: SERVER_ID } as const;
  does("10:30:00.004", SERVER, claim, { requestId: "execute-1" });

  const request = canonicalJson(runRequest(events));
  const bundle = runBundle({
    runId: "run-0001",
    request,
    simulated: false,
    startedAt: time("10:30:00.010"),
    endedAt: time("10:30:00.950"),
    outcome: "SUCCEEDED",
    failure: undefined,
    steps: [
      stepEntry(STEPS[0], step('{"written":4}'), time("10:30:00.011"), time("10:30:00.500")),
      stepEntry(STEPS[1], step('["release/limit.txt"]'), time("10:30:00.501"), time("10:30:00.949")),
    ],
  });
  const outcome = {
    type: "EXECUTION_COMPLETED",
    runId: "run-0001",
    routerDigest: digestOf(bundle),
    routerMediaType: RUN_BUNDLE_MEDIA_TYPE,
    stepsExecuted: 2,
    settlement: undefined,
  } as const;
  does("10:30:01.000", SERVER, { type: "RECORD_OUTCOME", outcome }, { requestId: "execute-1" });
  return { events, bundle };
}

function step(outputJson: string) {
  return {
    outcome: "SUCCEEDED",
    failure: undefined,
    outputJson,
    exitCode: 0,
    httpStatus: undefined,
    stderrTail: "",
  } as const;
}

type JsonObject = Readonly<Record<string, Json>>;

interface Package {
  readonly packageVersion: string;
  readonly controlDigest: string;
  readonly router: { readonly routerDigest: string };
  readonly link: Json;
  readonly linkDigest: string;
}

/** The JSON of an event's body. */
function body(events: readonly RecordedEvent[], name: string): JsonObject {
  for (const { event } of events) {
    const found = (parseJson(encodeEvent(event)) as Readonly<Record<string, JsonObject>>)[name];
    if (found !== undefined) return found;
  }
  throw new Error(`the example has no ${name}`);
}

/** What the page says a run request is. */
function runRequest(events: readonly RecordedEvent[]): Json {
  const created = body(events, "decisionCreated");
  const attached = body(events, "policyAttached");
  const requested = body(events, "executionRequested");
  const { decisionId = "" } = events[0]?.event ?? {};
  return {
    decisionId,
    adapterId: requested["adapterId"] ?? "",
    mode: requested["mode"] ?? "",
    goal: created["goal"] ?? "",
    plan: created["plan"] ?? {},
    maxSteps: (attached["policy"] as JsonObject)["maxSteps"] ?? 0,
    labels: created["labels"] ?? [],
    requestDigest: digestOf(canonicalJson({ decisionId, decisionCreated: created, policyAttached: attached })),
    policyDigest: requested["policyDigest"] ?? "",
    approvalDigests: requested["approvalDigests"] ?? [],
  };
}

/** The example: two files, and the part of the page that walks through them. */
export function examples(): { readonly reference: string; readonly embedded: string; readonly walkthrough: string } {
  const { events, bundle } = exampleLog();
  const reference = buildAuditPackage({ events, bundle: undefined, template: TEMPLATE });
  const embedded = buildAuditPackage({ events, bundle, template: TEMPLATE });
  const given = parseJson(reference.json) as unknown as Package;
  const { decisionId = "" } = events[0]?.event ?? {};
  const { packageVersion, controlDigest, router, link, linkDigest } = given;
  const { routerDigest } = router;
  const commitment = {
    decisionId,
    decisionCreated: body(events, "decisionCreated"),
    policyAttached: body(events, "policyAttached"),
  };
  const binding = { packageVersion, controlDigest, routerDigest, linkDigest };
  const walkthrough = [
    "The decision id is derived from who asked and the request id: the first 32 digits of",
    ...text(canonicalJson(["HUMAN", "bob@example.com", "raise-limit-250"])),
    "The events and their digests:",
    "",
    "| seq | type | digest |",
    "|-|-|-|",
    ...events.map(({ event, digest }) => `| ${event.seq} | \`${event.body.type}\` | \`${digest}\` |`),
    "",
    "The canonical form of event 0, and its digest:",
    ...text(encodeEvent((events[0] as RecordedEvent).event)),
    "The template, and the digest of it that event 1 records:",
    ...text(encodeTemplateEvent(TEMPLATE.event)),
    "The overrides, also in event 1:",
    ...text(canonicalJson((commitment.policyAttached["template"] as JsonObject)["overrides"])),
    "The policy that came of the two, and the policy_digest:",
    ...text(canonicalJson(commitment.policyAttached["policy"])),
    "What was approved, and the request_digest that stands in every approval:",
    ...text(canonicalJson(commitment)),
    "What the router was asked to run, and the router_request_digest:",
    ...text(canonicalJson(runRequest(events))),
    "The link, and the link_digest:",
    ...text(canonicalJson(link)),
    "The binding, and the binding_digest, the same in both files:",
    ...text(canonicalJson(binding)),
    `The head digest is that of event ${events.length - 1}. The control digest, of the whole control bundle, is`,
    `\`${controlDigest}\`.`,
    "",
    `The run bundle inside the embedded package has ${bundle.length} bytes; its digest is`,
    `\`${routerDigest}\`.`,
  ].join("\n");
  return { reference: reference.json, embedded: embedded.json, walkthrough };
}

/** A text as the page shows it, with its digest. */
function text(canonical: string): string[] {
  return ["", "```json", canonical, "```", "", `\`${digestOf(canonical)}\``, ""];
}

/** The page with the walk-through in its place. */
export function withWalkthrough(page: string, walkthrough: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("docs/audit-package.md has no place for the worked example");
  return `${page.slice(0, begin)}${BEGIN}\n\n${walkthrough}\n\n${page.slice(end)}`;
}

if (import.meta.main) {
  const { reference, embedded, walkthrough } = examples();
  writeFileSync(FILES.reference, reference);
  writeFileSync(FILES.embedded, embedded);
  writeFileSync(PAGE, withWalkthrough(readFileSync(PAGE, "utf8"), walkthrough));
}
