import { base64Decode } from "@bufbuild/protobuf/wire";
import { canonicalJson, parseJson } from "../codec/canonical-json.ts";
import type { Instant } from "../domain/ids.ts";
import { MAX_FILE_BYTES } from "../evidence/json-file.ts";
import type { PackageJson } from "../evidence/package-format.ts";
import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import { problemsOf } from "./inexpressible.ts";
import { LOSSES, type LossName, lossesOf, lossesOfPackage, rulesLostOf } from "./losses.ts";
import { type OwnLog, takeUpLog } from "./own-log.ts";
import type { JsonMembers, PythonFormat } from "./python-format.ts";
import { pythonJsonOf } from "./python-json.ts";
import { readForeignBundle } from "./read-foreign-bundle.ts";
import { bundleContent, pythonStatus, sealBundle } from "./to-python-bundle.ts";
import { sealPackage } from "./to-python-package.ts";

/** A file for the original and what its fields do not say, or why there can be none. */
export type Conversion =
  | {
      readonly kind: "converted";
      readonly file: Uint8Array;
      readonly digest: string;
      readonly losses: readonly LossName[];
    }
  | Refusal;

interface Refusal {
  readonly kind: "refused";
  /** At least one. */
  readonly problems: readonly string[];
}

/**
 * The log of a decision as a bundle `nexus-attest-0.5`.
 *
 * @param texts the events in their stored form, all of them, from seq 0 on.
 * @param how.at when the state in the bundle's header is judged.
 * @param how.acceptLosses whether an open decision may lose rules that the original has no words for.
 */
export function toPythonBundle(
  texts: readonly string[],
  how: { readonly at: Instant; readonly acceptLosses: boolean },
): Conversion {
  const log = takeUpLog(texts);
  if ("problem" in log) return refused(log.problem);
  return converted(log, { acceptLosses: how.acceptLosses, beside: [] }, () =>
    sealBundle(bundleContent(log, pythonStatus(log.decision, how.at))),
  );
}

/** An audit package of ours in a format of the original, a package in the same mode. One that is broken is refused. */
export function convertPackage(bytes: Uint8Array, format: PythonFormat): Conversion {
  const { verdict, checks } = verifyAuditPackage(bytes);
  if (verdict === "BROKEN") {
    const failed = checks.filter(({ status }) => status === "FAIL");
    return refused(...failed.map(({ name, detail }) => `The package is broken: ${name}: ${detail}`));
  }
  const given = parseJson(new TextDecoder().decode(bytes)) as unknown as PackageJson;
  const log = takeUpLog(given.controlBundle.events.map(canonicalJson));
  if ("problem" in log) return refused(log.problem);
  const { decision } = log;
  const { runBundle } = given.router;
  return converted(log, { acceptLosses: false, beside: lossesOfPackage(given) }, () => {
    // It was run, so no clock changes its state any more.
    const bundle = sealBundle(bundleContent(log, pythonStatus(decision, decision.head.occurredAt)));
    if (format === "nexus-attest-0.5") return bundle;
    return sealPackage(bundle, decision, runBundle === undefined ? undefined : base64Decode(runBundle));
  });
}

function converted(
  { decision, events }: OwnLog,
  { acceptLosses, beside }: { readonly acceptLosses: boolean; readonly beside: readonly LossName[] },
  make: () => JsonMembers | undefined,
): Conversion {
  const own = events.map(({ event }) => event);
  const problems = problemsOf(own, decision);
  const losses = [...lossesOf(own), ...beside];
  if (!acceptLosses)
    for (const name of rulesLostOf(decision, losses))
      problems.push(`The decision is still open, and nexus-attest 0.6 would lose a rule: ${LOSSES[name]}.`);
  if (problems.length > 0) return refused(...problems);
  const made = writing(make);
  if (made === undefined) return refused("There is no run with a record, so there is no package: export a bundle.");
  if (typeof made !== "string") return refused(made.problem);
  const file = new TextEncoder().encode(made);
  if (file.length > MAX_FILE_BYTES) return refused(`The file would be larger than ${MAX_FILE_BYTES} bytes.`);
  // What our own reader would not believe is not given to anybody.
  const read = readForeignBundle(file);
  if ("problem" in read) return refused(`What would be written does not hold: ${read.problem}`);
  return { kind: "converted", file, digest: read.digest, losses };
}

/** The text of what was made; or why it cannot be written, for it is too large. */
function writing(make: () => JsonMembers | undefined): string | { readonly problem: string } | undefined {
  try {
    const made = make();
    return made && pythonJsonOf(made);
  } catch (error) {
    if (error instanceof ForeignProblem) return { problem: error.message };
    throw error;
  }
}

function refused(...problems: readonly string[]): Refusal {
  return { kind: "refused", problems };
}
