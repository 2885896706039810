import { canonicalJson, type Json, parseJson } from "../codec/canonical-json.ts";
import { envelopeJson } from "../codec/dsse-envelope.ts";
import { encodeTemplateEvent } from "../codec/template.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { Digest } from "../domain/ids.ts";
import type { RecordedTemplate } from "../domain/template.ts";
import { BUNDLE_VERSION, controlBundleOf, jsonDigest } from "./build-audit-package.ts";
import { type SignedBundle, signBundle } from "./bundle-statement.ts";
import type { Signer } from "./dsse.ts";

export const FILE_VERSION = "nexus.attest/decision-bundle/v1";

/** What a bundle holds beside the log. */
export interface Attachments {
  /** The ProtoJSON of the TemplateEvent that the policy came from. */
  readonly template: Json | undefined;
  /** The ProtoJSON of the server's DsseEnvelope over the head digest. */
  readonly signature: Json | undefined;
}

/** Canonical JSON, and the digest of the control bundle inside. */
export interface BuiltBundle {
  readonly json: string;
  readonly controlDigest: Digest;
}

/**
 * The bundle of a decision in any state, with what is attached to it.
 *
 * @throws {TypeError} if there are no events.
 */
export function buildDecisionBundle(events: readonly RecordedEvent[], attachments: Attachments): BuiltBundle {
  return bundleOf(events, () => attachments);
}

/**
 * The same with the template that the policy came from, and signed by whoever has the log for its own.
 *
 * @throws {TypeError} if there are no events.
 */
export function buildSignedBundle(
  events: readonly RecordedEvent[],
  { template, signer }: { readonly template: RecordedTemplate | undefined; readonly signer: Signer },
): BuiltBundle {
  const json = template === undefined ? undefined : parseJson(encodeTemplateEvent(template.event));
  const templateDigest = json === undefined ? "" : jsonDigest(json);
  return bundleOf(events, (log) => ({
    template: json,
    signature: envelopeJson(signBundle({ ...log, templateDigest }, signer)),
  }));
}

type LogToSign = Omit<SignedBundle, "templateDigest">;

function bundleOf(events: readonly RecordedEvent[], attach: (log: LogToSign) => Attachments): BuiltBundle {
  const last = events.at(-1);
  if (last === undefined) throw new TypeError("a bundle has at least one event");
  const { decisionId, seq } = last.event;
  const controlBundle = controlBundleOf(decisionId, events, last.digest);
  const controlDigest = jsonDigest(controlBundle);
  const { template, signature } = attach({
    decisionId,
    bundleVersion: BUNDLE_VERSION,
    controlDigest,
    headSeq: seq,
    headDigest: last.digest,
  });
  const json = canonicalJson({
    fileVersion: FILE_VERSION,
    controlBundle,
    controlDigest,
    ...(template === undefined ? {} : { template }),
    ...(signature === undefined ? {} : { signature }),
  });
  return { json, controlDigest };
}
