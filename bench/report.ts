import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FanOutResult } from "./fan-out.ts";
import type { Machine } from "./machine.ts";
import type { Options } from "./options.ts";
import type { ReplayResults } from "./replay-process.ts";
import type { Spread } from "./statistics.ts";
import type { UnaryResult } from "./unary.ts";

export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly options: Options;
  readonly unary: readonly UnaryResult[];
  readonly idleResidentBytes: number;
  readonly fanOut: FanOutResult;
  readonly replay: ReplayResults;
}

/** Where results are kept. */
export const DIRECTORY = fileURLToPath(new URL("results/", import.meta.url));

/** Writes the results for machines and for people. @returns the latter. */
export function writeResults(results: Results): string {
  const text = markdown(results);
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}${results.options.name}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(`${DIRECTORY}${results.options.name}.md`, text);
  return text;
}

function markdown({ measuredAt, machine, options, unary, idleResidentBytes, fanOut, replay }: Results): string {
  const { rounds, inFlight, milliseconds } = options.unary;
  const loaded = Math.max(...unary.slice(1).map(({ residentBytes }) => residentBytes));
  return `# Benchmark of ${measuredAt.slice(0, 10)}${options.quick ? " (quick: says little)" : ""}

Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB; commit ${machine.commit}; load before: ${machine.loadBefore}.

## Calls

${inFlight} in flight, ${rounds} rounds of ${milliseconds} ms each, the echo before each; median (least to most).

${table(
  ["call", "calls/s", "to the echo", "p50 ms", "p99 ms", "server µs/call", "server cores", "echo µs / server µs"],
  unary.map((result) => [
    result.name,
    spread(result.callsPerSecond, 0),
    spread(result.ratio, 3),
    result.p50.toFixed(1),
    result.p99.toFixed(1),
    spread(result.serverMicroseconds, 0),
    spread(result.serverCores, 2),
    spread(result.cpuRatio, 3),
  ]),
)}

## Replay

From stored text, in one thread: parsed, held against the canonical form, digested, compared with the digest beside it and in the chain, taken up by the domain.

${table(
  ["events", "decisions", "seconds", "events/s", "events/s of CPU", "characters an event"],
  [replay.one, replay.many].map(
    ({ events, decisions, milliseconds, eventsPerSecond, eventsPerCpuSecond, charactersPerEvent }) => [
      count(events),
      count(decisions),
      (milliseconds / 1000).toFixed(2),
      count(eventsPerSecond),
      count(eventsPerCpuSecond),
      count(charactersPerEvent),
    ],
  ),
)}

${table(
  ["part of it, alone", "µs of CPU an event"],
  replay.parts.map(({ what, microsecondsPerEvent }) => [what, microsecondsPerEvent.toFixed(2)]),
)}

Loading a decision of 10,000 events from the database on disk: ${replay.coldLoadMilliseconds.toFixed(0)} ms.

## Watching

${count(fanOut.watchers)} watchers of one decision over gRPC, on ${fanOut.connections} connections; every event comes with a lifecycle message.

${table(
  ["deliveries", "approvals", "seconds", "events delivered/s"],
  (["paced", "burst"] as const).map((kind) => {
    const { approvals, milliseconds, eventsPerSecond } = fanOut[kind];
    const words = kind === "paced" ? "each when all have the one before" : "all at once";
    return [words, count(approvals), (milliseconds / 1000).toFixed(2), count(eventsPerSecond)];
  }),
)}

## Memory

${table(
  ["of the server's process", "MiB"],
  [
    ["resident, idle", mebibytes(idleResidentBytes)],
    ["resident, under load (most seen)", mebibytes(loaded)],
    [
      `resident, growth by ${count(fanOut.watchers)} watchers`,
      mebibytes(fanOut.residentBytesPerWatcher * fanOut.watchers),
    ],
    ["the same after the deliveries", mebibytes(fanOut.residentBytesPerWatcherFed * fanOut.watchers)],
    ["in use after the deliveries, growth", mebibytes(fanOut.liveBytesPerWatcher * fanOut.watchers)],
  ],
)}

A watcher: ${(fanOut.residentBytesPerWatcher / 1024).toFixed(0)} KiB resident, ${(fanOut.liveBytesPerWatcher / 1024).toFixed(0)} KiB in use.
`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"-|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

export function spread(value: Spread | undefined, digits: number): string {
  if (value === undefined) return "";
  const [median, least, most] = [value.median, value.least, value.most].map((each) => each.toFixed(digits));
  return `${median} (${least} to ${most})`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
