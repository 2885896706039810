import { MAX_EVENTS } from "../domain/limits.ts";
import { MAX_FILE_BYTES } from "../evidence/package-format.ts";
import { checkOrigin } from "./check-origin.ts";
import { checkPackage, type PackageEvidence } from "./check-package.ts";
import { checkProvenance, checkRouterLink, checkTemplate } from "./check-sections.ts";
import { type Finding, type FindingName, findingsOf } from "./findings.ts";
import { type ForeignEvent, readForeignEvent } from "./foreign-event.ts";
import { type ForeignDecision, replayForeign } from "./foreign-lifecycle.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import { type JsonNode, parseJsonText } from "./json-text.ts";
import { PYTHON_BUNDLE_VERSION, type PythonFormat, type PythonStatus } from "./python-format.ts";
import { nodeDigest } from "./python-json.ts";
import { digestOfField, expectSame, itemsOf, optionalTextOf, type Shape, shapeOf, textOf, wordOf } from "./shape.ts";

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

const STATUSES = ["DRAFT", "PENDING_APPROVAL", "APPROVED", "EXECUTING", "COMPLETED", "FAILED"] as const;

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
    if (format === "nexus-attest-0.5") return readBundle(file, text, undefined);
    const found = checkPackage(file);
    return readBundle(found.controlBundle, text, found);
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

function readBundle(node: JsonNode | undefined, text: string, package_: PackageEvidence | undefined): ForeignBundle {
  const bundle = shapeOf(
    node,
    package_ === undefined ? "bundle" : "control_bundle",
    ["bundle_version", "decision", "events", "template_snapshot", "router_link", "integrity", "provenance"],
    ["meta"],
  );
  wordOf(bundle, "bundle_version", [PYTHON_BUNDLE_VERSION]);
  const header = shapeOf(bundle.members.get("decision"), "decision", [
    "decision_id",
    "goal",
    "mode",
    "created_at",
    "status",
  ]);
  const decisionId = textOf(header, "decision_id");
  if (decisionId === "") throw new ForeignProblem("decision.decision_id is empty.");
  const items = itemsOf(bundle, "events");
  if (items.length === 0 || items.length > MAX_EVENTS)
    throw new ForeignProblem(`A log has 1 to ${MAX_EVENTS} events; this one has ${items.length}.`);
  const events = items.map((item, seq) => readForeignEvent(item, seq, decisionId, text));
  const digest = checkBundleDigest(bundle);
  checkProvenance(bundle, decisionId, digest, "nexus-attest-0.5");
  const isOurs = events.some(({ origin }) => origin !== undefined);
  const decision = replayForeign(events, isOurs);
  const status = checkHeader(header, decision, bundle);
  const proven: Partial<Record<FindingName, string>> = {
    bundle_digest: `sha256:${digest}`,
    event_digests: "",
    sequence: `${events.length} events`,
    header: "",
    lifecycle: "",
  };
  const missing: Partial<Record<FindingName, string>> = {};
  const note = (name: FindingName, holds: boolean, detail: string) => {
    (holds ? proven : missing)[name] = detail;
  };
  const runs = decision.executions.length;
  note("quorum", runs > 0, runs > 0 ? "" : "No execution was requested.");
  const isTemplate = checkTemplate(bundle, decision.policy);
  note("template", isTemplate, isTemplate ? "" : "No template was used.");
  const isStarted = decision.executions.some(({ started }) => started !== undefined);
  note("router_request", isStarted, isStarted ? "" : "No execution has started.");
  const isLinked = checkRouterLink(bundle, decisionId, decision);
  note("router_link", isLinked, isLinked ? "" : "The bundle has no router link.");
  const own = isOurs ? checkOrigin(events, bundle, status) : undefined;
  note("origin", isOurs, isOurs ? "" : "The events do not come from a log of Nexus Attest.");
  package_?.finish({ bundle, digest, decision, own }, note);
  if (package_ === undefined)
    for (const name of ["binding", "run_result", "run_record"] as const)
      note(name, false, "A bundle has no run in it.");
  note(
    "self_approval",
    false,
    decision.selfApprovals > 0 ? "It did in this decision." : "It did not in this decision.",
  );
  note("single_execution", false, `This log has ${runs} execution${runs === 1 ? "" : "s"}.`);
  const unknown = [...new Set(events.flatMap((event) => event.unknown))];
  if (unknown.length > 0)
    proven.event_digests = `Covered, but not known to the format: ${unknown
      .slice(0, 10)
      .map((name) => JSON.stringify(name.slice(0, 64)))
      .join(", ")}.`;
  return {
    format: package_ === undefined ? "nexus-attest-0.5" : "nexus-attest-0.6",
    decisionId,
    status,
    digest: `sha256:${package_?.bindingDigest ?? digest}`,
    events,
    findings: findingsOf(proven, missing),
  };
}

/** The digest of everything but integrity, provenance and meta. */
function checkBundleDigest({ members, at }: Shape): string {
  const content = new Map(
    [...members].filter(([name]) => name !== "integrity" && name !== "provenance" && name !== "meta"),
  );
  const digest = nodeDigest({ kind: "object", members: content, start: 0, end: 0 });
  const integrity = shapeOf(members.get("integrity"), `${at}.integrity`, ["alg", "canonical_digest"]);
  wordOf(integrity, "alg", ["sha256"]);
  expectSame(digest, digestOfField(integrity, "canonical_digest"), `${at}.integrity.canonical_digest`);
  return digest;
}

function checkHeader(header: Shape, { created, statuses }: ForeignDecision, bundle: Shape): PythonStatus {
  expectSame(created.goal, optionalTextOf(header, "goal"), "decision.goal");
  expectSame(created.mode, textOf(header, "mode"), "decision.mode");
  const [first] = itemsOf(bundle, "events");
  expectSame(textOf(shapeOfEvent(first), "ts"), textOf(header, "created_at"), "decision.created_at");
  const status = wordOf(header, "status", STATUSES);
  if (!statuses.includes(status))
    throw new ForeignProblem(`decision.status is ${status}; by the events it is ${statuses.join(" or ")}.`);
  return status;
}

function shapeOfEvent(node: JsonNode | undefined): Shape {
  if (node?.kind !== "object") throw new ForeignProblem("events[0] is not an object.");
  return { at: "events[0]", members: node.members };
}
