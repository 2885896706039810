import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import type { Json } from "../codec/canonical-json.ts";

/** What a schema makes of a JSON value as it is given. Paths are for people. */
export interface Inspection {
  /** The value without the fields that the schema does not know. */
  readonly known: Json;
  /** Where a known field first has a JSON type that is not its own. */
  readonly wrongType: string | undefined;
  /** Where a known field first holds what ProtoJSON does not write. */
  readonly wrongValue: string | undefined;
  /** Fields that the schema does not know: where the first few are, and how many there are. */
  readonly unknown: { readonly paths: readonly string[]; readonly count: number };
}

const MOST_PATHS = 20;

/**
 * Compares a JSON value with a message's ProtoJSON, strictly: names in lower camel case only, every enum by its name, times in whole milliseconds, no null and
 * no written-out default. A lenient parser would take several spellings for one message, and let digests be taken of one and judgements of another.
 */
export function inspect(schema: DescMessage, json: Json): Inspection {
  let wrongType: string | undefined;
  let wrongValue: string | undefined;
  const paths: string[] = [];
  let count = 0;
  const known = message(schema, json, "");
  return { known, wrongType, wrongValue, unknown: { paths, count } };

  function message(desc: DescMessage, value: Json, path: string): Json {
    if (desc.typeName === "google.protobuf.Timestamp") return leaf(value, "string", isTime, path);
    if (!isObject(value)) {
      wrongType ??= path === "" ? "the file" : path;
      return value;
    }
    const kept: [string, Json][] = [];
    for (const key of Object.keys(value)) {
      const at = path === "" ? key : `${path}.${key}`;
      const field = fieldOf(desc, key);
      if (field === undefined) {
        count += 1;
        if (paths.length < MOST_PATHS) paths.push(at);
      } else kept.push([key, fieldValue(field, value[key] ?? null, at)]);
    }
    return Object.fromEntries(kept);
  }

  function fieldValue(field: DescField, value: Json, path: string): Json {
    // What has presence of its own may hold the default; an absent field of any other kind is the default.
    const mayBeDefault = field.presence === FeatureSet_FieldPresence.EXPLICIT;
    switch (field.fieldKind) {
      case "message":
        return message(field.message, value, path);
      case "enum":
        return leaf(value, "string", (text) => isNameOf(field.enum, text), path);
      case "scalar":
        return scalar(field.scalar, value, mayBeDefault, path);
      case "list":
        if (!Array.isArray(value)) {
          wrongType ??= path;
          return value;
        }
        if (value.length === 0) wrongValue ??= path;
        return value.map((each: Json, index) => element(field, each, `${path}[${index}]`));
      case "map":
        throw new TypeError(`${field.name}: hashed messages hold no maps`);
    }
  }

  function element(field: DescField & { readonly fieldKind: "list" }, value: Json, path: string): Json {
    switch (field.listKind) {
      case "message":
        return message(field.message, value, path);
      case "enum":
        return leaf(value, "string", (text) => isNameOf(field.enum, text), path);
      case "scalar":
        return scalar(field.scalar, value, true, path);
    }
  }

  function scalar(type: ScalarType, value: Json, mayBeDefault: boolean, path: string): Json {
    switch (type) {
      case ScalarType.STRING:
        return leaf(value, "string", (text) => mayBeDefault || text !== "", path);
      case ScalarType.BYTES:
        return leaf(value, "string", (text) => (mayBeDefault || text !== "") && isBase64(text), path);
      case ScalarType.BOOL:
        return leaf(value, "boolean", (flag) => mayBeDefault || flag, path);
      case ScalarType.UINT32:
        return leaf(value, "number", (number) => isUint32(number) && (mayBeDefault || number !== 0), path);
      default:
        throw new TypeError(`hashed messages hold no ${ScalarType[type]}`);
    }
  }

  function leaf<Type extends keyof Leaf>(
    value: Json,
    type: Type,
    isWritten: (value: Leaf[Type]) => boolean,
    path: string,
  ): Json {
    if (typeof value !== type) wrongType ??= path;
    else if (!isWritten(value as Leaf[Type])) wrongValue ??= path;
    return value;
  }
}

interface Leaf {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

const fields = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

function fieldOf(desc: DescMessage, jsonName: string): DescField | undefined {
  let byName = fields.get(desc);
  if (byName === undefined) {
    byName = new Map(desc.fields.map((field) => [field.jsonName, field]));
    fields.set(desc, byName);
  }
  return byName.get(jsonName);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** UNSPECIFIED, number 0, is the default and never written. */
function isNameOf(desc: DescEnum, text: string): boolean {
  return desc.values.some(({ name, number }) => name === text && number !== 0);
}

function isUint32(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff;
}

/** UTC in whole milliseconds, a date that exists, in the years 1 to 9999, milliseconds left out if they are 000. */
export function isTime(text: string): boolean {
  const [, seconds, milliseconds] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{3})?Z$/.exec(text) ?? [];
  if (seconds === undefined || milliseconds === ".000" || seconds.startsWith("0000")) return false;
  const time = new Date(text);
  // Parsers carry 30 February over into March: writing it again tells.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(seconds);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BITS = new Map(Array.from(ALPHABET).map((character, bits) => [character.charCodeAt(0), bits]));

/** Whether it is the one spelling that standard base64 with padding has for some bytes (RFC 4648, section 3.5). */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const end = text.length - padding;
  for (let i = 0; i < end; i++) if (!BITS.has(text.charCodeAt(i))) return false;
  const unused = padding === 2 ? 0b1111 : padding === 1 ? 0b11 : 0;
  return ((BITS.get(text.charCodeAt(end - 1)) ?? 0) & unused) === 0;
}
