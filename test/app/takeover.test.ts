import { describe, expect, test } from "vitest";
import type { Sharing } from "../../src/app/sharing.ts";
import { type OpenPhase, type Takeover, takeoverOf } from "../../src/app/takeover.ts";
import { minute, WAY_TO } from "../domain/facts.ts";
import { decisionOf } from "../domain/given.ts";

const GRACE = 30_000;
const START_WITHIN = 300_000;
const [OURS, THEIRS] = ["server-a", "server-b"];

interface Situation {
  readonly phase: "gated" | "started";
  readonly claimant?: string;
  readonly isShared?: boolean;
  readonly waited?: number;
  readonly sinceGate?: number;
  readonly isWantedHere?: boolean;
  readonly kind?: "local" | "remote" | undefined;
}

function takeover(situation: Situation): Takeover {
  const { claimant = THEIRS, isShared = true, waited = 0, sinceGate = waited, isWantedHere = false } = situation;
  const { phase } = decisionOf(...WAY_TO[situation.phase]);
  if (phase.kind !== "gated" && phase.kind !== "started") throw new TypeError("it is not open");
  const open: OpenPhase = phase.kind === "started" ? { ...phase, serverId: claimant } : phase;
  const sharing: Sharing = { serverId: OURS, isShared, takeoverAfter: GRACE };
  const router = { kindOf: () => situation.kind };
  const seen = { waited, now: minute(4) + sinceGate, isWantedHere };
  return takeoverOf(open, seen, { sharing, router, startWithin: START_WITHIN });
}

describe("of an execution without an outcome that nobody here is at work on, on a store of this server's own", () => {
  test.each<Situation & { wanted: Takeover }>([
    { phase: "gated", kind: "local", wanted: "start" },
    { phase: "gated", kind: undefined, wanted: "start" },
    { phase: "started", claimant: OURS, kind: "local", wanted: "settle" },
    // A log of before servers had ids, or a data directory that has got another.
    { phase: "started", claimant: "", kind: "local", wanted: "settle" },
    { phase: "started", claimant: THEIRS, kind: "remote", wanted: "settle" },
  ])("$phase, by $claimant, adapter $kind: $wanted at once", ({ wanted, ...situation }) => {
    expect(takeover({ ...situation, isShared: false })).toBe(wanted);
  });
});

describe("of a gate passed on a store that others share", () => {
  test.each<Omit<Situation, "phase"> & { what: string } & { wanted: Takeover }>([
    { what: "before the grace is over", kind: "local", waited: GRACE - 1, wanted: "wait" },
    { what: "once it is over", kind: "local", waited: GRACE, wanted: "start" },
    { what: "by a remote router too", kind: "remote", waited: GRACE, wanted: "start" },
    { what: "at once where this server was to start it", kind: "local", isWantedHere: true, wanted: "start" },
    { what: "not without the adapter", kind: undefined, waited: GRACE, wanted: "leave" },
    { what: "not without it in time", kind: undefined, waited: GRACE, sinceGate: START_WITHIN, wanted: "leave" },
    {
      what: "once it is too late anyhow",
      kind: undefined,
      waited: GRACE,
      sinceGate: START_WITHIN + 1,
      wanted: "start",
    },
  ])("$what: $wanted", ({ wanted, ...situation }) => {
    expect(takeover({ phase: "gated", ...situation })).toBe(wanted);
  });
});

describe("of a run that was claimed, on a store that others share", () => {
  test.each<Omit<Situation, "phase"> & { what: string } & { wanted: Takeover }>([
    { what: "by this server", claimant: OURS, kind: "local", wanted: "settle" },
    { what: "by this server, whose adapter is gone", claimant: OURS, kind: undefined, wanted: "settle" },
    { what: "remote, before the grace is over", kind: "remote", waited: GRACE - 1, wanted: "wait" },
    { what: "remote, once it is over", kind: "remote", waited: GRACE, wanted: "ask" },
    { what: "local to another server, however long ago", kind: "local", waited: 1e9, wanted: "leave" },
    { what: "by nobody knows whom, local", claimant: "", kind: "local", waited: 1e9, wanted: "leave" },
    { what: "on an adapter that is not known here", kind: undefined, waited: 1e9, wanted: "leave" },
  ])("$what: $wanted", ({ wanted, ...situation }) => {
    expect(takeover({ phase: "started", ...situation })).toBe(wanted);
  });
});
