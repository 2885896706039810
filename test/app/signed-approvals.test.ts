import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import { createDecisionSubscription } from "../../src/app/decision-subscription.ts";
import { type EventStore, StoreUnavailable } from "../../src/app/event-store.ts";
import { createGetDecision } from "../../src/app/get-decision.ts";
import { createCommandHandler } from "../../src/app/handle-command.ts";
import { createIndexer } from "../../src/app/indexer.ts";
import { createKeyCommandHandler } from "../../src/app/key-commands.ts";
import type { DsseEnvelope } from "../../src/domain/dsse-envelope.ts";
import type { Digest } from "../../src/domain/ids.ts";
import type { SignedApproval } from "../../src/evidence/approval-statement.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { approvalOf, approveSigned, enrolled, revokeKey, signedGrant } from "./approver-signatures.ts";
import { ADAPTER, ALL, caller, decisionsUnderTest, EXECUTION, REVOCATION } from "./decisions-under-test.ts";
import { watching } from "./watching.ts";

const SIGNED = { policy: { requireSignedApprovals: true } };
const at = { adapter: ADAPTER };
const HOUR = 3_600_000;

/** A decision that wants signed approvals, and carol's key. */
async function waiting(options: Parameters<typeof decisionsUnderTest>[0] = {}) {
  const decisions = await decisionsUnderTest(options);
  const key = await enrolled(decisions, "carol");
  const decisionId = await decisions.create(SIGNED);
  return { decisions, key, decisionId };
}

describe("a signed approval", () => {
  test("is recorded with its envelope, counts at the gate, and is done once", async () => {
    const { decisions, key, decisionId } = await waiting();
    const command = signedGrant(await approvalOf(decisions, decisionId, "carol", { comment: "fine" }), key);
    const { written, repeated } = await decisions.handle(caller("carol", "yes"), decisionId, command);
    expect(repeated).toBe(false);
    expect(written[0].event.body).toMatchObject({ type: "APPROVAL_GRANTED", signature: command.signature });
    const again = await decisions.handle(caller("carol", "yes"), decisionId, command);
    expect(again).toMatchObject({ repeated: true, written });
    const { signature: _, ...unsigned } = command;
    await expect(decisions.handle(caller("carol", "yes"), decisionId, unsigned)).rejects.toMatchObject({
      reason: "REQUEST_ID_REUSED",
    });
    const gate = await decisions.handle(caller("bob"), decisionId, EXECUTION, at);
    expect(gate.decision.phase.kind).toBe("gated");
  });

  test("may have been signed when fewer had approved, and before others did", async () => {
    const { decisions, key, decisionId } = await waiting();
    const approval = await approvalOf(decisions, decisionId, "carol");
    await approveSigned(decisions, decisionId, "dave", await enrolled(decisions, "dave"));
    await decisions.handle(caller("carol"), decisionId, signedGrant(approval, key));
  });

  const changes: [string, (approval: SignedApproval) => SignedApproval][] = [
    ["another decision", (a) => ({ ...a, decisionId: "0".repeat(32) as typeof a.decisionId })],
    ["another request", (a) => ({ ...a, requestDigest: a.policyDigest })],
    ["another policy", (a) => ({ ...a, policyDigest: a.requestDigest })],
    ["a head that this log never had", (a) => ({ ...a, headDigest: a.requestDigest })],
    ["another approver", (a) => ({ ...a, approver: { type: "HUMAN", id: "dave" } })],
    ["an approver of another type", (a) => ({ ...a, approver: { type: "SYSTEM", id: "carol" } })],
    ["another comment", (a) => ({ ...a, comment: "with pleasure" })],
    ["another expiry", (a) => ({ ...a, expiresAt: Date.UTC(2027, 0, 1) })],
  ];
  test.each(changes)("over %s is refused", async (_, change) => {
    const { decisions, key, decisionId } = await waiting();
    const approval = await approvalOf(decisions, decisionId, "carol");
    const { signature } = signedGrant(change(approval), key);
    const command = { ...signedGrant(approval, key), signature };
    await expect(decisions.handle(caller("carol"), decisionId, command)).rejects.toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
    expect((await decisions.logs.load(decisionId))?.decision.approvals).toEqual([]);
  });

  const spoils: [string, (envelope: DsseEnvelope) => DsseEnvelope][] = [
    ["two signatures", (e) => ({ ...e, signatures: [...e.signatures, ...e.signatures] })],
    ["a flipped bit", (e) => ({ ...e, signatures: e.signatures.map((s) => ({ ...s, sig: flipped(s.sig) })) })],
    ["an empty signature", (e) => ({ ...e, signatures: e.signatures.map((s) => ({ ...s, sig: new Uint8Array() })) })],
    ["another payload type", (e) => ({ ...e, payloadType: "application/json" })],
    ["a space more in the payload", (e) => ({ ...e, payload: Buffer.concat([e.payload, Buffer.from(" ")]) })],
    ["a payload that is not JSON", (e) => ({ ...e, payload: Buffer.from("{") })],
  ];
  test.each(spoils)("with %s is refused, even where the policy wants none", async (_, spoil) => {
    const { decisions, key } = await waiting();
    const decisionId = await decisions.create();
    const command = signedGrant(await approvalOf(decisions, decisionId, "carol"), key);
    const spoilt = { ...command, signature: spoil(command.signature as DsseEnvelope) };
    await expect(decisions.handle(caller("carol"), decisionId, spoilt)).rejects.toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
  });

  test("by no key, by one that nobody enrolled, or by somebody else's is refused", async () => {
    const { decisions, decisionId } = await waiting();
    const approval = await approvalOf(decisions, decisionId, "carol");
    const daves = await enrolled(decisions, "dave");
    const signed = signedGrant(approval, daves);
    const keyless = {
      ...signed,
      signature: { ...(signed.signature as DsseEnvelope), signatures: [] },
    };
    for (const command of [keyless, signedGrant(approval, newSigningKey()), signed])
      await expect(decisions.handle(caller("carol"), decisionId, command)).rejects.toMatchObject({
        reason: "APPROVER_KEY_NOT_ENROLLED",
      });
    const system = { ...caller("carol"), actor: { type: "SYSTEM", id: "carol" } } as const;
    await expect(decisions.handle(system, decisionId, signed)).rejects.toMatchObject({
      reason: "APPROVER_KEY_NOT_ENROLLED",
    });
  });

  test("by another key under the id of the approver's own is refused", async () => {
    const { decisions, key, decisionId } = await waiting();
    const approval = await approvalOf(decisions, decisionId, "carol");
    const command = signedGrant(approval, { ...newSigningKey(), key: key.key });
    const renamed = {
      ...command,
      signature: {
        ...(command.signature as DsseEnvelope),
        signatures: (command.signature?.signatures ?? []).map(({ sig }) => ({ keyid: key.key.keyId, sig })),
      },
    };
    await expect(decisions.handle(caller("carol"), decisionId, renamed)).rejects.toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
  });

  test("that was taken back is not given again by the same signature", async () => {
    const { decisions, key, decisionId } = await waiting();
    const command = signedGrant(await approvalOf(decisions, decisionId, "carol"), key);
    await decisions.handle(caller("carol"), decisionId, command);
    await decisions.handle(caller("carol"), decisionId, REVOCATION);
    await expect(decisions.handle(caller("carol"), decisionId, command)).rejects.toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
    await approveSigned(decisions, decisionId, "carol", key);
  });

  test("that lost its key is not given again over the same payload: a verifier takes no payload twice", async () => {
    const { decisions, key, decisionId } = await waiting();
    const approval = await approvalOf(decisions, decisionId, "carol");
    await decisions.handle(caller("carol"), decisionId, signedGrant(approval, key));
    await revokeKey(decisions, key);
    const anew = await enrolled(decisions, "carol");
    await expect(decisions.handle(caller("carol"), decisionId, signedGrant(approval, anew))).rejects.toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
    await approveSigned(decisions, decisionId, "carol", anew);
  });

  test("before the policy is attached is refused", async () => {
    const { decisions, key, decisionId } = await waiting();
    const log = await decisions.logs.load(decisionId);
    const created = log?.events[0]?.digest as Digest;
    const approval = { ...(await approvalOf(decisions, decisionId, "carol")), headDigest: created };
    await expect(decisions.handle(caller("carol"), decisionId, signedGrant(approval, key))).rejects.toMatchObject({
      reason: "SIGNATURE_INVALID",
    });
  });

  test("by a revoked key is refused, at the head of the registry whatever the clocks say", async () => {
    const { decisions, key, decisionId } = await waiting();
    const command = signedGrant(await approvalOf(decisions, decisionId, "carol"), key);
    const other = anotherServer(decisions.real);
    await revokeKey(other, key);
    decisions.clock.advance(-HOUR);
    await expect(decisions.handle(caller("carol"), decisionId, command)).rejects.toMatchObject({
      reason: "APPROVER_KEY_REVOKED",
    });
  });
});

describe("the revocation of a key", () => {
  test("closes the gate for approvals that were given, and a new key opens it again", async () => {
    const { decisions, key, decisionId } = await waiting();
    await approveSigned(decisions, decisionId, "carol", key);
    await revokeKey(anotherServer(decisions.real), key);
    // This server's clock is behind the other's.
    decisions.clock.advance(-HOUR);
    await expect(decisions.handle(caller("bob"), decisionId, EXECUTION, at)).rejects.toMatchObject({
      reason: "GATE_CLOSED",
      blockingReasons: [{ code: "APPROVAL_KEY_REVOKED" }, { code: "MISSING_APPROVALS" }],
    });
    await approveSigned(decisions, decisionId, "carol", await enrolled(decisions, "carol"));
    const { written } = await decisions.handle(caller("bob"), decisionId, EXECUTION, at);
    expect(written[0].event.body).toMatchObject({ type: "EXECUTION_REQUESTED", approvalDigests: { length: 1 } });
    // Whoever reads the times judges as the gate did.
    const { revoked } = [...(await decisions.approverKeys.load()).registry.keys.values()][0] ?? {};
    expect(written[0].event.occurredAt).toBeGreaterThanOrEqual(revoked?.at ?? Number.NaN);
  });

  test("undoes nothing behind the gate", async () => {
    const { decisions, key, decisionId } = await waiting();
    await approveSigned(decisions, decisionId, "carol", key);
    await decisions.begin(decisionId);
    await revokeKey(decisions, key);
    const view = await getDecisionOf(decisions)(decisionId, { asOf: undefined, evaluateAt: undefined });
    expect(view.lifecycle).toMatchObject({ state: "EXECUTING", progress: { approvalsValid: 1, approvalsMissing: 0 } });
  });

  test("that comes while the gate is being judged is too late if it was not written when the gate looked, and never half", async () => {
    let hold: { readonly reached: () => void; readonly go: Promise<void> } | undefined;
    const { decisions, key, decisionId } = await waiting({
      store: (real) => ({
        ...real,
        async append(...call) {
          if (call[0].startsWith("decision-") && hold !== undefined) {
            hold.reached();
            await hold.go;
          }
          return await real.append(...call);
        },
      }),
    });
    await approveSigned(decisions, decisionId, "carol", key);
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    hold = { reached: reached.resolve, go: go.promise };
    const gate = decisions.handle(caller("bob"), decisionId, EXECUTION, at);
    await reached.promise;
    await revokeKey(anotherServer(decisions.real), key);
    go.resolve();
    expect((await gate).decision.phase.kind).toBe("gated");
    hold = undefined;
  });

  test("that was answered before the gate was asked for always counts, whichever server answered", async () => {
    for (let round = 0; round < 10; round++) {
      const { decisions, key, decisionId } = await waiting();
      await approveSigned(decisions, decisionId, "carol", key);
      const other = anotherServer(decisions.real);
      const [revocation, gate] = await Promise.allSettled([
        revokeKey(round % 2 === 0 ? other : decisions, key),
        decisions.handle(caller("bob"), decisionId, EXECUTION, at),
      ]);
      expect(revocation.status).toBe("fulfilled");
      const repeated = await decisions.handle(caller("bob"), decisionId, EXECUTION, at).then(
        ({ decision }) => decision.phase.kind,
        (error: { readonly reason: string }) => error.reason,
      );
      // One of the two came first; a gate that was closed stays closed.
      expect(repeated).toBe(gate.status === "fulfilled" ? "EXECUTION_UNDER_WAY" : "GATE_CLOSED");
    }
  });

  test("is in the view of any clock, and of any point of the past", async () => {
    const { decisions, key, decisionId } = await waiting();
    await approveSigned(decisions, decisionId, "carol", key);
    decisions.clock.advance(HOUR);
    const revokedAt = (await revokeKey(decisions, key)).revoked?.at ?? Number.NaN;
    decisions.clock.advance(HOUR);
    const getDecision = getDecisionOf(decisions);
    const state = async (where: Partial<Parameters<typeof getDecision>[1]>) =>
      (await getDecision(decisionId, { asOf: undefined, evaluateAt: undefined, ...where })).lifecycle.state;
    expect(await state({})).toBe("PENDING_APPROVAL");
    expect(await state({ evaluateAt: revokedAt })).toBe("PENDING_APPROVAL");
    expect(await state({ evaluateAt: revokedAt - 1 })).toBe("APPROVED");
    expect(await state({ asOf: { time: revokedAt - 1 } })).toBe("APPROVED");
    expect(await state({ asOf: { seq: 2 } })).toBe("PENDING_APPROVAL");
  });

  test("is pushed to whoever watches, with what it changed, and is in the lists", async () => {
    const { decisions, key, decisionId } = await waiting();
    const untouched = await decisions.create();
    decisions.run();
    await approveSigned(decisions, decisionId, "carol", key);
    const watcher = watching((signal) => decisions.watchDecision(decisionId, 3, signal));
    const bystander = watching((signal) => decisions.watchDecision(untouched, 2, signal));
    const lists = watching((signal) =>
      decisions.watchDecisions({ ...ALL, states: ["APPROVED"] }, "", () => "everything", signal),
    );
    await watcher.next(2);
    await bystander.next(2);
    await decisions.indexer.waitFor(decisionId, 2);
    decisions.clock.advance(HOUR);
    await revokeKey(decisions, key);
    const [update] = await watcher.next(1);
    expect(update).toMatchObject({
      kind: "lifecycle",
      update: {
        cause: "KEY_REVOKED",
        lifecycle: { state: "PENDING_APPROVAL", blockingReasons: [{ code: "APPROVAL_KEY_REVOKED" }, {}] },
        newEntries: [{ category: "APPROVAL_KEY_REVOKED" }, { category: "THRESHOLD_LOST" }],
      },
    });
    await expect.poll(() => decisions.index.get(decisionId)?.state).toBe("PENDING_APPROVAL");
    await expect
      .poll(() => lists.messages.at(-1))
      .toMatchObject({
        kind: "change",
        change: { cause: "TIME", matches: false, row: { decisionId, state: "PENDING_APPROVAL" } },
      });
    // A registry that changed for others is no news.
    expect(bystander.messages).toHaveLength(2);
  });

  test("that happened while the server was down is found at the start", async () => {
    const { decisions, key, decisionId } = await waiting();
    await approveSigned(decisions, decisionId, "carol", key);
    const { store, index, logs, approverKeys, clock, log } = decisions;
    const stopping = new AbortController();
    const subscription = createDecisionSubscription({ store, clock, log });
    const former = createIndexer({ subscription, index, logs, approverKeys, clock, log });
    const running = [subscription.run(stopping.signal), former.run(stopping.signal)];
    await former.waitFor(decisionId, 2);
    stopping.abort();
    await Promise.all(running);
    expect(index.get(decisionId)?.state).toBe("APPROVED");
    await revokeKey(anotherServer(decisions.real), key);
    decisions.run();
    await expect.poll(() => index.get(decisionId)?.state).toBe("PENDING_APPROVAL");
  });
});

describe("a registry that cannot be read", () => {
  test("opens no gate and takes no signature", async () => {
    let away = false;
    const { decisions, key, decisionId } = await waiting({
      store: (real) => ({
        ...real,
        read(...call) {
          if (away && call[0] === "approver-keys") throw new StoreUnavailable("gone");
          return real.read(...call);
        },
      }),
    });
    await approveSigned(decisions, decisionId, "carol", key);
    away = true;
    await expect(decisions.handle(caller("bob"), decisionId, EXECUTION, at)).rejects.toBeInstanceOf(StoreUnavailable);
    const dave = signedGrant(await approvalOf(decisions, decisionId, "dave"), key);
    await expect(decisions.handle(caller("dave"), decisionId, dave)).rejects.toBeInstanceOf(StoreUnavailable);
    away = false;
    await decisions.handle(caller("bob"), decisionId, EXECUTION, at);
  });

  test("because it is damaged answers STORED_LOG_CORRUPT; decisions without signatures go on, and lists call it pending", async () => {
    const { decisions, key, decisionId } = await waiting();
    await approveSigned(decisions, decisionId, "carol", key);
    const unsigned = await decisions.create();
    await decisions.approve(unsigned);
    await decisions.real.append("approver-keys", 0, [{ id: randomUUID(), type: "KEY_REVOKED", data: "{}" }]);
    await expect(decisions.handle(caller("bob"), decisionId, EXECUTION, at)).rejects.toMatchObject({
      reason: "STORED_LOG_CORRUPT",
    });
    await expect(
      getDecisionOf(decisions)(decisionId, { asOf: undefined, evaluateAt: undefined }),
    ).rejects.toMatchObject({ reason: "STORED_LOG_CORRUPT" });
    decisions.run();
    await decisions.indexer.waitFor(decisionId, 2);
    expect(decisions.index.get(decisionId)?.state).toBe("PENDING_APPROVAL");
    await decisions.handle(caller("bob"), unsigned, EXECUTION, at);
  });

  test("because it was put back to before the key was enrolled lets none of its approvals count", async () => {
    let lost = false;
    const { decisions, key, decisionId } = await waiting({
      store: (real) => ({
        ...real,
        read: (...call) => (lost && call[0] === "approver-keys" ? nothing() : real.read(...call)),
      }),
    });
    await approveSigned(decisions, decisionId, "carol", key);
    lost = true;
    const restarted = anotherServer(decisions.store);
    await expect(restarted.handle(caller("bob"), decisionId, EXECUTION, at)).rejects.toMatchObject({
      reason: "GATE_CLOSED",
    });
  });
});

function flipped(sig: Uint8Array): Uint8Array {
  return sig.with(0, (sig[0] ?? 0) ^ 1);
}

async function* nothing() {}

/** The handlers of another server on the same store, with a clock that is ahead. */
function anotherServer(store: EventStore) {
  const clock = { now: () => Date.UTC(2026, 0, 5, 9, 20), uptime: () => 0, sleep: async () => {} };
  const log = createCapturedLog();
  const approverKeys = createApproverKeys({ store, clock, log });
  const ports = { store, logs: createDecisionLogs(store), approverKeys, clock, newId: () => randomUUID() };
  return {
    handle: createCommandHandler(ports),
    handleKeys: createKeyCommandHandler({ ...ports, isAdministrator: ({ actor }) => actor.id === "admin" }),
  };
}

function getDecisionOf(decisions: Awaited<ReturnType<typeof decisionsUnderTest>>) {
  return createGetDecision({
    ...decisions,
    adapters: { ask: async () => ADAPTER, recent: async () => ADAPTER, soon: async () => ADAPTER },
  });
}
