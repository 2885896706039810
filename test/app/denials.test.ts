import { expect, test } from "vitest";
import type { AuditEntry, AuditLog } from "../../src/app/audit-log.ts";
import {
  createDenials,
  DENIAL_WINDOW,
  type Denial,
  MAX_ALL_STRANGERS,
  MAX_DENIALS,
  MAX_STRANGERS,
} from "../../src/app/denials.ts";
import { createManualClock } from "../support/manual-clock.ts";

const by = (id: string): Denial => ({
  kind: "authorization",
  outcome: "DENIED",
  actor: { type: "HUMAN", id },
  reason: "PERMISSION_DENIED",
});
const from = (remoteAddress: string): Denial => ({ kind: "authentication", outcome: "DENIED", remoteAddress });

function stage() {
  const records: AuditEntry[] = [];
  const audit: AuditLog = { record: () => 0, note: (entry) => records.push(entry) };
  const clock = createManualClock();
  return { records, clock, denials: createDenials({ audit, clock }) };
}

test("of one actor so many denials are recorded in a while, and then how many were not; others are not crowded out", () => {
  const { records, clock, denials } = stage();
  for (let i = 0; i < MAX_DENIALS + 7; i++) denials.tell(by("mallory"));
  expect(records).toHaveLength(MAX_DENIALS);
  denials.tell(by("bob"));
  expect(records.at(-1)).toEqual(by("bob"));
  const since = new Date(clock.now()).toISOString();
  clock.advance(DENIAL_WINDOW);
  denials.tell(by("mallory"));
  const suppressed = { suppressed: "7", since, by: "human:mallory 7" };
  expect(records.slice(-2)).toEqual([
    { kind: "authorization", outcome: "DENIED", reason: "SUPPRESSED", details: suppressed },
    by("mallory"),
  ]);
});

test("a flood from everywhere is so many records and one that counts the rest, whoever sends it", () => {
  const { records, clock, denials } = stage();
  for (let i = 0; i < 100_000; i++) denials.tell(from(`2001:db8::${i.toString(16)}`));
  expect(records).toHaveLength(MAX_ALL_STRANGERS);
  clock.advance(DENIAL_WINDOW);
  denials.tell(from("192.0.2.1"));
  expect(records).toHaveLength(MAX_ALL_STRANGERS + 2);
  expect(records.at(-2)?.details).toMatchObject({ suppressed: `${100_000 - MAX_ALL_STRANGERS}` });
  expect(records.at(-2)?.details?.["by"]?.length).toBeLessThan(1_000);
});

test("one address cannot hide what comes from another", () => {
  const { records, denials } = stage();
  for (let i = 0; i < 10_000; i++) denials.tell(from("192.0.2.66"));
  denials.tell(from("192.0.2.1"));
  expect(records).toHaveLength(MAX_STRANGERS + 1);
  expect(records.at(-1)).toEqual(from("192.0.2.1"));
});

test("what was suppressed is told also if nobody is ever denied again, and when the server goes", async () => {
  const { records, clock, denials } = stage();
  const stopping = new AbortController();
  const running = denials.run(stopping.signal);
  for (let i = 0; i < MAX_STRANGERS + 3; i++) denials.tell(from("192.0.2.66"));
  clock.advance(DENIAL_WINDOW);
  await new Promise(setImmediate);
  expect(records.at(-1)?.details).toMatchObject({ suppressed: "3" });
  for (let i = 0; i < MAX_STRANGERS + 4; i++) denials.tell(from("192.0.2.66"));
  stopping.abort();
  await running;
  expect(records.at(-1)?.details).toMatchObject({ suppressed: "4", by: "192.0.2.66 4" });
});

test("a clock that is set back does not silence anybody", () => {
  const { records, clock, denials } = stage();
  for (let i = 0; i < MAX_DENIALS; i++) denials.tell(by("mallory"));
  clock.set(clock.now() - 10 * DENIAL_WINDOW);
  denials.tell(by("mallory"));
  expect(records).toHaveLength(MAX_DENIALS + 1);
});
