import canonicalize from "canonicalize";
import { CodecError } from "./codec-error.ts";

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical form (RFC 8785, JCS) of a JSON value.
 *
 * @throws {CodecError} for what has none, such as a lone surrogate in a string.
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new CodecError(`no canonical form: ${String(cause)}`, { cause });
  }
  if (text === undefined) throw new CodecError("no canonical form: not a JSON value");
  return text;
}

/**
 * Parses a JSON text.
 *
 * @throws {CodecError} if it is none.
 */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new CodecError(`not JSON: ${(cause as Error).message}`, { cause });
  }
}
