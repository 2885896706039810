import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { fromBase64 } from "./base64.js";
import { canonicalForm, type Given } from "./canonical.js";
import type { ENVELOPE } from "./decision-fields.js";
import { isGood, type PublicKey } from "./ed25519.js";
import type { Shape } from "./schema.js";

export type GivenEnvelope = Shape<typeof ENVELOPE>;

const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** A DSSE envelope that states what a verifier recomputed. */
export interface Envelope {
  /** What its signatures sign. */
  readonly message: Uint8Array;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Uint8Array }[];
}

/** Reads an envelope that states one of the statements, which is with at most so many signatures, or says in words why it does not. */
export function readEnvelope(given: GivenEnvelope, statements: readonly Given[], maxSignatures = 1): Envelope | string {
  const { payloadType = "", payload: encoded = "", signatures: all = [] } = given;
  if (payloadType !== PAYLOAD_TYPE) return `its payloadType is not ${PAYLOAD_TYPE}`;
  const payload = fromBase64(encoded);
  if (payload === undefined) return "its payload is not base64";
  if (!statements.some((statement) => isUtf8Of(payload, canonicalForm(statement))))
    return "its payload is not the statement that follows from the events";
  if (all.length < 1 || all.length > maxSignatures)
    return `it has ${all.length} signatures, not ${maxSignatures === 1 ? "" : "1 to "}${maxSignatures}`;
  const signatures = all.map(({ keyid = "", sig = "" }) => ({ keyid, sig: fromBase64(sig) }));
  const isRead = signatures.every((each): each is Envelope["signatures"][number] => each.sig !== undefined);
  return isRead ? { message: encodedForSigning(payload), signatures } : "a signature of it is not base64";
}

/** The first key by which one of the signatures is good, whichever key the signature itself names. */
export function signerOf<K extends { readonly key: PublicKey }>(
  { message, signatures }: Envelope,
  keys: readonly K[],
): K | undefined {
  return keys.find(({ key }) => signatures.some(({ sig }) => isGood(key, message, sig)));
}

/** DSSE's pre-authentication encoding. */
function encodedForSigning(payload: Uint8Array): Uint8Array {
  return concatBytes(utf8ToBytes(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);
}

function isUtf8Of(bytes: Uint8Array, text: string): boolean {
  const expected = utf8ToBytes(text);
  return expected.length === bytes.length && expected.every((byte, index) => byte === bytes[index]);
}
