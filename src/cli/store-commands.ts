import type { Command } from "commander";
import { globalsOf } from "./globals.ts";
import { createOutput } from "./output.ts";

/** The commands about what a server keeps, for when it is stopped. */
export function addStoreCommands(program: Command, done: (exitCode: number) => void): void {
  program
    .command("store")
    .description("move what a server keeps")
    .command("copy")
    .description("copy every decision from one store into another; can be cut short and repeated")
    .option("--from <STORE>", "data directory, or an EventStoreDB without credentials (NEXUS_ATTEST_COPY_FROM)")
    .option("--from-file <FILE>", "the same, in a file, where it may hold credentials")
    .option("--to <STORE>", "data directory, or an EventStoreDB without credentials (NEXUS_ATTEST_COPY_TO)")
    .option("--to-file <FILE>", "the same, in a file, where it may hold credentials")
    .action(async (options: Readonly<Record<string, string | undefined>>, command: Command) => {
      // Only who copies loads the stores.
      const [{ copyStore }, { storeAddress }] = await Promise.all([
        import("./copy-store.ts"),
        import("./store-address.ts"),
      ]);
      const from = storeAddress(
        "--from",
        { typed: options["from"], file: options["fromFile"] },
        { name: "NEXUS_ATTEST_COPY_FROM", value: process.env["NEXUS_ATTEST_COPY_FROM"] },
      );
      const to = storeAddress(
        "--to",
        { typed: options["to"], file: options["toFile"] },
        { name: "NEXUS_ATTEST_COPY_TO", value: process.env["NEXUS_ATTEST_COPY_TO"] },
      );
      done(await copyStore(from, to, createOutput(globalsOf(command).json)));
    });
}
