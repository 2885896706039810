import { base64Encode } from "@bufbuild/protobuf/wire";
import type { Decision } from "../domain/state.ts";
import { type JsonMembers, PYTHON_PACKAGE_VERSION } from "./python-format.ts";
import { contentDigest } from "./python-json.ts";
import { provenanceOf } from "./to-python-bundle.ts";

/** A run bundle of ours as the original embeds one: an object that says its own digest, which is that of the exact bytes. */
export const RUN_RECORD_FIELDS = ["run_id", "media_type", "content_base64", "integrity"] as const;

/**
 * The package of a sealed bundle and a run.
 *
 * @param runBundle the bytes to embed; undefined: the digest alone.
 * @returns undefined if there was no run with a record.
 */
export function sealPackage(
  bundle: JsonMembers,
  { decisionId, phase }: Decision,
  runBundle: Uint8Array | undefined,
): JsonMembers | undefined {
  if (phase.kind !== "completed" && phase.kind !== "failed") return undefined;
  const { runId, routerDigest, routerMediaType } = phase.outcome;
  if (runId === "" || routerDigest === "") return undefined;
  const integrity = { alg: "sha256", canonical_digest: routerDigest };
  const router: JsonMembers =
    runBundle === undefined
      ? { mode: "reference", ref: { run_id: runId, digest: routerDigest } }
      : {
          mode: "embedded",
          bundle: { run_id: runId, media_type: routerMediaType, content_base64: base64Encode(runBundle), integrity },
        };
  const binding = {
    control_digest: (bundle["integrity"] as JsonMembers)["canonical_digest"] ?? "",
    router_digest: routerDigest,
    control_router_link_digest: (bundle["router_link"] as JsonMembers)["control_router_link_digest"] ?? "",
  };
  const digest = contentDigest({ package_version: PYTHON_PACKAGE_VERSION, ...binding });
  return {
    package_version: PYTHON_PACKAGE_VERSION,
    control_bundle: bundle,
    router,
    binding,
    integrity: { alg: "sha256", binding_digest: `sha256:${digest}` },
    provenance: provenanceOf(decisionId, digest, "nexus-attest-0.6"),
  };
}
