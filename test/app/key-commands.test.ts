import { describe, expect, test } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import type { EventStore, StoredEvent } from "../../src/app/event-store.ts";
import { createKeyCommandHandler } from "../../src/app/key-commands.ts";
import { digestMetadata } from "../../src/app/stored-digest.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { readPublicKey } from "../../src/evidence/public-key.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { enrolled, revokeKey } from "./approver-signatures.ts";
import { caller, decisionsUnderTest } from "./decisions-under-test.ts";

const CAROL = { type: "HUMAN", id: "carol" } as const;

function enrol(key = newSigningKey().key, description = "") {
  return { type: "ENROL_KEY", approver: CAROL, key, description } as const;
}

describe("commands on the registry", () => {
  test("are done once, and a request_id stands for one of them", async () => {
    const { handleKeys, approverKeys } = await decisionsUnderTest();
    const command = enrol();
    const first = await handleKeys(caller("admin", "k1"), command);
    expect(await handleKeys(caller("admin", "k1"), command)).toEqual(first);
    for (const other of [enrol(), { ...command, description: "another" }])
      await expect(handleKeys(caller("admin", "k1"), other)).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
    expect((await approverKeys.load()).events).toHaveLength(1);
  });

  test("of two servers at the same time are all judged by what came before", async () => {
    const { handleKeys, real } = await decisionsUnderTest();
    const other = another(real);
    const { key } = newSigningKey();
    const both = await Promise.allSettled([
      handleKeys(caller("admin"), enrol(key)),
      other(caller("admin"), enrol(key)),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { reason: "APPROVER_KEY_ALREADY_ENROLLED" },
    });
    const many = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? handleKeys : other)(caller("admin"), enrol()));
    expect(await Promise.all(many)).toHaveLength(10);
  });

  test("refuse a key that anybody could sign for", async () => {
    const { handleKeys } = await decisionsUnderTest();
    // The neutral element, which is of small order.
    const key = readPublicKey(new Uint8Array(32).with(0, 1));
    const command = { type: "ENROL_KEY", approver: CAROL, key, description: "" } as const;
    await expect(handleKeys(caller("admin"), command)).rejects.toMatchObject({ reason: "APPROVER_KEY_INVALID" });
  });

  test("never record a time before the event before", async () => {
    const decisions = await decisionsUnderTest();
    const key = await enrolled(decisions, "carol");
    decisions.clock.advance(-60_000);
    const { enrolledAt, revoked } = await revokeKey(decisions, key);
    expect(revoked?.at).toBe(enrolledAt);
  });
});

describe("the stored registry", () => {
  test("is read again by another server as it was written", async () => {
    const decisions = await decisionsUnderTest();
    await revokeKey(decisions, await enrolled(decisions, "carol"));
    await enrolled(decisions, "dave");
    const { store, clock, log } = decisions;
    const read = await createApproverKeys({ store, clock, log }).load();
    expect(read).toEqual(await decisions.approverKeys.load());
    expect([...read.registry.keys.values()].map(({ approver, revoked }) => [approver.id, revoked?.reason])).toEqual([
      ["carol", "stolen"],
      ["dave", undefined],
    ]);
  });

  const changes: [string, (text: string) => string][] = [
    ["another approver", (text) => text.replace("carol", "mallory")],
    ["a field that nobody knows", (text) => text.replace("{", '{"aaa":1,')],
    ["a space", (text) => `${text} `],
  ];
  test.each(changes)("is not believed with %s", async (_, change) => {
    const decisions = await decisionsUnderTest();
    await enrolled(decisions, "carol");
    const { real, clock, log } = decisions;
    const store = tampered(real, (event) => ({ ...event, data: change(event.data) }));
    await expect(createApproverKeys({ store, clock, log }).load()).rejects.toMatchObject({
      reason: "STORED_LOG_CORRUPT",
    });
  });

  test.each([
    ["another key under the same id", newSigningKey().key.bytes],
    ["a key that anybody could sign for", new Uint8Array(32).with(0, 1)],
  ])("is not believed with %s, even where every digest was made anew", async (_, bytes) => {
    const decisions = await decisionsUnderTest();
    await enrolled(decisions, "carol");
    const { real, clock, log } = decisions;
    const key = Buffer.from(bytes).toString("base64");
    const store = tampered(real, (event) => {
      const data = event.data.replace(/"publicKey":"[^"]+"/, `"publicKey":"${key}"`);
      return { ...event, data, metadata: digestMetadata(digestOf(data)) };
    });
    await expect(createApproverKeys({ store, clock, log }).load()).rejects.toMatchObject({
      reason: "STORED_LOG_CORRUPT",
    });
  });

  test("is looked at again and again for what other servers write", async () => {
    const decisions = await decisionsUnderTest();
    const { store, clock, log } = decisions;
    const other = createApproverKeys({ store, clock, log });
    let rings = 0;
    const stop = other.listen(() => {
      rings += 1;
    });
    const stopping = new AbortController();
    const running = other.run(stopping.signal);
    await enrolled(decisions, "carol");
    await expect
      .poll(() => {
        clock.advance(1_000);
        return rings;
      })
      .toBe(1);
    stop();
    stopping.abort();
    await running;
  });
});

function tampered(real: EventStore, change: (event: StoredEvent) => StoredEvent): EventStore {
  return {
    ...real,
    async *read(...call) {
      for await (const event of real.read(...call)) yield change(event);
    },
  };
}

/** The handler of another server on the same store. */
function another(store: EventStore) {
  const clock = createManualClock();
  const approverKeys = createApproverKeys({ store, clock, log: createCapturedLog() });
  const newId = () => crypto.randomUUID();
  return createKeyCommandHandler({
    store,
    approverKeys,
    clock,
    newId,
    isAdministrator: ({ actor }) => actor.id === "admin",
  });
}
