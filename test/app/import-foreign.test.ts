import { describe, expect, test } from "vitest";
import { copyStreams } from "../../src/app/copy-streams.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import {
  MAX_FOREIGN_ID,
  MAX_FOREIGN_IMPORT_BYTES,
  MAX_FOREIGN_IMPORT_PARTS,
  MAX_FRAME_BYTES,
  readAnyImport,
} from "../../src/exchange/read-any-import.ts";
import { bytesOf, forge, GOLDEN, golden, type Loose, reseal } from "../exchange/golden.ts";
import { eventually } from "../support/eventually.ts";
import { caller } from "./decisions-under-test.ts";
import { importsUnderTest } from "./imports-under-test.ts";

const NOW = { asOf: undefined, evaluateAt: undefined };

/** The first events of pending, as the original would have exported them then. */
const BEGINNING = bytesOf(shortened(2, "PENDING_APPROVAL"));
const PENDING = bytesOf(shortened(3, "PENDING_APPROVAL"));

function shortened(length: number, status: string): string {
  return forge("pending.bundle.json", (bundle) => {
    bundle.events.length = length;
    bundle.decision.status = status;
  });
}

describe("a file of the original is imported", () => {
  test.each(GOLDEN)("%s: whole, with what it does not prove, and given back to the byte", async (name) => {
    const under = await importsUnderTest();
    const { importId, outcome, eventsWritten, unproven } = await under.take(
      golden(name),
      "REJECT",
      caller("ida", "first"),
    );
    const { log, view } = await under.imported.get(importId, NOW);
    if (log.kind === "own") throw new Error("it is taken for one of ours");
    const { events, decision } = fileOf(name);
    expect({ outcome, eventsWritten }).toEqual({ outcome: "CREATED", eventsWritten: events.length });
    expect(view).toBeUndefined();
    expect(log.bundle).toMatchObject({ decisionId: decision.decision_id, status: decision.status });
    expect(log.events.map(({ text }) => JSON.parse(text))).toEqual(events);
    expect(unproven.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["no_chain", "no_signature", "actors", "times", "single_execution"]),
    );
    expect(unproven.map(({ what }) => what)).not.toContain("lifecycle");
    expect((await under.imported.exportBundle(importId)).json).toBe(golden(name).toString());
    const repeated = await under.take(golden(name), "REJECT", caller("ida", "first"));
    expect(repeated).toMatchObject({ importId, outcome: "CREATED", eventsWritten: events.length });
    const again = await under.take(golden(name), "REJECT", caller("ida", "again"));
    expect(again).toMatchObject({ importId, outcome: "UNCHANGED", eventsWritten: 0 });
  });

  test("and carried on by a later one; another is refused, or kept beside", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(BEGINNING);
    const by = (name: string) => caller("ida", name);
    await expect(under.take(PENDING, "REJECT", by("1"))).rejects.toMatchObject({ reason: "IMPORT_CONFLICT" });
    const carried = await under.take(PENDING, "FAST_FORWARD", by("2"));
    expect(carried).toMatchObject({ importId, outcome: "FAST_FORWARDED", eventsWritten: 1 });
    expect((await under.imported.exportBundle(importId)).json).toBe(new TextDecoder().decode(PENDING));
    expect((await under.imported.load(importId)).segments).toMatchObject([
      { firstSeq: 0, lastSeq: 1, format: "NEXUS_ATTEST_0_5" },
      { firstSeq: 2, lastSeq: 2 },
    ]);
    expect(await under.take(BEGINNING, "FAST_FORWARD", by("3"))).toMatchObject({ outcome: "UNCHANGED" });

    // The original's digest of an event says nothing about the actor: this file has the same ones.
    const other = bytesOf(
      reseal(new TextDecoder().decode(PENDING), (bundle) => {
        bundle.events[2].actor.id = "mallory";
      }),
    );
    const digests = (file: Uint8Array) => JSON.parse(new TextDecoder().decode(file)).events.map((e: Loose) => e.digest);
    expect(digests(other)).toEqual(digests(PENDING));
    await expect(under.take(other, "FAST_FORWARD", by("4"))).rejects.toMatchObject({
      reason: "IMPORT_DIVERGED",
      facts: { import_id: importId, diverged_at_seq: "2" },
    });
    const kept = await under.take(other, "KEEP_BOTH", by("5"));
    expect(kept).toMatchObject({ outcome: "KEPT_BESIDE", eventsWritten: 3 });
    expect((await under.imported.exportBundle(kept.importId)).json).toBe(new TextDecoder().decode(other));
    expect((await under.imported.exportBundle(importId)).json).toBe(new TextDecoder().decode(PENDING));
  });

  test("but not behind one that is written otherwise, for both are given out to the byte", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(BEGINNING);
    const spaced = bytesOf(JSON.stringify(JSON.parse(new TextDecoder().decode(PENDING)), undefined, 1));
    await expect(under.take(spaced, "FAST_FORWARD", caller("ida", "2"))).rejects.toMatchObject({
      reason: "IMPORT_CONFLICT",
      message: expect.stringContaining("written otherwise"),
    });
    const kept = await under.take(spaced, "KEEP_BOTH", caller("ida", "3"));
    expect(kept.outcome).toBe("KEPT_BESIDE");
    expect((await under.imported.exportBundle(kept.importId)).json).toBe(new TextDecoder().decode(spaced));
    expect((await under.imported.exportBundle(importId)).json).toBe(new TextDecoder().decode(BEGINNING));
  });

  test("which says so if the log is here out of another file", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(golden("reference.package.json"));
    const embedded = golden("embedded.package.json");
    const same = await under.take(embedded, "REJECT", caller("ida", "2"));
    expect(same).toMatchObject({ importId, outcome: "UNCHANGED" });
    expect(same.unproven.map(({ what }) => what)).toContain("file_not_kept");
    const kept = await under.take(embedded, "KEEP_BOTH", caller("ida", "3"));
    expect((await under.imported.exportBundle(kept.importId)).json).toBe(embedded.toString());
  });

  test("in several appends, all of it or nothing", async () => {
    const long = bytesOf(
      forge("pending.bundle.json", (bundle) => {
        const [created, policy, approval] = bundle.events;
        bundle.events = [created, policy];
        for (let i = 0; i < 15; i++) {
          const payload = { ...approval.payload, comment: "x".repeat(200_000) };
          const event = { ...approval, actor: { type: "human", id: `a${i}` }, payload, seq: i + 2 };
          bundle.events.push({ ...event, event_id: created.event_id.replace(/0$/, `${i + 2}`) });
        }
        bundle.decision.status = "APPROVED";
      }),
    );
    let appends = 0;
    const broken = await importsUnderTest({
      store: (real) => ({
        ...real,
        append: async (...given) => {
          if (++appends === 3) throw new Error("the server dies");
          return await real.append(...given);
        },
      }),
    });
    await expect(broken.take(long)).rejects.toThrow("the server dies");
    const { importId, outcome } = await broken.importer()(long);
    expect(appends).toBeGreaterThan(4);
    expect(outcome).toBe("CREATED");
    expect((await broken.imported.exportBundle(importId)).json).toBe(new TextDecoder().decode(long));
  });
});

describe("a file of the original is refused before anything is written", () => {
  const template = "template.bundle.json";
  const REFUSED: Record<string, readonly [string, RegExp]> = {
    "an event that was changed": [golden(template).toString().replace("alice", "alicf"), /nexus-attest-0\.5/],
    "one approval less": [
      forge(template, (bundle) => {
        bundle.events.splice(3, 1);
        for (const [seq, event] of bundle.events.entries())
          Object.assign(event, { seq, event_id: event.event_id.replace(/\d+$/, `${seq}`) });
      }),
      /approvals stood, the policy asks for/,
    ],
    "a header of its own": [forge(template, (bundle) => void (bundle.decision.goal = "another")), /decision\.goal/],
    "a field of its own": [forge(template, (bundle) => void (bundle.decision.extra = 1)), /extra/],
    "a package bound to another run": [
      forge("reference.package.json", (_, file) => void (file.router.ref.digest = `sha256:${"0".repeat(64)}`)),
      /router\.ref\.digest/,
    ],
    "an id of any length": [
      forge("draft.bundle.json", (bundle) => {
        const id = "x".repeat(MAX_FOREIGN_ID + 1);
        bundle.decision.decision_id = id;
        Object.assign(bundle.events[0], { decision_id: id, event_id: `evt_${id}_0` });
      }),
      /longer than 256 characters/,
    ],
    "much beside the events": [golden(template).toString() + " ".repeat(MAX_FRAME_BYTES), /beside its events/],
    "more than is looked at again": [golden(template).toString() + " ".repeat(MAX_FOREIGN_IMPORT_BYTES), /larger/],
    "more parts than are read again at every load": [
      forge("pending.bundle.json", (bundle) => {
        bundle.events[2].payload.extra = Array.from({ length: MAX_FOREIGN_IMPORT_PARTS / 2 }, () => []);
      }),
      /more than 200000 parts/,
    ],
    "an event that is larger than one may be": [
      forge("pending.bundle.json", (bundle) => void (bundle.events[2].payload.comment = "x".repeat(300_000))),
      /events\[2\] exceeds/,
    ],
  };
  test.each(Object.entries(REFUSED))("with %s", async (_, [file, why]) => {
    const under = await importsUnderTest({
      store: (real) => ({ ...real, append: () => Promise.reject(new Error("nothing is to be written")) }),
    });
    await expect(under.take(bytesOf(file))).rejects.toMatchObject({
      reason: "BUNDLE_INVALID",
      message: expect.stringMatching(why),
    });
  });
});

test("a file of the original is authentic by no trust policy", () => {
  const trust = readTrustPolicy('{"policyVersion":"nexus.attest/trust-policy/v1"}');
  expect(readAnyImport(golden("template.bundle.json"), trust)).toMatchObject({
    kind: "not_authentic",
    problem: expect.stringContaining("Nothing is signed"),
  });
});

describe("an import of the original's is read", () => {
  test("from lists, by its id and its labels", async () => {
    const under = await importsUnderTest();
    under.run();
    const ids = new Map<string, string>();
    for (const name of ["draft.bundle.json", "template.bundle.json"])
      ids.set(name, (await under.take(golden(name), "REJECT", caller("ida", name))).importId);
    await eventually("listed", () => [...ids.values()].every((id) => under.importIndex.get(id as never) !== undefined));
    const list = (filter: object) =>
      under
        .listImports({ filter: { decisionId: undefined, labels: [], ...filter }, pageSize: 10, pageToken: "" })
        .rows.map(({ importId }) => importId);
    expect(list({}).toSorted()).toEqual([...ids.values()].toSorted());
    const { decision, events } = fileOf("template.bundle.json");
    expect(list({ decisionId: decision.decision_id })).toEqual([ids.get("template.bundle.json")]);
    expect(events[0].payload.labels).toEqual(["production"]);
    expect(list({ labels: [{ key: "production", value: "" }] })).toEqual([ids.get("template.bundle.json")]);
    expect(under.importIndex.get(ids.get("template.bundle.json") as never)).toMatchObject({
      foreign: { goal: decision.goal, status: decision.status, requester: { id: events[0].actor.id } },
    });
  });

  test("from lists, of which a row is bounded whatever the file holds", async () => {
    const under = await importsUnderTest();
    under.run();
    const long = "x".repeat(50_000);
    const { importId } = await under.take(
      bytesOf(
        forge("draft.bundle.json", (bundle) => {
          const [{ payload, actor }] = bundle.events;
          payload.labels = Array.from({ length: 100 }, (_, i) => `${i}=${"x".repeat(1_000)}`);
          bundle.decision.goal = payload.goal = actor.id = long;
        }),
      ),
    );
    const { foreign } = await eventually("listed", () => under.importIndex.get(importId));
    expect(foreign?.labels).toHaveLength(32);
    for (const text of [foreign?.goal, foreign?.requester.id, ...(foreign?.labels ?? [])])
      expect(text).toHaveLength(256);
    const { log } = await under.imported.get(importId, NOW);
    expect(log.kind === "foreign" && log.bundle.events[0]?.actor.id).toBe(long);
  });

  test("as it is only", async () => {
    const under = await importsUnderTest();
    const { importId } = await under.take(golden("approved.bundle.json"));
    for (const at of [{ asOf: { seq: 0 } }, { asOf: { time: 0 } }, { evaluateAt: 0 }])
      await expect(under.imported.get(importId, { ...NOW, ...at })).rejects.toMatchObject({
        reason: "INVALID_REQUEST",
      });
  });

  test("by watching: each event once, then what a fast-forward brings, until the server shuts down", async () => {
    const under = await importsUnderTest();
    under.run();
    const { importId } = await under.take(BEGINNING);
    const seen: string[] = [];
    const watching = (async () => {
      for await (const message of under.imported.watch(importId, 1, new AbortController().signal))
        seen.push(message.kind === "foreign_event" ? `event ${message.recorded.event.seq}` : message.kind);
    })();
    const ended = expect(watching).rejects.toMatchObject({ reason: "SERVER_DRAINING", facts: { next_seq: "3" } });
    await eventually("caught up", () => seen.includes("caught_up"));
    await under.importer()(PENDING, "FAST_FORWARD", caller("ida", "2"));
    await eventually("the event that came", () => seen.length === 3);
    under.drain();
    await ended;
    expect(seen).toEqual(["event 1", "caught_up", "event 2"]);
    const beyond = under.imported.watch(importId, 9, new AbortController().signal)[Symbol.asyncIterator]().next();
    await expect(beyond).rejects.toMatchObject({ reason: "SEQ_OUT_OF_RANGE" });
  });

  test("not at all if what is stored of it was changed, though every digest beside it was made good", async () => {
    const reads = await importsUnderTest();
    const { importId } = await reads.take(PENDING);
    const stored = await Array.fromAsync(reads.real.read(`imported-${importId}`));
    const changes: Record<string, (data: string, metadata: string) => readonly [string, string]> = {
      "an event": (data, metadata) => [data.replaceAll("alice", "alicf"), metadata],
      "how it is kept": (data, metadata) => [data.replace("{", "{ "), metadata],
      "what stands around the events": (data, metadata) => [data, metadata.replace("PENDING_APPROVAL", "APPROVED")],
      "that anything stands around": (data, metadata) => [data, metadata.replace(/"frame":\[[^]*?\],"imp/, '"imp')],
      "the file's digest": (data, metadata) => [
        data,
        metadata.replace(/"fileDigest":"sha256:..../, '"fileDigest":"sha256:0000'),
      ],
      "the format": (data, metadata) => [data, metadata.replace("NEXUS_ATTEST_0_5", "NEXUS_ATTEST_0_6")],
    };
    for (const [what, change] of Object.entries(changes)) {
      const under = await importsUnderTest();
      const events = stored.map(({ id, type, data, metadata = "" }) => {
        const [text, beside] = change(data, metadata);
        return { id, type, data: text, metadata: beside };
      });
      expect(
        events.map(({ data, metadata }) => data + metadata),
        what,
      ).not.toEqual(stored.map(({ data, metadata = "" }) => data + metadata));
      await under.real.append(`imported-${importId}`, "none", events);
      await expect(under.imported.load(importId), what).rejects.toMatchObject({ reason: "STORED_LOG_CORRUPT" });
    }
    const typed = await importsUnderTest();
    const others = stored.map(({ id, data, metadata }) => ({ id, type: "DECISION_CREATED", data, metadata }));
    await typed.real.append(`imported-${importId}`, "none", others);
    await expect(typed.imported.load(importId)).rejects.toMatchObject({ reason: "STORED_LOG_CORRUPT" });
  });

  test("from the store that it was copied to", async () => {
    const [from, to] = [await importsUnderTest(), await importsUnderTest()];
    const { importId } = await from.take(golden("numbers.bundle.json"));
    await copyStreams({ source: from.real, target: to.real, clock: from.clock }, () => {});
    expect((await to.imported.exportBundle(importId)).json).toBe(golden("numbers.bundle.json").toString());
  });
});

function fileOf(name: string): { readonly decision: Loose; readonly events: Loose[] } {
  const file = JSON.parse(golden(name).toString());
  return file.control_bundle ?? file;
}
