import { BODIES } from "./decision-fields.js";
import { flawsOf } from "./flaws.js";
import type { Json } from "./json.js";
import type { OpenedPackage } from "./opened-package.js";
import { EVENT } from "./package-fields.js";
import type { Shape } from "./schema.js";
import { moment } from "./time.js";

type Bodies = typeof BODIES;
export type BodyName = keyof Bodies;
/** What happened: the body's name, which is the event's type, and the body as given. */
export type Body = { [N in BodyName]: { readonly case: N; readonly value: Shape<Bodies[N]> } }[BodyName];

export type GivenEvent = Shape<typeof EVENT>;
export type Actor = Required<NonNullable<GivenEvent["actor"]>>;

/** An event that can be read. */
export interface LogEvent {
  /** Its place, counted from 0; `given.seq` is what the event says of it. */
  readonly place: number;
  readonly given: GivenEvent;
  readonly body: Body;
  readonly actor: Actor;
  readonly occurredAt: number;
  readonly digest: string;
}

type BodyOf<N extends BodyName> = Extract<Body, { readonly case: N }>["value"];
/** An event with a body of one type. */
export type EventOf<N extends BodyName> = LogEvent & { readonly body: { readonly case: N; readonly value: BodyOf<N> } };

const NAMES = Object.keys(BODIES) as BodyName[];
const MAX_GROUPS = 16;
const MAX_MIN_APPROVALS = 100;
const MAX_GUARDRAILS = 32;

/** All events of a package, or in words what keeps the first that cannot be read from being read. */
export function readLog({ events, eventDigests }: OpenedPackage): readonly [LogEvent, ...LogEvent[]] | string {
  const read: LogEvent[] = [];
  for (const [place, given] of events.entries()) {
    const flaws = flawsOf(EVENT, given as Json, `event ${place}`);
    const problem = flaws.default ?? flaws.value ?? flaws.missing ?? flaws.order;
    if (problem !== undefined) return problem;
    const names = NAMES.filter((name) => given[name] !== undefined);
    if (names.length !== 1) return `event ${place} has ${names.length} bodies that are known`;
    const body = { case: names[0], value: given[names[0] as BodyName] } as Body;
    const bounds = boundsBroken(body);
    if (bounds !== "") return `event ${place}: ${bounds}`;
    const occurredAt = moment(given.occurredAt ?? "") ?? Number.NaN;
    read.push({ place, given, body, actor: given.actor as Actor, occurredAt, digest: eventDigests[place] ?? "" });
  }
  return read as [LogEvent, ...LogEvent[]];
}

function boundsBroken(body: Body): string {
  if (body.case === "executionRequested") return guardrailsOutOfBounds(body.value.guardrails ?? []);
  if (body.case !== "policyAttached") return "";
  return outOfBounds(body.value.policy ?? {}) || guardrailsOutOfBounds(body.value.guardrails ?? []);
}

export type GuardrailUse = NonNullable<BodyOf<"policyAttached">["guardrails"]>[number];

function guardrailsOutOfBounds(uses: readonly GuardrailUse[]): string {
  if (uses.length > MAX_GUARDRAILS) return `more than ${MAX_GUARDRAILS} guardrails`;
  for (const { guardrail: { minApprovals = 0, groups = [] } = {} } of uses) {
    if (minApprovals > MAX_MIN_APPROVALS) return `minApprovals of a guardrail is more than ${MAX_MIN_APPROVALS}`;
    const problem = groupsOutOfBounds(groups);
    if (problem !== "") return `guardrails: ${problem}`;
  }
  return "";
}

export type Policy = NonNullable<Shape<Bodies["policyAttached"]>["policy"]>;

/** Why a policy is out of bounds; empty if it is not. */
export function outOfBounds({ minApprovals = 0, groups = [] }: Policy): string {
  if (!isInBounds(minApprovals)) return `minApprovals is not 1 to ${MAX_MIN_APPROVALS}`;
  return groupsOutOfBounds(groups);
}

function groupsOutOfBounds(groups: NonNullable<Policy["groups"]>): string {
  if (groups.length > MAX_GROUPS) return `more than ${MAX_GROUPS} groups`;
  if (new Set(groups.map(({ group = "" }) => group)).size < groups.length) return "a group stands twice";
  if (!groups.every((group) => isInBounds(group.minApprovals ?? 0)))
    return `minApprovals of a group is not 1 to ${MAX_MIN_APPROVALS}`;
  return "";
}

function isInBounds(minApprovals: number): boolean {
  return minApprovals >= 1 && minApprovals <= MAX_MIN_APPROVALS;
}
