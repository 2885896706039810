import { base64Decode } from "@bufbuild/protobuf/wire";
import type { ExecutionCompleted, ExecutionFailed } from "../domain/event.ts";
import type { Phase } from "../domain/state.ts";
import { digestOf } from "../evidence/digest.ts";
import { isBase64 } from "../evidence/proto-json.ts";
import { type CheckedBundle, checkBundle } from "./check-bundle.ts";
import { checkProvenance } from "./check-sections.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import type { JsonNode } from "./json-text.ts";
import { open, type Proof, proven } from "./proof.ts";
import { PYTHON_PACKAGE_VERSION } from "./python-format.ts";
import { contentDigest } from "./python-json.ts";
import { digestOfField, expectSame, openShapeOf, type Shape, shapeOf, textOf, wordOf } from "./shape.ts";
import { RUN_RECORD_FIELDS } from "./to-python-package.ts";

/** The run of a package whose binding holds. */
export interface CheckedRun {
  /** Without a prefix. */
  readonly bindingDigest: string;
  /** Whether its record is the one that the log names. */
  readonly result: Proof;
  /** Whether the record has the digest that it says it has. */
  readonly record: Proof;
}

/**
 * Reads a package, the bundle in it, and what binds the two.
 *
 * @throws {ForeignProblem} that names the first place where it does not hold.
 */
export function checkPackage(
  file: JsonNode,
  text: string,
): { readonly bundle: CheckedBundle; readonly run: CheckedRun } {
  const fields = ["package_version", "control_bundle", "router", "binding", "integrity", "provenance"];
  const shape = shapeOf(file, "package", fields, ["meta"]);
  wordOf(shape, "package_version", [PYTHON_PACKAGE_VERSION]);
  const { control, router, link, bindingDigest } = checkBinding(shape);
  const bundle = checkBundle(shape.members.get("control_bundle"), "control_bundle", text);
  expectSame(bundle.digest, control, "binding.control_digest");
  checkProvenance(shape, bundle.decisionId, bindingDigest, "nexus-attest-0.6");
  const { routerLink } = bundle;
  if (routerLink === undefined || !routerLink.members.has("run_id"))
    throw new ForeignProblem("router_link names no run: a package needs one.");
  expectSame(digestOfField(routerLink, "control_router_link_digest"), link, "binding.control_router_link_digest");
  const runId = textOf(routerLink, "run_id");
  return {
    bundle,
    run: { bindingDigest, ...checkRun(shape.members.get("router"), `sha256:${router}`, runId, bundle) },
  };
}

function checkBinding({ members }: Shape) {
  const binding = shapeOf(members.get("binding"), "binding", [
    "control_digest",
    "router_digest",
    "control_router_link_digest",
  ]);
  const control = digestOfField(binding, "control_digest");
  const router = digestOfField(binding, "router_digest");
  const link = digestOfField(binding, "control_router_link_digest");
  const bindingDigest = contentDigest({
    package_version: PYTHON_PACKAGE_VERSION,
    control_digest: `sha256:${control}`,
    router_digest: `sha256:${router}`,
    control_router_link_digest: `sha256:${link}`,
  });
  const integrity = shapeOf(members.get("integrity"), "integrity", ["alg", "binding_digest"]);
  wordOf(integrity, "alg", ["sha256"]);
  expectSame(bindingDigest, digestOfField(integrity, "binding_digest"), "integrity.binding_digest");
  return { control, router, link, bindingDigest };
}

/** Compares the router section with the log: with ours, if the bundle was made of one, for that names the record of a failed run too. */
function checkRun(
  node: JsonNode | undefined,
  routerDigest: string,
  runId: string,
  { decision, own }: CheckedBundle,
): Pick<CheckedRun, "result" | "record"> {
  const record = readRecord(node, routerDigest, runId, own !== undefined);
  const outcome = own && outcomeOf(own.decision.phase);
  if (outcome !== undefined) {
    expectSame(outcome.routerDigest, routerDigest, "binding.router_digest");
    if (record.isProven) expectSame(outcome.routerMediaType, record.mediaType, "router.bundle.media_type");
  }
  const ended = decision.executions.at(-1)?.ended;
  const isNamed = ended?.type === "EXECUTION_COMPLETED" && routerDigest === `sha256:${ended.resultDigest}`;
  const why =
    ended?.type === "EXECUTION_FAILED"
      ? "The event of a failed execution names no record."
      : "The log names another record.";
  return {
    result: isNamed || outcome !== undefined ? proven() : open(why),
    record: record.isProven ? proven() : open(record.why),
  };
}

function outcomeOf(phase: Phase): ExecutionCompleted | ExecutionFailed | undefined {
  return phase.kind === "completed" || phase.kind === "failed" ? phase.outcome : undefined;
}

/** Whether the run's own record is in the package and has the digest that it should have. */
type RunRecord =
  | { readonly isProven: true; readonly mediaType: string }
  | { readonly isProven: false; readonly why: string };

/** Compares the router section with the binding. */
function readRecord(node: JsonNode | undefined, routerDigest: string, runId: string, isOurs: boolean): RunRecord {
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
