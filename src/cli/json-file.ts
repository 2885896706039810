import { readFileSync } from "node:fs";
import { parse as locate } from "@humanwhocodes/momoa";
import type { z } from "zod";
import { UsageError, unreadable } from "./failure.ts";

/** JSON.parse as ECMAScript 2026 has it: the reviver also gets the text of each primitive value. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/** Any decimal number of so many digits survives being read and written (IEEE 754 double). */
const MOST_DIGITS = 15;

/**
 * Reads a JSON file of a given shape.
 *
 * @throws {UsageError} that names the line and column of what is not JSON, or the path of what is not as it should be.
 */
export function readJsonFile<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw unreadable(file, cause);
  }
  let value: unknown;
  try {
    value = parseWithSource(text, (_key, parsed, { source }) => keptExactly(file, parsed, source));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file} is not JSON: ${mistake(text)}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
      .join("")
      .replace(/^\./, "");
    return `  ${path === "" ? "the file" : path}: ${issue.message.replace(/^Invalid input: /, "")}`;
  });
  throw new UsageError(`${file} is not as it should be:\n${problems.join("\n")}`);
}

/** A number with more digits than JavaScript keeps would silently become another one. */
function keptExactly(file: string, parsed: unknown, source: string | undefined): unknown {
  if (typeof parsed !== "number" || source === undefined || JSON.stringify(parsed) === source) return parsed;
  const digits = source
    .replace(/e.*$/i, "")
    .replace(/[^0-9]/g, "")
    .replace(/^0+/, "");
  if (digits.length <= MOST_DIGITS && Number.isFinite(parsed)) return parsed;
  throw new UsageError(
    `${file}: the number ${source} cannot be kept exactly. Write it as a string, or give the arguments as text: "argumentsJson".`,
  );
}

/** What is wrong and where. V8 says it with a line and column for few mistakes only, so a parser that tracks places is asked. */
function mistake(text: string): string {
  try {
    locate(text);
  } catch (error) {
    const { message, line, column } = error as Error & { readonly line: number; readonly column: number };
    if (!message.includes("end of input")) return `${message.replace(/ \(\d+:\d+\)$/, "")} (${at(line, column)})`;
    const lines = text.split("\n");
    return `it ends too early (${at(lines.length, (lines.at(-1) ?? "").length + 1)})`;
  }
  // What it lets pass and JSON does not: a control character within a string.
  const before = /^(?:[^"]|"(?:[^"\\\p{Cc}]|\\.)*")*?"(?:[^"\\\p{Cc}]|\\.)*(?=\p{Cc})/u.exec(text)?.[0].split("\n") ?? [
    "",
  ];
  return `a line break or another control character within a string (${at(before.length, (before.at(-1) ?? "").length + 1)})`;
}

function at(line: number, column: number): string {
  return `line ${line} column ${column}`;
}
