import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AUDIT_KINDS, type AuditEntry, MAX_DETAIL } from "../../src/app/audit-log.ts";
import { MAX_ALL_DENIALS, MAX_ALL_STRANGERS, MAX_DENIALS, MAX_STRANGERS } from "../../src/app/denials.ts";
import { MAX_LINE_BYTES, NO_HEAD, sealRecord } from "../../src/audit-log/audit-record.ts";

const page = readFileSync(new URL("../../docs/audit-log.md", import.meta.url), "utf8");
const [members = "", kinds = ""] = [...page.matchAll(/\n\|-[-|]+\n((?:\|.*\n)+)/g)].map(([, rows]) => rows);
const names = (rows: string) =>
  rows
    .trimEnd()
    .split("\n")
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));

describe("docs/audit-log.md", () => {
  test("names every member of a record and no other", () => {
    const actor = { type: "HUMAN", id: "a" } as const;
    const texts = {
      rpc: "r",
      decisionId: "d",
      importId: "i",
      keyId: "k",
      reason: "r",
      requestId: "q",
      remoteAddress: "a",
    };
    const entry: Required<AuditEntry> = {
      ...texts,
      kind: "break_glass",
      outcome: "DENIED",
      actor,
      delegate: actor,
      attempt: 1,
      details: { a: "b" },
    };
    const { record } = sealRecord(NO_HEAD, entry, 0, 1);
    expect(names(members).toSorted()).toEqual(Object.keys(record).toSorted());
  });

  test("explains every kind, in its order and no other", () => {
    expect(names(kinds)).toEqual([...AUDIT_KINDS]);
  });

  test("says the bounds as they are", () => {
    for (const words of [
      `one actor at most ${MAX_DENIALS} denials a minute are recorded, and ${MAX_ALL_DENIALS} of all`,
      `nobody valid ${MAX_STRANGERS} from one address and ${MAX_ALL_STRANGERS} in all`,
      `values of \`details\` at ${MAX_DETAIL.toLocaleString("en")}`,
      `longer than ${MAX_LINE_BYTES / 1024} KiB`,
    ])
      expect(page).toContain(words);
  });
});
