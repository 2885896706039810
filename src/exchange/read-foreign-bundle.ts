import { MAX_FILE_BYTES } from "../evidence/json-file.ts";
import { type CheckedBundle, checkBundle } from "./check-bundle.ts";
import { type CheckedRun, checkPackage } from "./check-package.ts";
import { type Finding, findingsOf } from "./findings.ts";
import type { ForeignEvent } from "./foreign-event.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import { type JsonNode, parseJsonText } from "./json-text.ts";
import type { PythonFormat, PythonStatus } from "./python-format.ts";

/** A bundle or package of the original that holds by everything its format can prove. */
export interface ForeignBundle {
  readonly format: PythonFormat;
  readonly decisionId: string;
  /** As the header says it. */
  readonly status: PythonStatus;
  /** `sha256:<hex>`: of a bundle its canonical digest, of a package its binding digest. */
  readonly digest: string;
  readonly events: readonly ForeignEvent[];
  /** What was proven, and what nothing in the file can prove. */
  readonly findings: readonly Finding[];
}

/** A file that does not hold, and why; the format is what it gives itself out as. */
export interface UnreadableBundle {
  readonly format: PythonFormat | undefined;
  readonly problem: string;
}

/**
 * Reads a bundle or an audit package of nexus-attest (Python) 0.6, and checks everything that it can prove of itself; the first thing that is not so is the
 * problem. Never throws, whatever the bytes are, and takes time and memory in proportion to them. docs/nexus-attest-python.md says what is checked.
 */
export function readForeignBundle(bytes: Uint8Array): ForeignBundle | UnreadableBundle {
  let format: PythonFormat | undefined;
  try {
    const text = decode(bytes);
    const file = parseJsonText(text);
    format = formatOf(file);
    if (format === undefined) throw new ForeignProblem("The file has neither package_version nor bundle_version.");
    if (format === "nexus-attest-0.5") return foreignBundle(format, checkBundle(file, "bundle", text), undefined);
    const { bundle, run } = checkPackage(file, text);
    return foreignBundle(format, bundle, run);
  } catch (error) {
    if (error instanceof ForeignProblem) return { format, problem: error.message };
    throw error;
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_FILE_BYTES) throw new ForeignProblem(`The file is larger than ${MAX_FILE_BYTES} bytes.`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ForeignProblem("The file is not UTF-8.", { cause });
  }
}

function formatOf(file: JsonNode): PythonFormat | undefined {
  if (file.kind !== "object") return undefined;
  if (file.members.has("package_version")) return "nexus-attest-0.6";
  return file.members.has("bundle_version") ? "nexus-attest-0.5" : undefined;
}

function foreignBundle(format: PythonFormat, bundle: CheckedBundle, run: CheckedRun | undefined): ForeignBundle {
  const { decisionId, status, digest, events } = bundle;
  const findings = findingsOf(bundle, run);
  return { format, decisionId, status, digest: `sha256:${run?.bindingDigest ?? digest}`, events, findings };
}
