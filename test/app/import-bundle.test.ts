import { describe, expect, test } from "vitest";
import { ABANDONED_AFTER } from "../../src/app/import-bundle.ts";
import { MAX_APPEND_BYTES } from "../../src/app/record.ts";
import { Refused } from "../../src/app/refused.ts";
import { readImport } from "../../src/evidence/read-import.ts";
import { foreignLog } from "../evidence/foreign-log.ts";
import { bytesOf, EMBEDDED } from "../evidence/forgeries/forger.ts";
import { signBundle } from "../evidence/forgeries/signing.ts";
import { eventually } from "../support/eventually.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { caller } from "./decisions-under-test.ts";
import { importsUnderTest, largeLog } from "./imports-under-test.ts";

const KEY = newSigningKey();

const idsOf = (bytes: Uint8Array) => {
  const read = readImport(bytes);
  if ("problem" in read) throw new Error(read.problem);
  return read;
};

describe("an import", () => {
  test("stores the events byte for byte, with who brought them, when and whence beside them", async () => {
    const under = await importsUnderTest();
    const log = foreignLog().approve("carol");
    const result = await under.take(log.bundle(), "REJECT", caller("ida", "req-1"), "mail of 3 May");
    expect(result).toMatchObject({ outcome: "CREATED", eventsWritten: 3, importId: idsOf(log.bundle()).importId });
    const stored = await under.stored(result.importId);
    expect(stored.map(({ data }) => data)).toEqual(log.events.map(({ text }) => text));
    for (const [seq, { metadata = "" }] of stored.entries())
      expect(JSON.parse(metadata)).toEqual({
        digest: log.events[seq]?.digest,
        seq,
        segment: {
          firstSeq: 0,
          lastSeq: 2,
          headDigest: log.events[2]?.digest,
          fileDigest: idsOf(log.bundle()).fileDigest,
          format: "DECISION_BUNDLE",
        },
        importedBy: { type: "HUMAN", id: "ida" },
        importedAt: new Date(under.clock.now()).toISOString(),
        source: "mail of 3 May",
        requestId: "req-1",
      });
    const { whole } = await under.imports.inspect(result.importId);
    expect(whole?.segments).toMatchObject([
      { source: "mail of 3 May", requestId: "req-1", importedAt: under.clock.now() },
    ]);
  });

  test("of the same again is no write, whatever the mode", async () => {
    const under = await importsUnderTest();
    const bytes = foreignLog().bundle();
    const { importId } = await under.take(bytes);
    for (const mode of ["REJECT", "FAST_FORWARD", "KEEP_BOTH"] as const)
      expect(await under.take(bytes, mode)).toMatchObject({ importId, outcome: "UNCHANGED", eventsWritten: 0 });
    expect(await under.stored(importId)).toHaveLength(2);
  });

  test("asked for again by the same request gets its first answer; the request id used for another file is refused", async () => {
    const under = await importsUnderTest();
    const log = foreignLog();
    const first = await under.take(log.bundle(), "REJECT", caller("ida", "req-1"));
    expect(await under.take(log.bundle(), "REJECT", caller("ida", "req-1"))).toEqual(first);
    expect(await under.take(log.bundle(), "REJECT", caller("ivy", "req-1"))).toMatchObject({ outcome: "UNCHANGED" });
    const longer = log.fork().approve("carol").bundle();
    await expect(under.take(longer, "FAST_FORWARD", caller("ida", "req-1"))).rejects.toMatchObject({
      reason: "REQUEST_ID_REUSED",
    });
    const forwarded = await under.take(longer, "FAST_FORWARD", caller("ida", "req-2"));
    expect(await under.take(longer, "FAST_FORWARD", caller("ida", "req-2"))).toEqual(forwarded);
  });

  test("of an audit package takes its log", async () => {
    const under = await importsUnderTest();
    const { importId, eventsWritten } = await under.take(bytesOf(EMBEDDED));
    expect(eventsWritten).toBe(10);
    const { whole } = await under.imports.inspect(importId);
    expect(whole?.segments).toMatchObject([{ format: "AUDIT_PACKAGE" }]);
  });

  test("of what does not hold together, or is too large in a part, writes nothing", async () => {
    const under = await importsUnderTest();
    const refused = async (bytes: Uint8Array, why: RegExp) => {
      const refusal = await under.take(bytes).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ reason: "BUNDLE_INVALID", message: expect.stringMatching(why) });
    };
    await refused(bytesOf("[]"), /neither/);
    await refused(foreignLog().bundle().slice(1), /not JSON/);
    await refused(foreignLog({ goal: "x".repeat(262_144) }).bundle(), /events\[0\] exceeds 262144 bytes/);
    const signed = (keyid: string) =>
      signBundle(foreignLog().bundle(), KEY, ({ signatures: [first] }) => (first.keyid = keyid));
    await refused(signed("A".repeat(65_536)), /signature exceeds 65536 bytes/);
    expect(await under.real.head()).toBeUndefined();
    await under.take(signed("A".repeat(40_000)));
  });
});

describe("where the log is here already", () => {
  const ours = () => foreignLog().approve("carol");

  test("and this one goes on: REJECT refuses, FAST_FORWARD appends the rest", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(ours().bundle());
    const longer = ours().approve("dave").reject("erin");
    await expect(under.take(longer.bundle())).rejects.toMatchObject({
      reason: "IMPORT_CONFLICT",
      facts: { import_id: importId },
      message: expect.stringContaining("up to seq 2: FAST_FORWARD"),
    });
    expect(await under.take(longer.bundle(), "FAST_FORWARD")).toMatchObject({
      importId,
      outcome: "FAST_FORWARDED",
      eventsWritten: 2,
    });
    const { whole } = await under.imports.inspect(importId);
    expect(whole?.events.map(({ digest }) => digest)).toEqual(longer.events.map(({ digest }) => digest));
    expect(whole?.segments).toMatchObject([
      { firstSeq: 0, lastSeq: 2 },
      { firstSeq: 3, lastSeq: 4 },
    ]);
  });

  test("and goes on itself: FAST_FORWARD does nothing, REJECT refuses", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(ours().bundle());
    expect(await under.take(foreignLog().bundle(), "FAST_FORWARD")).toMatchObject({ importId, outcome: "UNCHANGED" });
    await expect(under.take(foreignLog().bundle())).rejects.toMatchObject({ reason: "IMPORT_CONFLICT" });
  });

  test("and parts from this one: refused with the seq where they part, in both modes; what is here stays", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(ours().bundle());
    const before = await under.stored(importId);
    const forged = foreignLog().approve("mallory").cancel().bundle();
    await expect(under.take(forged, "FAST_FORWARD")).rejects.toMatchObject({
      reason: "IMPORT_DIVERGED",
      facts: { import_id: importId, diverged_at_seq: "2" },
    });
    await expect(under.take(forged)).rejects.toMatchObject({
      reason: "IMPORT_CONFLICT",
      facts: { import_id: importId, diverged_at_seq: "2" },
    });
    expect(await under.stored(importId)).toEqual(before);
  });

  test("KEEP_BOTH keeps another beside it, once, at a place of its own", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(ours().bundle());
    const before = await under.stored(importId);
    const other = foreignLog().approve("mallory").cancel().bundle();
    const kept = await under.take(other, "KEEP_BOTH");
    expect(kept).toMatchObject({ outcome: "KEPT_BESIDE", eventsWritten: 4, importId: idsOf(other).besideId });
    expect(await under.take(other, "KEEP_BOTH")).toMatchObject({ ...kept, outcome: "UNCHANGED", eventsWritten: 0 });
    expect(await under.take(other, "REJECT")).toMatchObject({ importId: kept.importId, outcome: "UNCHANGED" });
    // The place stays the same when what is here has moved on meanwhile.
    await under.take(ours().approve("dave").bundle(), "FAST_FORWARD");
    expect(await under.take(other, "KEEP_BOTH")).toMatchObject({ importId: kept.importId, outcome: "UNCHANGED" });
    expect((await under.stored(importId)).slice(0, 3)).toEqual(before);
  });

  test("with another signature: no write, and it is said that it was not kept; KEEP_BOTH keeps it", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(ours().bundle());
    const signed = signBundle(ours().bundle(), KEY);
    const again = await under.take(signed);
    expect(again).toMatchObject({ importId, outcome: "UNCHANGED", eventsWritten: 0 });
    expect(again.unproven.map(({ what }) => what)).toEqual(["server_signature", "signature_not_kept"]);
    const kept = await under.take(signed, "KEEP_BOTH");
    expect(kept.outcome).toBe("KEPT_BESIDE");
    expect(new TextEncoder().encode((await under.imported.exportBundle(kept.importId)).json)).toEqual(signed);
  });

  test("the same decision with another beginning is another import", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(ours().bundle());
    const other = await under.take(foreignLog({ goal: "raise it twice" }).bundle());
    expect(other.outcome).toBe("CREATED");
    expect(other.importId).not.toBe(importId);
  });
});

describe("a log too large for one append", () => {
  test("is written in several, none too large, and seen by nobody before the last", async () => {
    const seen: (number | undefined)[] = [];
    const sizes: number[] = [];
    const under = await importsUnderTest({
      store: (real) => ({
        ...real,
        async append(stream, expected, events, options) {
          sizes.push(events.reduce((sum, { data, metadata = "" }) => sum + Buffer.byteLength(data + metadata), 0));
          const answer = await real.append(stream, expected, events, options);
          seen.push((await under.imports.load(importId))?.events.length);
          return answer;
        },
      }),
    });
    const log = largeLog();
    const { importId } = idsOf(log.bundle());
    expect(await under.take(log.bundle())).toMatchObject({ outcome: "CREATED", eventsWritten: 26 });
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
    expect(seen).toEqual([...sizes.slice(1).map(() => undefined), 26]);
  });

  test("with a caller who leaves is finished all the same", async () => {
    const leaving = new AbortController();
    const gone = new Error("gone");
    const under = await importsUnderTest({
      store: (real) => ({
        ...real,
        async append(stream, expected, events, options) {
          leaving.abort(gone);
          options?.signal?.throwIfAborted();
          return await real.append(stream, expected, events, options);
        },
      }),
    });
    const { importId } = await under.take(largeLog().bundle(), "REJECT", caller("ida"), "", leaving.signal);
    expect((await under.imports.load(importId))?.events).toHaveLength(26);
    // Who has left before anything was written is not served.
    const another = foreignLog({ requestId: "elsewhere-2" }).bundle();
    await expect(under.take(another, "REJECT", caller("ida"), "", leaving.signal)).rejects.toBe(gone);
  });

  /** An importer whose store dies after so many appends. */
  async function cutShort(appends: number) {
    let left = appends;
    const under = await importsUnderTest({
      store: (real) => ({
        ...real,
        async append(...call) {
          if (left-- <= 0) throw Object.assign(new Error("killed"), { name: "StoreUnavailable" });
          return await real.append(...call);
        },
      }),
    });
    return { ...under, revive: () => (left = Number.POSITIVE_INFINITY), dieAfter: (more: number) => (left = more) };
  }

  test("cut short is not there for any reader, and the same file finishes it, by whomever", async () => {
    const under = await cutShort(2);
    const bytes = largeLog().bundle();
    const { importId } = idsOf(bytes);
    under.run();
    await expect(under.take(bytes)).rejects.toThrow("killed");
    const begun = (await under.stored(importId)).length;
    expect(begun).toBeGreaterThan(0);
    await expect(under.imported.load(importId)).rejects.toMatchObject({ reason: "IMPORT_NOT_FOUND" });
    expect(
      under.listImports({ filter: { decisionId: undefined, labels: [] }, pageSize: 9, pageToken: "" }).rows,
    ).toEqual([]);
    under.revive();
    under.clock.advance(60_000);
    const result = await under.importer()(bytes, "REJECT", caller("ivy"), "by hand");
    expect(result).toMatchObject({ outcome: "CREATED", eventsWritten: 26 - begun });
    const log = await under.imported.load(importId);
    expect(log.events).toHaveLength(26);
    expect(log.segments).toMatchObject([
      { importedBy: { id: "ivy" }, source: "by hand", importedAt: under.clock.now() },
    ]);
    await eventually("listed", () => under.importIndex.get(importId)?.importedBy.id === "ivy");
  });

  test("cut short is abandoned by another file of the same log: that one becomes whole, and nothing is overwritten", async () => {
    const under = await cutShort(2);
    const [theirs, ours] = [largeLog(), foreignLog().approve("carol")];
    const { importId } = idsOf(theirs.bundle());
    await expect(under.take(theirs.bundle())).rejects.toThrow("killed");
    const begun = await under.stored(importId);
    under.revive();
    under.letTimePass();
    const since = under.clock.now();
    expect(await under.importer()(ours.bundle())).toMatchObject({ importId, outcome: "CREATED", eventsWritten: 3 });
    expect(under.clock.now() - since).toBeGreaterThanOrEqual(ABANDONED_AFTER);
    expect((await under.stored(importId)).slice(0, begun.length)).toEqual(begun);
    const log = await under.imported.load(importId);
    expect(log.events.map(({ digest }) => digest)).toEqual(ours.events.map(({ digest }) => digest));
    // What was abandoned is another log now, and comes back as one.
    await expect(under.importer()(theirs.bundle(), "FAST_FORWARD")).rejects.toMatchObject({
      reason: "IMPORT_DIVERGED",
    });
    const kept = await under.importer()(theirs.bundle(), "KEEP_BOTH");
    expect((await under.imported.load(kept.importId)).events).toHaveLength(26);
  });

  test("cut short twice, by two files, is finished by either; a fast-forward likewise", async () => {
    const under = await cutShort(1);
    const base = foreignLog();
    const { importId } = await under.take(base.bundle());
    const [one, other] = [largeLog(), largeLog(14)];
    under.letTimePass();
    for (const log of [one, other, one]) {
      under.dieAfter(1);
      await expect(under.importer()(log.bundle(), "FAST_FORWARD")).rejects.toThrow("killed");
      expect((await under.imported.load(importId)).events).toHaveLength(2);
    }
    under.revive();
    expect(await under.importer()(other.bundle(), "FAST_FORWARD")).toMatchObject({
      outcome: "FAST_FORWARDED",
      eventsWritten: 28,
    });
    const log = await under.imported.load(importId);
    expect(log.segments).toMatchObject([{ lastSeq: 1 }, { firstSeq: 2, lastSeq: 29 }]);
    expect((await under.imported.exportBundle(importId)).json).toBe(new TextDecoder().decode(other.bundle()));
  });
});

describe("an importer who may no longer do it", () => {
  /** Somebody whose role can be taken away. */
  function somebody() {
    let mayImport = true;
    const permit = () => {
      if (!mayImport) throw new Refused("PERMISSION_DENIED", "not any more");
    };
    return { by: { ...caller("ida"), permit }, loseRole: () => (mayImport = false) };
  }

  test("is refused after waiting for another import of the same log, and nothing is written", async () => {
    const under = await importsUnderTest();
    const { by, loseRole } = somebody();
    const first = under.take(foreignLog().bundle()).then(loseRole);
    const longer = foreignLog().approve("carol").bundle();
    await expect(under.take(longer, "FAST_FORWARD", by)).rejects.toMatchObject({ reason: "PERMISSION_DENIED" });
    await first;
    expect(await under.stored(idsOf(longer).importId)).toHaveLength(2);
  });

  test("is refused after waiting for what another began to stand still, and nothing is written", async () => {
    let isDead = false;
    const under = await importsUnderTest({
      store: (real) => ({
        ...real,
        async append(...call) {
          if (isDead) throw Object.assign(new Error("killed"), { name: "StoreUnavailable" });
          isDead = true;
          return await real.append(...call);
        },
      }),
    });
    const [theirs, ours] = [largeLog(), foreignLog().approve("carol")];
    await expect(under.take(theirs.bundle())).rejects.toThrow("killed");
    isDead = false;
    const { importId } = idsOf(ours.bundle());
    const begun = await under.stored(importId);
    let asked = 0;
    const permit = () => {
      asked += 1;
      if (asked === 2) throw new Refused("PERMISSION_DENIED", "not any more");
    };
    under.letTimePass();
    await expect(under.importer()(ours.bundle(), "REJECT", { ...caller("ida"), permit })).rejects.toMatchObject({
      reason: "PERMISSION_DENIED",
    });
    expect(await under.stored(importId)).toEqual(begun);
  });

  test("brings to its end what was begun while it was allowed", async () => {
    const { by, loseRole } = somebody();
    const under = await importsUnderTest({
      store: (real) => ({
        ...real,
        async append(...call) {
          loseRole();
          return await real.append(...call);
        },
      }),
    });
    const { importId } = await under.take(largeLog().bundle(), "REJECT", by);
    expect((await under.imports.load(importId))?.events).toHaveLength(26);
    await expect(under.take(largeLog().bundle(), "REJECT", by)).rejects.toMatchObject({ reason: "PERMISSION_DENIED" });
  });
});
