import type { Actor } from "../../../src/domain/actor.ts";
import type { AdapterView } from "../../../src/domain/blocking.ts";
import type { Command } from "../../../src/domain/command.ts";
import type { EventType } from "../../../src/domain/event.ts";
import type { Digest, Instant } from "../../../src/domain/ids.ts";
import type { RejectionReason } from "../../../src/domain/rejection.ts";
import { blockers } from "./ladder.ts";
import { happened, isBehindTheGate, isOver, lastWord, requester, type Story } from "./story.ts";

/** What somebody tries, and what is known at that moment. */
export interface Attempt {
  readonly command: Command;
  readonly actor: Actor;
  readonly groups: readonly string[];
  readonly now: Instant;
  readonly view: AdapterView;
  /** What an approver says yes to here; undefined for a draft. */
  readonly requestDigest: Digest | undefined;
}

/** A reason to refuse, and whether it applies. */
type Rule = readonly [RejectionReason, (story: Story, attempt: Attempt) => boolean];

/** A rule about one kind of command. */
function on<Type extends Command["type"]>(
  type: Type,
  reason: RejectionReason,
  applies: (command: Command & { type: Type }, story: Story, attempt: Attempt) => boolean,
): Rule {
  const isIt = (command: Command): command is Command & { type: Type } => command.type === type;
  return [reason, (story, attempt) => isIt(attempt.command) && applies(attempt.command, story, attempt)];
}

const ABOUT_A_RUN: readonly Command["type"][] = ["START_EXECUTION", "RECORD_OUTCOME", "STATE_OUTCOME"];

function hasSuchARun(story: Story, command: Command): boolean {
  const isStarted = happened(story, "EXECUTION_STARTED");
  switch (command.type) {
    case "START_EXECUTION":
      return isBehindTheGate(story) && !isStarted;
    case "RECORD_OUTCOME":
      if (command.outcome.type === "EXECUTION_FAILED") return isBehindTheGate(story);
      return (
        isStarted && (command.outcome.type === "EXECUTION_COMPLETED" || !happened(story, "EXECUTION_OUTCOME_UNKNOWN"))
      );
    case "STATE_OUTCOME":
      return isStarted && (command.outcome !== "UNKNOWN" || !happened(story, "EXECUTION_OUTCOME_UNKNOWN"));
    default:
      return true;
  }
}

/** Which rules are asked before which; among those of one list any reason that applies may be given. */
const RULES: readonly (readonly Rule[])[] = [
  [["DECISION_CLOSED", isOver]],
  [
    ["NOTHING_TO_SETTLE", (story, { command }) => !hasSuchARun(story, command)],
    ["EXECUTION_UNDER_WAY", (story, { command }) => isBehindTheGate(story) && !ABOUT_A_RUN.includes(command.type)],
  ],
  [
    on("GRANT_APPROVAL", "NO_POLICY", (_, { rules }) => rules === undefined),
    on("REJECT_DECISION", "NO_POLICY", (_, { rules }) => rules === undefined),
  ],
  [
    on("ATTACH_POLICY", "POLICY_ALREADY_ATTACHED", (_, { rules }) => rules !== undefined),
    on("GRANT_APPROVAL", "ALREADY_APPROVED", (_, story, { actor, now }) => {
      return lastWord(story, ({ id }) => id === actor.id, now) === "stands";
    }),
    on("GRANT_APPROVAL", "EXPIRY_NOT_IN_FUTURE", ({ expiresAt }, _, { now }) => (expiresAt ?? now + 1) <= now),
    on("GRANT_APPROVAL", "REQUEST_DIGEST_MISMATCH", ({ shownDigest }, _, { requestDigest }) => {
      return shownDigest !== undefined && shownDigest !== requestDigest;
    }),
    on("GRANT_APPROVAL", "SELF_APPROVAL", (_, story, { actor }) => {
      return story.rules?.allowSelfApproval === false && requester(story)?.id === actor.id;
    }),
    on("GRANT_APPROVAL", "HUMAN_REQUIRED", (_, { rules }, { actor }) => {
      return rules?.humansOnly === true && actor.type === "SYSTEM";
    }),
    on("GRANT_APPROVAL", "COMMENT_REQUIRED", ({ comment }, { rules }) => {
      return rules?.requireComment === true && /^\s*$/.test(comment);
    }),
    on("GRANT_APPROVAL", "APPROVAL_LIFETIME_TOO_LONG", ({ expiresAt }, { rules }, { now }) => {
      const seconds = rules?.maxApprovalLifetimeSeconds ?? 0;
      return seconds > 0 && expiresAt !== undefined && expiresAt > now + seconds * 1000;
    }),
    on("REVOKE_APPROVAL", "NOT_YOUR_APPROVAL", ({ approverId }, _, { actor }) => {
      return approverId !== undefined && approverId !== actor.id;
    }),
    on("REVOKE_APPROVAL", "NO_STANDING_APPROVAL", (_, story, { actor, now }) => {
      return lastWord(story, ({ type, id }) => type === actor.type && id === actor.id, now) !== "stands";
    }),
    on("CANCEL_DECISION", "NOT_THE_REQUESTER", (_, story, { actor }) => requester(story)?.id !== actor.id),
    on("REQUEST_EXECUTION", "ADAPTER_MISMATCH", ({ adapterId }, { asked }) => {
      return asked.adapterId !== "" && adapterId !== undefined && adapterId !== asked.adapterId;
    }),
    on("REQUEST_EXECUTION", "ADAPTER_REQUIRED", ({ adapterId }, { asked, rules }) => {
      return asked.adapterId === "" && adapterId === undefined && (rules?.allowedAdapters ?? []).length > 0;
    }),
    on("REQUEST_EXECUTION", "GATE_CLOSED", (_, story, { now, view }) => blockers(story, now, view).length > 0),
  ],
];

/** The reasons for which a command may be refused; none: it is accepted. */
export function refusals(story: Story | undefined, attempt: Attempt): readonly RejectionReason[] {
  const isCreating = attempt.command.type === "CREATE_DECISION";
  if (story === undefined) return isCreating ? [] : ["DECISION_NOT_FOUND"];
  if (isCreating) return ["REQUEST_ID_REUSED"];
  const applying = RULES.map((rules) =>
    rules.filter(([, applies]) => applies(story, attempt)).map(([reason]) => reason),
  );
  return applying.find((reasons) => reasons.length > 0) ?? [];
}

/** What a command that is accepted writes. */
export function written(story: Story | undefined, { command, now }: Attempt): readonly EventType[] {
  switch (command.type) {
    case "CREATE_DECISION":
      return command.policy === undefined ? ["DECISION_CREATED"] : ["DECISION_CREATED", "POLICY_ATTACHED"];
    case "ATTACH_POLICY":
      return ["POLICY_ATTACHED"];
    case "GRANT_APPROVAL":
      return ["APPROVAL_GRANTED"];
    case "REVOKE_APPROVAL":
      return ["APPROVAL_REVOKED"];
    case "REJECT_DECISION":
      return ["DECISION_REJECTED"];
    case "CANCEL_DECISION":
      return ["DECISION_CANCELLED"];
    case "REQUEST_EXECUTION":
      return ["EXECUTION_REQUESTED"];
    case "REVIEW_EXECUTION":
      return ["EXECUTION_REVIEWED"];
    case "START_EXECUTION": {
      const gate = story?.deeds.find(({ what }) => what === "EXECUTION_REQUESTED");
      return now - (gate?.when ?? now) > command.startWithin ? ["EXECUTION_FAILED"] : ["EXECUTION_STARTED"];
    }
    case "RECORD_OUTCOME": {
      const most = story?.rules?.maxSteps ?? 0;
      const { outcome } = command;
      const isTooMuch = "stepsExecuted" in outcome && most > 0 && outcome.stepsExecuted > most;
      return isTooMuch ? ["EXECUTION_FAILED"] : [outcome.type];
    }
    case "STATE_OUTCOME":
      return [command.outcome === "UNKNOWN" ? "EXECUTION_OUTCOME_UNKNOWN" : `EXECUTION_${command.outcome}`];
  }
}
