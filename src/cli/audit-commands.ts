import type { Command } from "commander";
import { globalsOf } from "./globals.ts";
import { createOutput } from "./output.ts";

/** The commands about a server's audit log. */
export function addAuditCommands(program: Command, done: (exitCode: number) => void): void {
  program
    .command("audit")
    .description("look at a server's audit log")
    .command("verify")
    .description("check that no record of an audit log was changed, removed or put in; needs no server")
    .argument("<files...>", "the log, or the files that it was rotated into, the oldest first")
    .option(
      "--head <DIGEST>",
      "the digest of the last record, as it was kept elsewhere: without it an end that was cut off is not seen",
    )
    .action(async (files: readonly string[], options: { readonly head?: string }, command: Command) => {
      const { verifyAudit } = await import("./verify-audit.ts");
      done(await verifyAudit(files, options.head, createOutput(globalsOf(command).json)));
    });
}
