// Measures checking a whole store against merely reading it: npm run bench:fsck [-- --quick] [-- --name NAME]. See README.md.
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { FsckMessage, FsckRun } from "./fsck-process.ts";
import { makeStore } from "./fsck-store.ts";
import { describeMachine } from "./machine.ts";
import { createWorkshop } from "./processes.ts";
import { count, DIRECTORY, mebibytes, spread, table } from "./report.ts";
import { spreadOf } from "./statistics.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, name: { type: "string" } } });
const { quick } = values;
const measuredAt = new Date().toISOString();
const name = values.name ?? (quick ? "quick-fsck" : `${measuredAt.slice(0, 10)}-fsck`);
if (!/^[\w.-]+$/.test(name)) throw new TypeError("--name: letters, digits, '.', '_' and '-'");
const { rounds, sizes } = quick ? { rounds: 1, sizes: [5_000, 50_000] } : { rounds: 3, sizes: [100_000, 1_000_000] };

const machine = describeMachine();
const workshop = createWorkshop();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    void workshop.close().finally(() => process.exit(130));
  });
const progress = (words: string) => void process.stderr.write(`bench: ${words}\n`);

interface StoreResult {
  readonly events: number;
  readonly fileBytes: number;
  readonly read: readonly FsckRun[];
  readonly check: readonly FsckRun[];
}

try {
  const results: StoreResult[] = [];
  for (const size of sizes) results.push(await measureStore(size));
  const text = markdown(results);
  writeFileSync(
    `${DIRECTORY}${name}.json`,
    `${JSON.stringify({ measuredAt, machine, quick, rounds, results }, undefined, 2)}\n`,
  );
  writeFileSync(`${DIRECTORY}${name}.md`, text);
  process.stdout.write(text);
} finally {
  await workshop.close();
}

async function measureStore(size: number): Promise<StoreResult> {
  progress(`making a store of ${count(size)} events, and its index`);
  const directory = join(workshop.directory, `store-${size}`);
  const events = await makeStore(directory, size);
  const read: FsckRun[] = [];
  const check: FsckRun[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`${count(events)} events, round ${round} of ${rounds}`);
    // Right after one another, so that what else the machine does falls on both.
    read.push(await run(directory, "read", `${size}-read-${round}`));
    check.push(await run(directory, "check", `${size}-check-${round}`));
  }
  if ([...read, ...check].some((each) => each.events !== events)) throw new Error("not all events were read");
  return { events, fileBytes: statSync(join(directory, "events.sqlite")).size, read, check };
}

async function run(directory: string, what: FsckMessage["what"], as: string): Promise<FsckRun> {
  const peer = workshop.start(as, "bench/fsck-process.ts");
  const message: FsckMessage = { what, directory };
  const result = await peer.ask<FsckRun>(message);
  await peer.stop();
  return result;
}

function markdown(results: readonly StoreResult[]): string {
  const rows = results.flatMap(({ events, fileBytes, read, check }) => [
    row(events, fileBytes, "reading every event", read, undefined),
    row(events, fileBytes, "`nexus-attest fsck`", check, read),
  ]);
  return `# Checking a whole store, ${measuredAt.slice(0, 10)}${quick ? " (quick: says little)" : ""}

Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB; commit ${machine.commit}; load before: ${machine.loadBefore}.

Each in a process of its own, right after one another; median (least to most of ${rounds}).

${table(["events", "file MiB", "what", "seconds", "events/s", "events/s of CPU", "to reading", "peak resident MiB"], rows)}
`;
}

function row(
  events: number,
  fileBytes: number,
  what: string,
  runs: readonly FsckRun[],
  baseline: readonly FsckRun[] | undefined,
): readonly string[] {
  const of = (value: (each: FsckRun) => number) => spreadOf(runs.map(value));
  const ratios = runs.map((each, round) => (baseline?.[round]?.milliseconds ?? Number.NaN) / each.milliseconds);
  const { median, most } = of(({ peakBytes }) => peakBytes);
  return [
    count(events),
    mebibytes(fileBytes),
    what,
    spread(
      of(({ milliseconds }) => milliseconds / 1000),
      1,
    ),
    count(of(({ milliseconds }) => (events * 1000) / milliseconds).median),
    count(of(({ cpuMicroseconds }) => (events * 1e6) / cpuMicroseconds).median),
    baseline === undefined ? "" : spread(spreadOf(ratios), 3),
    `${mebibytes(median)} (most ${mebibytes(most)})`,
  ];
}
