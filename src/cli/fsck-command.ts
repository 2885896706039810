import type { Command } from "commander";
import type { Overrides } from "../config/load-config.ts";
import { globalsOf } from "./globals.ts";
import { createOutput } from "./output.ts";

/** The command that checks a whole store. */
export function addFsckCommand(program: Command, done: (exitCode: number) => void): void {
  program
    .command("fsck")
    .description("check everything in a store, and the index against it; changes nothing, also beside a running server")
    .option("--config <FILE>", "configuration file (NEXUS_ATTEST_CONFIG)")
    .option("--data-dir <DIR>", "where everything is kept")
    .option("--store <STORE>", "embedded, or an EventStoreDB such as esdb://host:2113, without credentials")
    .action(async (options: Overrides & { readonly config?: string }, command: Command) => {
      // Only who checks loads the stores.
      const { fsck } = await import("./fsck.ts");
      done(await fsck(options, createOutput(globalsOf(command).json)));
    });
}
