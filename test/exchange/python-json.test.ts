import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/codec/canonical-json.ts";
import { type JsonNode, parseJsonText } from "../../src/exchange/json-text.ts";
import { contentDigest, pythonJson, pythonJsonOf } from "../../src/exchange/python-json.ts";

const pairs = JSON.parse(
  readFileSync(new URL("../../testdata/nexus-attest-python/canonical.json", import.meta.url), "utf8"),
) as [string, string][];

describe("the original's canonical JSON", () => {
  test("is what the original writes, number by number and name by name", () => {
    expect(pairs.length).toBeGreaterThan(600);
    for (const [given, canonical] of pairs) expect(pythonJson(parseJsonText(given)), given).toBe(canonical);
  });

  test("is RFC 8785 for what our own files hold: whole numbers, and names in ASCII", () => {
    const name = fc.string({ unit: "grapheme-ascii" });
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({ unit: "binary" }));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("tree")), fc.dictionary(name, tie("tree"))),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(pythonJsonOf(value as never)).toBe(canonicalJson(value));
      }),
    );
  });

  test("is another than RFC 8785 in the order of names beyond U+FFFF, and in numbers", () => {
    expect(pythonJson(parseJsonText('{"\u{10000}":1,"\ue000":2}'))).toBe('{"\ue000":2,"\u{10000}":1}');
    expect(canonicalJson({ "\u{10000}": 1, "\ue000": 2 })).toBe('{"\u{10000}":1,"\ue000":2}');
    expect(pythonJson(parseJsonText("[1.0,1e20,9007199254740993]"))).toBe("[1.0,1e+20,9007199254740993]");
    expect(canonicalJson(JSON.parse("[1.0,1e20,9007199254740993]"))).toBe("[1,100000000000000000000,9007199254740992]");
  });

  test("gives the digests that the original gives", () => {
    // Python: sha256('{"a":"ä"}'.encode()).hexdigest()
    expect(contentDigest({ a: "ä" })).toBe("46e7684c4b1944115e7f227c9f2d1275a3edf7806a40d523d1c77e0df97b3432");
  });

  test.each([
    ["half a surrogate pair", '"\\ud800"'],
    ["half a surrogate pair in a name", '{"\\udc00":1}'],
    ["a number beyond a double", "1e400"],
    ["an integer that Python does not read", "1".repeat(4_301)],
  ])("does not exist for %s", (_, text) => {
    expect(() => pythonJson(parseJsonText(text))).toThrow(/surrogate|double|Python/);
  });
});

describe("a JSON text", () => {
  test("is read as JSON.parse reads it, whatever it is", () => {
    const spaced = fc
      .tuple(fc.jsonValue(), fc.constantFrom(0, 1, 2, "\t"))
      .map(([value, by]) => JSON.stringify(value, null, by));
    fc.assert(
      fc.property(fc.oneof(fc.json(), spaced), (text) => {
        expect(plain(parseJsonText(text))).toEqual(withoutProto(text));
      }),
    );
  });

  test("keeps the place of every value", () => {
    const text = ' {"a" : [1.50, {"b":"\\u0041"} ] } ';
    const object = parseJsonText(text);
    const items = object.kind === "object" ? object.members.get("a") : undefined;
    const [first, second] = items?.kind === "array" ? items.items : [];
    expect([items, first, second].map((node) => node && text.slice(node.start, node.end))).toEqual([
      '[1.50, {"b":"\\u0041"} ]',
      "1.50",
      '{"b":"\\u0041"}',
    ]);
  });

  test.each([
    ["a name that stands twice", '{"a":1,"\\u0061":2}', 'The name "a" stands twice in an object.'],
    ["no JSON", "{'a':1}", /^The file is not JSON/],
    ["NaN, which Python would take", "[NaN]", /^The file is not JSON/],
    ["nothing", "", /^The file is not JSON/],
    ["a byte order mark", "\ufeff{}", /^The file is not JSON/],
    ["nesting beyond all use", `${"[".repeat(65)}${"]".repeat(65)}`, "The file is nested deeper than 64."],
    ["too many parts", `[${"0,".repeat(2_000_000)}0]`, "The file has more than 2000000 parts."],
  ])("is refused for %s", (_, text, message) => {
    expect(() => parseJsonText(text)).toThrow(message);
  });
});

function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return new Map([...node.members].map(([name, value]) => [name, plain(value)]));
    case "array":
      return node.items.map(plain);
    case "number":
      return Number(node.numeral);
    case "string":
    case "literal":
      return node.value;
  }
}

/** What JSON.parse gives, with a map for each object. */
function withoutProto(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : value,
  );
}
