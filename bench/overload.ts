// Measures calls at four times what the server can do, with and without shedding: npm run bench:overload [-- --quick] [-- --name NAME]. See README.md.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import type { OverloadMessage, OverloadSpell } from "./overload-generator.ts";
import { createWorkshop, type Peer } from "./processes.ts";
import { count, DIRECTORY, spread, table } from "./report.ts";
import { serveProduct } from "./served.ts";
import { percentile, spreadOf } from "./statistics.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, name: { type: "string" } } });
const { quick } = values;
const measuredAt = new Date().toISOString();
const name = values.name ?? (quick ? "quick-overload" : `${measuredAt.slice(0, 10)}-overload`);
if (!/^[\w.-]+$/.test(name)) throw new TypeError("--name: letters, digits, '.', '_' and '-'");
const { rounds, milliseconds } = quick ? { rounds: 1, milliseconds: 2_000 } : { rounds: 3, milliseconds: 5_000 };

/** Calls in flight when the server's capacity is found out. */
const IN_FLIGHT = 16;

/** How many times that many calls a second are then made. */
const TIMES = 4;

/** How long the server has to find out that there are too many, in milliseconds: what comes then is measured. */
const WARM_UP = 3_000;

/** Decisions that calls go to, and how many approvals each has: a call then costs the server much more than whoever makes it. */
const DECISIONS = 16;
const APPROVALS = 60;

/** How much later than usual the server may be at its work, in milliseconds: the default. */
const KINDS = { "with shedding": 100, without: 60_000 } as const;
type Kind = keyof typeof KINDS;

interface Round {
  readonly capacity: number;
  readonly p99AtCapacity: number;
  readonly p50: number;
  readonly p99: number;
  readonly servedPerSecond: number;
  readonly refusedPerSecond: number;
  readonly p99Refused: number;
  readonly failed: number;
}

const machine = describeMachine();
const workshop = createWorkshop();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    void workshop.close().finally(() => process.exit(130));
  });
const progress = (words: string) => void process.stderr.write(`bench: ${words}\n`);

try {
  const kinds = Object.keys(KINDS) as Kind[];
  const generators = new Map<Kind, Peer>();
  for (const kind of kinds) {
    const as = kind.replaceAll(" ", "-");
    const server = await serveProduct(workshop, as, {
      maxEventLoopDelayMs: KINDS[kind],
      maxCalls: 1_000_000,
      maxStreamsPerConnection: 100_000,
    });
    const generator = workshop.start(`load-${as}`, "bench/overload-generator.ts");
    progress(`preparing ${kind}`);
    await ask(generator, { kind: "prepare", url: server.url, decisions: DECISIONS, approvals: APPROVALS });
    await ask(generator, { kind: "closed", inFlight: IN_FLIGHT, milliseconds: 1_000 });
    generators.set(kind, generator);
  }
  const results: Record<Kind, Round[]> = { "with shedding": [], without: [] };
  for (let round = 1; round <= rounds; round++)
    for (const [kind, generator] of generators) {
      progress(`${kind}, round ${round} of ${rounds}`);
      results[kind].push(await measure(generator));
    }
  const text = markdown(results);
  writeFileSync(
    `${DIRECTORY}${name}.json`,
    `${JSON.stringify({ measuredAt, machine, quick, rounds, milliseconds, results }, undefined, 2)}\n`,
  );
  writeFileSync(`${DIRECTORY}${name}.md`, text);
  process.stdout.write(text);
} finally {
  await workshop.close();
}

/** What the server can do, and right after that four times as many calls. */
async function measure(generator: Peer): Promise<Round> {
  const usual = await ask(generator, { kind: "closed", inFlight: IN_FLIGHT, milliseconds });
  const capacity = (usual.served.length / usual.milliseconds) * 1000;
  const over = await ask(generator, { kind: "open", callsPerSecond: capacity * TIMES, warmUp: WARM_UP, milliseconds });
  return {
    capacity,
    p99AtCapacity: percentile(usual.served, 0.99),
    p50: percentile(over.served, 0.5),
    p99: percentile(over.served, 0.99),
    servedPerSecond: (over.served.length / over.milliseconds) * 1000,
    refusedPerSecond: (over.refused.length / over.milliseconds) * 1000,
    p99Refused: over.refused.length === 0 ? 0 : percentile(over.refused, 0.99),
    failed: over.failed,
  };
}

async function ask(generator: Peer, message: OverloadMessage): Promise<OverloadSpell> {
  return await generator.ask<OverloadSpell>(message);
}

function markdown(results: Readonly<Record<Kind, readonly Round[]>>): string {
  const rows = Object.entries(results).map(([kind, measured]) => {
    const of = (pick: (round: Round) => number) => spreadOf(measured.map(pick));
    return [
      kind,
      count(of((each) => each.capacity).median),
      spread(
        of((each) => each.p99AtCapacity),
        0,
      ),
      spread(
        of((each) => each.p50),
        0,
      ),
      spread(
        of((each) => each.p99),
        0,
      ),
      spread(
        of((each) => each.p99 / each.p99AtCapacity),
        1,
      ),
      count(of((each) => each.servedPerSecond).median),
      count(of((each) => each.refusedPerSecond).median),
      spread(
        of((each) => each.p99Refused),
        0,
      ),
      count(of((each) => each.failed).most),
    ];
  });
  const head = [
    "server",
    "capacity, calls/s",
    "p99 ms at capacity",
    `p50 ms at ${TIMES} times that`,
    `p99 ms at ${TIMES} times that`,
    "p99 to p99",
    "served/s",
    "refused/s",
    "p99 ms of a refusal",
    "failed otherwise, most",
  ];
  return `# Four times as many calls as the server can do, ${measuredAt.slice(0, 10)}${quick ? " (quick: says little)" : ""}

Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB; commit ${machine.commit}; load before: ${machine.loadBefore}.

\`GetDecision\` of ${DECISIONS} decisions with ${APPROVALS} approvals each, over gRPC on 8 connections; capacity with ${IN_FLIGHT} in flight, then so many times as many calls a second, answered
or not, for ${WARM_UP} ms and then for ${milliseconds} ms that are measured; median (least to most of ${rounds}).

${table(head, rows)}
`;
}
