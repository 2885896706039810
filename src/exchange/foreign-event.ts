import { ForeignProblem } from "./foreign-problem.ts";
import type { JsonNode } from "./json-text.ts";
import { ORIGIN_FIELD, type PythonEventType } from "./python-format.ts";
import { nodeDigest, pythonJson } from "./python-json.ts";
import { type Microseconds, readPythonTime, readPythonTimeWithOffset } from "./python-time.ts";
import {
  bareDigestOf,
  countOf,
  expectSame,
  flagOf,
  openShapeOf,
  optionalCountOf,
  optionalTextOf,
  type Shape,
  shapeOf,
  textOf,
  textsOf,
  wordOf,
} from "./shape.ts";
import { eventIdOf } from "./to-python-event.ts";

/** An event of the original. */
export interface ForeignEvent {
  readonly seq: number;
  readonly at: Microseconds;
  readonly actor: { readonly type: "human" | "system"; readonly id: string };
  readonly body: ForeignBody;
  /** Exactly as it stands in the file. */
  readonly text: string;
  /** In the canonical form of the original. */
  readonly canonical: string;
  /** Fields of the payload that the original's own code does not write. They are covered by the digests all the same. */
  readonly unknown: readonly string[];
  /** The stored form of the event of ours that it was made of. */
  readonly origin: string | undefined;
}

export type ForeignMode = "dry_run" | "apply";

export interface ForeignPolicy {
  readonly minApprovals: number;
  readonly allowedModes: readonly ForeignMode[];
  readonly capabilities: readonly string[];
  readonly maxSteps: number | undefined;
}

export interface ForeignTemplate {
  readonly name: string;
  readonly digest: string;
  readonly snapshot: JsonNode;
  readonly overrides: JsonNode;
}

export type ForeignBody =
  | {
      readonly type: "DECISION_CREATED";
      readonly goal: string;
      readonly plan: string | undefined;
      readonly mode: ForeignMode;
      readonly labels: readonly string[];
    }
  | {
      readonly type: "POLICY_ATTACHED";
      readonly policy: ForeignPolicy;
      readonly template: ForeignTemplate | undefined;
      readonly payload: Shape;
    }
  | { readonly type: "APPROVAL_GRANTED"; readonly expiresAt: Microseconds | undefined }
  | { readonly type: "APPROVAL_REVOKED" }
  | { readonly type: "EXECUTION_REQUESTED"; readonly adapterId: string; readonly dryRun: boolean }
  | { readonly type: "EXECUTION_STARTED"; readonly requestDigest: string }
  | { readonly type: "EXECUTION_COMPLETED"; readonly runId: string; readonly resultDigest: string }
  | { readonly type: "EXECUTION_FAILED"; readonly runId: string | undefined };

/** What the payloads hold; `comment` may stand in any. */
const FIELDS: Readonly<Record<PythonEventType, readonly string[]>> = {
  DECISION_CREATED: ["goal", "plan", "requested_mode", "labels"],
  POLICY_ATTACHED: ["min_approvals", "allowed_modes", "require_adapter_capabilities", "max_steps", "labels"],
  APPROVAL_GRANTED: ["expires_at"],
  APPROVAL_REVOKED: ["reason"],
  EXECUTION_REQUESTED: ["adapter_id", "dry_run"],
  EXECUTION_STARTED: ["router_request_digest"],
  EXECUTION_COMPLETED: ["run_id", "response_digest", "steps_executed"],
  EXECUTION_FAILED: ["error_code", "error_message", "run_id"],
};

const TEMPLATE_FIELDS = ["template_name", "template_snapshot", "template_digest", "overrides_applied"];

const MODES = ["dry_run", "apply"] as const;

/** @throws {ForeignProblem} if it is not an event as the original exports it at that place of that decision, or its digest is not that of its type and payload. */
export function readForeignEvent(node: JsonNode, seq: number, decisionId: string, file: string): ForeignEvent {
  const at = `events[${seq}]`;
  const event = shapeOf(node, at, ["event_id", "decision_id", "seq", "type", "payload", "ts", "actor", "digest"]);
  if (countOf(event, "seq") !== seq) throw new ForeignProblem(`${at}.seq is not ${seq}.`);
  expectSame(decisionId, textOf(event, "decision_id"), `${at}.decision_id`);
  expectSame(eventIdOf(decisionId, seq), textOf(event, "event_id"), `${at}.event_id`);
  const type = wordOf(event, "type", Object.keys(FIELDS) as PythonEventType[]);
  const actor = shapeOf(event.members.get("actor"), `${at}.actor`, ["type", "id"]);
  const time = readPythonTime(textOf(event, "ts"));
  if (time === undefined) throw new ForeignProblem(`${at}.ts is not a time such as 2026-11-25T09:00:00.250000+00:00.`);
  const payload = openShapeOf(event.members.get("payload"), `${at}.payload`, FIELDS[type]);
  const body = bodyOf(type, payload);
  const comment = optionalTextOf(payload, "comment");
  if (comment === undefined && payload.members.has("comment"))
    throw new ForeignProblem(`${payload.at}.comment is not a string.`);
  expectSame(payloadDigest(type, event.members.get("payload")), textOf(event, "digest"), `${at}.digest`);
  const known = [...FIELDS[type], "comment", ORIGIN_FIELD, ...(type === "POLICY_ATTACHED" ? TEMPLATE_FIELDS : [])];
  return {
    seq,
    at: time,
    actor: { type: wordOf(actor, "type", ["human", "system"]), id: textOf(actor, "id") },
    body,
    text: file.slice(node.start, node.end),
    canonical: pythonJson(node),
    unknown: [...payload.members.keys()].filter((name) => !known.includes(name)),
    origin: optionalTextOf(payload, ORIGIN_FIELD),
  };
}

/** The only digest of an event covers its type and payload: not who, when, or where in the log. */
function payloadDigest(type: PythonEventType, payload: JsonNode | undefined): string {
  const name: JsonNode = { kind: "string", value: type, start: 0, end: 0 };
  const members = new Map([
    ["event_type", name] as const,
    ...(payload === undefined ? [] : [["payload", payload] as const]),
  ]);
  return nodeDigest({ kind: "object", members, start: 0, end: 0 });
}

function bodyOf(type: PythonEventType, payload: Shape): ForeignBody {
  switch (type) {
    case "DECISION_CREATED":
      return {
        type,
        labels: textsOf(payload, "labels"),
        goal: textOf(payload, "goal"),
        plan: optionalTextOf(payload, "plan"),
        mode: wordOf(payload, "requested_mode", MODES),
      };
    case "POLICY_ATTACHED":
      return { type, policy: policyOf(payload), template: templateOf(payload), payload };
    case "APPROVAL_GRANTED":
      return { type, expiresAt: expiryOf(payload) };
    case "APPROVAL_REVOKED":
      textOf(payload, "reason");
      return { type };
    case "EXECUTION_REQUESTED":
      return { type, adapterId: textOf(payload, "adapter_id"), dryRun: flagOf(payload, "dry_run") };
    case "EXECUTION_STARTED":
      return { type, requestDigest: bareDigestOf(payload, "router_request_digest") };
    case "EXECUTION_COMPLETED":
      countOf(payload, "steps_executed");
      return { type, runId: textOf(payload, "run_id"), resultDigest: bareDigestOf(payload, "response_digest") };
    case "EXECUTION_FAILED":
      textOf(payload, "error_code");
      textOf(payload, "error_message");
      // As the original reads it, an empty id is none.
      return { type, runId: optionalTextOf(payload, "run_id") || undefined };
  }
}

function policyOf(payload: Shape): ForeignPolicy {
  textsOf(payload, "labels");
  const minApprovals = countOf(payload, "min_approvals");
  const allowedModes = textsOf(payload, "allowed_modes").map((mode) => MODES.find((known) => known === mode));
  const maxSteps = optionalCountOf(payload, "max_steps");
  if (minApprovals < 1) throw new ForeignProblem(`${payload.at}.min_approvals is less than 1.`);
  if (allowedModes.length === 0 || allowedModes.includes(undefined))
    throw new ForeignProblem(`${payload.at}.allowed_modes is empty, or names another than dry_run and apply.`);
  if (maxSteps === 0) throw new ForeignProblem(`${payload.at}.max_steps is less than 1.`);
  return {
    minApprovals,
    allowedModes: allowedModes.filter((mode) => mode !== undefined),
    capabilities: textsOf(payload, "require_adapter_capabilities"),
    maxSteps,
  };
}

function templateOf(payload: Shape): ForeignTemplate | undefined {
  if (TEMPLATE_FIELDS.every((name) => !payload.members.has(name))) return undefined;
  const used = openShapeOf({ kind: "object", members: payload.members, start: 0, end: 0 }, payload.at, TEMPLATE_FIELDS);
  const snapshot = payload.members.get("template_snapshot") as JsonNode;
  const overrides = payload.members.get("overrides_applied") as JsonNode;
  const name = textOf(used, "template_name");
  if (name === "") throw new ForeignProblem(`${payload.at}.template_name is empty.`);
  openShapeOf(snapshot, `${payload.at}.template_snapshot`, FIELDS.POLICY_ATTACHED);
  shapeOf(overrides, `${payload.at}.overrides_applied`, [], FIELDS.POLICY_ATTACHED);
  return { name, digest: bareDigestOf(used, "template_digest"), snapshot, overrides };
}

function expiryOf(payload: Shape): Microseconds | undefined {
  const text = optionalTextOf(payload, "expires_at");
  if (text === undefined) return undefined;
  const time = readPythonTimeWithOffset(text);
  if (time === undefined)
    throw new ForeignProblem(`${payload.at}.expires_at is not a time with an offset such as +00:00.`);
  return time;
}
