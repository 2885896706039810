import type { Command } from "commander";
import type { Overrides } from "../config/load-config.ts";
import { globalsOf } from "./globals.ts";
import { createOutput } from "./output.ts";

/** The commands about the index that lists are answered from. */
export function addIndexCommands(program: Command, done: (exitCode: number) => void): void {
  program
    .command("index")
    .description("look after the index of a stopped server")
    .command("rebuild")
    .description("drop the index and build it anew from the events; the server has to be stopped")
    .option("--config <FILE>", "configuration file (NEXUS_ATTEST_CONFIG)")
    .option("--data-dir <DIR>", "where everything is kept")
    .option("--store <STORE>", "embedded, or an EventStoreDB such as esdb://host:2113, without credentials")
    .action(async (options: Overrides & { readonly config?: string }, command: Command) => {
      // Only who builds it loads the stores.
      const { rebuild } = await import("./rebuild-index.ts");
      done(await rebuild(options, createOutput(globalsOf(command).json)));
    });
}
