import * as fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedNameIn } from "../../src/domain/repeated-name.ts";

test("what is written by a serializer has no name twice", () => {
  fc.assert(fc.property(fc.json(), (text) => repeatedNameIn(text) === undefined));
});

test.each([
  ['{"a":1,"a":2}', '"a"'],
  ['{"a":1,"\\u0061":2}', '"\\u0061"'],
  ['[{"x":{"a":1,"b":"a","a":2}}]', '"a"'],
  ['{"a\\"b":1,"c":"}","a\\"b":2}', '"a\\"b"'],
])("%s", (text, name) => {
  expect(repeatedNameIn(text)).toBe(name);
});

test.each(['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"a":"a","b":"a"}', '["a","a"]'])("%s has none", (text) => {
  expect(repeatedNameIn(text)).toBeUndefined();
});

test("a string that has no end is looked at once", () => {
  for (const text of [`"${"a".repeat(60_000)}`, `{"${"\\a".repeat(30_000)}`, '"'.repeat(60_001)])
    expect(repeatedNameIn(text)).toBeUndefined();
});
