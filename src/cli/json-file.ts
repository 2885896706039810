import { readFileSync } from "node:fs";
import type { z } from "zod";
import { UsageError } from "./failure.ts";

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
    throw new UsageError(`${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${withPlace((cause as Error).message, text)}`, { cause });
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

/** V8 gives a line and column for most mistakes, for some only the position, and for a file that just ends nothing. */
function withPlace(message: string, text: string): string {
  if (message.includes("line ")) return message;
  const position = /position ([0-9]+)/.exec(message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split("\n");
  return `${message} (line ${before.length} column ${(before.at(-1) ?? "").length + 1})`;
}
