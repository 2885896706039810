import { parseArgs } from "node:util";

export const USAGE = `usage: nexus-attest-verify FILE [--trust FILE] [--json]

Checks an audit package; needs no server. FILE - is standard input.

  --trust FILE   trust policy: whose signatures to believe; then only an authentic package exits with 0
  --json         the report as JSON

Exit codes: 0 nothing disagrees (with --trust: authentic), 9 with --trust: nothing disagrees, and nobody who is
believed signed all of it, 7 a check failed, 2 a file cannot be read, or a mistake in what was typed.
`;

export interface Arguments {
  readonly file: string;
  readonly trust: string | undefined;
  readonly json: boolean;
}

/** What was typed was no question that can be answered. */
export class Mistyped extends Error {}

/** Reads what was typed; nothing if it asks for help. */
export function readArguments(typed: readonly string[]): Arguments | undefined {
  const { values, positionals } = parsed(typed);
  const [file = ""] = positionals;
  const { trust, json = false, help = false } = values;
  if (help) return undefined;
  if (positionals.length !== 1) throw new Mistyped(`exactly one file, not ${positionals.length}`);
  if (trust === "") throw new Mistyped("--trust needs a file");
  if (file === "-" && trust === "-") throw new Mistyped("file and trust policy cannot both be standard input");
  return { file, trust, json };
}

function parsed(typed: readonly string[]) {
  try {
    return parseArgs({
      args: typed,
      allowPositionals: true,
      options: { trust: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw error instanceof TypeError ? new Mistyped(error.message) : error;
  }
}
