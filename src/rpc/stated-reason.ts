import { rpcError } from "./errors.ts";

/** Letters, digits, punctuation and symbols: what leaves something to read on paper. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Holds a reason that has to be given to saying something: white space and characters without width would be a reason by the schema, and none to whoever reads the log.
 *
 * @throws {ConnectError} INVALID_REQUEST.
 */
export function assertSaysWhy(field: string, reason: string): void {
  if (VISIBLE.test(reason)) return;
  const description = "holds nothing that can be read: say why";
  throw rpcError("INVALID_REQUEST", `${field}: ${description}.`, { violations: [{ field, description }] });
}
