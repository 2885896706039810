import { create } from "@bufbuild/protobuf";
import {
  VerifyAuditPackageResponseSchema,
  VerifyBundleResponseSchema,
} from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { toWireReport } from "../evidence/report-message.ts";
import type { TrustPolicy } from "../evidence/trust-policy.ts";
import type { VerificationReport } from "../evidence/verification-report.ts";
import { verifyEvidence } from "../evidence/verify-evidence.ts";
import { readForeignBundle } from "../exchange/read-foreign-bundle.ts";
import { printJson } from "./answer.ts";
import { EXIT } from "./failure.ts";
import { showForeign } from "./foreign-report.ts";
import type { Output } from "./output.ts";
import { readInput } from "./read-input.ts";
import { readTrust } from "./read-trust.ts";
import { showReport } from "./verify-report.ts";

/** Verifies a package or a bundle, shows the report, and gives the exit code. */
export function verify(file: string, trustFile: string | undefined, output: Output): number {
  const trust = trustFile === undefined ? undefined : readTrust(trustFile).trust;
  const bytes = readInput(file);
  const foreign = isOfTheOriginal(bytes) ? readForeignBundle(bytes) : undefined;
  if (foreign?.format !== undefined) {
    showForeign(foreign, output);
    if ("problem" in foreign) return EXIT.broken;
    return trust === undefined ? EXIT.ok : EXIT.notAuthentic;
  }
  const { kind, report } = verifyEvidence(bytes, trust);
  const schema = kind === "bundle" ? VerifyBundleResponseSchema : VerifyAuditPackageResponseSchema;
  if (output.json) printJson(output, schema, create(schema, { report: toWireReport(report) }));
  else showReport(report, kind, trust, output);
  return exitCodeOf(report, trust);
}

/** Who names whom to believe wants to hear that it is theirs; anything less is not what they asked for. */
function exitCodeOf({ verdict }: VerificationReport, trust: TrustPolicy | undefined): number {
  if (verdict === "BROKEN") return EXIT.broken;
  return trust === undefined || verdict === "AUTHENTIC" ? EXIT.ok : EXIT.notAuthentic;
}

/** Whether it is worth the while to read a file as one of nexus-attest (Python): each of those holds this name, and none of ours. */
function isOfTheOriginal(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"bundle_version"');
}
