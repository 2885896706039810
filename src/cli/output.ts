import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes, and how. */
export interface Output {
  readonly json: boolean;
  /** A line on standard output. */
  line(text?: string): void;
  /** A line on standard error. */
  note(text: string): void;
  /** Coloured on a terminal only; NO_COLOR is respected. */
  style(style: Style, text: string): string;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    line: (text = "") => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    style: (style, text) => styleText(style, text, { stream: process.stdout }),
  };
}

/**
 * Text of others for a terminal: control characters, which could move the cursor or rewrite what an approver reads, and characters that change the direction of
 * writing are shown, not obeyed.
 */
export function safe(text: string): string {
  return text.replace(
    /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Rows with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
