import { base64Encode } from "@bufbuild/protobuf/wire";
import { canonicalJson, parseJson } from "../codec/canonical-json.ts";
import { envelopeJson } from "../codec/dsse-envelope.ts";
import { encodeEvent } from "../codec/stored-event.ts";
import { encodeTemplateEvent } from "../codec/template.ts";
import type { RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import type { RecordedTemplate } from "../domain/template.ts";
import { digestOf } from "./digest.ts";
import { DIGESTS } from "./digests.ts";
import { type Signer, signEnvelope } from "./dsse.ts";
import { packageStatement } from "./package-statement.ts";

export const PACKAGE_VERSION = "nexus.attest/audit-package/v1";
export const BUNDLE_VERSION = "nexus.attest/control-bundle/v1";

/**
 * The audit package of a decision that was run: canonical JSON, and the digest that binds it.
 *
 * @param run.bundle the run bundle to embed, of the digest and media type that were recorded; undefined: its digest alone is referred to.
 * @param run.template the template that the policy came from; undefined: none, or one that is not to be had.
 * @param run.signer whose signature it carries; undefined: it carries none.
 * @throws {TypeError} if the log does not end with a run that has a record.
 */
export function buildAuditPackage(run: {
  readonly events: readonly RecordedEvent[];
  readonly bundle: Uint8Array | undefined;
  readonly template?: RecordedTemplate | undefined;
  readonly signer?: Signer | undefined;
}): { readonly json: string; readonly bindingDigest: Digest } {
  const { events, bundle, template, signer } = run;
  const decision = events.reduce<Decision | undefined>(evolve, undefined);
  const phase = decision?.phase;
  if (
    decision?.policy === undefined ||
    (phase?.kind !== "completed" && phase?.kind !== "failed") ||
    phase.outcome.runId === "" ||
    phase.outcome.routerDigest === ""
  )
    throw new TypeError("an audit package needs a decision that was run");
  const { decisionId, created, policy, head } = decision;
  const { gate, gateDigest, outcome } = phase;

  const controlBundle = controlBundleOf(decisionId, events, head.digest);
  const link = {
    decisionId,
    runId: outcome.runId,
    adapterId: gate.adapterId,
    mode: `MODE_${gate.mode}`,
    requestDigest: DIGESTS.request(decisionId, created, policy),
    policyDigest: gate.policyDigest,
    // As ProtoJSON has it, an empty list is left out: by break-glass nobody need have approved.
    ...(gate.approvalDigests.length === 0 ? {} : { approvalDigests: gate.approvalDigests }),
    executionRequestedDigest: gateDigest,
    routerRequestDigest: gate.routerRequestDigest,
    routerDigest: outcome.routerDigest,
  };
  const router = {
    mode: bundle === undefined ? "PACKAGE_MODE_REFERENCE" : "PACKAGE_MODE_EMBEDDED",
    runId: outcome.runId,
    adapterId: gate.adapterId,
    routerDigest: outcome.routerDigest,
    ...(bundle === undefined ? {} : { runBundle: base64Encode(bundle) }),
    // As ProtoJSON has it, an empty text is left out.
    ...(bundle === undefined || outcome.routerMediaType === "" ? {} : { runBundleMediaType: outcome.routerMediaType }),
  };
  const controlDigest = jsonDigest(controlBundle);
  const linkDigest = jsonDigest(link);
  const bindingDigest = bindingOf({ controlDigest, routerDigest: outcome.routerDigest, linkDigest });
  const { routerDigest } = router;
  const templateJson = template === undefined ? undefined : parseJson(encodeTemplateEvent(template.event));
  const templateDigest = templateJson === undefined ? "" : jsonDigest(templateJson);
  const digests = { controlDigest, routerDigest, linkDigest, bindingDigest, templateDigest };
  const signed = { decisionId, packageVersion: PACKAGE_VERSION, ...digests };
  const json = canonicalJson({
    packageVersion: PACKAGE_VERSION,
    controlBundle,
    controlDigest,
    router,
    link,
    linkDigest,
    bindingDigest,
    ...(signer === undefined ? {} : { signature: envelopeJson(signEnvelope(packageStatement(signed), signer)) }),
    ...(templateJson === undefined ? {} : { template: templateJson }),
  });
  return { json, bindingDigest };
}

/** The log of a decision as evidence holds it. */
export function controlBundleOf(decisionId: DecisionId, events: readonly RecordedEvent[], headDigest: Digest) {
  return {
    bundleVersion: BUNDLE_VERSION,
    decisionId,
    events: events.map(({ event }) => parseJson(encodeEvent(event))),
    headDigest,
  };
}

/** The digest that binds a package, the same in both modes. */
export function bindingOf(parts: {
  readonly controlDigest: string;
  /** As ProtoJSON has it, one that is missing is left out. */
  readonly routerDigest: string | undefined;
  readonly linkDigest: string;
}): Digest {
  const { controlDigest, routerDigest, linkDigest } = parts;
  const given = routerDigest === undefined ? {} : { routerDigest };
  return jsonDigest({ packageVersion: PACKAGE_VERSION, controlDigest, linkDigest, ...given });
}

/**
 * The digest of a JSON value as it is: SHA-256 of its canonical form.
 *
 * @throws {CodecError} if it has none.
 */
export function jsonDigest(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}
