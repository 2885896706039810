import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { canonical, type Loose } from "../forgeries/forger.ts";

/** One thing changed in a file, and nothing else. */
export interface Mutation {
  /** Where and how, places of a list left out: "controlBundle.events.actor.id changed". */
  readonly name: string;
  /** The same with the places. */
  readonly path: string;
  readonly text: string;
}

type Path = readonly (string | number)[];

/**
 * Every mutation of every field of a message's JSON, each of which gives another file.
 *
 * @param under only of this field of the outermost object and what is in it; "": of that object itself.
 */
export function* mutationsOf(json: string, message: DescMessage, under: string): Generator<Mutation> {
  const whole = JSON.parse(json);
  for (const { path, type } of placesIn(whole, [], message)) {
    if ((path[0] ?? "") !== under) continue;
    for (const [how, change] of changesAt(valueAt(whole, path), path, type)) {
      const given = JSON.parse(json);
      if (change(valueAt(given, path.slice(0, -1)), path.at(-1) ?? "") === false) continue;
      const text = canonical(given);
      const named = path.filter((part) => typeof part === "string").join(".");
      if (text !== json) yield { name: `${named} ${how}`.trim(), path: `${path.join(".")} ${how}`.trim(), text };
    }
  }
}

/** Every value, with the message that its fields are of, if it is one that the schema knows. */
function* placesIn(
  value: Loose,
  path: Path,
  type: DescMessage | undefined,
): Generator<{ readonly path: Path; readonly type: DescMessage | undefined }> {
  yield { path, type };
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const part = Array.isArray(value) ? Number(key) : key;
    const field = type?.fields.find(({ jsonName }) => jsonName === key);
    yield* placesIn(inner, [...path, part], Array.isArray(value) ? type : messageOf(field));
  }
}

function messageOf(field: DescField | undefined): DescMessage | undefined {
  return field?.fieldKind === "message" || (field?.fieldKind === "list" && field.listKind === "message")
    ? field.message
    : undefined;
}

type Change = (parent: Loose, key: string | number) => unknown;

function* changesAt(value: Loose, path: Path, type: DescMessage | undefined): Generator<readonly [string, Change]> {
  if (path.length > 0) {
    yield ["removed", remove];
    yield ["is null", set(null)];
    for (const [kind, other] of Object.entries({
      "a text": "1",
      "a number": 1,
      "a flag": true,
      "a list": [],
      "an object": {},
    }))
      if (kindOf(value) !== kind) yield [`is ${kind}`, set(other)];
    yield [
      "is empty",
      set(typeof value === "string" ? "" : Array.isArray(value) ? [] : typeof value === "object" ? {} : 0),
    ];
    yield ["swapped with its neighbour", swap];
    if (typeof path.at(-1) === "number")
      yield ["twice", (list, index) => list.splice(index, 0, structuredClone(list[index]))];
  }
  if (typeof value === "string") for (const [how, other] of otherTexts(value)) yield [how, set(other)];
  if (typeof value === "number") yield* [value + 1, value - 1].map((other) => ["changed", set(other)] as const);
  if (typeof value === "boolean") yield ["changed", set(!value)];
  if (kindOf(value) !== "an object") return;
  yield ["has a field that is unknown", add("note", "x")];
  for (const field of type?.fields ?? [])
    if (!(field.jsonName in value))
      for (const more of valuesOf(field)) yield [`has ${field.jsonName} added`, add(field.jsonName, more)];
}

function* otherTexts(text: string): Generator<readonly [string, string]> {
  const first = text.charAt(0);
  yield ["changed at its beginning", (first === "a" ? "b" : "a") + text.slice(1)];
  yield ["changed at its end", text.slice(0, -1).toWellFormed() + (text.endsWith("1") ? "2" : "1")];
  yield ["made longer", `${text}0`];
  yield ["cut short", text.slice(0, -1).toWellFormed()];
  yield ["in other letters", text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase()];
  const moment = Date.parse(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(moment))
    for (const [how, by] of [
      ["later", 1000],
      ["earlier", -1000],
    ] as const)
      yield [how, new Date(moment + by).toISOString().replace(".000Z", "Z")];
  for (const names of NAMES) if (names.includes(text)) for (const name of names) yield ["another name", name];
}

/** Names of enums that stand for each other. */
const NAMES = [
  ["MODE_DRY_RUN", "MODE_APPLY"],
  ["ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM"],
  ["SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT"],
  ["PACKAGE_MODE_REFERENCE", "PACKAGE_MODE_EMBEDDED"],
];

function valuesOf(field: DescField): readonly unknown[] {
  if (field.fieldKind === "list") return [field.listKind === "message" ? [{}] : ["x"]];
  if (field.fieldKind === "message") return [{}, "2026-11-25T10:00:00Z"];
  if (field.fieldKind === "enum") return [field.enum.values.at(-1)?.name];
  return ["x", 1, true, "AA=="];
}

const set =
  (value: unknown): Change =>
  (parent, key) => {
    parent[key] = value;
  };

const add =
  (name: string, value: unknown): Change =>
  (parent, key) => {
    if (key === "") parent[name] = value;
    else parent[key][name] = value;
  };

const remove: Change = (parent, key) => {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
};

/** The next in a list, or the field that is next by name. */
const swap: Change = (parent, key) => {
  const keys = Object.keys(parent);
  const next = keys[keys.indexOf(String(key)) + 1];
  if (next === undefined) return false;
  [parent[key], parent[next]] = [parent[next], parent[key]];
  return true;
};

function kindOf(value: Loose): string {
  if (Array.isArray(value)) return "a list";
  return { string: "a text", number: "a number", boolean: "a flag", object: "an object" }[typeof value as "string"];
}

function valueAt(value: Loose, path: Path): Loose {
  let found = value;
  for (const part of path) found = found[part];
  return found;
}
