import { describe, expect, test } from "vitest";
import { newSigningKey } from "../support/signing-key.ts";
import { EMBEDDED, EVENT, type Loose } from "./forgeries/forger.ts";
import { failed, outcome, routerKey, serverKey, trusting, verifyText, withSignedRun } from "./forgeries/signing.ts";

const router = newSigningKey();
const other = newSigningKey();
const trust = trusting({ routerKeys: [routerKey(["other"], other), routerKey(["files-standby", "files"], router)] });
const SIGNED = withSignedRun(router);
const name = "router_signature";

/** The example's outcome as a failure. */
function failure(code: string, more: Loose = {}) {
  return (_: Loose, events: Loose[]) => {
    const { executionCompleted, ...event } = events[EVENT.outcome];
    events[EVENT.outcome] = { ...event, executionFailed: { ...executionCompleted, code, ...more } };
  };
}

describe("a signed run", () => {
  test("passes by a key that is believed for its adapter, and the report names it", () => {
    const report = verifyText(SIGNED, trust);
    expect(failed(report)).toEqual([]);
    expect(outcome(report, name).status).toBe("PASS");
    expect(report.signers).toEqual([{ role: "ROUTER", name: "the router", keyId: router.key.keyId }]);
  });

  test.each<[string, string, Loose]>([
    ["a run that failed", "RUN_STATE_FAILED", failure("STEP_FAILED")],
    [
      "one that took too many steps, whatever the router says of it",
      "RUN_STATE_SUCCEEDED",
      failure("MAX_STEPS_EXCEEDED", { stepsExecuted: 6 }),
    ],
    [
      "one that took too many steps and failed",
      "RUN_STATE_FAILED",
      failure("MAX_STEPS_EXCEEDED", { stepsExecuted: 6 }),
    ],
  ])("may be %s", (_, state, change) => {
    expect(outcome(verifyText(withSignedRun(router, { state, change }), trust), name).status).toBe("PASS");
  });

  test("is not checked without a signature, and without a key to believe it by for the adapter", () => {
    const elsewhere = trusting({ routerKeys: [routerKey(["other"], router)], serverKeys: [serverKey(router)] });
    for (const [text, policy] of [
      [EMBEDDED, trust],
      [SIGNED, undefined],
      [SIGNED, trusting({})],
      [SIGNED, elsewhere],
    ] as const) {
      expect(outcome(verifyText(text, policy), name).status).toBe("NOT_CHECKED");
      expect(failed(verifyText(text, policy))).toEqual([]);
    }
  });

  test.each<[string, string, RegExp]>([
    ["another's key", withSignedRun(other), /no key that the trust policy names for files made it/],
    ["a state that it did not end in", withSignedRun(router, { state: "RUN_STATE_FAILED" }), /payload is not/],
    ["a failure signed as a success", withSignedRun(router, { change: failure("STEP_FAILED") }), /payload is not/],
    [
      "another run bundle",
      withSignedRun(router, {
        signed: (made) => ({ ...made, subject: [{ ...made.subject[0], digest: { sha256: "0".repeat(64) } }] }),
      }),
      /payload is not/,
    ],
    [
      "fewer steps",
      withSignedRun(router, { signed: (made) => ({ ...made, predicate: { ...made.predicate, stepsExecuted: 1 } }) }),
      /payload is not/,
    ],
    [
      "another request",
      withSignedRun(router, {
        signed: (made) => ({
          ...made,
          predicate: { ...made.predicate, routerRequestDigest: `sha256:${"0".repeat(64)}` },
        }),
      }),
      /payload is not/,
    ],
  ])("fails by %s", (_, text, why) => {
    const report = verifyText(text, trust);
    expect(failed(report)).toEqual([name]);
    expect(report.signers).toEqual([]);
    expect(outcome(report, name).detail).toMatch(why);
  });

  test("fails by a digest that is none, be it one that no statement could hold", () => {
    const change = (given: Loose, events: Loose[]) => {
      // Cut where a digest begins, it would end in half a character.
      events[EVENT.outcome].executionCompleted.routerDigest = "\u{1f6d2}".repeat(4);
      given.router.runBundle = undefined;
      given.router.runBundleMediaType = undefined;
      given.router.mode = "PACKAGE_MODE_REFERENCE";
    };
    expect(failed(verifyText(withSignedRun(router, { change }), trust))).toEqual([name]);
  });

  // The outcome was recorded at 10:30:01.
  test.each<[string, Loose, string]>([
    ["from not_before on", { notBefore: "2026-11-25T10:30:01Z" }, "PASS"],
    ["not before", { notBefore: "2026-11-25T10:30:01.001Z" }, "FAIL"],
    ["not at not_after", { notAfter: "2026-11-25T10:30:01Z" }, "FAIL"],
  ])("is believed by a key of its time: %s", (_, bounds, status) => {
    const bounded = trusting({ routerKeys: [routerKey(["files"], router, bounds)] });
    expect(outcome(verifyText(SIGNED, bounded), name).status).toBe(status);
  });
});
