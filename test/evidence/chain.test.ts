import { describe, expect, test } from "vitest";
import type { RecordedEvent } from "../../src/domain/event.ts";
import type { Decision } from "../../src/domain/state.ts";
import { BrokenLog, seal, takeUp } from "../../src/evidence/chain.ts";
import { canonical, EMBEDDED, EVENT, forge, type Loose, sha256 } from "./forgeries/forger.ts";

/** The stored texts of a package's log. */
const textsOf = (file: string): readonly string[] => JSON.parse(file).controlBundle.events.map(canonical);

function load(texts: readonly string[]): { readonly decision: Decision | undefined; readonly log: RecordedEvent[] } {
  let decision: Decision | undefined;
  const log: RecordedEvent[] = [];
  for (const text of texts) {
    const taken = takeUp(decision, text);
    decision = taken.decision;
    log.push(taken.recorded);
  }
  return { decision, log };
}

describe("a log", () => {
  const texts = textsOf(EMBEDDED);

  test("is taken up event by event, each with the digest of its text", () => {
    const { decision, log } = load(texts);
    expect(log.map(({ digest }) => digest)).toEqual(texts.map((text) => sha256(text)));
    expect(decision).toMatchObject({ phase: { kind: "completed" }, head: { seq: 9, digest: sha256(texts[9] ?? "") } });
    expect(decision?.approvals.map(({ revoked }) => revoked?.seq)).toEqual([undefined, 4, undefined, undefined]);
  });

  test("sealed again is the same log", () => {
    for (const [seq, recorded] of load(texts).log.entries())
      expect(seal(recorded.event)).toEqual({ ...recorded, text: texts[seq] });
  });

  test("that was changed anywhere but at its end is found out at the event that follows", () => {
    for (let seq = 0; seq < texts.length - 1; seq++) {
      const text = texts[seq] ?? "";
      const requestId = (JSON.parse(text) as { requestId: string }).requestId;
      const changed = texts.with(seq, text.replace(`"${requestId}"`, '"another"'));
      expect(changed[seq]).not.toBe(text);
      expect(() => load(changed.slice(0, seq + 1))).not.toThrow();
      expect(() => load(changed)).toThrow(new RegExp(`^event ${seq + 1} .*previous_digest is not the digest`));
    }
  });

  test.each<[string, readonly string[], RegExp]>([
    ["begins in the middle", texts.slice(1), /must begin with seq 0/],
    ["has a gap", texts.toSpliced(4, 1), /^event 5 \(APPROVAL_GRANTED\): seq 4 was expected/],
    ["has an event twice", texts.toSpliced(4, 0, texts[3] ?? ""), /seq 4 was expected/],
    ["has an event that is no JSON", texts.with(3, "{"), /^event 3: not JSON/],
    ["has an event in another spelling", texts.with(3, ` ${texts[3]}`), /^event 3: not in canonical form/],
    ["has a field of later", texts.with(3, texts[3]?.replace("{", '{"a":1,') ?? ""), /^event 3: .*"a" is unknown/],
  ])("that %s is broken", (_, changed, why) => {
    expect(() => load(changed)).toThrow(BrokenLog);
    expect(() => load(changed)).toThrow(why);
  });

  test.each<[string, (events: Loose[]) => void, RegExp]>([
    [
      "goes on after its end",
      (events) => events.push({ ...events[EVENT.frank], eventId: "x", occurredAt: "2026-11-25T11:00:00Z" }),
      /^event 10 \(APPROVAL_GRANTED\): the gate has been passed/,
    ],
    [
      "goes back in time",
      (events) => (events[EVENT.outcome].occurredAt = "2026-11-25T10:30:00.003Z"),
      /occurred before the event before it/,
    ],
    [
      "holds an event of another decision",
      (events) => (events[EVENT.erin].decisionId = "f".repeat(32)),
      /belongs to decision f+, not/,
    ],
  ])("that %s is broken, though its digests are right", (_, change, why) => {
    expect(() => load(textsOf(forge((_given, events) => change(events))))).toThrow(why);
  });
});
