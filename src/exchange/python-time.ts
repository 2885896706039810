import type { Instant } from "../domain/ids.ts";

/** Microseconds since 1970-01-01T00:00:00Z. */
export type Microseconds = bigint;

/** A moment as Python's datetime.isoformat writes it in UTC: six digits of fraction, or none. */
export function toPythonTime(instant: Instant): string {
  const text = new Date(instant).toISOString();
  const fraction = text.slice(20, 23);
  return `${text.slice(0, 19)}${fraction === "000" ? "" : `.${fraction}000`}+00:00`;
}

/** A moment in UTC as the original writes it for what happens; undefined if it is none. */
export function readPythonTime(text: string): Microseconds | undefined {
  return /:\d\d(\.(?!0{6})\d{6})?\+00:00$/.test(text) ? readPythonTimeWithOffset(text) : undefined;
}

/** A moment with any offset, as a caller of the original may have given it; undefined if it is none. */
export function readPythonTimeWithOffset(text: string): Microseconds | undefined {
  const [, seconds, fraction = "", sign, hours, minutes] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{6}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text) ?? [];
  if (seconds === undefined || seconds.startsWith("0000")) return undefined;
  const local = new Date(`${seconds}Z`);
  // Parsers carry 30 February over into March: writing it again tells.
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(seconds)) return undefined;
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) return undefined;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -60_000 : 60_000);
  return BigInt(local.getTime() - offset) * 1_000n + BigInt(fraction.padEnd(6, "0"));
}
