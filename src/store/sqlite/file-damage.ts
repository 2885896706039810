import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isDamage, pragma } from "./database.ts";
import type { UnchangedDatabase } from "./open-unchanged.ts";

/** Flaws of a file's structure that are named; what is broken is mostly broken in many places. */
const MAX_FLAWS = 20;

/**
 * What is wrong with a database file, whatever is in it: its structure, its indexes against its tables, objects that no version of this program made (a trigger could
 * change what is written), bytes behind its end.
 *
 * @param schema what a new file is made with.
 */
export function* damageOf({ database, file, isWhole }: UnchangedDatabase, schema: string): Generator<string> {
  const flaws = damageOr(() => database.prepare(`PRAGMA integrity_check(${MAX_FLAWS})`).all());
  if (typeof flaws === "string") return yield `${file} is damaged: ${flaws}`;
  for (const { integrity_check: flaw } of flaws) if (flaw !== "ok") yield `${file} is damaged: ${String(flaw)}`;

  const made = new DatabaseSync(":memory:");
  made.exec(schema);
  const wanted = objectsOf(made);
  made.close();
  const found = objectsOf(database);
  for (const [name, sql] of wanted)
    if (found.get(name) !== sql) yield `${file}: ${name} is ${found.has(name) ? "not as it was made" : "missing"}`;
  for (const name of found.keys()) if (!wanted.has(name)) yield `${file} has a ${name}, which no server made`;

  const size = pragma(database, "page_count") * pragma(database, "page_size");
  const { size: actual } = statSync(file);
  if (isWhole && actual !== size) yield `${file} has ${actual} bytes, of which the database is ${size}`;
  const journal = `${file}-journal`;
  if ((statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0)
    yield `${journal} stands beside it, which no server made: whoever opens the file next would change it by that`;
}

/** Tables, indexes, triggers and views with what they were made by; statistics, which change nothing that is read, are left aside. */
function objectsOf(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare("SELECT type, name, sql FROM sqlite_schema").all();
  return new Map(
    rows
      .filter(({ name }) => !String(name).startsWith("sqlite_stat"))
      .map(({ type, name, sql }) => [`${String(type)} ${String(name)}`, String(sql).replaceAll(/\s+/g, " ")]),
  );
}

/** The result, or in words what SQLite found damaged, or missing that should be there (SQLITE_ERROR: no such table, no such column). */
export function damageOr<Result>(read: () => Result): Result | string {
  try {
    return read();
  } catch (error) {
    const { errcode, message } = error as { readonly errcode?: number; readonly message: string };
    if (isDamage(error) || errcode === 1) return message;
    throw error;
  }
}
