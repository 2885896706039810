// Measures replay in a process of its own, whose heap holds nothing else.
import { measureColdLoad } from "./cold-load.ts";
import { measureReplay, type ReplayResult } from "./replay.ts";
import { measureReplayParts, type ReplayPart } from "./replay-parts.ts";

export interface ReplayMessage {
  /** How many decisions the larger replay is of. */
  readonly decisions: number;
  readonly directory: string;
}

export interface ReplayResults {
  readonly one: ReplayResult;
  readonly many: ReplayResult;
  readonly parts: readonly ReplayPart[];
  readonly coldLoadMilliseconds: number;
}

process.on("message", ({ decisions, directory }: ReplayMessage) => {
  measure(decisions, directory).then(
    (results) => process.send?.(results),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());

async function measure(decisions: number, directory: string): Promise<ReplayResults> {
  const parts = measureReplayParts();
  return {
    one: measureReplay(1),
    many: measureReplay(decisions),
    parts,
    coldLoadMilliseconds: await measureColdLoad(directory),
  };
}
