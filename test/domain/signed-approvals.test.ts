import { describe, expect, test } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import type { DsseEnvelope } from "../../src/domain/dsse-envelope.ts";
import type { Digest, Instant } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE, KEYS_UNKNOWN, type KeyView } from "../../src/domain/key-view.ts";
import { lifecycle, nextChangeAt, progressOf, stateOf } from "../../src/domain/lifecycle.ts";
import { timelineOf } from "../../src/domain/timeline.ts";
import { blockingReasons } from "../../src/domain/triage-ladder.ts";
import { execute, grant } from "./commands.ts";
import { alice, attached, bob, carol, created, dave, gated, granted, minute } from "./facts.ts";
import { decisionOf, given, LOCAL, logOf } from "./given.ts";

function envelope(keyid: string): DsseEnvelope {
  return { payload: new Uint8Array(), payloadType: "", signatures: [{ keyid, sig: new Uint8Array(64) }] };
}

/** Bob's and carol's keys, revoked when said. */
function keys(revoked: { readonly bob?: Instant; readonly carol?: Instant } = {}): KeyView {
  const key = (approver: Actor, at: Instant | undefined) => ({
    keyId: approver.id as Digest,
    approver,
    publicKey: new Uint8Array(32),
    description: "",
    seq: 0,
    enrolledAt: minute(0),
    enrolledBy: alice,
    revoked: at === undefined ? undefined : { at, by: alice, reason: "stolen" },
  });
  const all = [key(bob, revoked.bob), key(carol, revoked.carol)];
  return { kind: "known", keys: new Map(all.map((each) => [each.keyId, each])) };
}

const SIGNED = [
  created(),
  attached({ requireSignedApprovals: true }),
  granted(bob, { signature: envelope("bob") }),
  granted(carol, { signature: envelope("carol") }),
] as const;

describe("a signed approval counts while its key is good", () => {
  test("until the very instant of the revocation, by any clock", () => {
    const decision = decisionOf(...SIGNED);
    const view = keys({ carol: minute(30) });
    expect(stateOf(decision, minute(30) - 1, view)).toBe("APPROVED");
    expect(stateOf(decision, minute(30), view)).toBe("PENDING_APPROVAL");
    expect(nextChangeAt(decision, minute(10), view)).toBe(minute(30));
    expect(nextChangeAt(decision, minute(30), view)).toBeUndefined();
  });

  test("not by a key of somebody else's, by one that nobody enrolled, nor while nobody knows", () => {
    const others = decisionOf(...SIGNED.slice(0, 2), granted(bob, { signature: envelope("carol") }));
    expect(progressOf(others, minute(10), keys()).approvalsValid).toBe(0);
    const unheard = decisionOf(...SIGNED.slice(0, 2), granted(bob, { signature: envelope("dave") }));
    expect(progressOf(unheard, minute(10), keys()).approvalsValid).toBe(0);
    expect(progressOf(decisionOf(...SIGNED), minute(10), KEYS_UNKNOWN).approvalsValid).toBe(0);
  });

  test("also where the policy does not want it signed", () => {
    const free = decisionOf(created(), attached(), granted(bob), granted(carol, { signature: envelope("carol") }));
    expect(stateOf(free, minute(10), keys())).toBe("APPROVED");
    expect(stateOf(free, minute(10), keys({ carol: minute(5) }))).toBe("PENDING_APPROVAL");
  });

  test("behind the gate what counted there is still counted", () => {
    const passed = decisionOf(...SIGNED, gated());
    expect(progressOf(passed, minute(60), keys({ carol: minute(30) }))).toMatchObject({ approvalsValid: 2 });
    expect(stateOf(passed, minute(60), keys({ carol: minute(30) }))).toBe("EXECUTING");
  });
});

describe("blocking", () => {
  test("says whose key was revoked, between the expiries and what is missing", () => {
    const decision = decisionOf(...SIGNED);
    const reasons = blockingReasons(decision, minute(30), { adapter: LOCAL, keys: keys({ carol: minute(30) }) });
    expect(reasons.map(({ code }) => code)).toEqual(["APPROVAL_KEY_REVOKED", "MISSING_APPROVALS"]);
    expect(reasons[0]).toMatchObject({ approvals: [{ approver: carol, keyId: "carol", revokedAt: minute(30) }] });
    expect(blockingReasons(decision, minute(29), { adapter: LOCAL, keys: keys({ carol: minute(30) }) })).toEqual([]);
  });

  test("closes the gate", () => {
    given(...SIGNED)
      .when(alice, execute(), { keys: keys({ carol: minute(3) }) })
      .thenRefused(
        "GATE_CLOSED",
        "It cannot be executed now: The keys that signed the approvals of carol have been revoked: those approvals do not count, and have to be given again with other keys. 2 approvals needed, 1 standing, 1 missing.",
      );
    expect(given(...SIGNED).when(alice, execute(), { keys: keys() }).verdict).toMatchObject({ accepted: true });
    expect(given(...SIGNED).when(alice, execute(), { keys: KEYS_UNKNOWN }).verdict).toMatchObject({
      rejection: { reason: "GATE_CLOSED" },
    });
  });

  test("says nothing of a key where the approver has approved anew", () => {
    const anew = decisionOf(...SIGNED, granted(carol));
    const { blockingReasons: reasons } = lifecycle(anew, minute(40), {
      adapter: LOCAL,
      keys: keys({ carol: minute(30) }),
    });
    expect(reasons.map(({ code }) => code)).toEqual(["MISSING_APPROVALS"]);
  });
});

describe("the timeline", () => {
  test("tells when the key was revoked and that the quorum was lost by it", () => {
    const told = timelineOf(logOf(SIGNED), minute(60), keys({ carol: minute(30) })).slice(-2);
    expect(told.map(({ time, category, actor }) => [time, category, actor?.id])).toEqual([
      [minute(30), "APPROVAL_KEY_REVOKED", "carol"],
      [minute(30), "THRESHOLD_LOST", undefined],
    ]);
  });
});

describe("a signature that comes with an approval", () => {
  const signed = grant({ signature: envelope("dave") });
  const bad = { reason: "SIGNATURE_INVALID", message: "signature: it is not a signature by dave." } as const;

  test("is refused if it is bad or was not checked, whether the policy wants one or not", () => {
    for (const policy of [{}, { requireSignedApprovals: true }]) {
      const open = given(created(), attached(policy));
      open.when(dave, signed, { signature: bad }).thenRefused(bad.reason, bad.message);
      open.when(dave, signed).thenRefused("SIGNATURE_INVALID", "The signature could not be checked.");
      expect(open.when(dave, signed, { signature: "good" }).verdict).toMatchObject({
        accepted: true,
        events: [{ type: "APPROVAL_GRANTED", signature: envelope("dave") }],
      });
    }
  });

  test("has to name the end of its approval where the policy limits its life", () => {
    const limited = given(created(), attached({ maxApprovalLifetimeSeconds: 600 }));
    limited
      .when(dave, signed, { signature: "good" })
      .thenRefused(
        "APPROVAL_LIFETIME_TOO_LONG",
        "The policy lets an approval live 600 seconds at most: a signed one has to name its own expires_at.",
      );
    const named = grant({ signature: envelope("dave"), expiresAt: minute(7) });
    expect(limited.when(dave, named, { at: minute(2), signature: "good" }).verdict).toMatchObject({ accepted: true });
  });

  test("is possible again once the key of the first is revoked, and not before", () => {
    const again = given(...SIGNED);
    again
      .when(carol, signed, { signature: "good", keys: keys() })
      .thenRefused("ALREADY_APPROVED", "carol has approved already (seq 3); revoke that approval first.");
    const lost = keys({ carol: minute(3) });
    expect(again.when(carol, signed, { signature: "good", keys: lost }).verdict).toMatchObject({ accepted: true });
  });
});

test("evidence is judged without a registry: by what the log says alone", () => {
  expect(stateOf(decisionOf(...SIGNED), minute(10), KEYS_SET_ASIDE)).toBe("APPROVED");
});
