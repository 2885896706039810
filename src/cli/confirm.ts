import { createInterface } from "node:readline/promises";
import { UsageError } from "./failure.ts";

/**
 * Asks a person a question that only "yes" answers with yes. Asked on standard error, for the answer to a command goes to standard output.
 *
 * @throws {UsageError} if there is nobody to ask.
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError("there is no terminal to ask on: look at what is shown, then say --yes");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} [yes/no] `)).trim().toLowerCase() === "yes";
  } finally {
    lines.close();
  }
}
