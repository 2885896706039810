import { describe, expect, test } from "vitest";
import { createExportPackage } from "../../src/app/export-package.ts";
import { AdapterUnknown, RouterUnavailable, type Run, RunNotFound } from "../../src/app/router.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { eventually } from "../support/eventually.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { CANCELLATION, caller } from "./decisions-under-test.ts";
import { BUNDLE, executionsUnderTest, type Play, succeeds } from "./executions-under-test.ts";

async function executed(play: Play = succeeds) {
  const under = await executionsUnderTest();
  under.router.play = play;
  const decision = await under.gated();
  const { decisionId } = decision;
  await under.executions.start(decision);
  await eventually("it has ended", () => !under.executions.isAtWork(decisionId));
  return {
    ...under,
    decisionId,
    exportPackage: createExportPackage({ ...under, signer: newSigningKey().signer, timeout: 100 }),
  };
}

describe("a package", () => {
  test("is the same evidence in both modes, and holds the run's record where it is embedded", async () => {
    const { decisionId, exportPackage } = await executed();
    const embedded = await exportPackage(decisionId, "EMBEDDED");
    const reference = await exportPackage(decisionId, "REFERENCE");
    expect(embedded.bindingDigest).toBe(reference.bindingDigest);
    const record = Buffer.from(BUNDLE.bytes).toString("base64");
    expect(embedded.json).toContain(record);
    expect(reference.json).not.toContain(record);
    for (const { json } of [embedded, reference])
      expect(verifyAuditPackage(Buffer.from(json)).verdict).toBe("CONSISTENT");
  });

  test("of a failed run with a record exists too", async () => {
    const { decisionId, exportPackage } = await executed(async function* (run) {
      yield { kind: "finished", run: { ...run, state: "FAILED", bundle: BUNDLE } };
    });
    const { json } = await exportPackage(decisionId, "EMBEDDED");
    expect(verifyAuditPackage(Buffer.from(json)).verdict).toBe("CONSISTENT");
  });

  test("by reference needs no router", async () => {
    const { decisionId, exportPackage, router } = await executed();
    router.answer = new RouterUnavailable("no route");
    await exportPackage(decisionId, "REFERENCE");
  });

  test.each<{ what: string; answer: Partial<Run> | Error; reason: string }>([
    { what: "is away", answer: new RouterUnavailable("no route"), reason: "RUN_BUNDLE_UNAVAILABLE" },
    { what: "has forgotten the run", answer: new RunNotFound("what run?"), reason: "RUN_BUNDLE_UNAVAILABLE" },
    { what: "is no longer configured", answer: new AdapterUnknown("which?"), reason: "RUN_BUNDLE_UNAVAILABLE" },
    { what: "has thrown the record away", answer: { bundle: undefined }, reason: "RUN_BUNDLE_UNAVAILABLE" },
    {
      what: "gives another record out",
      answer: { bundle: { ...BUNDLE, bytes: new TextEncoder().encode('{"steps":[{}]}') } },
      reason: "RUN_BUNDLE_MISMATCH",
    },
  ])("is refused when the router $what: $reason", async ({ answer, reason }) => {
    const { decisionId, exportPackage, router } = await executed();
    router.answer = answer;
    await expect(exportPackage(decisionId, "EMBEDDED")).rejects.toMatchObject({ name: "Refused", reason });
  });

  test("does not wait for a silent router for ever, and tells it from a caller that went away", async () => {
    const { decisionId, exportPackage, router } = await executed();
    let asked = 0;
    router.getRun = (_adapterId, _decisionId, { signal } = {}) => {
      asked += 1;
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("ended"))));
    };
    await expect(exportPackage(decisionId, "EMBEDDED")).rejects.toMatchObject({ reason: "RUN_BUNDLE_UNAVAILABLE" });
    const leaving = new AbortController();
    const answer = exportPackage(decisionId, "EMBEDDED", leaving.signal);
    await eventually("it is asked again", () => asked === 2);
    leaving.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
  });
});

describe("there is no package", () => {
  test("of a decision without a run", async () => {
    const { create, handle, gated, exportPackage } = await executed();
    const open = await create();
    const cancelled = await create();
    await handle(caller("bob"), cancelled, CANCELLATION);
    const { decisionId: waiting } = await gated();
    for (const decisionId of [open, cancelled, waiting])
      await expect(exportPackage(decisionId, "REFERENCE")).rejects.toMatchObject({ reason: "NO_RUN" });
  });

  test("of a run without a record, nor of a decision that is not there", async () => {
    const { decisionId, exportPackage } = await executed(async function* (run) {
      yield { kind: "finished", run: { ...run, state: "FAILED" } };
    });
    await expect(exportPackage(decisionId, "REFERENCE")).rejects.toMatchObject({ reason: "NO_RUN" });
    const nowhere = exportPackage("0".repeat(32) as DecisionId, "REFERENCE");
    await expect(nowhere).rejects.toMatchObject({ reason: "DECISION_NOT_FOUND" });
  });
});
