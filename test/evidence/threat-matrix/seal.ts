import type { SigningKey } from "../../support/signing-key.ts";
import {
  body,
  canonical,
  digest,
  type Loose,
  rebind,
  relink,
  requestDigestOf,
  runRequest,
} from "../forgeries/forger.ts";
import { envelope, packageStatement, statement } from "../forgeries/signing.ts";

/** What is done about each kind of signature. "kept": the one that is there stays, whether it fits or not. */
export interface Hands {
  /** The key by which an actor's approval is signed; "kept" or "left out" where nobody has it. */
  readonly approval: (actorId: string) => SigningKey | "kept" | "left out";
  readonly run: SigningKey | "kept" | "left out";
  readonly package: SigningKey | "kept" | "left out";
}

/** Makes everything follow from the events: numbers, chain, digests, template, gate, link, binding; and signs what there are keys for. Changes `given`. */
export function seal(given: Loose, hands: Hands): void {
  sealEvents(given, hands);
  relink(given);
  rebind(given);
  signPackage(given, hands.package);
}

export function signPackage(given: Loose, key: Hands["package"]): void {
  if (key === "kept") return;
  delete given.signature;
  if (key !== "left out") given.signature = envelope(canonical(packageStatement(given)), key);
}

/** The events alone, up to the head digest. */
export function sealEvents(given: Loose, hands: Hands): void {
  const { controlBundle } = given;
  const events: Loose[] = controlBundle.events;
  const standing = new Map<string, { readonly event: Loose; readonly digest: string }>();
  let previous = "";
  for (const [seq, event] of events.entries()) {
    delete event.seq;
    delete event.previousDigest;
    event.decisionId = controlBundle.decisionId;
    if (seq > 0) Object.assign(event, { seq, previousDigest: previous });
    if (event.approvalGranted !== undefined) sealApproval(given, event, hands);
    if (event.executionRequested !== undefined) sealGate(given, event, [...standing.values()]);
    const outcome = event.executionCompleted ?? event.executionFailed;
    if (outcome !== undefined) sealOutcome(given, event, outcome, hands.run);
    previous = digest(event);
    // In order of seq, one for each approver, whoever gives an approval again at the end.
    if (event.approvalGranted !== undefined) {
      standing.delete(event.actor.id);
      standing.set(event.actor.id, { event, digest: previous });
    }
    if (event.approvalRevoked !== undefined) standing.delete(event.approvalRevoked.approver.id);
  }
  controlBundle.headDigest = previous;
}

function sealApproval(given: Loose, event: Loose, { approval }: Hands): void {
  const { actor, approvalGranted: granted, previousDigest } = event;
  const key = approval(actor.id);
  granted.requestDigest = requestDigestOf(given);
  if (key === "kept") return;
  delete granted.signature;
  if (key === "left out") return;
  const { decisionId } = given.controlBundle;
  const predicate = {
    decisionId,
    requestDigest: granted.requestDigest,
    policyDigest: digest(body(given, "policyAttached").policy),
    headDigest: previousDigest,
    approver: actor,
    ...(granted.comment === undefined ? {} : { comment: granted.comment }),
    ...(granted.expiresAt === undefined ? {} : { expiresAt: granted.expiresAt }),
  };
  granted.signature = envelope(canonical(statement("approval", decisionId, granted.requestDigest, predicate)), key);
}

function sealGate(given: Loose, { occurredAt, executionRequested: gate }: Loose, standing: readonly Loose[]): void {
  gate.policyDigest = digest(body(given, "policyAttached").policy);
  gate.approvalDigests = standing
    .filter(({ event }) => Date.parse(event.approvalGranted.expiresAt ?? "9999-12-31") > Date.parse(occurredAt))
    .map((approval) => approval.digest);
  gate.routerRequestDigest = digest(runRequest(given, gate));
}

function sealOutcome(given: Loose, event: Loose, outcome: Loose, key: Hands["run"]): void {
  if (key === "kept") return;
  delete outcome.routerSignature;
  if (key === "left out") return;
  const { decisionId } = given.controlBundle;
  const { adapterId, routerRequestDigest } = body(given, "executionRequested");
  const { runId, routerDigest, stepsExecuted } = outcome;
  const state = event.executionCompleted === undefined ? "RUN_STATE_FAILED" : "RUN_STATE_SUCCEEDED";
  const predicate = { decisionId, adapterId, runId, routerRequestDigest, state, stepsExecuted };
  outcome.routerSignature = envelope(canonical(statement("run", decisionId, routerDigest, predicate)), key);
}
