import { fromBase64 } from "./base64.js";
import { isObject, type Json } from "./json.js";
import type { Field, Fields, Type } from "./schema.js";
import { moment } from "./time.js";

/**
 * What can be wrong with a field:
 * - `type`: it has not the JSON type of its type
 * - `default`: it holds what ProtoJSON leaves out
 * - `value`: it holds what is no value of its type
 * - `unknown`: nobody knows it
 * - `missing`: a message lacks it
 * - `order`: its labels are not in order of their key
 */
export type FlawKind = "type" | "default" | "value" | "unknown" | "missing" | "order";

/** The first flaw of each kind, in words that say where it is. */
export type Flaws = { [K in FlawKind]?: string };

const MAX_NUMBER = 4_294_967_295;

export function flawsOf(field: Field, value: Json, path: string): Flaws {
  const flaws: Flaws = {};
  look(field, value, path, flaws);
  return flaws;
}

function look(field: Field, value: Json, path: string, flaws: Flaws): void {
  if (field.kind === "message") {
    if (!isObject(value)) flaws.type ??= `${path || "it"} is no object`;
    else lookIntoMessage(field.fields, value, path, flaws);
  } else if (field.kind === "list") {
    if (!Array.isArray(value)) flaws.type ??= `${path} is no array`;
    else lookIntoList(field, field.of, value, path, flaws);
  } else lookAtScalar(field, value, path, flaws);
}

function lookIntoMessage(fields: Fields, value: { readonly [name: string]: Json }, path: string, flaws: Flaws): void {
  const within = path === "" ? "" : `${path}.`;
  for (const [name, member] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) flaws.unknown ??= `${within}${name}`;
    else look(field, member, `${within}${name}`, flaws);
  }
  for (const [name, field] of Object.entries(fields))
    if (field.required === true && !Object.hasOwn(value, name)) flaws.missing ??= `${within}${name} is missing`;
}

function lookIntoList(field: Field, of: Type, value: readonly Json[], path: string, flaws: Flaws): void {
  if (value.length === 0) flaws.default ??= `${path} is an empty list`;
  for (const [index, element] of value.entries())
    if (of.kind !== "text" || typeof element !== "string") look(of, element, `${path}[${index}]`, flaws);
  if (field.inOrderOfKey === true && !isInOrderOfKey(value)) flaws.order ??= `${path} is not in order of key`;
}

function isInOrderOfKey(labels: readonly Json[]): boolean {
  const keys = labels.map((label) => (isObject(label) && typeof label["key"] === "string" ? label["key"] : ""));
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") <= key);
}

function lookAtScalar(field: Field, value: Json, path: string, flaws: Flaws): void {
  if (typeof value !== jsonTypeOf(field)) flaws.type ??= `${path} is no ${jsonTypeOf(field)}`;
  else if (value === "" && (field.kind === "text" || field.kind === "bytes")) flaws.default ??= `${path} is empty`;
  else if ((value === 0 || value === false) && field.optional !== true) flaws.default ??= `${path} is ${value}`;
  else if (!isValue(field, value)) flaws.value ??= `${path} has no value that it can have`;
}

function jsonTypeOf(field: Field): string {
  if (field.kind === "number") return "number";
  return field.kind === "flag" ? "boolean" : "string";
}

function isValue(field: Field, value: Json): boolean {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= MAX_NUMBER;
  if (typeof value !== "string") return true;
  switch (field.kind) {
    case "name":
      return field.names.includes(value);
    case "time":
      return moment(value) !== undefined;
    case "bytes":
      return fromBase64(value) !== undefined;
    default:
      return true;
  }
}
