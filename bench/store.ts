// Measures the store on EventStoreDB against its client used bare, and how fast the index catches up: npm run bench:store [-- --quick]. See README.md.
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { createWorkshop } from "./processes.ts";
import { spreadOf } from "./statistics.ts";
import { bareClient, measureAppends, productStore } from "./store-appends.ts";
import { catchUp, fill } from "./store-catch-up.ts";

const { quick } = parseArgs({ options: { quick: { type: "boolean", default: false } } }).values;
const { rounds, milliseconds, decisions } = quick
  ? { rounds: 1, milliseconds: 500, decisions: 200 }
  : { rounds: 5, milliseconds: 3_000, decisions: 10_000 };
const EVENTS_EACH = 6;
const IN_FLIGHT = 64;

const machine = describeMachine();
const workshop = createWorkshop();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    void workshop.close().finally(() => process.exit(130));
  });
const progress = (words: string) => void process.stderr.write(`bench: ${words}\n`);
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const given = process.env["EVENTSTOREDB_URL"];
  const url = given ?? (await startDouble());
  const subjects = [bareClient(url), productStore(url)];
  const rates = subjects.map((): { perSecond: number; p99: number }[] => []);
  for (let round = 1; round <= rounds; round++) {
    progress(`appends, round ${round} of ${rounds}`);
    // Right after one another, so that what else the machine does falls on both.
    for (const [index, subject] of subjects.entries())
      rates[index]?.push(await measureAppends(subject, IN_FLIGHT, milliseconds));
  }
  await Promise.all(subjects.map((subject) => subject.close()));

  progress(`writing ${decisions} decisions`);
  await fill(url, decisions, EVENTS_EACH);
  progress("the index");
  const index = await catchUp(url, workshop.directory);

  say(
    `${given === undefined ? "The double" : "A real server"}; ${machine.cores} cores, load ${machine.loadBefore} before, Node ${machine.node}, commit ${machine.commit}`,
  );
  say("");
  say(`| ${IN_FLIGHT} appends in flight, median (least to most of ${rounds}) | a second | p99 ms |`);
  say("|-|-|-|");
  for (const [i, { name }] of subjects.entries()) {
    const [speed, p99] = [rates[i] ?? [], rates[i] ?? []].map((each, column) =>
      spreadOf(each.map((rate) => (column === 0 ? rate.perSecond : rate.p99))),
    );
    say(`| ${name} | ${words(speed)} | ${words(p99)} |`);
  }
  say("");
  say(
    `The index caught up over ${index.events} events (${EVENTS_EACH} a decision) at ${Math.round(index.perSecond)} a second.`,
  );
} finally {
  await workshop.close();
}

async function startDouble(): Promise<string> {
  progress("starting the double");
  const [, port = ""] = await workshop.start("double", "bench/double-process.ts").line(/listens on (\d+)/);
  return `esdb://127.0.0.1:${port}?tls=false`;
}

function words(spread: ReturnType<typeof spreadOf> | undefined): string {
  if (spread === undefined) return "";
  const [median, least, most] = [spread.median, spread.least, spread.most].map(Math.round);
  return `${median} (${least} to ${most})`;
}
