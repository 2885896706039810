import type { ForeignDecision } from "./foreign-lifecycle.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import type { JsonNode } from "./json-text.ts";
import { METHODS, type PythonFormat } from "./python-format.ts";
import { pythonJson, pythonJsonOf } from "./python-json.ts";
import { readPythonTime } from "./python-time.ts";
import { expectSame, itemsOf, type Shape, shapeOf, textOf, wordOf } from "./shape.ts";
import { linkDigest, provenanceOf } from "./to-python-bundle.ts";

const POLICY_FIELDS = [
  "min_approvals",
  "allowed_modes",
  "require_adapter_capabilities",
  "max_steps",
  "labels",
] as const;

/** Whether a template was used; then the policy has to follow from it, and what the bundle says beside the log has to be what the log says, if it says it. */
export function checkTemplate(bundle: Shape, policy: ForeignDecision["policy"]): boolean {
  const beside = bundle.members.get("template_snapshot");
  const used = policy?.template;
  const isPresent = beside?.kind === "object" && isTrue(beside.members.get("present"));
  if (!isPresent) expectSame('{"present":false}', beside && pythonJson(beside), "template_snapshot");
  if (policy === undefined || used === undefined) {
    if (isPresent) throw new ForeignProblem("template_snapshot is of a template that no event used.");
    return false;
  }
  const { members: before } = shapeOf(used.snapshot, `${policy.payload.at}.template_snapshot`, [
    "template_name",
    "template_description",
    ...POLICY_FIELDS,
  ]);
  const overrides = used.overrides.kind === "object" ? used.overrides.members : new Map<string, JsonNode>();
  for (const field of POLICY_FIELDS) {
    const follows = overrides.get(field) ?? before.get(field);
    const inForce = policy.payload.members.get(field);
    expectSame(follows && pythonJson(follows), inForce && pythonJson(inForce), `${policy.payload.at}.${field}`);
  }
  expectSame(used.name, textOf({ at: "template_snapshot", members: before }, "template_name"), "template_name");
  if (!isPresent) return true;
  const shape = shapeOf(beside, "template_snapshot", ["present", "name", "digest", "snapshot", "overrides"]);
  expectSame(used.name, textOf(shape, "name"), "template_snapshot.name");
  expectSame(`sha256:${used.digest}`, textOf(shape, "digest"), "template_snapshot.digest");
  expectSame(pythonJson(used.snapshot), canonicalOf(shape, "snapshot"), "template_snapshot.snapshot");
  // As the original has it, no overrides are null.
  const expected = overrides.size === 0 ? "null" : pythonJson(used.overrides);
  expectSame(expected, canonicalOf(shape, "overrides"), "template_snapshot.overrides");
  return true;
}

/** The fields of the router link, each of which has to follow from the last execution; undefined if it has none. */
export function checkRouterLink(bundle: Shape, decisionId: string, { executions }: ForeignDecision): Shape | undefined {
  const link = bundle.members.get("router_link");
  if (link?.kind === "object" && link.members.size === 0) return undefined;
  const last = executions.at(-1);
  if (last === undefined) throw new ForeignProblem("router_link is of an execution that no event requested.");
  const { requested, started, ended } = last;
  const runId = ended?.runId;
  const resultDigest = ended?.type === "EXECUTION_COMPLETED" ? ended.resultDigest : undefined;
  const requestDigest = started?.requestDigest;
  const expected = {
    adapter_id: requested.adapterId,
    ...(runId !== undefined && { run_id: runId }),
    ...(requestDigest !== undefined && { router_request_digest: `sha256:${requestDigest}` }),
    ...(resultDigest !== undefined && { router_result_digest: `sha256:${resultDigest}` }),
    ...(runId !== undefined && {
      control_router_link_digest: `sha256:${linkDigest({ decisionId, runId, requestDigest, resultDigest })}`,
    }),
  };
  const shape = shapeOf(link, "router_link", Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expectSame(value, textOf(shape, name), `router_link.${name}`);
  return shape;
}

/** Provenance and meta prove nothing, for no digest covers them; but what they say must be what the exporter would have written. */
export function checkProvenance(file: Shape, decisionId: string, digest: string, format: PythonFormat): void {
  const provenance = shapeOf(file.members.get("provenance"), `${file.at}.provenance`, ["records"]);
  const [record, ...more] = itemsOf(provenance, "records");
  const at = `${file.at}.provenance.records`;
  if (more.length > 0) throw new ForeignProblem(`${at} has more than one record.`);
  const { theirs, ours } = METHODS[format];
  const shape = shapeOf(record, `${at}[0]`, ["prov_id", "method_id", "inputs", "outputs"]);
  const method = wordOf(shape, "method_id", [theirs, ours]);
  const expected = pythonJsonOf(provenanceOf(decisionId, digest, format, method));
  expectSame(expected, canonicalOf(file, "provenance"), `${file.at}.provenance`);
  const meta = file.members.get("meta");
  if (meta === undefined) return;
  const exportedAt = textOf(shapeOf(meta, `${file.at}.meta`, ["exported_at"]), "exported_at");
  if (readPythonTime(exportedAt) === undefined) throw new ForeignProblem(`${file.at}.meta.exported_at is not a time.`);
}

function canonicalOf({ members }: Shape, name: string): string | undefined {
  const node = members.get(name);
  return node && pythonJson(node);
}

function isTrue(node: JsonNode | undefined): boolean {
  return node?.kind === "literal" && node.value === true;
}
