import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AuditEntry, AuditLogUnavailable, MAX_DETAIL, MAX_DETAILS } from "../../src/app/audit-log.ts";
import { MAX_LINE_BYTES, NO_HEAD, sealRecord } from "../../src/audit-log/audit-record.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { auditStage, ENTRY, linesOf, verdictOn } from "./audit-stage.ts";

describe("a record", () => {
  test("has its place, its time and the digest of the line before it, and only its owner may read it", () => {
    const { file, clock, open, lines } = auditStage();
    const audit = open();
    expect([audit.record(ENTRY), audit.note({ ...ENTRY, attempt: 0 })]).toEqual([0, 1]);
    const [first = "", second = ""] = lines();
    const time = new Date(clock.now()).toISOString();
    expect(JSON.parse(first)).toEqual({ version: "1", seq: 0, time, previousDigest: "", ...ENTRY });
    expect(JSON.parse(second)).toMatchObject({ seq: 1, attempt: 0, previousDigest: digestOf(first) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is bounded and well-formed, whatever it is about", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 3_000 }),
      fc.constantFrom("\0".repeat(9_000), "\ud800".repeat(9_000), "\u{1f600}".repeat(9_000)),
    );
    const entries = fc.record({
      kind: fc.constant("authorization" as const),
      outcome: fc.constant("DENIED" as const),
      rpc: text,
      reason: text,
      requestId: text,
      remoteAddress: text,
      actor: fc.record({ type: fc.constant("HUMAN" as const), id: text, source: text }),
      details: fc.dictionary(text, text, { maxKeys: 20 }),
    });
    fc.assert(
      fc.property(entries, (entry: AuditEntry) => {
        const { line } = sealRecord(NO_HEAD, entry, 0, 0);
        expect(Buffer.byteLength(line)).toBeLessThan(MAX_LINE_BYTES);
        expect(line).not.toMatch(/[\n\r\0]|\\u00/);
        const { details } = JSON.parse(line) as { readonly details: Readonly<Record<string, string>> };
        expect(Object.keys(details).length).toBeLessThanOrEqual(MAX_DETAILS);
        for (const value of Object.values(details)) expect(value.length).toBeLessThanOrEqual(MAX_DETAIL);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a file", () => {
  test("is gone on with by the next start", async () => {
    const { file, open } = auditStage();
    open().record(ENTRY);
    expect(open().record(ENTRY)).toBe(1);
    expect(await verdictOn(file)).toMatchObject({ records: 2, problems: [], isTorn: false });
  });

  test("that is renamed, taken away or emptied under the server goes on in a new one: the chain is the same", async () => {
    const { file, open } = auditStage();
    const audit = open();
    for (let i = 0; i < 3; i++) audit.record(ENTRY);
    renameSync(file, `${file}.1`);
    for (let i = 0; i < 2; i++) audit.record(ENTRY);
    expect(linesOf(`${file}.1`)).toHaveLength(3);
    const [opening = ""] = linesOf(file);
    expect(JSON.parse(opening)).toMatchObject({ kind: "audit.open", seq: 3 });
    expect(await verdictOn(`${file}.1`, file)).toMatchObject({ records: 6, first: 0, problems: [] });
    expect(await verdictOn(file)).toMatchObject({ records: 3, first: 3, problems: [] });
    writeFileSync(`${file}.2`, readFileSync(file));
    truncateSync(file);
    audit.record(ENTRY);
    expect(await verdictOn(`${file}.1`, `${file}.2`, file)).toMatchObject({ records: 7, problems: [] });
    rmSync(file);
    audit.record(ENTRY);
    expect((await verdictOn(`${file}.1`, `${file}.2`, file)).problems).toEqual([
      { file, line: 1, message: "seq 7 follows seq 5: 1 missing" },
    ]);
  });

  test.each([
    ["a record cut short", '{"kind":"bundle.imp'],
    ["half a character", Buffer.from([0x7b, 0xc3])],
    ["zeros, as some file systems leave them", Buffer.alloc(500)],
    ["several lines", '{"a\n{"b\n{"c'],
    ["something that ends in a line feed", "{}\n"],
  ])("that ends in %s is closed off, and what was there stays to be seen", async (_, rest) => {
    const { file, open } = auditStage();
    open().record(ENTRY);
    appendFileSync(file, rest);
    const before = readFileSync(file);
    open().record(ENTRY);
    expect(readFileSync(file).subarray(0, before.length)).toEqual(before);
    expect(await verdictOn(file)).toMatchObject({ records: 3, repaired: 1, problems: [], isTorn: false });
  });

  test("whose last record lacks its line feed alone keeps that record", async () => {
    const { file, open } = auditStage();
    open().record(ENTRY);
    truncateSync(file, statSync(file).size - 1);
    open().record(ENTRY);
    expect(await verdictOn(file)).toMatchObject({ records: 2, repaired: 0, problems: [] });
  });

  test("whose very first record was cut short begins anew behind it", async () => {
    const { file, open } = auditStage();
    writeFileSync(file, '{"kind":');
    open().record(ENTRY);
    expect(await verdictOn(file)).toMatchObject({ records: 2, first: 0, repaired: 1, problems: [] });
  });

  test("of another kind is not written into", () => {
    const { file, open } = auditStage();
    writeFileSync(file, "root:x:0:0\n");
    expect(open).toThrow("something else than an audit log");
    rmSync(file);
    mkdirSync(file);
    expect(open).toThrow("EISDIR");
    const link = auditStage();
    symlinkSync("/dev/null", link.file);
    expect(link.open).toThrow("ELOOP");
    expect(auditStage("/dev/null").open).toThrow("not a file that can be appended to");
  });
});

describe("a log that cannot be written", () => {
  test("lets nothing be done that has to be on record, counts what was lost, and says so once it can", async () => {
    const { file, log, open } = auditStage();
    const audit = open();
    audit.record(ENTRY);
    const away = `${dirname(file)}-away`;
    renameSync(dirname(file), away);
    expect(() => audit.record(ENTRY)).toThrow(AuditLogUnavailable);
    expect(() => audit.record(ENTRY)).toThrow(/ENOENT.*nothing was changed/);
    expect(audit.note(ENTRY)).toBeUndefined();
    expect(audit.note(ENTRY)).toBeUndefined();
    expect(log.lines.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
      "the audit log cannot be written",
    ]);
    expect(log.lines.filter(({ message }) => message === "audit: lost")).toHaveLength(2);
    renameSync(away, dirname(file));
    audit.record(ENTRY);
    expect(JSON.parse(linesOf(file).at(-1) ?? "")).toMatchObject({ seq: 1, lost: 2 });
    audit.record(ENTRY);
    expect(JSON.parse(linesOf(file).at(-1) ?? "")).not.toHaveProperty("lost");
    expect(await verdictOn(file)).toMatchObject({ records: 3, problems: [] });
    expect(log.lines.at(-1)?.message).toBe("the audit log can be written again");
  });
});

test("without a file the records are lines of the log, chained as well", async () => {
  const { openAuditLog } = await import("../../src/audit-log/open-audit-log.ts");
  const { log, clock } = auditStage();
  const audit = openAuditLog({ file: undefined, isInLog: true }, { log, clock });
  audit.record(ENTRY);
  audit.note({ ...ENTRY, outcome: "FAILED" });
  expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual(["info audit", "warn audit"]);
  const [first, second] = log.lines.map(({ facts }) => facts);
  expect(second?.["audit"]).toMatchObject({ seq: 1, previousDigest: first?.["digest"] });
});
