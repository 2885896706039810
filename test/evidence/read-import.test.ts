import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/evidence/digest.ts";
import { besideImportIdOf, importIdOf } from "../../src/evidence/import-id.ts";
import { type ImportableLog, readImport } from "../../src/evidence/read-import.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { foreignLog } from "./foreign-log.ts";
import { bytesOf, canonical, digest, EMBEDDED, forge, type Loose, sha256, tamper } from "./forgeries/forger.ts";
import { signBundle } from "./forgeries/signing.ts";

function good(bytes: Uint8Array): ImportableLog {
  const read = readImport(bytes);
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

const problemOf = (file: string | Uint8Array) => {
  const read = readImport(typeof file === "string" ? bytesOf(file) : file);
  return "problem" in read ? read.problem : undefined;
};

function changed(bytes: Uint8Array, change: (bundle: Loose) => void): string {
  const bundle = JSON.parse(new TextDecoder().decode(bytes));
  change(bundle);
  return canonical(bundle);
}

const KEY = newSigningKey();

describe("a file to import", () => {
  test("is taken byte for byte, and gives the very file out again", () => {
    const log = foreignLog().approve("carol", { comment: "\u00e9 \u2028 \ud83d\udc4d 10 9" });
    for (const bytes of [log.bundle(), signBundle(log.bundle(), KEY)]) {
      const read = good(bytes);
      expect(read.events.map(({ text, digest: own, type }) => ({ text, own, type }))).toEqual(
        log.events.map(({ text, digest: own, event }) => ({ text, own, type: event.body.type })),
      );
      expect(read.fileDigest).toBe(digestOf(bytes));
      expect(read.headDigest).toBe(log.events.at(-1)?.digest);
    }
    const signed = signBundle(log.bundle(), KEY);
    expect(good(signed).signature).toEqual(JSON.parse(new TextDecoder().decode(signed)).signature);
  });

  test("goes to a place that its decision and first event give, and beside it to one of its own", () => {
    const log = foreignLog();
    const first = log.events[0]?.digest ?? digestOf("");
    const [short, long] = [good(log.bundle()), good(log.fork().approve("carol").bundle())];
    const derived = (...parts: string[]) => sha256(JSON.stringify(["import", ...parts])).slice(7, 39);
    expect(short.importId).toBe(derived(log.decisionId, first));
    expect(short.besideId).toBe(derived(log.decisionId, first, short.fileDigest));
    expect(short.importId).toBe(importIdOf(log.decisionId, first));
    expect(short.besideId).toBe(besideImportIdOf(log.decisionId, first, short.fileDigest));
    expect(long.importId).toBe(short.importId);
    expect(long.besideId).not.toBe(short.besideId);
    expect(good(foreignLog({ goal: "something else" }).bundle()).importId).not.toBe(short.importId);
  });

  test("may be an audit package: its log is taken", () => {
    const read = good(bytesOf(EMBEDDED));
    expect(read).toMatchObject({ format: "AUDIT_PACKAGE", signature: undefined });
    expect(read.events.map(({ text }) => text)).toEqual(JSON.parse(EMBEDDED).controlBundle.events.map(canonical));
    expect(read.unproven.map(({ what }) => what)).toEqual([
      "server_signature",
      "approver_signatures",
      "router_signature",
    ]);
  });

  test("says what it could not prove, and nothing of what was not there to prove", () => {
    expect(good(foreignLog().bundle()).unproven.map(({ what }) => what)).toEqual(["server_signature"]);
  });
});

describe("nothing is taken of", () => {
  const log = foreignLog().approve("carol");
  test.each<[string, () => string | Uint8Array, RegExp]>([
    ["what is no evidence", () => "{}", /neither a bundle nor an audit package/],
    ["what is not even text", () => Uint8Array.of(0xff), /not UTF-8/],
    ["a later version", () => changed(log.bundle(), (b) => (b.fileVersion += "0")), /format/],
    [
      "a bundle that was changed",
      () => new TextDecoder().decode(log.bundle()).replace("carol", "carla"),
      /head_digest/,
    ],
    ["a bundle that was written anew", () => `${new TextDecoder().decode(log.bundle())} `, /canonical_form/],
    ["one with a field that nobody can check", () => changed(log.bundle(), (b) => (b.note = 1)), /does not know.*note/],
    [
      "a signature with a field that nobody can check",
      () => changed(signBundle(log.bundle(), KEY), (b) => (b.signature.note = 1)),
      /signature\.note/,
    ],
    [
      "a signature of something else",
      () =>
        changed(log.bundle(), (b) => {
          b.signature = JSON.parse(new TextDecoder().decode(signBundle(foreignLog().bundle(), KEY))).signature;
        }),
      /^server_signature /,
    ],
    [
      "a package that does not hold together",
      () => tamper((given) => (given.router.runId = "another")),
      /router_section/,
    ],
    ["a package whose quorum did not hold", () => forge((_, events) => events.splice(6, 1)), /quorum_at_gate/],
    [
      "a package with a template that nobody used",
      () => tamper((given) => (given.template = { name: "t" })),
      /^template /,
    ],
    [
      "a package under another's id",
      () =>
        forge((given, events) => {
          given.controlBundle.decisionId = "0".repeat(32);
          for (const event of events) event.decisionId = "0".repeat(32);
        }),
      /decision_id/,
    ],
    [
      "a request with more labels than any server takes",
      () =>
        foreignLog({
          labels: Array.from({ length: 33 }, (_, i) => ({ key: `k${String(i).padStart(2, "0")}`, value: "v" })),
        }).bundle(),
      /more than 32 labels/,
    ],
    [
      "an approver in more groups than any server takes",
      () =>
        foreignLog()
          .approve("carol", { groups: Array.from({ length: 65 }, (_, i) => `g${i}`) })
          .bundle(),
      /more than 64 groups/,
    ],
  ])("%s", (_, make, why) => {
    expect(problemOf(make())).toMatch(why);
  });

  test("a log that costs too much to judge, though it holds together", () => {
    const wide = foreignLog();
    for (let i = 0; i < 1_000; i++) wide.approve(`approver-${i}`);
    expect(problemOf(wide.bundle())).toMatch(/costs too much to judge/);
    const narrow = foreignLog();
    for (let i = 0; i < 900; i++) narrow.approve(`approver-${i}`);
    expect(problemOf(narrow.bundle())).toBeUndefined();
  });

  test("an id that is none, and a first event that says nothing to derive it from", () => {
    const bundle = (change: (event: Loose) => void) =>
      changed(foreignLog().bundle(), (b) => {
        b.controlBundle.events.length = 1;
        change(b.controlBundle.events[0]);
        b.controlBundle.decisionId = b.controlBundle.events[0].decisionId;
        b.controlBundle.headDigest = digest(b.controlBundle.events[0]);
        b.controlDigest = digest(b.controlBundle);
      });
    expect(problemOf(bundle((event) => (event.decisionId = "../decision-1")))).toMatch(/decision_id/);
    expect(problemOf(bundle((event) => delete event.requestId))).toBeUndefined();
    const read = good(bytesOf(bundle((event) => delete event.requestId)));
    expect(read.unproven.map(({ what }) => what)).toContain("decision_id");
  });
});
