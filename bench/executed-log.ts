import { randomUUID } from "node:crypto";
import { record } from "../src/app/record.ts";
import type { Command } from "../src/domain/command.ts";
import { decide } from "../src/domain/decide.ts";
import { evolve } from "../src/domain/evolve.ts";
import { KEYS_SET_ASIDE } from "../src/domain/key-view.ts";
import type { Decision } from "../src/domain/state.ts";
import type { SealedEvent } from "../src/evidence/chain.ts";
import { decisionIdOf } from "../src/evidence/decision-id.ts";
import { digestOf } from "../src/evidence/digest.ts";
import { DIGESTS } from "../src/evidence/digests.ts";

const ADAPTER = { kind: "known", adapterId: "files", capabilities: ["apply", "dry_run"] } as const;

const CREATION: Command = {
  type: "CREATE_DECISION",
  created: {
    type: "DECISION_CREATED",
    goal: "raise the limit for the payments team",
    mode: "APPLY",
    plan: {
      steps: [
        {
          stepId: "config",
          intent: "put the new limit in place",
          call: { tool: "files", method: "write", argumentsJson: '{"path":"limit.txt","content":"250"}' },
        },
      ],
    },
    adapterId: "files",
    labels: [{ key: "team", value: "payments" }],
  },
  policy: {
    type: "POLICY_ATTACHED",
    template: undefined,
    policy: {
      minApprovals: 2,
      allowedModes: ["APPLY"],
      requireAdapterCapabilities: ["apply"],
      maxSteps: 10,
      labels: [{ key: "team", value: "payments" }],
      allowedAdapters: [],
      allowSelfApproval: false,
      humansOnly: true,
      groups: [],
      requireComment: false,
      maxApprovalLifetimeSeconds: 0,
      requireSignedApprovals: false,
    },
  },
};

const APPROVAL: Command = {
  type: "GRANT_APPROVAL",
  comment: "looks right to me",
  expiresAt: undefined,
  shownDigest: undefined,
};

const STORY: readonly (readonly [who: string, command: Command])[] = [
  ["bob@example.com", CREATION],
  ["carol@example.com", APPROVAL],
  ["dave@example.com", APPROVAL],
  ["bob@example.com", { type: "REQUEST_EXECUTION", adapterId: undefined }],
  ["bob@example.com", { type: "START_EXECUTION", startWithin: 300_000, serverId: randomUUID() }],
  [
    "bob@example.com",
    {
      type: "RECORD_OUTCOME",
      outcome: {
        type: "EXECUTION_COMPLETED",
        runId: randomUUID(),
        routerDigest: digestOf("the record"),
        routerMediaType: "application/json",
        stepsExecuted: 1,
        settlement: undefined,
      },
    },
  ],
];

/** The seven events of a decision that was requested, approved by two and executed, as the rules of the product make them. */
export function executedLog(): readonly SealedEvent[] {
  const requestId = randomUUID();
  const decisionId = decisionIdOf({ type: "HUMAN", id: "bob@example.com" }, requestId);
  const log: SealedEvent[] = [];
  let decision: Decision | undefined;
  for (const [index, [who, command]] of STORY.entries()) {
    const actor = { type: "HUMAN", id: who } as const;
    const at = 1_760_000_000_000 + index * 1_000;
    const verdict = decide(command, decision, {
      decisionId,
      actor,
      groups: [],
      at,
      digests: DIGESTS,
      adapter: ADAPTER,
      keys: KEYS_SET_ASIDE,
      signature: "not_checked",
    });
    if (!verdict.accepted) throw new Error(verdict.rejection.message);
    const caller = { actor, groups: [], delegate: undefined, requestId: index === 0 ? requestId : randomUUID() };
    const sealed = record(verdict.events, { decisionId, after: decision, at }, caller, randomUUID);
    for (const event of sealed) decision = evolve(decision, event);
    log.push(...sealed);
  }
  return log;
}
