import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What became of one scenario with one client. */
export interface Result {
  readonly number: number;
  readonly name: string;
  readonly client: string;
  readonly ok: boolean;
  /** Undefined where it failed. */
  readonly milliseconds?: number;
}

/** Reads a line that a client's scenarios print: `ok` or `FAIL`, the number, the name, and after `ok` the seconds it took; undefined if it says something else. */
export function resultIn(line: string, client: string): Result | undefined {
  const passed = /^ok +(\d+) (.+) \((\d+\.\d) s\)$/.exec(line);
  if (passed !== null) {
    const [, number, name = "", seconds] = passed;
    return { number: Number(number), name, client, ok: true, milliseconds: Math.round(Number(seconds) * 1000) };
  }
  const failed = /^FAIL +(\d+) (.+)$/.exec(line);
  if (failed === null) return undefined;
  const [, number, name = ""] = failed;
  return { number: Number(number), name, client, ok: false };
}

/** One file a client. */
export function keepResults(directory: string, client: string, results: readonly Result[]): void {
  mkdirSync(directory, { recursive: true });
  const file = `${client.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-")}.json`;
  writeFileSync(join(directory, file), `${JSON.stringify(results, undefined, 1)}\n`);
}

export function keptResults(directory: string): readonly Result[] {
  return readdirSync(directory).flatMap((file) => JSON.parse(readFileSync(join(directory, file), "utf8")) as Result[]);
}
