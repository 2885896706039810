import { timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { parseCount, parseId, parseLabels, parseSpan, parseTime, parseWord } from "../../src/cli/arguments.ts";
import { safe, table } from "../../src/cli/output.ts";

describe("what a user types", () => {
  test.each([
    ["1500ms", 1_500],
    ["90s", 90_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
  ])("the span %s", (text, milliseconds) => expect(parseSpan(text, "--wait")).toBe(milliseconds));

  test.each(["90", "s", "-5s", "1 h", "5w", ""])("is refused as a span, with an example: %j", (text) =>
    expect(() => parseSpan(text, "--wait")).toThrow(`--wait: got "${text}", wants a span such as 90s`),
  );

  test("a time needs a zone", () => {
    expect(timestampMs(parseTime("2026-11-23T14:05:00+02:00", "--since"))).toBe(Date.UTC(2026, 10, 23, 12, 5));
    for (const text of ["2026-11-23T14:05:00", "2026-13-01T00:00Z", "yesterday"])
      expect(() => parseTime(text, "--since")).toThrow(`--since: got "${text}", wants a time such as`);
  });

  test("labels, counts, ids and words", () => {
    expect(parseLabels(["env=prod", "note=a=b"])).toEqual([
      { key: "env", value: "prod" },
      { key: "note", value: "a=b" },
    ]);
    expect(() => parseLabels(["=x"])).toThrow('got "=x", wants key=value');
    expect(() => parseCount("-1", "--limit")).toThrow('--limit: got "-1", wants a whole number');
    expect(() => parseId("not-an-id")).toThrow("32 hexadecimal digits");
    expect(parseWord("pending-approval", ["PENDING_APPROVAL", "DRAFT"], "--state")).toBe("PENDING_APPROVAL");
    expect(() => parseWord("done", ["PENDING_APPROVAL", "DRAFT"], "--state")).toThrow("wants pending_approval, draft");
  });
});

describe("what others wrote", () => {
  test.each([
    ["\u001b[2J\u001b[1;1Happroved", "\\u001b[2J\\u001b[1;1Happroved"],
    ["one\rtwo\nthree", "one\\u000dtwo\\u000athree"],
    ["limit \u202e0052\u202c", "limit \\u202e0052\\u202c"],
    ["\u2066x\u2069 \u009b31m", "\\u2066x\\u2069 \\u009b31m"],
    ["Größe 250 €", "Größe 250 €"],
  ])("cannot move the cursor or turn the writing round: %j", (text, shown) => expect(safe(text)).toBe(shown));

  test("is aligned", () =>
    expect(
      table([
        ["a", "b"],
        ["long", "c"],
      ]),
    ).toEqual(["a     b", "long  c"]));
});
