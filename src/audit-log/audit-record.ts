import { type AuditEntry, MAX_DETAIL, MAX_DETAILS } from "../app/audit-log.ts";
import { canonicalJson } from "../codec/canonical-json.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import { digestOf } from "../evidence/digest.ts";

export const AUDIT_VERSION = "1";

/** No line of the log is longer, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

/** The longest text outside `details`, in characters: the longest id, and what issuers are called. */
const MAX_TEXT = 256;

/** Up to where a log has been written. */
export interface Head {
  /** -1: nothing has been. */
  readonly seq: number;
  /** Of the last line, without its line feed; empty if there is none. */
  readonly digest: Digest | "";
}

export const NO_HEAD: Head = { seq: -1, digest: "" };

export interface SealedRecord {
  /** Without its line feed. */
  readonly line: string;
  readonly head: Head;
  /** The same, for a log that writes objects. */
  readonly record: object;
}

/** The record that follows a head. Its line is canonical JSON (RFC 8785), and its digest that of the line's bytes, so that sha256sum can follow the chain. */
export function sealRecord({ seq, digest }: Head, entry: AuditEntry, now: Instant, lost: number): SealedRecord {
  const { details, attempt, actor, delegate, ...texts } = entry;
  const record = {
    version: AUDIT_VERSION,
    seq: seq + 1,
    time: new Date(now).toISOString(),
    previousDigest: digest,
    ...bounded(texts, MAX_TEXT),
    ...(actor === undefined ? {} : { actor: bounded({ ...actor }, MAX_TEXT) }),
    ...(delegate === undefined ? {} : { delegate: bounded({ ...delegate }, MAX_TEXT) }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(details === undefined ? {} : { details: bounded(details, MAX_DETAIL) }),
    ...(lost === 0 ? {} : { lost }),
  };
  const line = canonicalJson(record);
  return { line, record, head: { seq: seq + 1, digest: digestOf(line) } };
}

/** The first so many texts, without what is undefined, each so long at most, with neither half characters nor control characters. */
function bounded(texts: object, most: number): Record<string, string> {
  const given = Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const kept = most === MAX_DETAIL ? given.slice(0, MAX_DETAILS) : given;
  return Object.fromEntries(kept.map(([name, text]) => [clean(name, MAX_TEXT), clean(text, most)]));
}

function clean(text: string, most: number): string {
  const cut = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  return cut.toWellFormed().replaceAll(/\p{Cc}/gu, "\ufffd");
}

/** What a line says of its place in the chain; undefined if it is no record. */
export interface Placed {
  readonly seq: number;
  readonly previousDigest: string;
  readonly digest: Digest;
  readonly kind: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export function readLine(line: string): Placed | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { version, seq, previousDigest, kind, details } = value as Readonly<Record<string, unknown>>;
  if (version !== AUDIT_VERSION || typeof kind !== "string" || typeof previousDigest !== "string") return undefined;
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 0) return undefined;
  const more = typeof details === "object" && details !== null ? (details as Placed["details"]) : {};
  return { seq, previousDigest, digest: digestOf(line), kind, details: more };
}

/** Whether a record follows a head. */
export function follows({ seq, previousDigest }: Placed, head: Head): boolean {
  return seq === head.seq + 1 && previousDigest === head.digest;
}
