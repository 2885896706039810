// Reads or checks a store in a process of its own, whose memory holds nothing else.
import { SYSTEM_CLOCK } from "../src/app/clock.ts";
import { checkKept } from "../src/check-kept.ts";
import { configSchema } from "../src/config/schema.ts";
import { openForReading } from "../src/store/sqlite/database.ts";
import { createEventReader } from "../src/store/sqlite/event-reader.ts";

export interface FsckMessage {
  readonly what: "read" | "check";
  readonly directory: string;
}

export interface FsckRun {
  readonly events: number;
  readonly milliseconds: number;
  readonly cpuMicroseconds: number;
  /** The most that was resident at any moment since the process began. */
  readonly peakBytes: number;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

process.once("message", ({ what, directory }: FsckMessage) => {
  measure(what === "read" ? readAll : checkAll, directory).then(
    (run) => process.send?.(run),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());

async function measure(work: (directory: string) => Promise<number>, directory: string): Promise<FsckRun> {
  const used = process.cpuUsage();
  const begun = performance.now();
  const events = await work(directory);
  const milliseconds = performance.now() - begun;
  const { user, system } = process.cpuUsage(used);
  return { events, milliseconds, cpuMicroseconds: user + system, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

/** Every event in the order of commits, as the product's store reads them for whoever follows it. */
async function readAll(directory: string): Promise<number> {
  const database = openForReading(`${directory}/events.sqlite`);
  const reader = createEventReader(database);
  const end = reader.lastPosition();
  let events = 0;
  for (let after = 0; after < end; ) {
    const page = reader.page("", after, end);
    events += page.events.length;
    after = Number(page.events.at(-1)?.position ?? end);
  }
  database.close();
  return events;
}

async function checkAll(directory: string): Promise<number> {
  const surroundings = { environment: {}, log: SILENT, clock: SYSTEM_CLOCK };
  const { events, index } = await checkKept(configSchema.parse({ dataDir: directory }), surroundings, (message) => {
    if (message.kind === "problem") throw new Error(message.problem.message);
  });
  if (typeof index === "string" || index.isBehind) throw new Error("the index was not compared to its end");
  return events;
}
