import type { AdapterView } from "../../../src/domain/blocking.ts";
import type { Command } from "../../../src/domain/command.ts";
import { decide } from "../../../src/domain/decide.ts";
import type { EventBody, RecordedEvent } from "../../../src/domain/event.ts";
import { evolve } from "../../../src/domain/evolve.ts";
import type { Digest, Instant } from "../../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../../src/domain/key-view.ts";
import type { PolicySource } from "../../../src/domain/policy-source.ts";
import type { Decision } from "../../../src/domain/state.ts";
import type { Verdict } from "../../../src/domain/verdict.ts";
import { alice, minute } from "../facts.ts";
import { DECISION_ID, READABLE_DIGESTS } from "../given.ts";
import { type Attempt, written } from "./rules.ts";
import type { Scenario, Step } from "./scenario.ts";
import type { Deed, Story } from "./story.ts";

/** One command: what the code made of it, and the decision and the story before it. */
export interface Scene {
  readonly attempt: Attempt;
  readonly requestId: string;
  readonly verdict: Verdict;
  readonly decision: Decision | undefined;
  readonly events: readonly RecordedEvent[];
  readonly story: Story | undefined;
}

export interface Play {
  readonly scenes: readonly Scene[];
  readonly events: readonly RecordedEvent[];
  readonly decision: Decision;
  /** As the model has it, from the commands that were accepted; nothing in it comes from the events. */
  readonly story: Story;
}

/** Plays a scenario: the code decides and evolves, the story is told alongside. */
export function play({ creation, steps }: Scenario): Play {
  const scenes: Scene[] = [];
  let events: readonly RecordedEvent[] = [];
  let decision: Decision | undefined;
  let story: Story | undefined;
  let clock = minute(0);
  const known: AdapterView = { kind: "known", adapterId: "local", capabilities: ["apply"] };
  attemptNext({ command: creation, actor: alice, groups: [], now: clock, view: known, requestDigest: undefined });

  for (const { actor, groups, after, capabilities, ...step } of steps) {
    clock += after;
    const now = Math.max(clock, decision?.head.occurredAt ?? 0);
    const requestDigest = digestOf(decision);
    const command = made(step, now, requestDigest);
    const named = command.type === "REQUEST_EXECUTION" ? command.adapterId : undefined;
    const view = viewOf(creation.created.adapterId || named, capabilities);
    attemptNext({ command, actor, groups, now, view, requestDigest });
  }
  if (decision === undefined || story === undefined) throw new RangeError("the creation was refused");
  return { scenes, events, decision, story };

  function attemptNext(attempt: Attempt): void {
    const { command, actor, groups, now: at, view: adapter } = attempt;
    const requestId = `request-${scenes.length}`;
    const world = { digests: READABLE_DIGESTS, adapter, keys: KEYS_SET_ASIDE, signature: "not_checked" } as const;
    const context = { decisionId: DECISION_ID, actor, groups, at, ...world };
    const verdict = decide(command, decision, context);
    scenes.push({ attempt, requestId, verdict, decision, events, story });
    if (!verdict.accepted) return;
    for (const body of verdict.events) append(body, attempt, requestId);
    story = told(story, attempt);
  }

  function append(body: EventBody, { actor, now }: Attempt, requestId: string): void {
    const seq = events.length;
    const event = {
      eventId: `id-${seq}`,
      decisionId: DECISION_ID,
      seq,
      occurredAt: now,
      actor,
      delegate: undefined,
      requestId,
      previousDigest: decision?.head.digest ?? "",
      body,
    } as const;
    const recorded = { event, digest: `event ${seq}` as Digest };
    decision = evolve(decision, recorded);
    events = [...events, recorded];
  }
}

export function digestOf(decision: Decision | undefined): Digest | undefined {
  if (decision?.policy === undefined) return undefined;
  return READABLE_DIGESTS.request(DECISION_ID, decision.created, decision.policy);
}

/** The command of a step at the moment when it is given. */
function made(
  { command, namesDigest }: Pick<Step, "command" | "namesDigest">,
  now: Instant,
  digest: Digest | undefined,
) {
  if (command.type !== "GRANT_APPROVAL") return command;
  return {
    ...command,
    expiresAt: command.expiresAt === undefined ? undefined : now + command.expiresAt,
    shownDigest: namesDigest ? digest : command.shownDigest,
  };
}

/** What a router says of an adapter when it is asked. */
export function viewOf(adapterId: string | undefined, capabilities: readonly string[] | undefined): AdapterView {
  if (adapterId === undefined) return { kind: "unchosen" };
  return capabilities === undefined
    ? { kind: "unknown", adapterId, why: "it is down." }
    : { kind: "known", adapterId, capabilities };
}

/** The story with what was just accepted. */
function told(story: Story | undefined, attempt: Attempt): Story {
  const { command, actor: who, groups, now: when } = attempt;
  const deeds = written(story, attempt).map((what): Deed => {
    return { what, who, when, groups, expiresAt: expiryOf(command, story, when) };
  });
  if (story !== undefined) {
    const rules = command.type === "ATTACH_POLICY" ? inline(command.policy) : story.rules;
    return { ...story, rules, deeds: [...story.deeds, ...deeds] };
  }
  if (command.type !== "CREATE_DECISION") throw new TypeError("a story begins with a request");
  const { mode, plan, adapterId } = command.created;
  const asked = { mode, steps: plan?.steps.length ?? 0, adapterId };
  return { asked, rules: inline(command.policy), deeds };
}

/** The stories here give their policies along. */
function inline(source: PolicySource | undefined) {
  return source?.type === "POLICY_ATTACHED" ? source.policy : undefined;
}

function expiryOf(command: Command, story: Story | undefined, now: Instant): Instant | undefined {
  if (command.type !== "GRANT_APPROVAL") return undefined;
  const longest = story?.rules?.maxApprovalLifetimeSeconds ?? 0;
  return command.expiresAt ?? (longest === 0 ? undefined : now + longest * 1000);
}
