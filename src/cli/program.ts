import { Command, CommanderError } from "commander";
import { addApproverKeyCommands } from "./approver-key-commands.ts";
import { addAuditCommands } from "./audit-commands.ts";
import { addBundleCommands } from "./bundle-commands.ts";
import { calledAs } from "./credentials.ts";
import { addDecisionCommands } from "./decision-commands.ts";
import { addEvidenceCommands } from "./evidence-commands.ts";
import { addExecutionCommands } from "./execution-commands.ts";
import { EXIT, reportFailure } from "./failure.ts";
import { addFsckCommand } from "./fsck-command.ts";
import { globalsOf } from "./globals.ts";
import { addHealthCommand } from "./health-command.ts";
import { addImportedCommands } from "./imported-commands.ts";
import { addIndexCommands } from "./index-commands.ts";
import { addKeysCommands } from "./keys-commands.ts";
import { createOutput } from "./output.ts";
import { addQueryCommands } from "./query-commands.ts";
import { addRequestCommands } from "./request-commands.ts";
import { addStoreCommands } from "./store-commands.ts";
import { addTemplateCommands } from "./template-commands.ts";
import { addTokenCommands } from "./token-commands.ts";

export const VERSION = "0.1.0";

/** For whoever types what other programs take. */
const NO_TOKEN_HERE =
  "everybody on this machine can read the arguments of its programs, so a token goes into a file (--token-file) or NEXUS_ATTEST_TOKEN; replace one that was typed";

/** Runs the command line and returns the exit code. Writes to standard output and standard error; throws nothing. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const done = (code: number) => {
    exitCode = code;
  };
  const program = createProgram(done);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    const globals = globalsOf(program);
    const output = createOutput(globals.json);
    if (!(error instanceof CommanderError)) return reportFailure(error, output, calledAs(globals, process.env));
    if (error.message.includes("unknown option '--token'")) output.note(`hint: ${NO_TOKEN_HERE}`);
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** The commands and options; docs/cli.md lists them all. */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command("nexus-attest")
    .description("Governed execution: a request, a policy, N distinct approvals, one execution, and an audit package.")
    .version(VERSION)
    .option(
      "--server <URL>",
      "the server (NEXUS_ATTEST_SERVER)",
      process.env["NEXUS_ATTEST_SERVER"] ?? "http://127.0.0.1:7350",
    )
    .option(
      "--as <ACTOR>",
      "who you are, such as human:alice@example.com (NEXUS_ATTEST_AS)",
      process.env["NEXUS_ATTEST_AS"],
    )
    .option("--groups <NAMES>", "your groups, separated by commas; development identity only")
    .option(
      "--token-file <FILE>",
      "a file that holds your token (NEXUS_ATTEST_TOKEN_FILE; the token itself: NEXUS_ATTEST_TOKEN)",
      process.env["NEXUS_ATTEST_TOKEN_FILE"],
    )
    .option(
      "--tls-ca <FILE>",
      "authorities that the server's certificate may come from, PEM (NEXUS_ATTEST_TLS_CA); default: those that Node knows",
      process.env["NEXUS_ATTEST_TLS_CA"],
    )
    .option("--tls-cert <FILE>", "your certificate, PEM (NEXUS_ATTEST_TLS_CERT)", process.env["NEXUS_ATTEST_TLS_CERT"])
    .option("--tls-key <FILE>", "its private key, PEM (NEXUS_ATTEST_TLS_KEY)", process.env["NEXUS_ATTEST_TLS_KEY"])
    .option("--on-behalf-of <ID>", "the person for whom you act, if you are a service that may")
    .option("--timeout <SPAN>", "deadline of a call", "30s")
    .option("--json", "JSON in place of text")
    .showSuggestionAfterError()
    .showHelpAfterError("(nexus-attest --help lists the commands)")
    .exitOverride();
  program
    .command("serve")
    .description("run the server")
    .option("--config <FILE>", "configuration file (NEXUS_ATTEST_CONFIG)")
    .option("--listen <HOST:PORT>", "where to listen")
    .option("--data-dir <DIR>", "where everything is kept")
    .option("--store <STORE>", "embedded, or an EventStoreDB such as esdb://host:2113, without credentials")
    .option("--log-level <LEVEL>", "fatal, error, warn, info, debug, trace or silent")
    .option("--print-config", "print the effective configuration and exit")
    .action(async (options) => {
      // Only who serves loads the server.
      const { serve } = await import("./serve.ts");
      done(await serve(options));
    });
  addHealthCommand(program, done);
  addRequestCommands(program);
  addDecisionCommands(program);
  addExecutionCommands(program, done);
  addQueryCommands(program);
  addTemplateCommands(program);
  addEvidenceCommands(program, done);
  addBundleCommands(program);
  addImportedCommands(program);
  addStoreCommands(program, done);
  addIndexCommands(program, done);
  addFsckCommand(program, done);
  addKeysCommands(program);
  addApproverKeyCommands(program);
  addTokenCommands(program);
  addAuditCommands(program, done);
  for (const command of program.commands) inherit(command, program, program.name());
  return program;
}

/** A command behaves like the program; the options of the program may also stand behind the command. */
function inherit(command: Command, program: Command, above: string): void {
  const name = `${above} ${command.name()}`;
  command.exitOverride().copyInheritedSettings(program).showHelpAfterError(`(${name} --help lists what it takes)`);
  for (const each of command.commands) inherit(each, program, name);
  if (command.commands.length > 0) return;
  for (const option of program.options) {
    if (option.long !== "--version" && command.options.every(({ long }) => long !== option.long))
      command.option(option.flags, option.description);
  }
}
