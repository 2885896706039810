import { readFileSync } from "node:fs";
import { ROLES, type Role } from "../../src/domain/grant.ts";

/** What docs/security.md says of one call. */
export interface DocumentedCall {
  readonly rpc: string;
  readonly of: string;
  readonly roles: readonly Role[];
  readonly own: boolean;
}

const page = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");

/** The table of calls and roles, as a reader finds it. */
export function documentedCalls(): readonly DocumentedCall[] {
  const [head = [], , ...rows] = (/^\| call \|[^]*?\n\n/m.exec(page)?.[0] ?? "").trim().split("\n").map(cells);
  if (head.join() !== ["call", "judged by", ...ROLES, "own"].join()) throw new Error(`columns: ${head.join()}`);
  return rows.map(([rpc = "", of = "", ...marks]) => ({
    rpc: rpc.replaceAll("`", ""),
    of,
    roles: ROLES.filter((_, column) => isYes(marks[column])),
    own: isYes(marks[ROLES.length]),
  }));
}

function cells(row: string): readonly string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function isYes(mark: string | undefined): boolean {
  if (mark === "yes") return true;
  if (mark === "-") return false;
  throw new Error(`a cell that says ${mark}`);
}
