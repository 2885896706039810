import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const [, section = ""] = read("docs/operations.md").split("\n## Limits\n");
const [text = ""] = section.split("\n## ", 1);

/** The rows of the table of limits: what, the number given, where it comes from. */
const limits = [...text.matchAll(/^\| ([^|]+) \| ([\d,]+)[^|]* \| `([^`]+)`(?: `(\w+)`)? \|$/gm)].map(
  ([, what = "", value = "", place = "", name]) => ({ what, value: Number(value.replaceAll(",", "")), place, name }),
);

/** The value of a constant that is written as a number or a product of numbers. */
function constantIn(file: string, name: string): number {
  const [, product] = new RegExp(`const ${name} = ([\\d_]+(?: \\* [\\d_]+)*);`).exec(read(file)) ?? [];
  if (product === undefined) throw new Error(`${file} has no constant ${name}`);
  return product.split(" * ").reduce((value, factor) => value * Number(factor.replaceAll("_", "")), 1);
}

/** What a key of the configuration is by default. */
function defaultOf(key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], configSchema.parse({}));
}

describe("docs/operations.md", () => {
  test("reads every row of the table of limits", () => {
    expect(limits).toHaveLength(text.split("\n").filter((line) => /^\| .*`/.test(line)).length);
    expect(limits.length).toBeGreaterThan(20);
  });

  test.each(limits)("$what: the number is that of the source", ({ value, place, name }) => {
    if (place.endsWith(".proto")) expect(read(place)).toMatch(new RegExp(`\\b${value}\\b`));
    else if (name === undefined) expect(value).toBe(defaultOf(place));
    else expect(value).toBe(constantIn(place, name));
  });
});
