import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/cli/failure.ts";
import { readPlanFile } from "../../src/cli/plan-file.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function read(text: string) {
  const file = join(temporaryDirectory(), "plan.json");
  writeFileSync(file, text);
  return readPlanFile(file);
}

function problemWith(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("the plan was taken");
}

const step = (call: string) => `{"steps": [{"stepId": "a", "call": {"tool": "t", "method": "m"${call}}}]}`;

describe("a plan file", () => {
  test("gives the arguments as the text of one JSON value", () => {
    expect(read(step(`, "arguments": {"b": [1, "x"], "a": null}`))).toEqual({
      steps: [{ stepId: "a", intent: "", call: { tool: "t", method: "m", argumentsJson: '{"b":[1,"x"],"a":null}' } }],
    });
    expect(read(step(`, "argumentsJson": "{ \\"b\\": 12345678901234567890 }"`)).steps[0]?.call.argumentsJson).toBe(
      '{ "b": 12345678901234567890 }',
    );
    expect(read(step("")).steps[0]?.call.argumentsJson).toBe("");
  });

  test("names the line and column of what is not JSON", () => {
    expect(problemWith('{\n  "steps": [\n    oops\n  ]\n}')).toMatch(/is not JSON: .*line 3 column 5/s);
  });

  test.each([
    ['{\n  "steps": [', 2, 13],
    ["", 1, 1],
    ['{\n"steps": [],\n}', 3, 1],
    ['{"steps":\n "one\ntwo"}', 2, 6],
    ["{'steps': []}", 1, 2],
  ])("names the place of the mistake in %j", (text, line, column) => {
    expect(problemWith(text)).toContain(`(line ${line} column ${column})`);
  });

  test("names the path of what is not as it should be", () => {
    expect(problemWith('{"steps": [{"stepId": "a", "call": {"tool": "t"}}]}')).toMatch(/steps\[0\]\.call\.method: /);
    expect(problemWith('{"steps": [{"stepId": "a", "calls": {}}]}')).toMatch(/steps\[0\].*calls/s);
    expect(problemWith('{"steps": []}')).toMatch(/^.* is not as it should be:\n {2}steps: /);
    expect(problemWith("[]")).toMatch(/the file: /);
  });

  test("refuses both ways of giving arguments at once", () => {
    expect(problemWith(step(`, "arguments": 1, "argumentsJson": "1"`))).toContain("either arguments or argumentsJson");
  });

  test.each(["12345678901234567890", "0.1234567890123456789", "1e400"])(
    "refuses the number %s, which would silently become another",
    (number) => {
      expect(problemWith(step(`, "arguments": {"amount": ${number}}`))).toContain(
        `the number ${number} cannot be kept exactly`,
      );
    },
  );

  test.each(["0.1", "1.0", "1e3", "-0.5E-7", "123456789012345", "9007199254740991"])(
    "keeps the number %s",
    (number) => {
      const text = read(step(`, "arguments": ${number}`)).steps[0]?.call.argumentsJson;
      expect(Number(text)).toBe(Number(number));
    },
  );

  test("says so if it cannot be read", () => {
    expect(() => readPlanFile("/no/such/plan.json")).toThrow(
      /no\/such\/plan\.json cannot be read: there is no such file/,
    );
  });
});
