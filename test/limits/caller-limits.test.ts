import { describe, expect, test } from "vitest";
import { Refused } from "../../src/app/refused.ts";
import { type CallKind, createCallerLimits } from "../../src/limits/caller-limits.ts";
import { createManualClock } from "../support/manual-clock.ts";

function limits() {
  const clock = createManualClock();
  const settings = { callsPerSecond: 10, burst: 6, maxCalls: 2, maxStreams: 1 };
  const admit = createCallerLimits(() => settings, clock);
  const refusal = (caller: string, kind: CallKind = "call") => {
    try {
      admit(caller, kind);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  };
  return { clock, settings, admit, refusal };
}

describe("one caller", () => {
  test("has only so many calls a second, and is told which limit it is and when to come back", () => {
    const { clock, admit, refusal } = limits();
    for (let index = 0; index < 6; index++) admit("alice", "call")();
    expect(refusal("alice")).toMatchObject({
      reason: "RATE_LIMITED",
      facts: { limit: "limits.perActor.callsPerSecond", limit_value: "10" },
      retryAfter: 100,
    });
    clock.advance(100);
    expect(refusal("alice")).toBeUndefined();
  });

  test("has only so many calls in progress, and gets its turn back as each ends", () => {
    const { admit, refusal } = limits();
    const end = admit("alice", "call");
    admit("alice", "call");
    expect(refusal("alice")).toMatchObject({
      reason: "TOO_MANY_CALLS",
      facts: { limit: "limits.perActor.maxCalls", limit_value: "2" },
      retryAfter: 1_000,
    });
    end();
    expect(refusal("alice")).toBeUndefined();
  });

  test("has streams counted apart from calls", () => {
    const { admit, refusal } = limits();
    admit("alice", "stream");
    expect(refusal("alice", "stream")).toMatchObject({ facts: { limit: "limits.perActor.maxStreams" } });
    expect(refusal("alice", "call")).toBeUndefined();
  });

  test("takes nothing from another", () => {
    const { admit, refusal } = limits();
    while (refusal("alice") === undefined);
    admit("bob", "call");
    expect(refusal("bob", "stream")).toBeUndefined();
  });

  test("is held to limits as they are now", () => {
    const { settings, admit, refusal } = limits();
    admit("alice", "stream");
    settings.maxStreams = 2;
    expect(refusal("alice", "stream")).toBeUndefined();
  });
});
