import { readFileSync } from "node:fs";
import { Code } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { ErrorReason } from "../../gen/ts/nexus/attest/v1/error_reason_pb.ts";
import { BlockingCode } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { FACT_NAMES } from "../../src/domain/rejection.ts";
import { CODES } from "../../src/rpc/errors.ts";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
const [reasons = "", facts = "", blocking = ""] = page.split(/`ErrorInfo.metadata` holds|## Blocking reasons/);
const rows = (text: string) =>
  [...text.matchAll(/^\| (`.*) \|$/gm)].map(([, cells = ""]) => cells.split(" | ").map((cell) => cell.trim()));

/** Names of an enum's values but for the one that is never sent. */
function names(values: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(values).filter((name) => !/^\d+$/.test(name) && name !== "UNSPECIFIED");
}

/** As gRPC writes a code. */
function codeName(code: Code): string {
  return (Code[code] ?? "").replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

describe("docs/errors.md", () => {
  test("explains every reason of the schema, in its order and no other, with its code", () => {
    const wanted = names(ErrorReason).map((reason) => [
      `\`${reason}\``,
      `\`${codeName(CODES[reason as keyof typeof CODES])}\``,
    ]);
    expect(rows(reasons).map(([reason, code]) => [reason, code])).toEqual(wanted);
  });

  test("explains every blocking reason of the schema, in its order and no other", () => {
    expect(rows(blocking).map(([code]) => code)).toEqual(names(BlockingCode).map((name) => `\`${name}\``));
  });

  test("lists every fact that can come with a reason, in their order and no other", () => {
    expect(rows(facts).map(([, key]) => key)).toEqual(FACT_NAMES.map((name) => `\`${name}\``));
  });

  test("says for each when it comes and what to do", () => {
    for (const cells of rows(reasons))
      expect(cells, cells[0]).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/\S/)));
    for (const cells of rows(blocking))
      expect(cells, cells[0]).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/\S/)));
  });
});

describe("the schema", () => {
  test("names the code of every reason in its comment", () => {
    const proto = readFileSync(new URL("../../proto/nexus/attest/v1/error_reason.proto", import.meta.url), "utf8");
    for (const reason of names(ErrorReason)) {
      const code = codeName(CODES[reason as keyof typeof CODES]);
      expect(proto, reason).toMatch(new RegExp(`// ${code}: [^]{10,300}?ERROR_REASON_${reason} = `));
    }
  });
});
