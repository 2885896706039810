import type { Attempt } from "./attempt.ts";
import { COLUMNS } from "./attempt.ts";
import { ON_PEOPLE } from "./attempts-on-people.ts";
import { ON_THE_FILE } from "./attempts-on-the-file.ts";
import { ON_THE_LOG } from "./attempts-on-the-log.ts";

/** All attempts, in the order of the columns. */
export const ATTEMPTS: readonly Attempt[] = COLUMNS.flatMap((column) =>
  [...ON_THE_LOG, ...ON_PEOPLE, ...ON_THE_FILE].filter((attempt) => attempt.column === column),
);

export function nameOf({ column, what }: Attempt): string {
  return `${column}: ${what}`;
}
