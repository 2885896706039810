import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ENVIRONMENT } from "../../src/config/load-config.ts";
import { configSchema } from "../../src/config/schema.ts";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Schema;

/** One row for each key, in the schema's order: key, what it takes, default, meaning. */
function rows(object: Schema, prefix = ""): string[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    if (value.properties !== undefined) return rows(value, `${key}.`);
    const variants = value.items?.oneOf ?? (value.items?.properties ? [value.items] : []);
    const whole = row(key, value, object.required?.includes(name) === true);
    if (variants.length === 0) return [whole];
    return [whole, ...new Set(variants.flatMap((variant) => rows(variant, `${key}[].`)))];
  });
}

function row(key: string, value: Schema, required: boolean): string {
  const fallback = required
    ? "required"
    : value.default === undefined
      ? "none"
      : `\`${JSON.stringify(value.default)}\``;
  return `| \`${key}\` | ${takes(value)} | ${fallback} | ${value.description} |`;
}

function takes({ type, enum: words, const: word, minimum, exclusiveMinimum, maximum, items }: Schema): string {
  if (word !== undefined) return `\`${word}\``;
  if (words !== undefined) return words.map((each) => `\`${each}\``).join(", ");
  if (type === "array") return items?.type === "string" ? "texts" : "a list";
  if (type === "object") return "names and values";
  if (type === "boolean") return "`true`, `false`";
  const name = type === "integer" ? "a whole number" : type === "number" ? "a number" : "a text";
  const least = minimum === undefined ? (exclusiveMinimum === undefined ? "" : "above 0") : `from ${minimum}`;
  return [name, least, maximum === undefined ? "" : `to ${maximum}`].filter((part) => part !== "").join(" ");
}

describe("docs/configuration.md", () => {
  test("lists every key with what it takes, its default and its meaning, and no other", () => {
    const listed = page.split("\n").filter((line) => line.startsWith("| `"));
    const wanted = rows(schema);
    const variables = Object.entries(ENVIRONMENT).map(([variable, key]) => `| \`${variable}\` | \`${key}\` |`);
    expect(listed).toEqual([...wanted, ...variables]);
  });
});
