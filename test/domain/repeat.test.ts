import { describe, expect, test } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import type { Digest } from "../../src/domain/ids.ts";
import { eventsOf, isRepeat } from "../../src/domain/repeat.ts";
import {
  attach,
  CANCEL,
  create,
  execute,
  grant,
  policyBody,
  REJECT,
  record,
  revoke,
  START,
  state,
} from "./commands.ts";
import {
  alice,
  attached,
  bob,
  COMPLETED,
  cancelled,
  carol,
  completed,
  created,
  type Fact,
  failed,
  gated,
  granted,
  minute,
  outcomeUnknown,
  POLICY,
  rejected,
  revoked,
  started,
} from "./facts.ts";
import { logOf } from "./given.ts";

const STATED = { basis: "OPERATOR_STATEMENT", reason: "seen on the machine" } as const;
const ANSWERED = { basis: "ROUTER_ANSWER", reason: "" } as const;

/** Whether a command is a repetition of what these facts came from. */
function repeats(command: Command, ...written: readonly Fact[]): boolean {
  return isRepeat(command, logOf(written), POLICY);
}

describe("a repetition asks for exactly what was written", () => {
  test.each<{
    readonly what: string;
    readonly written: readonly Fact[];
    readonly same: readonly Command[];
    readonly other: readonly Command[];
  }>([
    {
      what: "creating a draft",
      written: [created()],
      same: [create()],
      other: [create({ goal: "another" }), create({ labels: [{ key: "a", value: "b" }] }), create({}, policyBody())],
    },
    {
      what: "creating with a policy",
      written: [created(), attached()],
      same: [create({}, policyBody())],
      other: [create(), create({}, policyBody({ minApprovals: 1 })), attach(), CANCEL],
    },
    { what: "attaching", written: [attached()], same: [attach()], other: [attach({ humansOnly: true }), grant()] },
    {
      what: "approving",
      written: [granted(bob, { comment: "ok" })],
      same: [grant({ comment: "ok" }), grant({ comment: "ok", shownDigest: "request" as Digest })],
      other: [
        grant(),
        grant({ comment: "ok", expiresAt: minute(60) }),
        grant({ comment: "ok", shownDigest: "another" as Digest }),
        revoke(),
        REJECT,
      ],
    },
    {
      what: "approving until a moment",
      written: [granted(bob, { expiresAt: minute(60) })],
      same: [grant({ expiresAt: minute(60) })],
      other: [grant(), grant({ expiresAt: minute(61) })],
    },
    {
      what: "revoking",
      written: [revoked(bob)],
      same: [revoke(), revoke("bob")],
      other: [revoke("carol"), { ...revoke(), reason: "another" }, grant()],
    },
    {
      what: "rejecting",
      written: [rejected(bob)],
      same: [REJECT],
      other: [
        { ...REJECT, reason: "another" },
        { ...CANCEL, reason: "too risky" },
      ],
    },
    {
      what: "cancelling",
      written: [cancelled()],
      same: [CANCEL],
      other: [
        { ...CANCEL, reason: "another" },
        { ...REJECT, reason: "no longer needed" },
      ],
    },
    {
      what: "executing",
      written: [gated()],
      same: [execute(), execute("local")],
      other: [execute("other"), CANCEL, state("COMPLETED")],
    },
    {
      what: "asking the router, whatever it answers now",
      written: [completed({ settlement: ANSWERED })],
      same: [record({ ...COMPLETED, stepsExecuted: 9, settlement: ANSWERED })],
      other: [record(COMPLETED), state("COMPLETED"), execute()],
    },
    {
      what: "stating that it completed",
      written: [completed({ settlement: STATED })],
      same: [state("COMPLETED")],
      other: [
        state("FAILED"),
        state("UNKNOWN"),
        { ...state("COMPLETED"), reason: "another" },
        record({ ...COMPLETED, settlement: ANSWERED }),
      ],
    },
    {
      what: "stating that it failed",
      written: [failed({ settlement: { ...STATED, overruled: "RUNNING" } })],
      same: [state("FAILED"), { ...state("FAILED"), overruled: "FAILED" }],
      other: [state("COMPLETED"), state("UNKNOWN")],
    },
    {
      what: "stating that nobody knows",
      written: [outcomeUnknown(STATED)],
      same: [state("UNKNOWN")],
      other: [state("COMPLETED"), state("FAILED"), { ...state("UNKNOWN"), reason: "another" }],
    },
    { what: "starting, which is never repeated", written: [started()], same: [], other: [START, execute()] },
  ])("$what", ({ written, same, other }) => {
    for (const command of same) expect(repeats(command, ...written), JSON.stringify(command)).toBe(true);
    for (const command of other) expect(repeats(command, ...written), JSON.stringify(command)).toBe(false);
  });

  test("an approval that named no expiry repeats though the policy gave it one", () => {
    const policy = { ...POLICY, maxApprovalLifetimeSeconds: 600 };
    const written = logOf([granted(bob, { expiresAt: minute(10) })]);
    expect(isRepeat(grant(), written, policy)).toBe(true);
    expect(isRepeat(grant({ expiresAt: minute(10) }), written, policy)).toBe(true);
    expect(isRepeat(grant({ expiresAt: minute(9) }), written, policy)).toBe(false);
  });

  test("nothing written is nothing to repeat", () => {
    for (const command of [create(), attach(), grant(), revoke(), REJECT, CANCEL, execute(), START, state("FAILED")])
      expect(repeats(command)).toBe(false);
  });
});

test("a request id is an actor's own, type and id", () => {
  const facts = [created(), attached(), granted(bob), granted(carol), granted({ type: "SYSTEM", id: "bob" })];
  const events = logOf(facts).map(({ event, digest }) => ({ event: { ...event, requestId: "key" }, digest }));
  const seqs = (actor: Parameters<typeof eventsOf>[1], requestId = "key") =>
    eventsOf(events, actor, requestId).map(({ event }) => event.seq);
  expect(seqs(alice)).toEqual([0, 1]);
  expect(seqs(bob)).toEqual([2]);
  expect(seqs({ type: "SYSTEM", id: "bob" })).toEqual([4]);
  expect(seqs(carol, "another")).toEqual([]);
});
