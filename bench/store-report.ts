import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Machine } from "./machine.ts";
import type { Spread } from "./statistics.ts";

export interface AppendResult {
  readonly name: string;
  readonly perSecond: Spread;
  /** Milliseconds. */
  readonly p99: Spread;
  /** To the client used bare, in the same round. */
  readonly ratio: Spread;
}

export interface StoreResults {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly options: {
    readonly quick: boolean;
    readonly name: string;
    readonly inFlight: number;
    readonly rounds: number;
    readonly milliseconds: number;
    readonly decisions: number;
    readonly takeovers: number;
  };
  readonly server: "the double" | "a real server";
  readonly appends: readonly AppendResult[];
  /** Milliseconds. */
  readonly takeover: {
    readonly graceSeconds: number;
    readonly aliveStarted: Spread;
    readonly aliveCompleted: Spread;
    readonly gated: Spread;
    readonly started: Spread;
  };
  readonly index: {
    readonly events: number;
    readonly eventsEach: number;
    readonly perSecond: number;
    /** Events a second that the client used bare takes from the same subscription, doing nothing with them. */
    readonly followedBare: number;
  };
}

const DIRECTORY = fileURLToPath(new URL("results/", import.meta.url));

/** Writes the results for machines and for people. @returns the latter. */
export function writeStoreResults(results: StoreResults): string {
  const text = markdown(results);
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}${results.options.name}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(`${DIRECTORY}${results.options.name}.md`, text);
  return text;
}

function markdown({ measuredAt, machine, options, server, appends, takeover, index }: StoreResults): string {
  const grace = takeover.graceSeconds * 1000;
  const row = (what: string, time: Spread) =>
    `| ${what} | ${spread(time, 0)} | ${spread({ median: time.median / grace, least: time.least / grace, most: time.most / grace }, 2)} |`;
  return `# Benchmark of the store on EventStoreDB, ${measuredAt.slice(0, 10)}${options.quick ? " (quick: says little)" : ""}

Against ${server}. Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB; commit ${machine.commit}; load before: ${machine.loadBefore}.

## Appends

${options.inFlight} in flight, ${options.rounds} rounds of ${options.milliseconds} ms each, one after the other; median (least to most).

| appends | a second | to the client used bare | p99 ms |
|-|-|-|-|
${appends.map(({ name, perSecond, ratio, p99 }) => `| ${name} | ${spread(perSecond, 0)} | ${spread(ratio, 3)} | ${spread(p99, 0)} |`).join("\n")}

## Takeover after kill -9

Two servers on one store and a remote router, \`execution.takeoverAfterSeconds: ${takeover.graceSeconds}\`; ${options.takeovers} deaths of each kind; median (least to most).

| from | ms | to the grace |
|-|-|-|
${row("the call at a server that lives, until its EXECUTION_STARTED is seen", takeover.aliveStarted)}
${row("the same, until EXECUTION_COMPLETED is seen", takeover.aliveCompleted)}
${row("the death of a server behind the gate, until the other one's EXECUTION_STARTED is seen", takeover.gated)}
${row("the death of a server during the run, until EXECUTION_COMPLETED is seen at the other one", takeover.started)}

## Index

| what | events | a second |
|-|-|-|
| the subscription by the client used bare, nothing done with it | ${count(index.events)} | ${count(index.followedBare)} |
| the index built of them, ${index.eventsEach} events a decision | ${count(index.events)} | ${count(index.perSecond)} |

To the client used bare: ${(index.perSecond / index.followedBare).toFixed(3)}. It took ${(index.events / index.perSecond).toFixed(0)} seconds.
`;
}

function spread(value: Spread, digits: number): string {
  const [median, least, most] = [value.median, value.least, value.most].map((each) => each.toFixed(digits));
  return `${median} (${least} to ${most})`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
