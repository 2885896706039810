import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Actor } from "../domain/actor.ts";
import { UsageError } from "./failure.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span such as `90s`, `15m`, `8h`, in milliseconds. */
export function parseSpan(text: string, option: string): number {
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined)
    throw new UsageError(`${option}: got "${text}", wants a span such as 90s, 15m, 8h or 7d`);
  return Math.round(Number(amount) * (UNITS[unit] ?? 1));
}

/** A moment such as `2026-11-23T14:05:00Z`. */
export function parseTime(text: string, option: string): Timestamp {
  const isRfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text.trim());
  const date = new Date(text.trim());
  if (!isRfc3339 || Number.isNaN(date.getTime()))
    throw new UsageError(`${option}: got "${text}", wants a time such as 2026-11-23T14:05:00Z`);
  return timestampFromDate(date);
}

/** `key=value` pairs. */
export function parseLabels(
  pairs: readonly string[],
  option = "--label",
): { readonly key: string; readonly value: string }[] {
  return pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`${option}: got "${pair}", wants key=value`);
    return { key: pair.slice(0, at), value: pair.slice(at + 1) };
  });
}

export function parseCount(text: string, option: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`${option}: got "${text}", wants a whole number`);
  return Number(text);
}

/** A decision's id. */
export function parseId(text: string): string {
  const id = text.trim();
  if (!/^[0-9a-f]{32}$/.test(id))
    throw new UsageError(
      `got "${text}" where a decision's id belongs: 32 hexadecimal digits, as "nexus-attest list" shows them`,
    );
  return id;
}

/** An actor as the command line names one: `human:carol` or `system:pipeline`. */
export function parseActor(text: string, option: string): Actor {
  const [, type, id] = /^(human|system):([^\s\p{Cc}]{1,256})$/u.exec(text) ?? [];
  if (id === undefined)
    throw new UsageError(`${option}: got "${text}", wants an actor such as human:alice@example.com or system:pipeline`);
  return { type: type === "human" ? "HUMAN" : "SYSTEM", id };
}

/** A key's id. */
export function parseKeyId(text: string): string {
  const id = text.trim();
  if (!/^sha256:[0-9a-f]{64}$/.test(id))
    throw new UsageError(
      `got "${text}" where a key's id belongs: sha256: and 64 hexadecimal digits, as "nexus-attest approver-keys list" shows them`,
    );
  return id;
}

/** An import's id. */
export function parseImportId(text: string): string {
  const id = text.trim();
  if (!/^[0-9a-f]{32}$/.test(id))
    throw new UsageError(
      `got "${text}" where an import's id belongs: 32 hexadecimal digits, as "nexus-attest imported list" shows them`,
    );
  return id;
}

/** One of some words. */
export function parseWord<Word extends string>(text: string, words: readonly Word[], option: string): Word {
  const wanted = text.trim().toLowerCase().replaceAll("-", "_");
  const found = words.find((word) => word.toLowerCase() === wanted);
  if (found === undefined) throw new UsageError(`${option}: got "${text}", wants ${words.join(", ").toLowerCase()}`);
  return found;
}
