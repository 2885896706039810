import { readFileSync, writeFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import {
  ExportAuditPackageResponseSchema,
  VerifyAuditPackageResponseSchema,
} from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { readTrustPolicy, UnusableTrustPolicy } from "../evidence/read-trust-policy.ts";
import { toWireReport } from "../evidence/report-message.ts";
import type { TrustPolicy } from "../evidence/trust-policy.ts";
import type { VerificationReport } from "../evidence/verification-report.ts";
import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";
import { convertPackage } from "../exchange/convert.ts";
import { readForeignBundle } from "../exchange/read-foreign-bundle.ts";
import { printJson } from "./answer.ts";
import { parseId, parseWord } from "./arguments.ts";
import { EXIT, UsageError, unreadable } from "./failure.ts";
import { exportForeign, finishConversion, parseFormat } from "./foreign-formats.ts";
import { showForeign } from "./foreign-report.ts";
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
      write(file, response.packageJson, options.force === true);
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
    .action((file: string, options: { format: string; out?: string; force?: boolean }, command: Command) => {
      const output = createOutput(globalsOf(command).json);
      const format = parseFormat(options.format);
      const out = options.out ?? "-";
      const conversion = convertPackage(read(file), format);
      const isDone = finishConversion(conversion, format, { output, file: out, write: writer(out, options.force) });
      done(isDone ? EXIT.ok : EXIT.refused);
    });

  program
    .command("verify <file>")
    .description("check an audit package; needs no server")
    .option("--trust <FILE>", "trust policy: whose signatures to believe; then only an authentic package exits with 0")
    .action((file: string, options: { readonly trust?: string }, command: Command) => {
      const output = createOutput(globalsOf(command).json);
      const bytes = read(file);
      const trust = options.trust === undefined ? undefined : readTrust(options.trust);
      const foreign = isOfTheOriginal(bytes) ? readForeignBundle(bytes) : undefined;
      if (foreign?.format !== undefined) {
        showForeign(foreign, output);
        if ("problem" in foreign) return done(EXIT.broken);
        return done(trust === undefined ? EXIT.ok : EXIT.notAuthentic);
      }
      const report = verifyAuditPackage(bytes, trust);
      if (output.json)
        printJson(
          output,
          VerifyAuditPackageResponseSchema,
          create(VerifyAuditPackageResponseSchema, { report: toWireReport(report) }),
        );
      else showReport(report, trust, output);
      done(exitCodeOf(report, trust));
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
    else write(file, bytes, overwrite === true);
  };
}

/** Whether it is worth the while to read a file as one of nexus-attest (Python): each of those holds this name, and none of ours. */
function isOfTheOriginal(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"bundle_version"');
}

/** Who names whom to believe wants to hear that it is theirs; anything less is not what they asked for. */
function exitCodeOf({ verdict }: VerificationReport, trust: TrustPolicy | undefined): number {
  if (verdict === "BROKEN") return EXIT.broken;
  return trust === undefined || verdict === "AUTHENTIC" ? EXIT.ok : EXIT.notAuthentic;
}

function readTrust(file: string): TrustPolicy {
  const bytes = read(file);
  try {
    return readTrustPolicy(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    if (!(cause instanceof UnusableTrustPolicy) && !(cause instanceof TypeError)) throw cause;
    const why = cause instanceof TypeError ? "it is not UTF-8" : cause.message;
    throw new UsageError(`${file} is no trust policy that can be used: ${why}. docs/signatures.md says what one is.`, {
      cause,
    });
  }
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
