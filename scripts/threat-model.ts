// The tables of docs/threat-model.md, from the table that test/evidence/threat-matrix proves cell by cell. Run it to write them anew;
// test/docs/threat-model.test.ts fails if they are not what this gives.
import { readFileSync, writeFileSync } from "node:fs";
import { tables } from "../test/evidence/threat-matrix/page.ts";

const PAGE = new URL("../docs/threat-model.md", import.meta.url);
const BEGIN = "<!-- written by scripts/threat-model.ts -->";
const END = "<!-- end of what scripts/threat-model.ts writes -->";

/** The page with the tables in their place. */
export function withTables(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("docs/threat-model.md has no place for the tables");
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables()}\n\n${page.slice(end)}`;
}

if (import.meta.main) writeFileSync(PAGE, withTables(readFileSync(PAGE, "utf8")));
