import { base64Decode } from "@bufbuild/protobuf/wire";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { Instant } from "../domain/ids.ts";
import { misstatement, signerOf } from "./dsse.ts";
import type { EnvelopeJson } from "./evidence-file.ts";
import { isBase64 } from "./proto-json.ts";
import { isWithin, type TrustPolicy } from "./trust-policy.ts";
import { type CheckResult, fail, notChecked, PASS, type VerifiedSigner } from "./verification-report.ts";

/**
 * Whether a server that the verifier believes signed something.
 *
 * @param signed.envelope as given; undefined if there is none.
 * @param signed.statement what a server's statement has to be, made of what was recomputed.
 * @param signed.lastAt when the last event occurred: a key that was retired before does not vouch for it.
 */
export function checkServerSignature(
  signed: { readonly envelope: EnvelopeJson | undefined; readonly statement: string; readonly lastAt: Instant },
  trust: TrustPolicy | undefined,
  signers: VerifiedSigner[],
): CheckResult {
  const { envelope: given, statement, lastAt } = signed;
  if (given === undefined) return notChecked("It carries no signature: it is consistent at best, not authentic.");
  const envelope = readEnvelope(given);
  const wrong = envelope === undefined ? "it is not readable" : misstatement(envelope, statement);
  if (envelope === undefined || wrong !== undefined) return fail(`signature: ${wrong}.`);
  // Nothing in an authentic file may be what its server did not write: not a second signature, and no other key id.
  const { length } = envelope.signatures;
  if (length > 1) return fail(`signature: it holds ${length} signatures, not one.`);
  const [{ keyid } = { keyid: "" }] = envelope.signatures;
  const trusted = trust?.serverKeys ?? [];
  if (trusted.length === 0) return notChecked("It is signed; no trust policy names keys of servers to believe it by.");
  const keys = trusted.filter(({ keyId }) => keyId === keyid);
  const believed = keys.filter((key) => isWithin(key, lastAt));
  const signer = signerOf(envelope, believed);
  if (signer !== undefined) {
    signers.push({ role: "SERVER", name: signer.name, keyId: signer.keyId });
    return PASS;
  }
  const unbelieved = signerOf(
    envelope,
    keys.filter((key) => !isWithin(key, lastAt)),
  );
  return fail(
    unbelieved === undefined
      ? "signature: it names no server's key that the trust policy names and that made it."
      : `signature: it was made by ${unbelieved.keyId}, which the trust policy does not believe for evidence that ends at ${new Date(lastAt).toISOString()}.`,
  );
}

function readEnvelope({ payload = "", payloadType = "", signatures = [] }: EnvelopeJson): DsseEnvelope | undefined {
  const texts = [payload, ...signatures.map(({ sig = "" }) => sig)];
  if (!texts.every(isBase64)) return undefined;
  return {
    payload: base64Decode(payload),
    payloadType,
    signatures: signatures.map(({ keyid = "", sig = "" }) => ({ keyid, sig: base64Decode(sig) })),
  };
}
