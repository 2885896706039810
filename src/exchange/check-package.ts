import { base64Decode } from "@bufbuild/protobuf/wire";
import type { ExecutionCompleted, ExecutionFailed } from "../domain/event.ts";
import type { Phase } from "../domain/state.ts";
import { digestOf } from "../evidence/digest.ts";
import { isBase64 } from "../evidence/proto-json.ts";
import { checkProvenance } from "./check-sections.ts";
import type { FindingName } from "./findings.ts";
import type { ForeignDecision } from "./foreign-lifecycle.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import type { JsonNode } from "./json-text.ts";
import type { OwnLog } from "./own-log.ts";
import { PYTHON_PACKAGE_VERSION } from "./python-format.ts";
import { contentDigest } from "./python-json.ts";
import { digestOfField, expectSame, openShapeOf, type Shape, shapeOf, textOf, wordOf } from "./shape.ts";
import { RUN_RECORD_FIELDS } from "./to-python-package.ts";

/** A package whose binding holds, and what remains to be compared with the bundle in it. */
export interface PackageEvidence {
  readonly controlBundle: JsonNode | undefined;
  readonly bindingDigest: string;
  /** Compares it with the bundle, once that has been read. */
  finish(read: ReadBundle, note: Note): void;
}

/** The bundle of a package as it was read. */
interface ReadBundle {
  readonly bundle: Shape;
  readonly digest: string;
  readonly decision: ForeignDecision;
  /** The log of ours within it. */
  readonly own: OwnLog | undefined;
}

type Note = (name: FindingName, holds: boolean, detail: string) => void;

export function checkPackage(file: JsonNode): PackageEvidence {
  const shape = shapeOf(
    file,
    "package",
    ["package_version", "control_bundle", "router", "binding", "integrity", "provenance"],
    ["meta"],
  );
  const version = wordOf(shape, "package_version", [PYTHON_PACKAGE_VERSION]);
  const names = ["control_digest", "router_digest", "control_router_link_digest"] as const;
  const binding = shapeOf(shape.members.get("binding"), "binding", names);
  const [control, router, link] = names.map((name) => digestOfField(binding, name));
  const bindingDigest = contentDigest({
    package_version: version,
    control_digest: `sha256:${control}`,
    router_digest: `sha256:${router}`,
    control_router_link_digest: `sha256:${link}`,
  });
  const integrity = shapeOf(shape.members.get("integrity"), "integrity", ["alg", "binding_digest"]);
  wordOf(integrity, "alg", ["sha256"]);
  expectSame(bindingDigest, digestOfField(integrity, "binding_digest"), "integrity.binding_digest");
  return {
    controlBundle: shape.members.get("control_bundle"),
    bindingDigest,
    finish({ bundle, digest, decision: { executions }, own }, note) {
      expectSame(digest, control, "binding.control_digest");
      const decisionId = textOf({ at: "decision", members: membersOf(bundle, "decision") }, "decision_id");
      checkProvenance(shape, decisionId, bindingDigest, "nexus-attest-0.6");
      const { runId, resultDigest } = linkOf(bundle);
      const linked = membersOf(bundle, "router_link");
      expectSame(
        digestOfField({ at: "router_link", members: linked }, "control_router_link_digest"),
        link,
        "binding.control_router_link_digest",
      );
      note("binding", true, `sha256:${bindingDigest}`);
      const routerDigest = `sha256:${router}`;
      const record = checkRouter(shape.members.get("router"), routerDigest, runId, own !== undefined);
      const outcome = own && outcomeOf(own.decision.phase);
      if (outcome !== undefined) {
        expectSame(outcome.routerDigest, routerDigest, "binding.router_digest");
        if (record.isProven) expectSame(outcome.routerMediaType, record.mediaType, "router.bundle.media_type");
      }
      const isNamed = resultDigest === routerDigest || outcome !== undefined;
      const isFailed = executions.at(-1)?.ended?.type === "EXECUTION_FAILED";
      const why = isFailed ? "The event of a failed execution names no record." : "The log names another record.";
      note("run_result", isNamed, isNamed ? "" : why);
      note("run_record", record.isProven, record.isProven ? "" : record.why);
    },
  };
}

function outcomeOf(phase: Phase): ExecutionCompleted | ExecutionFailed | undefined {
  return phase.kind === "completed" || phase.kind === "failed" ? phase.outcome : undefined;
}

function linkOf(bundle: Shape): { readonly runId: string; readonly resultDigest: string | undefined } {
  const shape = { at: "router_link", members: membersOf(bundle, "router_link") };
  if (!shape.members.has("run_id")) throw new ForeignProblem("router_link names no run: a package needs one.");
  return {
    runId: textOf(shape, "run_id"),
    resultDigest: shape.members.has("router_result_digest") ? textOf(shape, "router_result_digest") : undefined,
  };
}

function membersOf({ members, at }: Shape, name: string): ReadonlyMap<string, JsonNode> {
  return openShapeOf(members.get(name), `${at}.${name}`, []).members;
}

/** Whether the run's own record is in the package and has the digest that it should have. */
type RunRecord =
  | { readonly isProven: true; readonly mediaType: string }
  | { readonly isProven: false; readonly why: string };

/** Compares the router section with the binding. */
function checkRouter(node: JsonNode | undefined, routerDigest: string, runId: string, isOurs: boolean): RunRecord {
  const mode = wordOf(openShapeOf(node, "router", ["mode"]), "mode", ["embedded", "reference"]);
  if (mode === "reference") {
    const router = shapeOf(node, "router", ["mode", "ref"]);
    const ref = shapeOf(router.members.get("ref"), "router.ref", ["run_id", "digest"]);
    expectSame(runId, textOf(ref, "run_id"), "router.ref.run_id");
    expectSame(routerDigest, textOf(ref, "digest"), "router.ref.digest");
    return { isProven: false, why: "The record is not in the package." };
  }
  const router = shapeOf(node, "router", ["mode", "bundle"]);
  const bundle = openShapeOf(router.members.get("bundle"), "router.bundle", ["integrity"]);
  const integrity = openShapeOf(bundle.members.get("integrity"), "router.bundle.integrity", ["canonical_digest"]);
  expectSame(routerDigest, textOf(integrity, "canonical_digest"), "router.bundle.integrity.canonical_digest");
  if (!isOurs) return { isProven: false, why: "The format does not say what a router bundle's digest is taken of." };
  return readOwnRecord(router.members.get("bundle"), routerDigest, runId);
}

/** A run bundle of ours, as sealPackage writes it. */
function readOwnRecord(node: JsonNode | undefined, routerDigest: string, runId: string): RunRecord {
  const record = shapeOf(node, "router.bundle", RUN_RECORD_FIELDS);
  const integrity = shapeOf(record.members.get("integrity"), "router.bundle.integrity", ["alg", "canonical_digest"]);
  wordOf(integrity, "alg", ["sha256"]);
  expectSame(runId, textOf(record, "run_id"), "router.bundle.run_id");
  const content = textOf(record, "content_base64");
  if (!isBase64(content)) throw new ForeignProblem("router.bundle.content_base64 is not base64.");
  expectSame(digestOf(base64Decode(content)), routerDigest, "router.bundle.content_base64");
  return { isProven: true, mediaType: textOf(record, "media_type") };
}
