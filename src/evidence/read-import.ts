import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import type { DecisionEvent, EventType } from "../domain/event.ts";
import type { DecisionId, Digest, ImportId } from "../domain/ids.ts";
import { type Attachments, buildDecisionBundle } from "./build-decision-bundle.ts";
import { claimsToBe, DECISION_BUNDLE } from "./bundle-format.ts";
import { checkDecisionId } from "./check-decision-id.ts";
import type { Findings } from "./check-evidence.ts";
import { flawOfImport } from "./check-importable.ts";
import { digestOf } from "./digest.ts";
import type { EvidenceFile } from "./evidence-file.ts";
import { besideImportIdOf, importIdOf } from "./import-id.ts";
import { type JsonFile, readJsonFile } from "./json-file.ts";
import { AUDIT_PACKAGE } from "./package-format.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import { type Check, hadNothingToJudge, type VerificationReport } from "./verification-report.ts";
import { judgePackage } from "./verify-audit-package.ts";
import { judgeBundle } from "./verify-decision-bundle.ts";

/** What can be imported; the schema's ImportedFormat. */
export const IMPORTED_FORMATS = ["DECISION_BUNDLE", "AUDIT_PACKAGE", "NEXUS_ATTEST_0_5", "NEXUS_ATTEST_0_6"] as const;
export type ImportedFormat = (typeof IMPORTED_FORMATS)[number];

/** A log that holds together, as it came. */
export interface ImportableLog extends Attachments {
  readonly format: ImportedFormat;
  readonly decisionId: DecisionId;
  /** Where the log belongs, and where this very file does beside another import of it. */
  readonly importId: ImportId;
  readonly besideId: ImportId;
  readonly events: readonly ImportableEvent[];
  readonly headDigest: Digest;
  /** Digest of the bundle that is given out again: of a bundle the file's own. */
  readonly fileDigest: Digest;
  /** Of a file that is no bundle of ours: what stands around its events. */
  readonly frame?: readonly string[];
  readonly unproven: readonly Unproven[];
}

export interface ImportableEvent {
  readonly type: EventType;
  /** Its stored form, byte for byte as it came. */
  readonly text: string;
  readonly digest: Digest;
}

/** Something that an importer might take for proven, and that is not. */
export interface Unproven {
  /** The name of a check, or of what was not kept. */
  readonly what: string;
  readonly detail: string;
}

/** A file that is not to be imported, and why. */
export interface NotImportable {
  /** Whether it is not what an import has to be, or only not proven by whom the importer believes. */
  readonly kind: "invalid" | "not_authentic";
  readonly problem: string;
}

/** One kind of file that can be imported. */
interface ImportFormat {
  /** Whether a file says that it is of this kind, of whatever version. */
  readonly recognises: (json: Json) => boolean;
  readonly read: (file: JsonFile, trust: TrustPolicy | undefined) => ImportableLog | NotImportable;
}

/** Every kind of file that can be imported: one more is one more row. */
const FORMATS: readonly ImportFormat[] = [
  { recognises: (json) => claimsToBe(DECISION_BUNDLE, json), read: readBundle },
  { recognises: (json) => claimsToBe(AUDIT_PACKAGE, json), read: readPackage },
];

/** What is wrong with a file of no kind in that table. */
export const NO_KNOWN_FILE = "The file is neither a bundle nor an audit package.";

/**
 * Reads a file for import, and checks everything that can be checked of it. Never throws: a file that is not to be imported is an answer.
 *
 * @param trust what it has to be authentic by; undefined: it need not be.
 */
export function readImport(bytes: Uint8Array, trust?: TrustPolicy): ImportableLog | NotImportable {
  const file = readJsonFile(bytes);
  if ("problem" in file) return invalid(file.problem);
  const format = FORMATS.find(({ recognises }) => recognises(file.json));
  return format?.read(file, trust) ?? invalid(NO_KNOWN_FILE);
}

function readBundle(json: JsonFile, trust: TrustPolicy | undefined): ImportableLog | NotImportable {
  const { report, found } = judgeBundle(json, trust);
  if (found === undefined) return invalid(failuresOf(report.checks));
  const { template, signature } = found.file.given;
  return importable("DECISION_BUNDLE", report, found, trust, { template, signature });
}

/** Of a package the log is taken and what belongs to it: its signature is about the whole package, which is not kept. */
function readPackage(json: JsonFile, trust: TrustPolicy | undefined): ImportableLog | NotImportable {
  const { report, found } = judgePackage(json, trust);
  if (found === undefined) return invalid(failuresOf(report.checks));
  const { template } = found.file.given;
  return importable("AUDIT_PACKAGE", report, found, trust, { template, signature: undefined });
}

function importable(
  format: ImportedFormat,
  report: VerificationReport,
  { file, findings }: { readonly file: EvidenceFile; readonly findings: Findings },
  trust: TrustPolicy | undefined,
  attachments: Attachments,
): ImportableLog | NotImportable {
  const { replayed, log } = findings;
  const first = replayed?.events[0];
  if (replayed === undefined || first === undefined) return invalid(failuresOf(report.checks));
  const checks = [...report.checks, ...originOf(first.event, report.checks)];
  const failed = checks.filter(({ status }) => status === "FAIL");
  if (failed.some(({ name }) => trust === undefined || !BY_TRUST.has(name))) return invalid(failuresOf(checks));
  const [unknown] = file.inspection.unknown.paths;
  if (unknown !== undefined)
    return invalid(`It holds a field that this server does not know, and so cannot check: ${unknown}.`);
  if (trust !== undefined && report.verdict !== "AUTHENTIC") return notAuthentic(checks);
  const { decision, events } = replayed;
  const flaw = flawOfImport(events);
  if (flaw !== undefined) return invalid(flaw);

  const { decisionId } = decision;
  const fileDigest = digestOf(buildDecisionBundle(events, attachments).json);
  return {
    ...attachments,
    format,
    decisionId,
    importId: importIdOf(decisionId, first.digest),
    besideId: besideImportIdOf(decisionId, first.digest, fileDigest),
    events: events.map(({ event, digest }, seq) => ({
      type: event.body.type,
      text: canonicalJson(log.json[seq]),
      digest,
    })),
    headDigest: decision.head.digest,
    fileDigest,
    unproven: checks.flatMap((check) =>
      check.status === "NOT_CHECKED" && !hadNothingToJudge(check) && !DEMANDS.has(check.name)
        ? [{ what: check.name, detail: check.detail }]
        : [],
    ),
  };
}

/** The checks that a trust policy decides: of a file that fails no other the importer is told that it is not proven, not that it does not hold together. */
const BY_TRUST: ReadonlySet<string> = new Set([
  "server_signature",
  "approver_signatures",
  "router_signature",
  "time_bounds",
  "required_checks",
]);

/** What a trust policy demands beyond proof: without one nobody demands it. */
const DEMANDS: ReadonlySet<string> = new Set(["time_bounds", "required_checks"]);

/** What the checks of a package do not ask, and those of a bundle do. */
function originOf(
  created: DecisionEvent,
  asked: readonly Pick<Check, "name">[],
): readonly Pick<Check, "name" | "status" | "detail">[] {
  if (asked.some(({ name }) => name === "decision_id")) return [];
  const { status, detail = "" } = checkDecisionId(created);
  return [{ name: "decision_id", status, detail }];
}

function invalid(problem: string): NotImportable {
  return { kind: "invalid", problem };
}

/** Nothing failed, and nobody who is believed signed it; or the trust policy is not satisfied. */
function notAuthentic(checks: readonly Pick<Check, "name" | "status" | "detail">[]): NotImportable {
  const signature = checks.find(({ name }) => name === "server_signature");
  const problem = checks.some(({ status }) => status === "FAIL") ? failuresOf(checks) : (signature?.detail ?? "");
  return { kind: "not_authentic", problem: `by the trust policy it is not authentic: ${problem}` };
}

/** How many failures are told; an error is not a report. */
const MOST_TOLD = 5;

function failuresOf(checks: readonly Pick<Check, "name" | "status" | "detail">[]): string {
  const failed = checks.filter(({ status }) => status === "FAIL");
  const told = failed
    .slice(0, MOST_TOLD)
    .map(({ name, detail }) => `${name}${detail === "" ? "" : ` (${detail.slice(0, 256).toWellFormed()})`}`);
  const more = failed.length - told.length;
  return `${told.join(", ")} failed${more > 0 ? `, and ${more} more` : ""}.`;
}
