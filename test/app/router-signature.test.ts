import { describe, expect, test } from "vitest";
import type { Run } from "../../src/app/router.ts";
import { withSoundSignature } from "../../src/app/router-signature.ts";
import { outcomeOfRun } from "../../src/app/run-outcome.ts";
import type { DsseEnvelope } from "../../src/domain/dsse-envelope.ts";
import type { GatedDecision } from "../../src/domain/state.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { runStatement, type SignedRun } from "../../src/evidence/run-statement.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { decisionsUnderTest } from "./decisions-under-test.ts";
import { BUNDLE } from "./executions-under-test.ts";

/** A decision that is being executed, and what its router says of the run and signs. */
async function signedRun(change: (signed: SignedRun) => SignedRun = (signed) => signed) {
  const decisions = await decisionsUnderTest();
  const decisionId = await decisions.create();
  await decisions.approve(decisionId);
  const { decision } = await decisions.begin(decisionId);
  if (decision.phase.kind !== "started") throw new Error("it was not started");
  const started: GatedDecision = { ...decision, phase: decision.phase };
  const { adapterId, routerRequestDigest } = decision.phase.gate;
  const facts = { decisionId, adapterId, runId: "run-1", state: "SUCCEEDED", stepsExecuted: 2 } as const;
  const routerDigest = digestOf(BUNDLE.bytes);
  const statement = runStatement(change({ ...facts, routerRequestDigest, routerDigest }));
  const signature = signEnvelope(statement, newSigningKey().signer);
  const run: Run = { ...facts, failure: undefined, bundle: BUNDLE, signature };
  return { started, run, signature, log: createCapturedLog() };
}

describe("a router's signature", () => {
  test("over this run is recorded as it came", async () => {
    const { started, run, signature, log } = await signedRun();
    expect(outcomeOfRun(withSoundSignature(run, started, log), undefined)).toMatchObject({
      type: "EXECUTION_COMPLETED",
      routerSignature: signature,
    });
    expect(log.lines).toEqual([]);
  });

  const others: [string, (signed: SignedRun) => SignedRun][] = [
    ["another run", (signed) => ({ ...signed, runId: "run-2" })],
    ["another end", (signed) => ({ ...signed, state: "FAILED" })],
    ["more steps", (signed) => ({ ...signed, stepsExecuted: 3 })],
    ["another adapter", (signed) => ({ ...signed, adapterId: "other" })],
    ["another request", (signed) => ({ ...signed, routerRequestDigest: signed.routerDigest })],
    ["another record", (signed) => ({ ...signed, routerDigest: signed.routerRequestDigest })],
  ];
  test.each(others)("over %s is left out, the outcome is kept, and the log says why", async (_, change) => {
    const { started, run, log } = await signedRun(change);
    expect(outcomeOfRun(withSoundSignature(run, started, log), undefined)).toMatchObject({
      type: "EXECUTION_COMPLETED",
      runId: "run-1",
      routerSignature: undefined,
    });
    expect(log.lines).toMatchObject([{ level: "warn", facts: { decision_id: started.decisionId } }]);
  });

  const spoils: [string, (envelope: DsseEnvelope) => DsseEnvelope][] = [
    ["no signature", (e) => ({ ...e, signatures: [] })],
    ["two signatures", (e) => ({ ...e, signatures: [...e.signatures, ...e.signatures] })],
    ["a short signature", (e) => ({ ...e, signatures: e.signatures.map((s) => ({ ...s, sig: s.sig.slice(1) })) })],
    [
      "a long name of a key",
      (e) => ({ ...e, signatures: e.signatures.map((s) => ({ ...s, keyid: "k".repeat(129) })) }),
    ],
    ["a payload of megabytes", (e) => ({ ...e, payload: new Uint8Array(4_000_000) })],
    ["another payload type", (e) => ({ ...e, payloadType: "text/plain" })],
  ];
  test.each(spoils)("with %s is left out", async (_, spoil) => {
    const { started, run, signature, log } = await signedRun();
    const { signature: kept, ...rest } = withSoundSignature({ ...run, signature: spoil(signature) }, started, log);
    expect(kept).toBeUndefined();
    expect(rest).toMatchObject({ runId: "run-1", bundle: BUNDLE });
    expect(log.lines).toHaveLength(1);
  });

  test("of a run without an end or a record is left out", async () => {
    const { started, run, log } = await signedRun();
    for (const each of [
      { ...run, state: "INTERRUPTED" as const },
      { ...run, bundle: undefined },
    ])
      expect(withSoundSignature(each, started, log)).not.toHaveProperty("signature");
  });
});
