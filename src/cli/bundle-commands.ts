import { randomUUID } from "node:crypto";
import { fromJsonString } from "@bufbuild/protobuf";
import type { Command } from "commander";
import {
  ExportBundleResponseSchema,
  type ImportBundleResponse,
  ImportBundleResponseSchema,
  ImportConflictMode,
} from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { type TrustPolicy, TrustPolicySchema } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { IMPORT_OUTCOMES, nameOf } from "../codec/enums.ts";
import { printJson, REQUEST_ID } from "./answer.ts";
import { parseId, parseWord } from "./arguments.ts";
import { insist } from "./client.ts";
import { openSession } from "./globals.ts";
import { type Output, safe } from "./output.ts";
import { readInput } from "./read-input.ts";
import { writeEvidence } from "./write-evidence.ts";

/** The commands that take logs out and in. */
export function addBundleCommands(program: Command): void {
  program
    .command("bundle")
    .description("take a decision's log elsewhere")
    .command("export <id>")
    .description("the bundle of a decision in any state")
    .option("-o, --out <FILE>", "where to; - is standard output; default: ID.bundle.json")
    .option("--force", "overwrite the file")
    .action(async (id: string, options: { out?: string; force?: boolean }, command: Command) => {
      const { clients, output } = openSession(command);
      const decisionId = parseId(id);
      const response = await clients.audit.exportBundle({ decisionId });
      const file = options.out ?? `${decisionId}.bundle.json`;
      if (file === "-") return void process.stdout.write(response.bundleJson);
      writeEvidence(file, response.bundleJson, options.force === true);
      if (output.json)
        return printJson(output, ExportBundleResponseSchema, { ...response, bundleJson: new Uint8Array() });
      output.line(`${file}: ${response.bundleJson.length} bytes, ${response.controlDigest}`);
      output.line(`  ${output.style("cyan", "next:")} nexus-attest verify ${file}`);
    });

  program
    .command("import <file>")
    .description(
      "take a bundle or an audit package, of this product or of nexus-attest (Python), in as foreign evidence",
    )
    .option("--on-conflict <MODE>", "if its log is here already: reject, fast-forward or keep-both", "reject")
    .option("--source <TEXT>", "whence it came, in your words")
    .option("--trust <FILE>", "trust policy: take it only if it is authentic by whom this one believes")
    .option(...REQUEST_ID)
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const { clients, output, timeout } = openSession(command);
      const mode = parseWord(options.onConflict, ["REJECT", "FAST_FORWARD", "KEEP_BOTH"], "--on-conflict");
      const request = {
        bundleJson: readInput(file),
        conflictMode: ImportConflictMode[mode],
        source: options.source ?? "",
        requestId: options.requestId ?? randomUUID(),
        ...(options.trust === undefined ? {} : { trustPolicy: await readTrustMessage(options.trust) }),
      };
      const response = await insist(timeout, () => clients.audit.importBundle(request));
      if (output.json) return printJson(output, ImportBundleResponseSchema, response);
      showImported(response, output);
    });
}

interface ImportOptions {
  readonly onConflict: string;
  readonly source?: string;
  readonly trust?: string;
  readonly requestId?: string;
}

/** For the server, which reads it as strictly; here it is read first because a message no longer tells what stood in the file twice. */
async function readTrustMessage(file: string): Promise<TrustPolicy> {
  // Only who names whom to believe loads what judges keys.
  const { readTrust } = await import("./read-trust.ts");
  return fromJsonString(TrustPolicySchema, readTrust(file).text);
}

function showImported({ importId, eventsWritten, outcome, unproven }: ImportBundleResponse, output: Output): void {
  const words = nameOf(IMPORT_OUTCOMES, outcome, "outcome").replaceAll("_", " ");
  output.line(`${output.style("bold", words)}  import ${importId}, ${eventsWritten} events written`);
  for (const { what, detail } of unproven)
    output.line(`  ${output.style("yellow", "not proven:")} ${safe(what)}: ${safe(detail)}`);
  output.line(`  ${output.style("cyan", "next:")} nexus-attest imported show ${importId}`);
}
