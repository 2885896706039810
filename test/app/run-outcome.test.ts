import { describe, expect, test } from "vitest";
import { ROUTER_ANSWER } from "../../src/app/ask-about-run.ts";
import type { Run } from "../../src/app/router.ts";
import { notStarted, outcomeOfRun, unknownOutcome } from "../../src/app/run-outcome.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { BUNDLE } from "./executions-under-test.ts";

const RUN: Run = {
  runId: "run-1",
  decisionId: "0".repeat(32) as Run["decisionId"],
  adapterId: "local",
  state: "RUNNING",
  stepsExecuted: 2,
  failure: undefined,
  bundle: undefined,
};

describe("what a router's account of a run comes to", () => {
  test("nothing while it is at work, whatever else it says", () => {
    expect(outcomeOfRun({ ...RUN, bundle: BUNDLE }, undefined)).toBeUndefined();
  });

  test("completed only with a record, whose digest is worked out here", () => {
    expect(outcomeOfRun({ ...RUN, state: "SUCCEEDED", bundle: BUNDLE }, ROUTER_ANSWER)).toEqual({
      type: "EXECUTION_COMPLETED",
      runId: "run-1",
      routerDigest: digestOf(BUNDLE.bytes),
      routerMediaType: BUNDLE.mediaType,
      stepsExecuted: 2,
      settlement: ROUTER_ANSWER,
    });
    const without = outcomeOfRun({ ...RUN, state: "SUCCEEDED" }, undefined);
    expect(without).toMatchObject({ type: "EXECUTION_OUTCOME_UNKNOWN", runId: "run-1" });
  });

  test("failed, with the router's reason or without, with a record or without", () => {
    const failure = { code: "STEP_FAILED", message: "no such host", stepId: "a" };
    expect(outcomeOfRun({ ...RUN, state: "FAILED", failure, bundle: BUNDLE }, undefined)).toMatchObject({
      type: "EXECUTION_FAILED",
      code: "STEP_FAILED",
      message: "no such host",
      routerDigest: digestOf(BUNDLE.bytes),
    });
    expect(outcomeOfRun({ ...RUN, state: "FAILED" }, undefined)).toMatchObject({
      code: "RUN_FAILED",
      message: "The router gives no reason.",
      routerDigest: "",
      routerMediaType: "",
    });
  });

  test("interrupted: unknown, with what the router says of it", () => {
    const failure = { code: "ROUTER_INTERRUPTED", message: "the power went", stepId: "a" };
    expect(outcomeOfRun({ ...RUN, state: "INTERRUPTED", failure }, undefined)).toMatchObject({
      type: "EXECUTION_OUTCOME_UNKNOWN",
      reason: expect.stringContaining("the power went"),
    });
  });

  test("never begun: failed, without a run", () => {
    const nothing = { runId: "", stepsExecuted: 0, routerDigest: "" };
    expect(outcomeOfRun({ ...RUN, runId: "", state: "NOT_STARTED" }, ROUTER_ANSWER)).toMatchObject({
      type: "EXECUTION_FAILED",
      code: "NOT_STARTED",
      ...nothing,
    });
  });
});

describe("a router's words are kept in a form that can be stored", () => {
  const long = "x".repeat(4_095);

  test.each([
    { what: "as long as allowed", said: `${long}x`, kept: `${long}x` },
    { what: "too long", said: `${long}xy`, kept: `${long}x…` },
    { what: "cut in the middle of a character", said: `${long}😀`, kept: `${long}\ufffd…` },
    { what: "with half a character", said: "a\ud83d", kept: "a\ufffd" },
  ])("$what", ({ said, kept }) => {
    expect(notStarted("REFUSED", said, undefined).message).toBe(kept);
    expect(unknownOutcome(said, undefined).reason).toBe(kept);
    const failure = { code: "STEP_FAILED", message: said, stepId: "a" };
    expect(outcomeOfRun({ ...RUN, state: "FAILED", failure }, undefined)).toMatchObject({ message: kept });
  });
});
