import { describe, expect, test } from "vitest";
import { newSigningKey, type SigningKey } from "../support/signing-key.ts";
import { EMBEDDED, EVENT, eventId, type Loose } from "./forgeries/forger.ts";
import { approverKey, failed, outcome, trusting, verifyText, withSignedApprovals } from "./forgeries/signing.ts";

const PEOPLE = ["carol", "dave", "erin", "frank"].map((name) => `${name}@example.com`);
const keys = Object.fromEntries(PEOPLE.map((id): [string, SigningKey] => [id, newSigningKey()]));
const mallory = newSigningKey();
const keyOf = (name: string): SigningKey => keys[`${name}@example.com`] ?? mallory;
const trustAll = trusting({ approverKeys: Object.entries(keys).map(([id, key]) => approverKey(id, key)) });
const ofErinAndFrank = (erin: Loose = {}, frank: Loose = {}) => [
  approverKey("erin@example.com", keyOf("erin"), erin),
  approverKey("frank@example.com", keyOf("frank"), frank),
];
const SIGNED = withSignedApprovals(keys);
const only = ["approver_signatures"];

describe("signed approvals", () => {
  test("pass by the keys of those whose approvals counted, and the report names them", () => {
    for (const trust of [trustAll, trusting({ approverKeys: ofErinAndFrank() })]) {
      const report = verifyText(SIGNED, trust);
      expect(failed(report)).toEqual([]);
      expect(outcome(report, "approver_signatures").status).toBe("PASS");
      // Nobody's word for the package itself.
      expect(report.verdict).toBe("CONSISTENT");
      expect(report.signers).toEqual(
        ["erin", "frank"].map((name) => ({
          role: "APPROVER",
          name: `${name}@example.com`,
          keyId: keyOf(name).key.keyId,
        })),
      );
    }
  });

  test("are not checked where nobody asks: without signatures, and without keys to believe them by", () => {
    for (const [text, trust, why] of [
      [EMBEDDED, undefined, /No approval is signed/],
      [SIGNED, undefined, /no trust policy names keys/],
      [SIGNED, trusting({}), /no trust policy names keys/],
      [EMBEDDED, trustAll, /Not signed: events\[5\], events\[6\]/],
    ] as const) {
      const found = outcome(verifyText(text, trust), "approver_signatures");
      expect(found.status).toBe("NOT_CHECKED");
      expect(found.detail).toMatch(why);
    }
  });

  test("are not checked as a whole while one that counted is not signed; a trust policy can insist", () => {
    const { "frank@example.com": _frank, ...others } = keys;
    const text = withSignedApprovals(others);
    expect(outcome(verifyText(text, trustAll), "approver_signatures")).toMatchObject({ status: "NOT_CHECKED" });
    const approverKeys = Object.entries(keys).map(([id, key]) => approverKey(id, key));
    const insisting = trusting({ approverKeys, requiredChecks: only });
    expect(failed(verifyText(text, insisting))).toEqual(["required_checks"]);
  });

  test("make nobody a signer while one that counted is not signed, or by a key that is not believed", () => {
    const { "frank@example.com": _frank, ...others } = keys;
    for (const [text, trust, status] of [
      [withSignedApprovals(others), trustAll, "NOT_CHECKED"],
      [SIGNED, trusting({ approverKeys: [approverKey("erin@example.com", keyOf("erin"))] }), "FAIL"],
    ] as const) {
      const report = verifyText(text, trust);
      expect(outcome(report, "approver_signatures").status).toBe(status);
      expect(report.signers).toEqual([]);
    }
  });

  test("may name any head that the approver can have seen, from the policy on", () => {
    for (const head of [1, 4]) {
      const text = withSignedApprovals(keys, {
        signed: (made, seq, events) => {
          if (seq === EVENT.erin) made.predicate.headDigest = events[head + 1].previousDigest;
          return made;
        },
      });
      expect(failed(verifyText(text, trustAll))).toEqual([]);
    }
  });

  test("say nothing about a decision under a policy that wants them, as soon as one is missing", () => {
    const text = withSignedApprovals(
      { ...keys },
      {
        change: (_, events) => (events[1].policyAttached.policy.requireSignedApprovals = true),
        recorded: (made, seq) => (seq === EVENT.frank ? undefined : made),
      },
    );
    expect(failed(verifyText(text, trustAll))).toContain("approvals_valid");
  });
});

describe("a signed approval is refused", () => {
  const erin = (change: (made: Loose, events: Loose[]) => void) =>
    withSignedApprovals(keys, {
      signed: (made, seq, events) => {
        if (seq === EVENT.erin) change(made, events);
        return made;
      },
    });
  const recorded = (change: (made: Loose) => Loose) =>
    withSignedApprovals(keys, { recorded: (made, seq) => (seq === EVENT.erin ? change(made) : made) });

  test.each<[string, string, RegExp]>([
    [
      "of another's key",
      withSignedApprovals({ ...keys, "erin@example.com": mallory }),
      /no key of erin@example.com that/,
    ],
    [
      "of another approver's key",
      withSignedApprovals({ ...keys, "erin@example.com": keyOf("frank") }),
      /no key of erin/,
    ],
    [
      "under another's key id",
      recorded((made) => ({
        ...made,
        signatures: [{ ...made.signatures[0], sig: Buffer.alloc(64, 1).toString("base64") }],
      })),
      /no key of erin/,
    ],
  ])("%s", (_, text, why) => {
    const report = verifyText(text, trustAll);
    expect(failed(report)).toEqual(only);
    expect(report.signers).toEqual([]);
    expect(outcome(report, "approver_signatures").detail).toMatch(why);
    expect(outcome(verifyText(text), "approver_signatures").status).toBe("NOT_CHECKED");
  });

  test.each<[string, string, RegExp]>([
    [
      "for another request",
      erin(({ predicate }) => (predicate.requestDigest = `sha256:${"0".repeat(64)}`)),
      /payload is not/,
    ],
    [
      "for another policy",
      erin(({ predicate }) => (predicate.policyDigest = `sha256:${"0".repeat(64)}`)),
      /payload is not/,
    ],
    ["for another decision", erin(({ predicate }) => (predicate.decisionId = "0".repeat(32))), /payload is not/],
    ["for another time", erin(({ predicate }) => (predicate.expiresAt = "2026-11-26T00:00:00Z")), /payload is not/],
    ["with other words", erin(({ predicate }) => (predicate.comment = "only the first step")), /payload is not/],
    [
      "as somebody else",
      erin(({ predicate }) => (predicate.approver = { type: "ACTOR_TYPE_HUMAN", id: "x" })),
      /payload is not/,
    ],
    ["that says more", erin(({ predicate }) => (predicate.groups = ["security"])), /payload is not/],
    [
      "by a head of another log",
      erin(({ predicate }) => (predicate.headDigest = `sha256:${"0".repeat(64)}`)),
      /is of no event/,
    ],
    [
      "by a head from before the policy",
      erin(({ predicate }, events) => (predicate.headDigest = events[1].previousDigest)),
      /is of no event/,
    ],
    ["without a head", erin(({ predicate }) => delete predicate.headDigest), /names no head/],
    [
      "twice",
      recorded((made) => ({ ...made, signatures: [...made.signatures, ...made.signatures] })),
      /2 signatures, not one/,
    ],
    [
      "not at all, in an envelope",
      recorded(({ payload: bytes, payloadType }) => ({ payload: bytes, payloadType })),
      /0 signatures, not one/,
    ],
    ["as another type", recorded((made) => ({ ...made, payloadType: "text/plain" })), /payload type/],
  ])("%s, whoever is believed", (_, text, why) => {
    for (const trust of [trustAll, undefined]) {
      const report = verifyText(text, trust);
      expect(failed(report)).toEqual(only);
      expect(outcome(report, "approver_signatures").detail).toMatch(why);
    }
  });

  test("when it is shown again after it was taken back", () => {
    const again = "2026-11-25T10:00:00Z";
    let first: Loose;
    const text = withSignedApprovals(keys, {
      change: (_, events) =>
        events.splice(EVENT.erin, 0, { ...structuredClone(events[EVENT.dave]), eventId: "again", occurredAt: again }),
      reliedOn: ["again", eventId(EVENT.erin), eventId(EVENT.frank)],
      recorded: (made, seq) => {
        if (seq === EVENT.dave) first = made;
        return seq === EVENT.erin ? first : made;
      },
    });
    const report = verifyText(text, trustAll);
    expect(failed(report)).toEqual(only);
    expect(outcome(report, "approver_signatures").detail).toContain("that of events[3], shown again");
  });

  test("of somebody whom the trust policy does not name", () => {
    const trust = trusting({ approverKeys: [approverKey("erin@example.com", keyOf("erin"))] });
    const report = verifyText(SIGNED, trust);
    expect(failed(report)).toEqual(only);
    expect(outcome(report, "approver_signatures").detail).toContain("names no key of frank@example.com");
  });

  test("of a person by the key of a program with the same id", () => {
    const asProgram = {
      ...approverKey("erin@example.com", keyOf("erin")),
      approver: { type: "ACTOR_TYPE_SYSTEM", id: "erin@example.com" },
    };
    const trust = trusting({ approverKeys: [asProgram, approverKey("frank@example.com", keyOf("frank"))] });
    expect(failed(verifyText(SIGNED, trust))).toEqual(only);
  });
});

describe("an approver's key is believed for its time", () => {
  // Erin approves at 10:05:00, the gate is passed at 10:30:00.
  test.each<[string, Loose, boolean]>([
    ["from not_before on", { notBefore: "2026-11-25T10:05:00Z" }, true],
    ["not for an approval before", { notBefore: "2026-11-25T10:05:00.001Z" }, false],
    ["if it is revoked after the gate", { revokedAt: "2026-11-25T10:30:00.001Z" }, true],
    ["not if it was revoked when the gate was passed", { revokedAt: "2026-11-25T10:30:00Z" }, false],
    ["not if it was revoked between approval and gate", { revokedAt: "2026-11-25T10:06:00Z" }, false],
    ["not if it was revoked before the approval", { revokedAt: "2026-11-25T09:00:00Z" }, false],
  ])("%s", (_, bounds, isBelieved) => {
    const report = verifyText(SIGNED, trusting({ approverKeys: ofErinAndFrank(bounds) }));
    expect(outcome(report, "approver_signatures").status).toBe(isBelieved ? "PASS" : "FAIL");
    if (!isBelieved) expect(outcome(report, "approver_signatures").detail).toContain("does not believe at that time");
  });

  test("one that was revoked does not hide another of theirs", () => {
    const old = approverKey("erin@example.com", newSigningKey(), { revokedAt: "2026-01-01T00:00:00Z" });
    const trust = trusting({ approverKeys: [old, ...ofErinAndFrank()] });
    expect(outcome(verifyText(SIGNED, trust), "approver_signatures").status).toBe("PASS");
  });
});
