import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeRunRequest } from "../../src/codec/run-request.ts";
import { encodeEvent } from "../../src/codec/stored-event.ts";
import type { DecisionCreated, PolicyAttached } from "../../src/domain/event.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { decisionIdOf } from "../../src/evidence/decision-id.ts";
import { digestOf, isDigest } from "../../src/evidence/digest.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { BODIES } from "../codec/arbitrary-event.ts";
import { digest, sha256 } from "./forgeries/forger.ts";

const decisionId = "0".repeat(32) as DecisionId;

/** A body as it stands in its event. */
function bodyJson(body: DecisionCreated | PolicyAttached, name: string): unknown {
  const actor = { type: "HUMAN", id: "bob" } as const;
  const event = { eventId: "e", decisionId, seq: 0, occurredAt: 0, actor, delegate: undefined, requestId: "" };
  return (JSON.parse(encodeEvent({ ...event, previousDigest: "", body })) as Record<string, unknown>)[name];
}

test("a digest is SHA-256 of the UTF-8 text or of the bytes, in lower-case hexadecimal digits", () => {
  expect(digestOf("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(digestOf("€")).toBe(digestOf(Uint8Array.of(0xe2, 0x82, 0xac)));
  expect(digestOf("")).toBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(isDigest(digestOf("abc"))).toBe(true);
  for (const other of ["", "sha256:", "sha1:00", `sha256:${"A".repeat(64)}`, ` ${digestOf("")}`, `${digestOf("")}\n`])
    expect(isDigest(other), JSON.stringify(other)).toBe(false);
});

describe("what a decision's events commit to", () => {
  test("the request digest is that of the two bodies as they stand in the events", () => {
    fc.assert(
      fc.property(BODIES.DECISION_CREATED, BODIES.POLICY_ATTACHED, (created, attached) => {
        const decisionCreated = bodyJson(created, "decisionCreated");
        const policyAttached = bodyJson(attached, "policyAttached");
        expect(DIGESTS.request(decisionId, created, attached)).toBe(
          digest({ decisionId, decisionCreated, policyAttached }),
        );
      }),
    );
  });

  test("the policy digest is that of the policy as it stands in the event", () => {
    fc.assert(
      fc.property(BODIES.POLICY_ATTACHED, (attached) => {
        const { policy } = bodyJson(attached, "policyAttached") as { policy: unknown };
        expect(DIGESTS.policy(attached.policy)).toBe(digest(policy));
      }),
    );
  });

  test("the run request's digest is that of the text that the router's log keeps", () => {
    const request = {
      decisionId,
      adapterId: "files",
      mode: "APPLY",
      goal: "ship it",
      plan: undefined,
      maxSteps: 0,
      labels: [],
      requestDigest: digestOf("r"),
      policyDigest: digestOf("p"),
      approvalDigests: [digestOf("a")],
    } as const;
    expect(DIGESTS.runRequest(request)).toBe(sha256(encodeRunRequest(request)));
    expect(DIGESTS.runRequest({ ...request, maxSteps: 1 })).not.toBe(DIGESTS.runRequest(request));
  });
});

describe("a decision id", () => {
  const bob = { type: "HUMAN", id: "bob" } as const;

  test("is the first half of the digest of who asked and the request id", () => {
    expect(`sha256:${decisionIdOf(bob, "r")}`).toBe(digest(["HUMAN", "bob", "r"]).slice(0, 39));
  });

  test("differs with the type, the id and the request id, however they are cut", () => {
    const ids = [
      decisionIdOf(bob, "r"),
      decisionIdOf({ type: "SYSTEM", id: "bob" }, "r"),
      decisionIdOf({ type: "HUMAN", id: "bo" }, "br"),
      decisionIdOf({ type: "HUMAN", id: "bobr" }, ""),
      decisionIdOf({ type: "HUMAN", id: 'bob","r' }, "r"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
