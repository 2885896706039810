import { describe, expect, onTestFinished, test } from "vitest";
import { check, leftByServer } from "../cli/stores-to-check.ts";
import type { Recorded } from "../eventstoredb/ledger.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { commandLine } from "../support/command-line.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** An EventStoreDB that a server has filled and left, with what belongs to the server in a data directory. */
async function filled() {
  const { url, double, network } = await doubleUnderTest();
  const left = await leftByServer(url);
  onTestFinished(() => left.remove());
  const { ledger } = double;
  const appends = double.calls.append;
  return {
    ...left,
    url,
    ledger,
    network,
    /** Whether anything has been written since. */
    isUntouched: () => double.calls.append === appends,
    check: () => check(left.directory, { store: url }),
    /** Changes an event behind the store's back. */
    change(decisionId: string, seq: number, change: (event: Recorded) => Partial<Recorded>) {
      const event = ledger.all.find(
        (each) => each.stream === `decision-${decisionId}` && each.revision === BigInt(seq),
      );
      if (event === undefined) throw new Error("no such event");
      Object.assign(event, change(event));
    },
  };
}

const replaced = (from: string, to: string) => (event: Recorded) => ({
  data: Buffer.from(Buffer.from(event.data).toString().replace(from, to)),
});

const strange = (data: string) => ({
  id: crypto.randomUUID(),
  type: "X",
  contentType: "application/json",
  data: Buffer.from(data),
  metadata: new Uint8Array(),
});

describe("a check of an EventStoreDB (on the double)", () => {
  test("finds nothing in one that is in order, writes nothing, and leaves the store's own streams aside", async () => {
    const store = await filled();
    const { checked, problems, notChecked } = await store.check();
    expect({ problems, notChecked }).toEqual({ problems: [], notChecked: [] });
    expect(checked).toMatchObject({ kept: store.url, streams: 4, events: 17, index: { rows: 4, isBehind: false } });
    expect(store.isUntouched()).toBe(true);
  });

  test("names streams that it does not know", async () => {
    const store = await filled();
    store.ledger.append("orders-7", "no_stream", [strange('{"a":1}'), strange('{"a":2}')]);
    expect(await store.check()).toMatchObject({ problems: [], notChecked: ["orders-7"], checked: { events: 19 } });
  });

  test.each([
    ["a word of an event is another", replaced("carol", "karol"), /does not have the digest/],
    ["an event's type is another", () => ({ type: "APPROVAL_REVOKED" }), /stored as APPROVAL_REVOKED/],
    ["an event's id is another", () => ({ id: crypto.randomUUID() }), /stored under the id/],
    ["an event is no JSON object", () => ({ data: Buffer.from("[1]") }), /not a JSON object/],
    [
      "the digest beside an event is gone",
      () => ({ metadata: new Uint8Array() }),
      /the digest that belongs beside it is gone/,
    ],
  ] as const)("%s: that is found", async (_, change, words) => {
    const store = await filled();
    store.change(store.ids.pending, 2, change);
    const { problems } = await store.check();
    expect(problems).toMatchObject([
      { kind: "LOG", stream: `decision-${store.ids.pending}`, message: expect.stringMatching(words) },
    ]);
  });

  test("a stream that was deleted is found: softly, for good, and with its events cut out", async () => {
    const store = await filled();
    store.ledger.softDelete(`decision-${store.ids.pending}`);
    store.ledger.tombstone(`decision-${store.ids.approved}`);
    const { problems } = await store.check();
    expect(problems).toMatchObject([
      { kind: "LOG", stream: `decision-${store.ids.pending}`, message: "the stream has no events" },
      { kind: "LOG", stream: `decision-${store.ids.approved}`, message: expect.stringMatching(/was deleted for good/) },
    ]);
    store.ledger.scavenge(({ stream }) => stream === `decision-${store.ids.pending}`);
    expect((await store.check()).problems).toContainEqual({
      kind: "INDEX",
      stream: `decision-${store.ids.pending}`,
      message: "the index has a row of it, but there is no such decision",
    });
  });

  test("a stream whose beginning was cut off is found", async () => {
    const store = await filled();
    store.ledger.softDelete(`decision-${store.ids.cancelled}`);
    store.ledger.append(`decision-${store.ids.cancelled}`, "no_stream", [strange('{"a":1}')]);
    expect((await store.check()).problems).toContainEqual(
      expect.objectContaining({
        kind: "LOG",
        stream: `decision-${store.ids.cancelled}`,
        message: expect.stringMatching(/missing.*next comes 3/),
      }),
    );
  });

  test("needs no data directory: then no index is compared", async () => {
    const store = await filled();
    const elsewhere = await check(temporaryDirectory(), { store: store.url });
    expect(elsewhere).toMatchObject({
      problems: [],
      checked: { events: 17, index: expect.stringMatching(/there is none/) },
    });
  });

  test("says that the store is away, and ends with 6; with credentials, shows none", { timeout: 120_000 }, async () => {
    const store = await filled();
    const secret = store.url.replace("://", "://attest:hunter2@");
    const env = { NEXUS_ATTEST_STORE: secret, DEBUG: "esdb:*" };
    const there = await commandLine(["fsck", "--data-dir", store.directory, "--json"], { env });
    expect(there).toMatchObject({ exitCode: 0 });
    await store.network.kill();
    const away = await commandLine(["fsck", "--data-dir", store.directory], { env });
    expect(away).toMatchObject({ exitCode: 6, stdout: "", stderr: expect.stringMatching(/does not serve/) });
    for (const { stdout, stderr } of [there, away]) expect(stdout + stderr).not.toContain("hunter2");
  });
});
