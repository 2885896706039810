import { describe, expect, test } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import type { KeyEventBody, RecordedKeyEvent } from "../../src/domain/approver-key.ts";
import { decideKeys, type KeyCommand } from "../../src/domain/decide-keys.ts";
import type { Digest } from "../../src/domain/ids.ts";
import { evolveKeys, IllegalKeyEvent, NO_KEYS } from "../../src/domain/key-registry.ts";
import { MAX_APPROVER_KEYS } from "../../src/domain/limits.ts";
import type { RejectionReason } from "../../src/domain/rejection.ts";
import { alice, bob, carol, minute } from "./facts.ts";

const K1 = "key 1" as Digest;
const BYTES = new Uint8Array(32);

function enrolled(approver: Actor, keyId: Digest = K1): KeyEventBody {
  return { type: "KEY_ENROLLED", keyId, approver, publicKey: BYTES, description: "" };
}

const revoked: KeyEventBody = { type: "KEY_REVOKED", keyId: K1, reason: "lost" };

function enrol(approver: Actor, key: Extract<KeyCommand, { type: "ENROL_KEY" }>["key"] = { keyId: K1, bytes: BYTES }) {
  return { type: "ENROL_KEY", approver, key, description: "" } as const;
}

const REVOKE = { type: "REVOKE_KEY", keyId: K1, reason: "lost" } as const;

function logOf(bodies: readonly KeyEventBody[]): readonly RecordedKeyEvent[] {
  return bodies.map((body, seq) => ({
    event: {
      eventId: `id-${seq}`,
      seq,
      occurredAt: minute(seq),
      actor: alice,
      delegate: undefined,
      requestId: `request-${seq}`,
      previousDigest: seq === 0 ? "" : (`event ${seq - 1}` as Digest),
      body,
    },
    digest: `event ${seq}` as Digest,
  }));
}

function registryOf(...bodies: readonly KeyEventBody[]) {
  return evolveKeys(NO_KEYS, logOf(bodies));
}

function given(...bodies: readonly KeyEventBody[]) {
  return {
    when(actor: Actor, command: KeyCommand, isAdministrator = actor === alice) {
      const verdict = decideKeys(command, registryOf(...bodies), { actor, isAdministrator });
      return {
        thenEvent: (event: KeyEventBody) => expect(verdict).toEqual({ accepted: true, event }),
        thenRefused: (reason: RejectionReason) =>
          expect(verdict).toMatchObject({
            accepted: false,
            rejection: { reason, message: expect.stringMatching(/\S/) },
          }),
      };
    },
  };
}

describe("a key is enrolled", () => {
  test("by an administrator, and by nobody else, not even to themselves", () => {
    given().when(alice, enrol(bob)).thenEvent(enrolled(bob));
    given().when(bob, enrol(bob)).thenRefused("NOT_AN_ADMINISTRATOR");
  });

  test("only if it can be believed", () => {
    given()
      .when(alice, enrol(bob, { problem: "it is a point of small order" }))
      .thenRefused("APPROVER_KEY_INVALID");
  });

  test("once: to nobody else, not to the same approver again, and never after it was revoked", () => {
    given(enrolled(bob)).when(alice, enrol(carol)).thenRefused("APPROVER_KEY_ALREADY_ENROLLED");
    given(enrolled(bob)).when(alice, enrol(bob)).thenRefused("APPROVER_KEY_ALREADY_ENROLLED");
    given(enrolled(bob), revoked).when(alice, enrol(bob)).thenRefused("APPROVER_KEY_ALREADY_ENROLLED");
  });

  test("while there is room; a full registry still revokes", () => {
    const full = Array.from({ length: MAX_APPROVER_KEYS - 1 }, (_, i) => enrolled(bob, `other ${i}` as Digest));
    given(...full)
      .when(alice, enrol(bob))
      .thenEvent(enrolled(bob));
    const fuller = given(...full, enrolled(bob));
    fuller.when(alice, enrol(carol, { keyId: "key 2" as Digest, bytes: BYTES })).thenRefused("TOO_MANY_EVENTS");
    fuller.when(alice, REVOKE).thenEvent(revoked);
  });
});

describe("a key is revoked", () => {
  test("by an administrator and by its approver, and by nobody else", () => {
    given(enrolled(bob)).when(alice, REVOKE).thenEvent(revoked);
    given(enrolled(bob)).when(bob, REVOKE).thenEvent(revoked);
    given(enrolled(bob)).when(carol, REVOKE).thenRefused("NOT_AN_ADMINISTRATOR");
    given(enrolled(bob)).when({ type: "SYSTEM", id: "bob" }, REVOKE).thenRefused("NOT_AN_ADMINISTRATOR");
  });

  test("once, and only if it was enrolled", () => {
    given().when(alice, REVOKE).thenRefused("APPROVER_KEY_NOT_FOUND");
    given(enrolled(bob), revoked).when(alice, REVOKE).thenRefused("APPROVER_KEY_REVOKED");
  });
});

describe("the registry's log", () => {
  test.each([
    ["a key that is enrolled twice", [enrolled(bob), enrolled(carol)]],
    ["a key that is revoked before it is enrolled", [revoked]],
    ["a key that is revoked twice", [enrolled(bob), revoked, revoked]],
  ])("cannot hold %s", (_, bodies) => {
    expect(() => registryOf(...bodies)).toThrow(IllegalKeyEvent);
  });

  test.each([
    ["another seq", { seq: 3 }],
    ["another digest before it", { previousDigest: "event 7" as Digest }],
    ["an earlier time", { occurredAt: minute(-5) }],
  ])("cannot go on with %s", (_, change) => {
    const [first, second] = logOf([enrolled(bob), revoked]);
    if (first === undefined || second === undefined) throw new RangeError("two events");
    const changed = { ...second, event: { ...second.event, ...change } };
    expect(() => evolveKeys(NO_KEYS, [first, changed])).toThrow(IllegalKeyEvent);
    expect(evolveKeys(NO_KEYS, [first, second]).keys.get(K1)?.revoked?.at).toBe(minute(1));
  });
});
