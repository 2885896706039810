import { randomBytes, randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import type { Caller } from "../../src/app/caller.ts";
import type { Clock } from "../../src/app/clock.ts";
import { createDecisionFeed } from "../../src/app/decision-feed.ts";
import type { DecisionIndex, IndexFilter } from "../../src/app/decision-index.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import { createDecisionSubscription } from "../../src/app/decision-subscription.ts";
import type { EventStore } from "../../src/app/event-store.ts";
import { createCommandHandler } from "../../src/app/handle-command.ts";
import { type HouseRules, NO_HOUSE_RULES } from "../../src/app/house-rules.ts";
import { createIndexer } from "../../src/app/indexer.ts";
import { createKeyCommandHandler } from "../../src/app/key-commands.ts";
import { createListDecisions } from "../../src/app/list-decisions.ts";
import { createRunProgressBoard } from "../../src/app/run-progress.ts";
import { createWatchDecision } from "../../src/app/watch-decision.ts";
import { createWatchDecisions } from "../../src/app/watch-decisions.ts";
import type { AdapterView } from "../../src/domain/blocking.ts";
import type { Command } from "../../src/domain/command.ts";
import type { DecisionId, Instant } from "../../src/domain/ids.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { Label } from "../../src/domain/request.ts";
import { openSqliteDecisionIndex } from "../../src/store/sqlite/decision-index.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

export const ADAPTER: AdapterView = { kind: "known", adapterId: "local", capabilities: ["apply", "dry_run"] };

export const POLICY: Policy = {
  minApprovals: 1,
  allowedModes: ["DRY_RUN", "APPLY"],
  requireAdapterCapabilities: [],
  maxSteps: 0,
  labels: [],
  allowedAdapters: [],
  allowSelfApproval: false,
  humansOnly: false,
  groups: [],
  requireComment: false,
  maxApprovalLifetimeSeconds: 0,
  requireSignedApprovals: false,
};

/** Every decision. */
export const ALL: IndexFilter = {
  states: [],
  labels: [],
  requesterId: undefined,
  approverId: undefined,
  adapterId: undefined,
  mode: undefined,
  reviewStatuses: [],
  createdFrom: undefined,
  createdUntil: undefined,
};

/** Somebody, with a request id of their own or a random one. */
export function caller(id: string, requestId: string = randomUUID()): Caller {
  return { actor: { type: "HUMAN", id }, groups: [], delegate: undefined, requestId };
}

export function newDecisionId(): DecisionId {
  return randomBytes(16).toString("hex") as DecisionId;
}

export function creation(
  options: {
    readonly goal?: string;
    readonly policy?: Partial<Policy>;
    readonly labels?: readonly Label[];
    readonly adapterId?: string;
  } = {},
): Command {
  const { goal = "ship it", policy = {}, labels = [], adapterId = "local" } = options;
  return {
    type: "CREATE_DECISION",
    created: { type: "DECISION_CREATED", goal, mode: "APPLY", plan: undefined, adapterId, labels },
    policy: { type: "POLICY_ATTACHED", policy: { ...POLICY, ...policy }, template: undefined },
  };
}

export function approval(comment = "", expiresAt?: Instant): Command {
  return { type: "GRANT_APPROVAL", comment, expiresAt, shownDigest: undefined };
}

export const REVOCATION: Command = { type: "REVOKE_APPROVAL", approverId: undefined, reason: "second thoughts" };
export const CANCELLATION: Command = { type: "CANCEL_DECISION", reason: "no longer needed" };
export const EXECUTION: Command = { type: "REQUEST_EXECUTION", adapterId: undefined };
/** The server under test. */
export const SERVER_ID = "5e27e500-0000-4000-8000-000000000001";

export const START: Command = { type: "START_EXECUTION", startWithin: 300_000, serverId: SERVER_ID };

export type DecisionsUnderTest = Awaited<ReturnType<typeof decisionsUnderTest>>;

/** The use cases over a real store, by a clock that the test moves; closed when the test has ended. */
export async function decisionsUnderTest(
  options: {
    readonly directory?: string;
    readonly store?: (real: EventStore) => EventStore;
    readonly index?: DecisionIndex;
    readonly clock?: Clock;
    readonly heartbeat?: number;
    readonly houseRules?: HouseRules;
  } = {},
) {
  const { directory = temporaryDirectory(), heartbeat = 3_600_000 } = options;
  const real = await openSqliteEventStore({ directory });
  const store = options.store?.(real) ?? real;
  const index = options.index ?? openSqliteDecisionIndex({ file: ":memory:" });
  const clock = createManualClock();
  const log = createCapturedLog();
  const draining = new AbortController();
  const stopping = new AbortController();
  const logs = createDecisionLogs(store);
  const subscription = createDecisionSubscription({ store, clock: options.clock ?? clock, log });
  const ports = {
    store,
    subscription,
    index,
    logs,
    approverKeys: createApproverKeys({ store, clock: options.clock ?? clock, log }),
    houseRules: options.houseRules ?? NO_HOUSE_RULES,
    clock: options.clock ?? clock,
    log,
    heartbeat,
    draining: draining.signal,
  };
  const handle = createCommandHandler({ ...ports, newId: randomUUID });
  const handleKeys = createKeyCommandHandler({
    ...ports,
    newId: randomUUID,
    isAdministrator: ({ actor }) => actor.id === "admin",
  });
  const feed = createDecisionFeed(ports);
  const indexer = createIndexer(ports);
  const progress = createRunProgressBoard();
  const adapters = { ask: async () => ADAPTER, recent: async () => ADAPTER, soon: async () => ADAPTER };
  const background: Promise<void>[] = [];
  onTestFinished(async () => {
    stopping.abort();
    draining.abort();
    await Promise.all(background);
    await real.close();
    index.close();
  });

  return {
    ...ports,
    real,
    clock,
    handle,
    handleKeys,
    feed,
    indexer,
    progress,
    /** Starts what feeds watchers and the index. */
    run() {
      background.push(subscription.run(stopping.signal), feed.run(stopping.signal), indexer.run(stopping.signal));
    },
    drain: () => draining.abort(),
    listDecisions: createListDecisions({ index, indexer }),
    watchDecision: createWatchDecision({ ...ports, feed, progress, adapters }),
    watchDecisions: createWatchDecisions({ ...ports, indexer }),
    /** Makes a decision. */
    create: async (what: Parameters<typeof creation>[0] = {}, by = "bob"): Promise<DecisionId> => {
      const decisionId = newDecisionId();
      await handle(caller(by), decisionId, creation(what));
      return decisionId;
    },
    async approve(decisionId: DecisionId, by = "carol", expiresAt?: Instant) {
      return await handle(caller(by), decisionId, approval("", expiresAt));
    },
    /** Passes the gate and begins the run. */
    async begin(decisionId: DecisionId) {
      const { phase } = (await handle(caller("bob"), decisionId, EXECUTION, { adapter: ADAPTER })).decision;
      if (phase.kind !== "gated") throw new Error("the gate was not passed");
      return await handle(caller("bob"), decisionId, START);
    },
  };
}
