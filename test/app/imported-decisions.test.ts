import { describe, expect, test } from "vitest";
import type { ImportFilter } from "../../src/app/import-index.ts";
import { MAX_JUDGED } from "../../src/evidence/check-importable.ts";
import { BEGAN, foreignLog } from "../evidence/foreign-log.ts";
import { signBundle } from "../evidence/forgeries/signing.ts";
import { eventually } from "../support/eventually.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { importsUnderTest, largeLog } from "./imports-under-test.ts";
import { watching } from "./watching.ts";

const KEY = newSigningKey();

const ALL: ImportFilter = { decisionId: undefined, labels: [] };
const NOW = { asOf: undefined, evaluateAt: undefined };

describe("an import is read", () => {
  test("like a decision, and its one blocking reason is that it was imported", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(foreignLog().approve("carol").bundle());
    const { log, view } = await under.imported.get(importId, NOW);
    expect(log.segments).toHaveLength(1);
    expect(view?.lifecycle).toMatchObject({ state: "APPROVED", blockingReasons: [{ code: "IMPORTED" }] });
    expect(view?.timeline.map(({ label }) => label)).toEqual([
      "Requested",
      "Policy attached",
      "Approved",
      "Quorum met",
    ]);
    const draft = await under.imported.get(importId, { asOf: { seq: 0 }, evaluateAt: undefined });
    expect(draft.view?.lifecycle).toMatchObject({ state: "DRAFT", blockingReasons: [{ code: "IMPORTED" }] });
  });

  test("at any point of its log, and nowhere else", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(
      foreignLog()
        .approve("carol", { expiresAt: BEGAN + 60_000 })
        .bundle(),
    );
    const at = async (asOf: Parameters<typeof under.imported.get>[1]["asOf"], evaluateAt?: number) =>
      (await under.imported.get(importId, { asOf, evaluateAt })).view?.lifecycle.state;
    expect(await at({ time: BEGAN + 1_500 })).toBe("PENDING_APPROVAL");
    expect(await at({ time: BEGAN + 2_000 })).toBe("APPROVED");
    expect(await at(undefined, BEGAN + 60_000)).toBe("PENDING_APPROVAL");
    await expect(at({ seq: 3 })).rejects.toMatchObject({ reason: "SEQ_OUT_OF_RANGE" });
    await expect(at({ time: BEGAN - 1 })).rejects.toMatchObject({ reason: "IMPORT_NOT_FOUND" });
  });

  test("to the byte as it came, template and signature included; after a fast-forward as it came last", async () => {
    const under = await importsUnderTest();
    const log = foreignLog();
    const first = signBundle(log.bundle(), KEY);
    const { importId } = await under.take(first);
    const given = async () => new TextEncoder().encode((await under.imported.exportBundle(importId)).json);
    expect(await given()).toEqual(first);
    const second = signBundle(log.approve("carol").bundle(), KEY);
    await under.take(second, "FAST_FORWARD");
    expect(await given()).toEqual(second);
    const third = log.reject("dave").bundle();
    await under.take(third, "FAST_FORWARD");
    expect(await given()).toEqual(third);
  });

  test("not at all if what is stored of it was changed", async () => {
    const log = foreignLog().approve("carol");
    const reads = await importsUnderTest();
    const { importId } = await reads.take(log.bundle());
    const stored = await Array.fromAsync(reads.real.read(`imported-${importId}`));
    const changes: Record<string, (data: string, metadata: string, revision: number) => readonly [string, string]> = {
      "an event": (data, metadata) => [data.replace("carol", "carla"), metadata],
      "an event and its digest": (data, metadata) => [
        data.replace("carol", "carla"),
        metadata.replace(/"digest":"sha256:.{64}"/, '"digest":"sha256:0"'),
      ],
      "who imported it, into nobody": (data, metadata) => [data, metadata.replace('"id":"ida"', '"id":1')],
      "where its segment ends": (data, metadata) => [data, metadata.replace('"lastSeq":2', '"lastSeq":1')],
      "what its segment ends with": (data, metadata) => [
        data,
        metadata.replace(/"headDigest":"sha256:..../, '"headDigest":"sha256:0000'),
      ],
      "its place": (data, metadata) => [data, metadata.replace(/"seq":./, '"seq":9')],
      "the digest beside it": (data, metadata) => [
        data,
        metadata.replace(/"digest":"sha256:..../, '"digest":"sha256:0000'),
      ],
      "what stands beside it": (data, metadata, revision) => [data, revision === 1 ? "{}" : metadata],
      "the way it is written": (data, metadata) => [data, metadata.replace("{", "{ ")],
    };
    for (const [what, change] of Object.entries(changes)) {
      const under = await importsUnderTest();
      const events = stored.map(({ id, type, data, metadata = "", revision }) => {
        const [text, beside] = change(data, metadata, revision);
        return { id, type, data: text, metadata: beside };
      });
      await under.real.append(`imported-${importId}`, "none", events);
      await expect(under.imported.load(importId), what).rejects.toMatchObject({ reason: "STORED_LOG_CORRUPT" });
    }
    const under = await importsUnderTest();
    const elsewhere = "0".repeat(32) as typeof importId;
    const same = stored.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
    await under.real.append(`imported-${elsewhere}`, "none", same);
    await expect(under.imported.load(elsewhere)).rejects.toMatchObject({
      reason: "STORED_LOG_CORRUPT",
      message: expect.stringContaining("holds another log"),
    });
    await under.real.append(`imported-${importId}`, "none", same);
    expect((await under.imported.load(importId)).events).toHaveLength(3);
  });

  test("at a bounded cost, though it was made to be judged at length", { timeout: 60_000 }, async () => {
    const under = await importsUnderTest();
    const groups = Array.from({ length: 16 }, (_, i) => ({ group: `g${i}`, minApprovals: 100 }));
    const log = foreignLog({ policy: { minApprovals: 100, groups } });
    const memberOf = Array.from({ length: 64 }, (_, i) => `g${i}`);
    const approvers = Math.floor(Math.sqrt(MAX_JUDGED)) - 10;
    for (let i = 0; i < approvers; i++) log.approve(`a${i}`, { groups: memberOf, expiresAt: Date.UTC(2027, 0, 1) + i });
    const { importId } = await under.take(log.bundle());
    const began = performance.now();
    const { view } = await under.imported.get(importId, { asOf: undefined, evaluateAt: Date.UTC(2028, 0, 1) });
    expect(view?.timeline.length).toBeGreaterThan(2 * approvers);
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

describe("imports are listed", () => {
  test("newest first, by pages, by decision and by labels; a fast-forward moves none", async () => {
    const under = await importsUnderTest();
    under.run();
    const logs = ["a", "b", "c", "d", "e"].map((name) =>
      foreignLog({
        requestId: name,
        labels: [
          { key: "env", value: name < "c" ? "test" : "prod" },
          { key: "n", value: name },
        ],
      }),
    );
    const ids: string[] = [];
    for (const log of logs) {
      under.clock.advance(1_000);
      ids.unshift((await under.take(log.bundle())).importId);
    }
    await eventually("indexed", () => under.listImports({ filter: ALL, pageSize: 9, pageToken: "" }).rows.length === 5);
    const list = (filter: Partial<ImportFilter>, pageSize = 9, pageToken = "") => {
      const page = under.listImports({ filter: { ...ALL, ...filter }, pageSize, pageToken });
      return { ids: page.rows.map(({ importId }) => importId), next: page.nextPageToken };
    };
    const first = list({}, 2);
    expect(first.ids).toEqual(ids.slice(0, 2));
    const [, , oldestButTwo] = ids;
    await under.take((logs[0] ?? foreignLog()).approve("carol").bundle(), "FAST_FORWARD");
    await eventually("indexed", () => under.importIndex.get(ids[4] as never)?.headSeq === 2);
    const second = list({}, 2, first.next);
    expect(second.ids).toEqual([oldestButTwo, ids[3]]);
    expect(list({}, 2, second.next)).toEqual({ ids: [ids[4]], next: "" });
    expect(list({ labels: [{ key: "env", value: "test" }] }).ids).toEqual(ids.slice(3));
    expect(
      list({
        labels: [
          { key: "env", value: "test" },
          { key: "n", value: "b" },
        ],
      }).ids,
    ).toEqual([ids[3]]);
    expect(list({ decisionId: logs[2]?.decisionId }).ids).toEqual([ids[2]]);
    expect(() => list({ labels: [{ key: "n", value: "b" }] }, 2, first.next)).toThrow("another filter");
    expect(() => list({}, 2, "nonsense")).toThrow("next_page_token");
  });

  test("as time alone changes them", async () => {
    const under = await importsUnderTest();
    under.run();
    const expiresAt = under.clock.now() + 60_000;
    const { importId } = await under.take(foreignLog().approve("carol", { expiresAt }).bundle());
    await eventually("indexed", () => under.importIndex.get(importId)?.decision?.state === "APPROVED");
    under.clock.set(expiresAt);
    await eventually("judged anew", () => under.importIndex.get(importId)?.decision?.state === "PENDING_APPROVAL");
  });

  test("from an index that keeps its place in a store where nothing is imported", async () => {
    const under = await importsUnderTest();
    const append = async (expected: "none" | number) => {
      const event = { id: crypto.randomUUID(), type: "TESTED", data: "{}" };
      return (await under.real.append("decision-of-somebody", expected, [event])).position;
    };
    const first = await append("none");
    under.run();
    await eventually("placed", () => under.importIndex.position() === first);
    // Not at every commit of others, which would cost a write each.
    under.clock.advance(10_000);
    const second = await append(0);
    await eventually("placed again", () => under.importIndex.position() === second);
  });

  test("from an index that is built of what was imported before", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(foreignLog().bundle());
    const rows = () => under.listImports({ filter: ALL, pageSize: 9, pageToken: "" }).rows.map((row) => row.importId);
    expect(rows()).toEqual([]);
    under.run();
    await eventually("indexed", () => rows().length === 1);
    expect(rows()).toEqual([importId]);
  });
});

describe("an import is watched", () => {
  test("from any seq, then live, by fast-forwards as a whole; resuming loses and repeats nothing", async () => {
    const under = await importsUnderTest();
    under.run();
    const log = foreignLog();
    const { importId } = await under.take(log.bundle());
    const watch = watching((signal) => under.imported.watch(importId, 0, signal));
    const seqs = (
      messages: readonly { readonly kind: string; readonly recorded?: { readonly event: { readonly seq: number } } }[],
    ) => messages.map(({ kind, recorded }) => (kind === "event" ? recorded?.event.seq : kind));
    expect(seqs((await watch.next(4)) as never)).toEqual([0, 1, "lifecycle", "caught_up"]);
    log.approve("carol").revoke("carol").approve("dave");
    await under.take(log.bundle(), "FAST_FORWARD");
    const forwarded = await watch.next(4);
    expect(seqs(forwarded as never)).toEqual([2, 3, 4, "lifecycle"]);
    const [, , , told] = forwarded;
    if (told?.kind !== "lifecycle") throw new Error("no lifecycle");
    expect(told.update.newEntries.map(({ label }) => label)).toEqual([
      "Approved",
      "Quorum met",
      "Approval revoked",
      "Quorum lost",
      "Approved",
      "Quorum met",
    ]);
    await watch.leave();

    const resumed = watching((signal) => under.imported.watch(importId, 3, signal));
    expect(seqs((await resumed.next(4)) as never)).toEqual([3, 4, "lifecycle", "caught_up"]);
    await under.take(log.reject("erin").bundle(), "FAST_FORWARD");
    expect(seqs((await resumed.next(2)) as never)).toEqual([5, "lifecycle"]);
    expect(await resumed.ended, "a terminal state ends it").toBeUndefined();
  });

  test("a large fast-forward shows nothing until it is whole", async () => {
    const under = await importsUnderTest();
    under.run();
    const { importId } = await under.take(foreignLog().bundle());
    const watch = watching((signal) => under.imported.watch(importId, 2, signal));
    await watch.next(2);
    await under.take(largeLog().bundle(), "FAST_FORWARD");
    const messages = await watch.next(25);
    expect(messages.slice(0, 24).every(({ kind }) => kind === "event")).toBe(true);
    expect(messages[24]?.kind).toBe("lifecycle");
  });

  test("only if it is there, from where there is something, and until the server drains", async () => {
    const under = await importsUnderTest();
    under.run();
    const { importId } = await under.take(foreignLog().bundle());
    const nowhere = watching((signal) => under.imported.watch("0".repeat(32) as typeof importId, 0, signal));
    expect(await nowhere.ended).toMatchObject({ reason: "IMPORT_NOT_FOUND" });
    expect(await watching((signal) => under.imported.watch(importId, 3, signal)).ended).toMatchObject({
      reason: "SEQ_OUT_OF_RANGE",
    });
    const watch = watching((signal) => under.imported.watch(importId, 2, signal));
    await watch.next(2);
    under.drain();
    expect(await watch.ended).toMatchObject({ reason: "SERVER_DRAINING", facts: { next_seq: "2" } });
  });
});
