import { describe, expect, test } from "vitest";
import { CheckStatus, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { ImportConflictMode, ImportOutcome } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { BlockingCode, DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { foreignLog } from "../evidence/foreign-log.ts";
import { canonical, digest, type Loose } from "../evidence/forgeries/forger.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, eventsOf, POLICY, requested } from "./release.ts";

const STORES = {
  "the embedded store": async () => ({}),
  EventStoreDB: async () => ({ store: (await eventStoreDB()).url }),
};

describe.each(Object.entries(STORES))("on %s", (_, storeOf) => {
  test("a decision is exported in any state, verified, imported elsewhere, carried on by fast-forward, and given out to the byte", async () => {
    const directory = temporaryDirectory();
    const adapters = adaptersIn(directory);
    const ours = await serverUnderTest({ directory, config: { ...adapters.config, ...(await storeOf()) } });
    const theirs = await serverUnderTest({ config: await storeOf() });
    const bob = ours.as("human:bob");
    const { audit, imported } = theirs.as("human:ida");
    const decisionId = await requested(ours);
    let importId = "";
    const carry = async (written: number, outcome: ImportOutcome, ...unproven: readonly string[]) => {
      const { bundleJson, controlDigest } = await bob.audit.exportBundle({ decisionId });
      const { report } = await audit.verifyBundle({ bundleJson });
      expect(report).toMatchObject({ verdict: Verdict.CONSISTENT, decisionId, bindingDigest: "" });
      expect(report?.checks.filter(({ status }) => status === CheckStatus.FAIL)).toEqual([]);
      const conflictMode = ImportConflictMode.FAST_FORWARD;
      const result = await audit.importBundle({ bundleJson, conflictMode, source: "by mail" });
      expect(result).toMatchObject({ eventsWritten: written, outcome });
      expect(result.unproven.map(({ what }) => what)).toEqual(["server_signature", ...unproven]);
      importId = result.importId;
      const given = await imported.exportImportedBundle({ importId });
      expect([textOf(given), given.controlDigest]).toEqual([textOf({ bundleJson }), controlDigest]);
      const again = await audit.importBundle({ bundleJson });
      expect(again).toMatchObject({ importId, eventsWritten: 0, outcome: ImportOutcome.UNCHANGED });
    };
    await carry(2, ImportOutcome.CREATED);
    await approve(ours, decisionId, "carol", "dave");
    await carry(2, ImportOutcome.FAST_FORWARDED);
    await bob.decisions.executeDecision({ decisionId, wait: { seconds: 30n } });
    await carry(3, ImportOutcome.FAST_FORWARDED, "approver_signatures", "router_signature");

    const { importedDecision } = await imported.getImportedDecision({ importId });
    expect(importedDecision).toMatchObject({ importId, decision: { decisionId, headSeq: 6 } });
    expect(importedDecision?.decision?.lifecycle).toMatchObject({
      state: DecisionState.COMPLETED,
      executable: false,
      blockingReasons: [{ code: BlockingCode.IMPORTED }],
    });
    expect(importedDecision?.segments).toMatchObject([
      { firstSeq: 0, lastSeq: 1, importedBy: { id: "ida" }, source: "by mail" },
      { firstSeq: 2, lastSeq: 3 },
      { firstSeq: 4, lastSeq: 6 },
    ]);
    const seen: (number | undefined)[] = [];
    for await (const { kind } of imported.watchImportedDecision({ importId, fromSeq: 3 }))
      if (kind.case === "event") seen.push(kind.value.event?.seq);
    expect(seen).toEqual([3, 4, 5, 6]);
    const page = await imported.listImportedDecisionEvents({ importId, pageSize: 4 });
    expect(page.events.map(({ event }) => event?.seq)).toEqual([0, 1, 2, 3]);
    const rest = await imported.listImportedDecisionEvents({ importId, pageToken: page.nextPageToken });
    expect(rest.events.map(({ event }) => event)).toEqual((await eventsOf(bob, decisionId)).slice(4));
    const listed = await eventually("listed", async () => {
      const { imports } = await imported.listImportedDecisions({ decisionId });
      return imports.length > 0 && imports[0]?.decision?.headSeq === 6 && imports;
    });
    expect(listed).toMatchObject([
      { importId, importedBy: { id: "ida" }, decision: { state: DecisionState.COMPLETED } },
    ]);

    // What was imported is no decision of that server, by neither of its ids.
    expect((await theirs.as("human:ida").decisions.listDecisions({})).decisions.map((d) => d.decisionId)).not.toContain(
      decisionId,
    );
    const { decisions } = theirs.as("human:bob");
    for (const id of [importId, decisionId]) {
      const calls = {
        attachPolicy: () => decisions.attachPolicy({ decisionId: id, policySource: { case: "policy", value: POLICY } }),
        grantApproval: () => theirs.as("human:carol").decisions.grantApproval({ decisionId: id }),
        revokeApproval: () => theirs.as("human:carol").decisions.revokeApproval({ decisionId: id }),
        rejectDecision: () => decisions.rejectDecision({ decisionId: id, reason: "no" }),
        cancelDecision: () => decisions.cancelDecision({ decisionId: id }),
        executeDecision: () => decisions.executeDecision({ decisionId: id }),
        settleExecution: () =>
          decisions.settleExecution({ decisionId: id, resolution: { case: "askRouter", value: {} } }),
        getDecision: () => decisions.getDecision({ decisionId: id }),
        listDecisionEvents: () => decisions.listDecisionEvents({ decisionId: id }),
        watchDecision: () => decisions.watchDecision({ decisionId: id }),
        exportBundle: () => theirs.as("human:bob").audit.exportBundle({ decisionId: id }),
      };
      for (const [name, call] of Object.entries(calls))
        expect(await refusalOf(call()), name).toMatchObject({ code: "NotFound", reason: "DECISION_NOT_FOUND" });
    }
    expect(textOf(await imported.exportImportedBundle({ importId }))).toBe(
      textOf(await bob.audit.exportBundle({ decisionId })),
    );
  });

  test("a forged tail for a decision that is live here changes nothing of it", async () => {
    const directory = temporaryDirectory();
    const adapters = adaptersIn(directory);
    const server = await serverUnderTest({ directory, config: { ...adapters.config, ...(await storeOf()) } });
    const { audit, imported } = server.as("human:mallory");
    const decisionId = await requested(server);
    const forged = forgedTail((await audit.exportBundle({ decisionId })).bundleJson, "carol", "dave");
    const { outcome, importId } = await audit.importBundle({ bundleJson: forged, source: "head office" });
    expect(outcome).toBe(ImportOutcome.CREATED);
    const { importedDecision } = await imported.getImportedDecision({ importId });
    expect(importedDecision?.decision?.lifecycle).toMatchObject({
      state: DecisionState.APPROVED,
      blockingReasons: [{ code: BlockingCode.IMPORTED }],
    });
    expect(await eventsOf(server.as("human:bob"), decisionId)).toHaveLength(2);
    const closed = await refusalOf(server.as("human:bob").decisions.executeDecision({ decisionId }));
    expect(closed).toMatchObject({ reason: "GATE_CLOSED", blockingCodes: ["MISSING_APPROVALS"] });
    await approve(server, decisionId, "erin", "frank");
    const executed = await server.as("human:bob").decisions.executeDecision({ decisionId, wait: { seconds: 30n } });
    expect(executed.lifecycle?.state).toBe(DecisionState.COMPLETED);
    const { bundleJson } = await audit.exportBundle({ decisionId });
    const conflictMode = ImportConflictMode.FAST_FORWARD;
    expect(await refusalOf(audit.importBundle({ bundleJson, conflictMode }))).toMatchObject({
      code: "FailedPrecondition",
      reason: "IMPORT_DIVERGED",
      metadata: { import_id: importId, diverged_at_seq: "2" },
    });
    const kept = await audit.importBundle({ bundleJson, conflictMode: ImportConflictMode.KEEP_BOTH });
    expect(kept.outcome).toBe(ImportOutcome.KEPT_BESIDE);
    expect(textOf(await imported.exportImportedBundle({ importId }))).toBe(textOf({ bundleJson: forged }));
  });
});

function textOf({ bundleJson }: { readonly bundleJson: Uint8Array }): string {
  return new TextDecoder().decode(bundleJson);
}

/** A bundle with approvals that nobody gave, every digest made good. */
function forgedTail(bundleJson: Uint8Array, ...approvers: readonly string[]): Uint8Array {
  const bundle: Loose = JSON.parse(new TextDecoder().decode(bundleJson));
  const { events } = bundle.controlBundle;
  const [{ decisionCreated }, { policyAttached }] = events;
  const { decisionId } = bundle.controlBundle;
  for (const id of approvers)
    events.push({
      eventId: crypto.randomUUID(),
      decisionId,
      seq: events.length,
      occurredAt: "2099-01-01T00:00:00Z",
      actor: { type: "ACTOR_TYPE_HUMAN", id },
      requestId: `forged-${id}`,
      previousDigest: digest(events.at(-1)),
      approvalGranted: { requestDigest: digest({ decisionId, decisionCreated, policyAttached }) },
    });
  bundle.controlBundle.headDigest = digest(events.at(-1));
  bundle.controlDigest = digest(bundle.controlBundle);
  // Whoever forges has no key that the server signs with.
  delete bundle.signature;
  return new TextEncoder().encode(canonical(bundle));
}

describe("the calls about imports", () => {
  test("answer to whoever has a name, and to nobody else", async () => {
    const server = await serverUnderTest();
    const { audit, imported, decisions } = server.as(undefined);
    const importId = "0".repeat(32);
    for (const call of [
      audit.exportBundle({ decisionId: importId }),
      audit.verifyBundle({}),
      audit.importBundle({}),
      imported.listImportedDecisions({}),
      imported.getImportedDecision({ importId }),
      imported.listImportedDecisionEvents({ importId }),
      imported.watchImportedDecision({ importId }),
      imported.exportImportedBundle({ importId }),
      decisions.listDecisions({}),
    ])
      expect(await refusalOf(call)).toMatchObject({ reason: "UNAUTHENTICATED" });
  });

  test("refuse what they cannot make sense of, and what is not there", async () => {
    const server = await serverUnderTest();
    const { audit, imported } = server.as("human:ida");
    const bundleJson = foreignLog().bundle();
    // Every message has a signature by this key that is good.
    const serverKeys = [{ name: "anybody", publicKey: new Uint8Array(32) }];
    const trustPolicy = { policyVersion: "nexus.attest/trust-policy/v1", serverKeys };
    for (const call of [
      () => audit.importBundle({ bundleJson, trustPolicy }),
      () => audit.verifyBundle({ bundleJson, trustPolicy }),
    ])
      expect(await refusalOf(call())).toMatchObject({
        code: "InvalidArgument",
        reason: "INVALID_REQUEST",
        message: expect.stringContaining("trust_policy: "),
      });
    const long = await refusalOf(audit.importBundle({ bundleJson, source: "x".repeat(1_025) }));
    expect(long).toMatchObject({ reason: "INVALID_REQUEST", fields: ["source"] });
    expect(await refusalOf(audit.importBundle({ bundleJson, requestId: "no spaces" }))).toMatchObject({
      fields: ["request_id"],
    });
    expect(await refusalOf(audit.importBundle({ bundleJson: new Uint8Array() }))).toMatchObject({
      code: "InvalidArgument",
      reason: "BUNDLE_INVALID",
    });
    const importId = "f".repeat(32);
    for (const call of [
      imported.getImportedDecision({ importId }),
      imported.listImportedDecisionEvents({ importId }),
      imported.watchImportedDecision({ importId }),
      imported.exportImportedBundle({ importId }),
    ])
      expect(await refusalOf(call)).toMatchObject({ code: "NotFound", reason: "IMPORT_NOT_FOUND" });
    const { importId: known } = await audit.importBundle({ bundleJson });
    await imported.getImportedDecision({ importId: known });
    const calls = server.log.lines.filter(({ facts }) => facts["import_id"] === known).map(({ facts }) => facts["rpc"]);
    expect(calls).toEqual(["ImportBundle", "GetImportedDecision"].map((name) => expect.stringContaining(name)));
    expect(await refusalOf(imported.watchImportedDecision({ importId: known, fromSeq: 3 }))).toMatchObject({
      code: "OutOfRange",
      reason: "SEQ_OUT_OF_RANGE",
    });
    expect(await refusalOf(imported.listImportedDecisions({ pageToken: "x" }))).toMatchObject({
      reason: "INVALID_PAGE_TOKEN",
    });
  });
});
