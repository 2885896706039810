import { type Approval } from "./approval.js";
import { isDigest } from "./digest.js";
import { type Envelope, type GivenEnvelope, readEnvelope, signerOf } from "./envelope.js";
import { type Finding, fail, notChecked, signedBy } from "./finding.js";
import type { Gate } from "./gate.js";
import type { LogEvent } from "./log.js";
import type { OpenedPackage } from "./opened-package.js";
import type { Signer } from "./report.js";
import type { Run } from "./run.js";
import { seenHead } from "./seen-head.js";
import { approvalStatement, packageStatement, runStatements } from "./statement.js";
import { isWithin, type TrustPolicy } from "./trust-policy.js";

const MAX_RUN_SIGNATURES = 8;

export function serverSignature(events: readonly LogEvent[], opened: OpenedPackage, trust?: TrustPolicy): Finding {
  const { signature } = opened.given;
  if (signature === undefined) return notChecked("the package is not signed");
  const envelope = readEnvelope(signature, [packageStatement(opened)]);
  if (typeof envelope === "string") return fail(`the signature does not state this package: ${envelope}`);
  if (trust === undefined || trust.serverKeys.length === 0)
    return notChecked("no trust policy says which server to believe");
  const at = events.at(-1)?.occurredAt ?? Number.NaN;
  const [{ keyid }] = envelope.signatures as [Envelope["signatures"][number]];
  const believed = trust.serverKeys.filter(({ key, period }) => key.id === keyid && isWithin(period, at));
  const by = signerOf(envelope, believed);
  return by === undefined
    ? fail("the signature is not good by a server's key that is believed")
    : signedBy({ role: "SERVER", name: by.name, keyId: by.key.id });
}

export function approverSignatures(gate: Gate, _: OpenedPackage, trust?: TrustPolicy): Finding {
  const envelopes = new Map<Approval, Envelope>();
  const payloads = new Set<string>();
  for (const approval of gate.history.approvals) {
    const { signature, place } = { ...approval.event.body.value, ...approval.event };
    if (signature === undefined) continue;
    const envelope = readApproval(gate, approval, signature);
    if (typeof envelope === "string")
      return fail(`event ${place}: the signature does not state the approval: ${envelope}`);
    if (payloads.has(signature.payload ?? "")) return fail(`event ${place}: an earlier approval has the same payload`);
    payloads.add(signature.payload ?? "");
    envelopes.set(approval, envelope);
  }
  if (trust === undefined || trust.approverKeys.length === 0)
    return notChecked("no trust policy says which approvers to believe");
  const signers: Signer[] = [];
  for (const approval of gate.counting) {
    const envelope = envelopes.get(approval);
    if (envelope === undefined) continue;
    const { actor, place } = approval.event;
    const by = signerOf(envelope, believedKeys(trust, approval, gate));
    if (by === undefined)
      return fail(`event ${place}: the signature is not good by a key of ${actor.id} that is believed`);
    signers.push({ role: "APPROVER", name: actor.id, keyId: by.key.id });
  }
  if (gate.counting.length === 0) return notChecked("no approval counted");
  return signers.length < gate.counting.length
    ? notChecked("an approval that counted is not signed")
    : signedBy(...signers);
}

function readApproval(gate: Gate, { event }: Approval, signature: GivenEnvelope): Envelope | string {
  const head = seenHead(gate, event, signature);
  return head === undefined
    ? "it does not name the digest of an event between the policy and the approval"
    : readEnvelope(signature, [approvalStatement(gate, event, head)]);
}

function believedKeys({ approverKeys }: TrustPolicy, { event }: Approval, gate: Gate): TrustPolicy["approverKeys"] {
  return approverKeys.filter(
    ({ approver, period }) =>
      approver.type === event.actor.type &&
      approver.id === event.actor.id &&
      isWithin(period, event.occurredAt) &&
      isWithin(period, gate.event.occurredAt),
  );
}

export function routerSignature(run: Run, _: OpenedPackage, trust?: TrustPolicy): Finding {
  const { routerSignature: signature } = run.outcome.body.value;
  if (signature === undefined) return notChecked("the run is not signed");
  if (!isDigest(run.routerDigest)) return fail("routerDigest is no digest, and the run is signed");
  const envelope = readEnvelope(signature, runStatements(run), MAX_RUN_SIGNATURES);
  if (typeof envelope === "string") return fail(`the signature does not state this run: ${envelope}`);
  const keys = trust?.routerKeys.filter(({ adapterIds }) => adapterIds.includes(run.gate.given.adapterId ?? "")) ?? [];
  if (keys.length === 0) return notChecked("no trust policy says which router to believe for this adapter");
  const believed = keys.filter(({ period }) => isWithin(period, run.outcome.occurredAt));
  const by = signerOf(envelope, believed);
  return by === undefined
    ? fail("no signature is good by a router's key that is believed")
    : signedBy({ role: "ROUTER", name: by.name, keyId: by.key.id });
}
