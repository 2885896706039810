import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { GatedDecision } from "../domain/state.ts";
import { digestOf } from "../evidence/digest.ts";
import { misstatement } from "../evidence/dsse.ts";
import { runStatement } from "../evidence/run-statement.ts";
import type { Log } from "./log.ts";
import type { Run } from "./router.ts";

/** Longest name of a key, in characters, and length of an Ed25519 signature, in bytes: the schema's bounds. */
const MAX_KEY_ID = 128;
const SIGNATURE_BYTES = 64;

/**
 * A router's account of a run, without its signature unless that says exactly this run.
 *
 * Whose signature it is, is not asked here: a verifier decides whom to believe. But an envelope that says something else would make every package of the decision
 * a broken one, so it is left out and logged; and an outcome is never lost for the sake of a signature.
 */
export function withSoundSignature(run: Run, decision: GatedDecision, log: Log): Run {
  const { signature, ...unsigned } = run;
  if (signature === undefined) return run;
  const problem = problemOf(signature, run, decision);
  if (problem === undefined) return run;
  const facts = { decision_id: decision.decisionId, run_id: run.runId, problem };
  log.warn(facts, "the router's signature is left out of the record: it is not one over this run");
  return unsigned;
}

function problemOf(signature: DsseEnvelope, run: Run, { decisionId, phase }: GatedDecision): string | undefined {
  const { runId, state, stepsExecuted, bundle } = run;
  if (state !== "SUCCEEDED" && state !== "FAILED") return `a run that is ${state} has no end to sign`;
  if (bundle === undefined) return "the run has no record to sign";
  const [only, ...more] = signature.signatures;
  if (only === undefined || more.length > 0) return `it holds ${signature.signatures.length} signatures, not one`;
  if (only.keyid.length > MAX_KEY_ID) return `the name of its key is longer than ${MAX_KEY_ID} characters`;
  if (only.sig.length !== SIGNATURE_BYTES) return `its signature has ${only.sig.length} bytes, not ${SIGNATURE_BYTES}`;
  const { adapterId, routerRequestDigest } = phase.gate;
  const routerDigest = digestOf(bundle.bytes);
  const statement = { decisionId, adapterId, runId, routerRequestDigest, state, stepsExecuted, routerDigest };
  return misstatement(signature, runStatement(statement));
}
