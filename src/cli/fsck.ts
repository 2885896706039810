import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CheckMessage } from "../app/check-store.ts";
import type { Problem } from "../app/check-stream.ts";
import { SYSTEM_CLOCK } from "../app/clock.ts";
import { type CheckedAll, checkKept } from "../check-kept.ts";
import { loadConfig, type Overrides } from "../config/load-config.ts";
import { EXIT, UsageError } from "./failure.ts";
import { type Output, safe } from "./output.ts";
import { createProgressBar } from "./progress-bar.ts";

/** Milliseconds between two states of the progress bar. */
const BAR_EVERY = 200;

/** Problems, and streams that were not checked, that are named; the others are counted. */
const MAX_NAMED = 10_000;

/** What was found so far: the first so many, and how many. */
interface Found {
  readonly problems: Problem[];
  readonly notChecked: { readonly stream: string; readonly events: number }[];
  problemCount: number;
  notCheckedCount: number;
}

/** Checks a store, tells what is wrong with it, and gives the exit code. */
export async function fsck(options: Overrides & { readonly config?: string }, output: Output): Promise<number> {
  const environment = process.env;
  const { config } = loadConfig(options.config ?? environment["NEXUS_ATTEST_CONFIG"], environment, options);
  const { dataDir } = config;
  if (config.store === "embedded" && !existsSync(join(dataDir, "events.sqlite")))
    throw new UsageError(`there is no store in ${dataDir}: no events.sqlite. Name the directory with --data-dir DIR`);

  const found: Found = { problems: [], notChecked: [], problemCount: 0, notCheckedCount: 0 };
  const bar = createProgressBar(
    process.stderr.isTTY && !output.json ? (text) => void process.stderr.write(text) : () => {},
    "events",
    { every: BAR_EVERY, now: () => performance.now() },
  );
  const say = (line: string) => {
    bar.clear();
    if (!output.json) output.line(line);
  };
  const tell = (message: CheckMessage, total: number | undefined) => {
    switch (message.kind) {
      case "progress":
        return bar.show(message.events, total);
      case "problem":
        if (found.problemCount++ >= MAX_NAMED) return;
        found.problems.push(message.problem);
        return say(lineOf(message.problem, output));
      case "not checked":
        if (found.notCheckedCount++ >= MAX_NAMED) return;
        found.notChecked.push({ stream: message.stream, events: message.events });
        return say(
          `not checked  ${safe(message.stream)}: ${counted(message.events, "event")} of a kind that this version does not know`,
        );
    }
  };
  const notice = (_facts: object, message: string) => {
    bar.clear();
    if (!output.json) output.note(message);
  };
  const log = { debug: () => {}, info: () => {}, warn: notice, error: notice };

  const began = performance.now();
  try {
    const checked = await checkKept(config, { environment, log, clock: SYSTEM_CLOCK }, tell);
    bar.clear();
    show(checked, found, Math.round(performance.now() - began) / 1000, output);
    return found.problemCount > 0 ? EXIT.broken : EXIT.ok;
  } finally {
    bar.clear();
  }
}

function lineOf({ kind, stream, seq, message }: Problem, output: Output): string {
  const place = stream === undefined ? "" : `${safe(stream)}${seq === undefined ? "" : `, event ${seq}`}: `;
  return `${output.style("red", kind.padEnd(5))}  ${place}${safe(message)}`;
}

function show(checked: CheckedAll, found: Found, seconds: number, output: Output): void {
  const { kept, index, isWhole, streams, events } = checked;
  const { problemCount, notCheckedCount } = found;
  const verdict = problemCount === 0 ? "SOUND" : "DAMAGED";
  if (output.json) {
    const compared = typeof index === "string" ? { compared: false, reason: index } : { compared: true, ...index };
    const document = { store: kept, verdict, isWhole, streams, events, seconds, index: compared, ...found };
    return output.line(JSON.stringify(document, undefined, 2));
  }
  for (const [count, what] of [
    [problemCount, "problems"],
    [notCheckedCount, "streams that were not checked"],
  ] as const)
    if (count > MAX_NAMED) output.line(`… and ${count - MAX_NAMED} more ${what}`);
  if (typeof index === "string") output.line(`the index was not compared: ${index}`);
  else if (index.isBehind) output.line("the index has not been fed everything yet: it was compared as far as it has");
  const rows = typeof index === "string" ? "" : ` and ${counted(index.rows, "row")} of the index`;
  output.line(`${counted(streams, "stream")} with ${counted(events, "event")}${rows} in ${seconds} s`);
  const apart = notCheckedCount === 0 ? "" : `; not checked: ${counted(notCheckedCount, "stream")}`;
  const rest = isWhole ? "" : ", and not everything could be read";
  output.line(
    problemCount === 0
      ? `${output.style(["green", "bold"], verdict)}: nothing wrong was found${apart}`
      : `${output.style(["red", "bold"], verdict)}: ${counted(problemCount, "problem")}${rest}${apart}`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
