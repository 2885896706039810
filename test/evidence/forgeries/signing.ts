import { readTrustPolicy } from "../../../src/evidence/read-trust-policy.ts";
import type { TrustPolicy } from "../../../src/evidence/trust-policy.ts";
import type { VerificationReport } from "../../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../../src/evidence/verify-audit-package.ts";
import type { SigningKey } from "../../support/signing-key.ts";
import { body, bytesOf, canonical, digest, EMBEDDED, EVENT, forge, type Loose, requestDigestOf } from "./forger.ts";

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** A statement, written without the product's help. */
export function statement(type: string, name: string, subject: string, predicate: Loose): Loose {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: subject.replace("sha256:", "") } }],
    predicateType: `nexus-attest:${type}/v1`,
    predicate,
  };
}

/** What a server has to say of a package. */
export function packageStatement(given: Loose): Loose {
  const { packageVersion, controlDigest, linkDigest, bindingDigest, router, controlBundle, template } = given;
  const { decisionId } = controlBundle;
  const { routerDigest } = router;
  const predicate = {
    decisionId,
    packageVersion,
    controlDigest,
    routerDigest,
    linkDigest,
    ...(template === undefined ? {} : { templateDigest: digest(template) }),
  };
  return statement("audit-package", decisionId, bindingDigest, predicate);
}

/** DSSE's pre-authentication encoding, in its own words: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body. */
export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${bytesOf(type).length} ${type} ${payload.length} `;
  return Buffer.concat([bytesOf(head), payload]);
}

/** An envelope as it stands in a file. */
export function envelope(payload: string, { signer }: SigningKey, type = PAYLOAD_TYPE): Loose {
  const bytes = bytesOf(payload);
  const sig = signer.sign(preAuthEncoding(type, bytes));
  return { payload: base64(bytes), payloadType: type, signatures: [{ keyid: signer.keyId, sig: base64(sig) }] };
}

/** A package with the signature that belongs to it. */
export function sign(text: string, key: SigningKey): string {
  const given = JSON.parse(text);
  return canonical({ ...given, signature: envelope(canonical(packageStatement(given)), key) });
}

/** What a server has to say of a log. */
export function bundleStatement({ controlBundle, template }: Loose): Loose {
  const { decisionId, bundleVersion, events } = controlBundle;
  const headSeq = events.length - 1;
  const predicate = {
    decisionId,
    bundleVersion,
    controlDigest: digest(controlBundle),
    ...(headSeq > 0 && { headSeq }),
    ...(template !== undefined && { templateDigest: digest(template) }),
  };
  return statement("decision-bundle", decisionId, digest(events[headSeq]), predicate);
}

/** A bundle with the signature that belongs to it, and what is changed of that. */
export function signBundle(
  file: string | Uint8Array,
  key: SigningKey,
  change: (envelope: Loose) => void = () => undefined,
): Uint8Array {
  const given = JSON.parse(typeof file === "string" ? file : new TextDecoder().decode(file));
  const signature = envelope(canonical(bundleStatement(given)), key);
  change(signature);
  return bytesOf(canonical({ ...given, signature }));
}

/** The example with every approval signed by its approver's key, by the head right before it, and what is changed of it. */
export function withSignedApprovals(
  keys: Readonly<Record<string, SigningKey>>,
  options: {
    readonly change?: (given: Loose, events: Loose[]) => void;
    readonly reliedOn?: readonly string[];
    /** What is signed, if it is not what it has to be. */
    readonly signed?: (statement: Loose, seq: number, events: Loose[]) => Loose;
    /** What stands in the log of it. */
    readonly recorded?: (envelope: Loose, seq: number, events: Loose[]) => Loose;
  } = {},
): string {
  const { change, signed = (made) => made, recorded = (made) => made, reliedOn } = options;
  let all: Loose[] = [];
  let whole: Loose;
  return forge(
    (given, events) => {
      change?.(given, events);
      all = events;
      whole = given;
    },
    {
      ...(reliedOn === undefined ? {} : { reliedOn }),
      atApproval: (approval, seq) => {
        delete approval.signature;
        const { actor, previousDigest } = all[seq];
        const key = keys[actor.id];
        if (key === undefined) return;
        const { decisionId } = whole.controlBundle;
        const made = statement("approval", decisionId, requestDigestOf(whole), {
          decisionId,
          requestDigest: requestDigestOf(whole),
          policyDigest: digest(body(whole, "policyAttached").policy),
          headDigest: previousDigest,
          approver: actor,
          ...(approval.comment === undefined ? {} : { comment: approval.comment }),
          ...(approval.expiresAt === undefined ? {} : { expiresAt: approval.expiresAt }),
        });
        const written = recorded(envelope(canonical(signed(made, seq, all)), key), seq, all);
        if (written !== undefined) approval.signature = written;
      },
    },
  );
}

/** The example with its run signed by the router, and what is changed of it. */
export function withSignedRun(
  key: SigningKey,
  options: {
    readonly change?: (given: Loose, events: Loose[]) => void;
    readonly signed?: (statement: Loose) => Loose;
    /** What stands in the log of it. */
    readonly recorded?: (envelope: Loose) => Loose;
    readonly state?: string;
  } = {},
): string {
  const { change, signed = (made) => made, recorded = (made) => made, state = "RUN_STATE_SUCCEEDED" } = options;
  let all: Loose[] = [];
  return forge(
    (given, events) => {
      change?.(given, events);
      all = events;
    },
    {
      atGate: ({ adapterId, routerRequestDigest }, { controlBundle }) => {
        const event = all[EVENT.outcome];
        const outcome = event.executionCompleted ?? event.executionFailed;
        const { runId, stepsExecuted, routerDigest } = outcome;
        const { decisionId } = controlBundle;
        const predicate = { decisionId, adapterId, runId, routerRequestDigest, state, stepsExecuted };
        const made = envelope(canonical(signed(statement("run", decisionId, routerDigest, predicate))), key);
        outcome.routerSignature = recorded(made);
      },
    },
  );
}

/** A trust policy as its file has it. */
export function trustText(policy: Loose): string {
  return JSON.stringify({ policyVersion: "nexus.attest/trust-policy/v1", ...policy });
}

export function trusting(policy: Loose): TrustPolicy {
  return readTrustPolicy(trustText(policy));
}

/** One trusted key of a server, with bounds or without. */
export function serverKey({ key }: SigningKey, bounds: Loose = {}): Loose {
  return { name: "the server", publicKey: base64(key.bytes), ...bounds };
}

export function approverKey(id: string, { key }: SigningKey, bounds: Loose = {}): Loose {
  return { approver: { type: "ACTOR_TYPE_HUMAN", id }, publicKey: base64(key.bytes), ...bounds };
}

export function routerKey(adapterIds: readonly string[], { key }: SigningKey, bounds: Loose = {}): Loose {
  return { name: "the router", publicKey: base64(key.bytes), adapterIds, ...bounds };
}

/** How a check ended, and why. */
export function outcome(
  report: VerificationReport,
  name: string,
): { readonly status: string; readonly detail: string } {
  const { status = "", detail = "" } = report.checks.find((check) => check.name === name) ?? {};
  return { status, detail };
}

export function failed({ checks }: VerificationReport): readonly string[] {
  return checks.filter(({ status }) => status === "FAIL").map(({ name }) => name);
}

export function verifyText(text: string, trust?: TrustPolicy): VerificationReport {
  return verifyAuditPackage(bytesOf(text), trust);
}

/** The example, to be signed. */
export const UNSIGNED_PACKAGE = EMBEDDED;
