import type { Json } from "../codec/canonical-json.ts";
import type { Instant } from "../domain/ids.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import { digestOf } from "../evidence/digest.ts";
import type { OwnLog } from "./own-log.ts";
import {
  type JsonMembers,
  METHODS,
  PYTHON_BUNDLE_VERSION,
  type PythonFormat,
  type PythonStatus,
} from "./python-format.ts";
import { bare, contentDigest } from "./python-json.ts";
import { toPythonTime } from "./python-time.ts";
import { toPythonEvent, toPythonMode } from "./to-python-event.ts";

/** What a bundle's digest is taken of. */
export interface BundleContent extends JsonMembers {
  readonly bundle_version: string;
  readonly decision: JsonMembers & { readonly decision_id: string };
  readonly events: readonly JsonMembers[];
  readonly template_snapshot: JsonMembers;
  readonly router_link: JsonMembers;
}

/** The log as the original would export it. */
export function bundleContent({ decision, events, texts }: OwnLog, status: PythonStatus): BundleContent {
  const converted = events.map(({ event }, index) => toPythonEvent(event, texts[index] ?? "", decision));
  return {
    bundle_version: PYTHON_BUNDLE_VERSION,
    decision: {
      decision_id: decision.decisionId,
      goal: decision.created.goal,
      mode: toPythonMode(decision.created.mode),
      created_at: toPythonTime(decision.createdAt),
      status,
    },
    events: converted,
    template_snapshot: templateSnapshot(converted),
    router_link: routerLink(decision),
  };
}

/** A bundle, with its digest and where it comes from. */
export function sealBundle(content: BundleContent): JsonMembers {
  const digest = contentDigest(content);
  return {
    ...content,
    integrity: { alg: "sha256", canonical_digest: `sha256:${digest}` },
    provenance: provenanceOf(content.decision.decision_id, digest, "nexus-attest-0.5"),
  };
}

/** Where a file comes from. No digest covers it; its id follows from what it names. */
export function provenanceOf(
  decisionId: string,
  digest: string,
  format: PythonFormat,
  method: string = METHODS[format].ours,
): JsonMembers {
  const record = {
    prov_id: `prov_${bare(digestOf(`${decisionId}:${digest}`)).slice(0, 12)}`,
    method_id: method,
    inputs: [`decision:${decisionId}`],
    outputs: [`${METHODS[format].output}:sha256:${digest}`],
  };
  return { records: [record] };
}

/** The state that the original would give the decision at a moment: approvals count by distinct ids, whoever they are, until the start. */
export function pythonStatus({ phase, policy, approvals }: Decision, at: Instant): PythonStatus {
  switch (phase.kind) {
    case "completed":
      return "COMPLETED";
    case "failed":
      return "FAILED";
    case "started":
    case "unknown":
      return "EXECUTING";
    case "open":
    case "gated":
    case "rejected":
    case "cancelled": {
      if (policy === undefined) return "DRAFT";
      const latest = new Map(approvals.map((approval) => [approval.approver.id, approval]));
      const standing = [...latest.values()].filter(
        ({ revoked, expiresAt }) => revoked === undefined && (expiresAt === undefined || expiresAt > at),
      );
      return standing.length >= policy.policy.minApprovals ? "APPROVED" : "PENDING_APPROVAL";
    }
  }
}

/** The digest of the link between a decision and a run; the digests within it have no prefix. */
export function linkDigest(link: {
  readonly decisionId: string;
  readonly runId: string;
  readonly requestDigest: string | undefined;
  readonly resultDigest: string | undefined;
}): string {
  return contentDigest({
    decision_id: link.decisionId,
    run_id: link.runId,
    router_request_digest: link.requestDigest ?? null,
    router_result_digest: link.resultDigest ?? null,
  });
}

/** The template as it is told beside the log, from the payload of the event that used it. */
function templateSnapshot(events: readonly JsonMembers[]): JsonMembers {
  const attached = events.find(({ type }) => type === "POLICY_ATTACHED");
  const payload = (attached?.["payload"] ?? {}) as JsonMembers;
  const { template_name: name, template_digest: digest, template_snapshot: snapshot, overrides_applied } = payload;
  if (name === undefined || snapshot === undefined) return { present: false };
  const overrides: Json =
    Object.keys(overrides_applied as JsonMembers).length === 0 ? null : (overrides_applied ?? null);
  return { present: true, name, digest: `sha256:${digest as string}`, snapshot, overrides };
}

function routerLink({ decisionId, phase }: Decision): JsonMembers {
  const passed = gateOf(phase);
  if (passed === undefined) return {};
  const { gate } = passed;
  const started = "startedAt" in passed && passed.startedAt !== undefined;
  const run = passed.kind === "completed" || passed.kind === "failed" ? passed.outcome : undefined;
  const resultDigest = run?.type === "EXECUTION_COMPLETED" ? run.routerDigest : undefined;
  const runId = run === undefined || run.runId === "" ? undefined : run.runId;
  const requestDigest = started ? gate.routerRequestDigest : undefined;
  const digest =
    runId &&
    linkDigest({
      decisionId,
      runId,
      requestDigest: requestDigest && bare(requestDigest),
      resultDigest: resultDigest && bare(resultDigest),
    });
  return {
    adapter_id: gate.adapterId,
    ...(runId !== undefined && { run_id: runId }),
    ...(requestDigest !== undefined && { router_request_digest: requestDigest }),
    ...(resultDigest !== undefined && { router_result_digest: resultDigest }),
    ...(digest !== undefined && { control_router_link_digest: `sha256:${digest}` }),
  };
}
