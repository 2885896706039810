import { SYSTEM_CLOCK } from "../app/clock.ts";
import type { StreamCopy } from "../app/copy-stream.ts";
import { copyStreams } from "../app/copy-streams.ts";
import type { Log } from "../app/log.ts";
import { EXIT } from "./failure.ts";
import { type Output, safe } from "./output.ts";
import { createProgress } from "./progress.ts";
import { openAddress, type StoreAddress } from "./store-address.ts";

/** Milliseconds between lines of progress. */
const PROGRESS_EVERY = 2_000;

/** What has come of a copy so far. */
interface Tally {
  copied: number;
  continued: number;
  unchanged: number;
  /** Events that were written. */
  events: number;
  readonly left: { readonly stream: string; readonly reason: "CORRUPT" | "REFUSED"; readonly message: string }[];
}

/** Copies a store into another, tells what came of it, and gives the exit code. */
export async function copyStore(from: StoreAddress, to: StoreAddress, output: Output): Promise<number> {
  const log = noticesOn(output);
  const source = await openAddress(from, log, false);
  try {
    const target = await openAddress(to, log, true);
    try {
      const tally: Tally = { copied: 0, continued: 0, unchanged: 0, events: 0, left: [] };
      const note = (line: string) => {
        if (!output.json) output.note(line);
      };
      const clock = { every: PROGRESS_EVERY, now: () => performance.now() };
      const progress = createProgress(process.stderr.isTTY ? note : () => {}, clock);
      const ports = { source: source.store, target: target.store, clock: SYSTEM_CLOCK };
      try {
        await copyStreams(ports, (stream, copy) => {
          count(tally, stream, copy);
          progress(() => `${wordsOf(tally)} so far`);
        });
      } catch (error) {
        note(`${wordsOf(tally)} before it failed. Repeat the command: it goes on from there.`);
        throw error;
      }
      show({ from: source.kept, to: target.kept, ...tally }, output);
      return exitCodeOf(tally);
    } finally {
      await target.store.close();
    }
  } finally {
    await source.store.close();
  }
}

function count(tally: Tally, stream: string, copy: StreamCopy): void {
  switch (copy.kind) {
    case "copied":
    case "continued":
      tally[copy.kind] += 1;
      tally.events += copy.events;
      return;
    case "unchanged":
      tally.unchanged += 1;
      return;
    case "corrupt":
    case "refused":
      tally.left.push({ stream, reason: copy.kind === "corrupt" ? "CORRUPT" : "REFUSED", message: copy.message });
  }
}

function wordsOf({ copied, continued, unchanged, events, left }: Tally): string {
  return `${copied} streams copied, ${continued} continued, ${unchanged} there already, ${left.length} left out; ${events} events written`;
}

function show(result: Tally & { readonly from: string; readonly to: string }, output: Output): void {
  if (output.json) return output.line(JSON.stringify(result, undefined, 2));
  for (const { stream, reason, message } of result.left)
    output.line(`${output.style("red", reason)}  ${safe(stream)}: ${safe(message)}`);
  output.line(wordsOf(result));
}

/** Damage weighs more than a difference. */
function exitCodeOf({ left }: Tally): number {
  if (left.some(({ reason }) => reason === "CORRUPT")) return EXIT.broken;
  return left.length > 0 ? EXIT.refused : EXIT.ok;
}

/** What a store has to say while it is used: on standard error, if it matters. */
function noticesOn(output: Output): Log {
  const say = (_facts: object, message: string) => {
    if (!output.json) output.note(message);
  };
  return { debug: () => {}, info: say, warn: say, error: say };
}
