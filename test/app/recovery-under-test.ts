import type { DecisionIndex } from "../../src/app/decision-index.ts";
import type { DecisionLogs } from "../../src/app/decision-logs.ts";
import { recoverExecutions } from "../../src/app/recovery.ts";
import type { Sharing } from "../../src/app/sharing.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { caller, decisionsUnderTest, SERVER_ID, START } from "./decisions-under-test.ts";

type Ports = Awaited<ReturnType<typeof decisionsUnderTest>>;

/** Recovery with executions that only note what they are given. */
export async function recovering(
  options: {
    readonly directory?: string;
    readonly index?: DecisionIndex;
    readonly sharing?: Partial<Sharing>;
    readonly kind?: "local" | "remote";
    /** When the router answers about other servers' runs; at once if undefined. */
    readonly answered?: Promise<void>;
  } = {},
) {
  const under = await decisionsUnderTest(options);
  const stopping = new AbortController();
  const started: DecisionId[] = [];
  const settled: DecisionId[] = [];
  const asked: DecisionId[] = [];
  const atWork = new Set<DecisionId>();
  const wanted = new Set<DecisionId>();
  const executions = {
    start: async ({ decisionId }: { decisionId: DecisionId }) => void started.push(decisionId),
    settle: ({ decisionId }: { decisionId: DecisionId }) => void settled.push(decisionId),
    async askForAnother({ decisionId }: { decisionId: DecisionId }) {
      asked.push(decisionId);
      atWork.add(decisionId);
      await options.answered;
      atWork.delete(decisionId);
    },
    wantedHere: () => wanted,
    forget: (decisionId: DecisionId) => void wanted.delete(decisionId),
    isAtWork: (decisionId: DecisionId) => atWork.has(decisionId),
    drain: async () => ({ left: 0 }),
    stop: async () => {},
  };
  const sharing = { serverId: SERVER_ID, isShared: false, takeoverAfter: 30_000, ...options.sharing };
  const ports = { ...under, executions, sharing, router: { kindOf: () => options.kind }, startWithin: 300_000 };
  const recover = (others: { readonly logs?: DecisionLogs } = {}) =>
    recoverExecutions({ ...ports, ...others }, stopping.signal);
  return { ...under, stopping, started, settled, asked, atWork, wanted, recover };
}

export async function gated({ create, handle }: Pick<Ports, "create" | "handle">): Promise<DecisionId> {
  const decisionId = await create({ policy: { minApprovals: 0 } });
  const adapter = { kind: "known", adapterId: "local", capabilities: ["apply"] } as const;
  await handle(caller("bob"), decisionId, { type: "REQUEST_EXECUTION", adapterId: undefined }, { adapter });
  return decisionId;
}

export async function begun(ports: Pick<Ports, "create" | "handle">): Promise<DecisionId> {
  const decisionId = await gated(ports);
  await ports.handle(caller("bob"), decisionId, START);
  return decisionId;
}

export async function indexed(ports: Ports, last: DecisionId): Promise<void> {
  ports.run();
  await ports.indexer.waitFor(last, (await ports.logs.load(last))?.decision.head.seq ?? 0);
}
