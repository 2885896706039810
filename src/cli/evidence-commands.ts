import type { Command } from "commander";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { ExportAuditPackageResponseSchema } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { printJson } from "./answer.ts";
import { parseId, parseWord } from "./arguments.ts";
import { EXIT, UsageError } from "./failure.ts";
import { globalsOf, openSession } from "./globals.ts";
import { createOutput } from "./output.ts";
import { writeEvidence } from "./write-evidence.ts";

/** The commands about audit packages. */
export function addEvidenceCommands(program: Command, done: (exitCode: number) => void): void {
  program
    .command("export <id>")
    .description("the audit package of a decision that was run")
    .option("--mode <MODE>", "embedded (with the run's own record) or reference (with its digest)", "embedded")
    .option("--out <FILE>", "where to; - is standard output; default: ID.audit.json")
    .option("--force", "overwrite the file")
    .option(
      "--format <FORMAT>",
      "for nexus-attest (Python): nexus-attest-0.6, a package, or nexus-attest-0.5, a bundle",
    )
    .option("--accept-losses", "nexus-attest-0.5: also where an open decision loses rules")
    .action(async (id: string, options: ExportOptions, command: Command) => {
      const { clients, output } = openSession(command);
      const decisionId = parseId(id);
      const word = parseWord(options.mode, ["EMBEDDED", "REFERENCE"], "--mode");
      const acceptLosses = options.acceptLosses === true;
      if (options.format !== undefined) {
        const { exportForeign, finishConversion, parseFormat } = await import("./foreign-formats.ts");
        const format = parseFormat(options.format);
        const isBundle = format === "nexus-attest-0.5";
        if (isBundle && command.getOptionValueSource("mode") === "cli")
          throw new UsageError("--mode belongs to packages: a bundle has no run in it");
        if (!isBundle && acceptLosses) throw new UsageError("--accept-losses belongs to nexus-attest-0.5");
        const conversion = await exportForeign(clients, decisionId, { format, mode: word, acceptLosses });
        const file = options.out ?? `${decisionId}.${format}.json`;
        const isDone = finishConversion(conversion, format, { output, file, write: writer(file, options.force) });
        return done(isDone ? EXIT.ok : EXIT.refused);
      }
      if (acceptLosses) throw new UsageError("--accept-losses belongs to --format nexus-attest-0.5");
      const mode = PackageMode[word];
      const response = await clients.audit.exportAuditPackage({ decisionId, mode });
      const file = options.out ?? `${decisionId}.audit.json`;
      if (file === "-") return void process.stdout.write(response.packageJson);
      writeEvidence(file, response.packageJson, options.force === true);
      if (output.json)
        return printJson(output, ExportAuditPackageResponseSchema, { ...response, packageJson: new Uint8Array() });
      output.line(`${file}: ${response.packageJson.length} bytes, ${response.bindingDigest}`);
      output.line(`  ${output.style("cyan", "next:")} nexus-attest verify ${file}`);
    });

  program
    .command("convert <file>")
    .description("an audit package as a file for nexus-attest (Python); needs no server")
    .requiredOption("--format <FORMAT>", "nexus-attest-0.6, a package, or nexus-attest-0.5, a bundle")
    .option("--out <FILE>", "where to; - is standard output; default: standard output")
    .option("--force", "overwrite the file")
    .action(async (file: string, options: { format: string; out?: string; force?: boolean }, command: Command) => {
      const output = createOutput(globalsOf(command).json);
      const { convertFile, finishConversion, parseFormat } = await import("./foreign-formats.ts");
      const format = parseFormat(options.format);
      const out = options.out ?? "-";
      const conversion = convertFile(file, format);
      const isDone = finishConversion(conversion, format, { output, file: out, write: writer(out, options.force) });
      done(isDone ? EXIT.ok : EXIT.refused);
    });

  program
    .command("verify <file>")
    .description("check an audit package or a decision bundle; needs no server")
    .option("--trust <FILE>", "trust policy: whose signatures to believe; then only what is authentic exits with 0")
    .action(async (file: string, options: { readonly trust?: string }, command: Command) => {
      // Only who verifies or converts loads the verifier.
      const { verify } = await import("./verify.ts");
      done(verify(file, options.trust, createOutput(globalsOf(command).json)));
    });
}

interface ExportOptions {
  readonly mode: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly format?: string;
  readonly acceptLosses?: boolean;
}

/** Writes to standard output or to a file. */
function writer(file: string, overwrite: boolean | undefined): (bytes: Uint8Array) => void {
  return (bytes) => {
    if (file === "-") process.stdout.write(bytes);
    else writeEvidence(file, bytes, overwrite === true);
  };
}
