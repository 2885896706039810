import { readFileSync, writeFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import {
  ExportAuditPackageResponseSchema,
  VerifyAuditPackageResponseSchema,
} from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { toWireReport } from "../evidence/report-message.ts";
import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";
import { printJson } from "./answer.ts";
import { parseId, parseWord } from "./arguments.ts";
import { EXIT, UsageError, unreadable } from "./failure.ts";
import { globalsOf, openSession } from "./globals.ts";
import { createOutput } from "./output.ts";
import { showReport } from "./verify-report.ts";

/** The commands about audit packages. */
export function addEvidenceCommands(program: Command, done: (exitCode: number) => void): void {
  program
    .command("export <id>")
    .description("the audit package of a decision that was run")
    .option("--mode <MODE>", "embedded (with the run's own record) or reference (with its digest)", "embedded")
    .option("--out <FILE>", "where to; - is standard output; default: ID.audit.json")
    .option("--force", "overwrite the file")
    .action(async (id: string, options: { mode: string; out?: string; force?: boolean }, command: Command) => {
      const { clients, output } = openSession(command);
      const decisionId = parseId(id);
      const mode = PackageMode[parseWord(options.mode, ["EMBEDDED", "REFERENCE"], "--mode")];
      const response = await clients.audit.exportAuditPackage({ decisionId, mode });
      const file = options.out ?? `${decisionId}.audit.json`;
      if (file === "-") return void process.stdout.write(response.packageJson);
      write(file, response.packageJson, options.force === true);
      if (output.json)
        return printJson(output, ExportAuditPackageResponseSchema, { ...response, packageJson: new Uint8Array() });
      output.line(`${file}: ${response.packageJson.length} bytes, ${response.bindingDigest}`);
      output.line(`  ${output.style("cyan", "next:")} nexus-attest verify ${file}`);
    });

  program
    .command("verify <file>")
    .description("check an audit package; needs no server")
    .action((file: string, _options: object, command: Command) => {
      const output = createOutput(globalsOf(command).json);
      const report = verifyAuditPackage(read(file));
      if (output.json)
        printJson(
          output,
          VerifyAuditPackageResponseSchema,
          create(VerifyAuditPackageResponseSchema, { report: toWireReport(report) }),
        );
      else showReport(report, output);
      done(report.verdict === "BROKEN" ? EXIT.broken : EXIT.ok);
    });
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function write(file: string, bytes: Uint8Array, overwrite: boolean): void {
  try {
    writeFileSync(file, bytes, { flag: overwrite ? "w" : "wx", mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "EEXIST" ? "exists already: choose another name, or say --force" : `cannot be written: ${code}`;
    throw new UsageError(`${file} ${why}`, { cause });
  }
}
