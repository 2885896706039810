import { expect, test } from "vitest";
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES, record } from "../../src/app/record.ts";
import type { EventBody } from "../../src/domain/event.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { caller, newDecisionId } from "./decisions-under-test.ts";

const PLACE = { decisionId: newDecisionId(), after: undefined, at: Date.UTC(2026, 0, 5, 9) };

function created(goal: string): EventBody {
  return { type: "DECISION_CREATED", goal, mode: "APPLY", plan: undefined, adapterId: "", labels: [] };
}

function recorded(bodies: readonly EventBody[]) {
  let number = 0;
  return record(bodies, PLACE, caller("bob", "key"), () => `id-${number++}`);
}

/** A body whose event is exactly so many bytes in stored form. */
function bodyOfBytes(bytes: number): EventBody {
  const [empty] = recorded([created("")]);
  return created("x".repeat(bytes - Buffer.byteLength(empty?.text ?? "") - '"goal":"",'.length));
}

test("each event gets an id, its place, its author and the digest of the one before", () => {
  const sealed = recorded([created("a"), { type: "DECISION_CANCELLED", reason: "r" }]);
  expect(sealed.map(({ event }) => [event.eventId, event.seq, event.requestId])).toEqual([
    ["id-0", 0, "key"],
    ["id-1", 1, "key"],
  ]);
  expect(sealed[0]?.event.previousDigest).toBe("");
  expect(sealed[1]?.event.previousDigest).toBe(sealed[0]?.digest);
  for (const { text, digest } of sealed) expect(digest).toBe(digestOf(text));
});

test("an event of 256 KiB to the byte is taken, one byte more is refused", () => {
  const [sealed] = recorded([bodyOfBytes(MAX_EVENT_BYTES)]);
  expect(Buffer.byteLength(sealed?.text ?? "")).toBe(MAX_EVENT_BYTES);
  const refusal = {
    name: "Refused",
    reason: "EVENT_TOO_LARGE",
    message: expect.stringContaining(`${MAX_EVENT_BYTES + 1} bytes`),
  };
  expect(() => recorded([bodyOfBytes(MAX_EVENT_BYTES + 1)])).toThrow(expect.objectContaining(refusal));
});

test("what counts is bytes, not characters", () => {
  expect(() => recorded([created("€".repeat(MAX_EVENT_BYTES / 3))])).toThrow(/EVENT|bytes/);
});

test("an append of 900 KiB in all is taken, one byte more is refused", () => {
  const sized = (sizes: readonly number[]) => {
    const events = recorded(sizes.map(() => created("x")));
    const bodies = events.map(({ text }, index) =>
      created("x".repeat(1 + (sizes[index] ?? 0) - Buffer.byteLength(text))),
    );
    return recorded(bodies);
  };
  const quarter = MAX_APPEND_BYTES / 4;
  expect(sized([quarter, quarter, quarter, quarter])).toHaveLength(4);
  expect(() => sized([quarter, quarter, quarter, quarter + 1])).toThrow(/a command writes 921600 at most/);
});

test("text that has no canonical form is refused as an invalid request", () => {
  expect(() => recorded([created("\ud800")])).toThrow(
    expect.objectContaining({ name: "Refused", reason: "INVALID_REQUEST" }),
  );
});
