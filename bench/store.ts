// Measures the store on EventStoreDB: appends against its client used bare, takeovers of what a dead server left, and how fast the index catches up:
// npm run bench:store [-- --quick] [-- --decisions N]. See README.md.
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { createWorkshop } from "./processes.ts";
import { spreadOf } from "./statistics.ts";
import { bareClient, measureAppends, productStore } from "./store-appends.ts";
import { catchUp, fill, followBare } from "./store-catch-up.ts";
import { type AppendResult, type StoreResults, writeStoreResults } from "./store-report.ts";
import { type Takeover, takeovers } from "./store-takeover.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, decisions: { type: "string" }, name: { type: "string" } },
});
const { quick } = values;
const size = quick
  ? { rounds: 1, milliseconds: 500, decisions: 200, takeovers: 1 }
  : { rounds: 5, milliseconds: 3_000, decisions: 170_000, takeovers: 5 };
const decisions = values.decisions === undefined ? size.decisions : Number(values.decisions);
const EVENTS_EACH = 6;
const IN_FLIGHT = 64;
const GRACE_SECONDS = 2;

const machine = describeMachine();
const workshop = createWorkshop();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    void workshop.close().finally(() => process.exit(130));
  });
const progress = (words: string) => void process.stderr.write(`bench: ${words}\n`);

try {
  const given = process.env["EVENTSTOREDB_URL"];
  const appends = await measureAllAppends(given ?? (await startDouble("double")));
  progress(`appends: ${JSON.stringify(appends)}`);
  // A double of its own: what the appends left behind is no part of it.
  const takeover = await measureTakeovers(given ?? (await startDouble("double-of-takeovers")));

  progress(`takeovers: ${JSON.stringify(takeover)}`);
  progress(`writing ${decisions} decisions`);
  // The double is filled from within: how fast that goes says nothing.
  const url = given ?? (await startDouble("double-of-index", `${decisions}`, `${EVENTS_EACH}`));
  if (given !== undefined) await fill(given, decisions, EVENTS_EACH);
  progress("the index");
  const bare = await followBare(url);
  progress(`the subscription alone: ${Math.round(bare)} events a second`);
  const index = await catchUp(url, workshop.directory);

  const today = new Date().toISOString();
  const results: StoreResults = {
    measuredAt: today,
    machine,
    options: {
      quick,
      name: values.name ?? (quick ? "quick-store" : `${today.slice(0, 10)}-store`),
      inFlight: IN_FLIGHT,
      ...size,
      decisions,
    },
    server: given === undefined ? "the double" : "a real server",
    appends,
    takeover: { graceSeconds: GRACE_SECONDS, ...takeover },
    index: { ...index, eventsEach: EVENTS_EACH, followedBare: bare },
  };
  process.stdout.write(writeStoreResults(results));
} finally {
  await workshop.close();
}

async function startDouble(name: string, ...args: readonly string[]): Promise<string> {
  progress(`starting the ${name}`);
  const [, port = ""] = await workshop.start(name, "bench/double-process.ts", { args }).line(/listens on (\d+)/);
  return `esdb://127.0.0.1:${port}?tls=false`;
}

async function measureAllAppends(url: string): Promise<readonly AppendResult[]> {
  const subjects = [bareClient(url), productStore(url)];
  const rates = subjects.map((): { perSecond: number; p99: number }[] => []);
  for (let round = 1; round <= size.rounds; round++) {
    progress(`appends, round ${round} of ${size.rounds}`);
    // Right after one another, so that what else the machine does falls on both.
    for (const [index, subject] of subjects.entries())
      rates[index]?.push(await measureAppends(subject, IN_FLIGHT, size.milliseconds));
  }
  await Promise.all(subjects.map((subject) => subject.close()));
  const [baseline = []] = rates;
  return subjects.map(({ name }, i) => {
    const own = rates[i] ?? [];
    return {
      name,
      perSecond: spreadOf(own.map(({ perSecond }) => perSecond)),
      p99: spreadOf(own.map(({ p99 }) => p99)),
      ratio: spreadOf(own.map(({ perSecond }, round) => perSecond / (baseline[round]?.perSecond ?? Number.NaN))),
    };
  });
}

async function measureTakeovers(url: string) {
  const stage = await takeovers(workshop, url, GRACE_SECONDS);
  // The first one of each warms the code up.
  await stage.measure();
  const measured: Takeover[] = [];
  for (let round = 1; round <= size.takeovers; round++) {
    progress(`takeovers, round ${round} of ${size.takeovers}`);
    measured.push(await stage.measure());
  }
  return {
    aliveStarted: spreadOf(measured.map(({ alive }) => alive.started)),
    aliveCompleted: spreadOf(measured.map(({ alive }) => alive.completed)),
    gated: spreadOf(measured.map(({ gated }) => gated)),
    started: spreadOf(measured.map(({ started }) => started)),
  };
}
