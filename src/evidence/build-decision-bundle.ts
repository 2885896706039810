import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { Digest } from "../domain/ids.ts";
import { controlBundleOf, jsonDigest } from "./build-audit-package.ts";

export const FILE_VERSION = "nexus.attest/decision-bundle/v1";

/** What a bundle holds beside the log. */
export interface Attachments {
  /** The ProtoJSON of the TemplateEvent that the policy came from. */
  readonly template: Json | undefined;
  /** The ProtoJSON of the server's DsseEnvelope over the head digest. */
  readonly signature: Json | undefined;
}

/**
 * The bundle of a decision in any state: canonical JSON, and the digest of the control bundle inside.
 *
 * @throws {TypeError} if there are no events.
 */
export function buildDecisionBundle(
  events: readonly RecordedEvent[],
  { template, signature }: Attachments,
): { readonly json: string; readonly controlDigest: Digest } {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new TypeError("a bundle has at least one event");
  const controlBundle = controlBundleOf(first.event.decisionId, events, last.digest);
  const controlDigest = jsonDigest(controlBundle);
  const json = canonicalJson({
    fileVersion: FILE_VERSION,
    controlBundle,
    controlDigest,
    ...(template === undefined ? {} : { template }),
    ...(signature === undefined ? {} : { signature }),
  });
  return { json, controlDigest };
}
