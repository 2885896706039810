import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, type Overrides } from "../config/load-config.ts";
import { rebuildIndex } from "../rebuild-index.ts";
import { EXIT, UsageError } from "./failure.ts";
import { type Output, safe } from "./output.ts";
import { createProgress } from "./progress.ts";

/** Milliseconds between lines of progress. */
const PROGRESS_EVERY = 2_000;

/** Builds the index anew, tells what came of it, and gives the exit code. */
export async function rebuild(options: Overrides & { readonly config?: string }, output: Output): Promise<number> {
  const environment = process.env;
  const { config } = loadConfig(options.config ?? environment["NEXUS_ATTEST_CONFIG"], environment, options);
  const { dataDir } = config;
  if (!existsSync(dataDir)) throw new UsageError(`there is no data directory ${dataDir}: name it with --data-dir DIR`);
  if (config.store === "embedded" && !existsSync(join(dataDir, "events.sqlite")))
    throw new UsageError(`there is no store in ${dataDir}: no events.sqlite`);
  const note = (line: string) => {
    if (!output.json) output.note(line);
  };
  const progress = createProgress(process.stderr.isTTY ? note : () => {}, {
    every: PROGRESS_EVERY,
    now: () => performance.now(),
  });
  const say = (_facts: object, message: string) => note(message);
  const log = { debug: () => {}, info: () => {}, warn: say, error: say };
  const began = performance.now();
  const built = await rebuildIndex(config, { environment, log }, (events) => progress(() => `${events} events so far`));
  const seconds = Math.round(performance.now() - began) / 1000;
  if (output.json) output.line(JSON.stringify({ ...built, seconds }, undefined, 2));
  else {
    for (const { message, ...named } of built.notIndexed) {
      const name = "importId" in named ? `import ${named.importId}` : named.decisionId;
      output.line(`${output.style("red", "CORRUPT")}  ${safe(name)}: ${safe(message)}`);
    }
    output.line(`the index was built anew from ${built.events} events in ${seconds} s`);
  }
  return built.notIndexed.length > 0 ? EXIT.broken : EXIT.ok;
}
