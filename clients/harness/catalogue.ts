import { readFileSync } from "node:fs";

/** A row of clients/scenarios.md. */
export interface Scenario {
  readonly number: number;
  readonly name: string;
  /** Whether it is run with a client; if not, why. */
  readonly clients: ReadonlyMap<string, "yes" | (string & {})>;
}

const PAGE = new URL("../scenarios.md", import.meta.url);

/** What clients/scenarios.md says is tried, as it stands there. */
export function readCatalogue(): readonly Scenario[] {
  const table = /^\| # \|[^]*?\n\n/m.exec(readFileSync(PAGE, "utf8"))?.[0] ?? "";
  const [head = [], , ...rows] = table.trim().split("\n").map(cells);
  const clients = head.slice(2);
  return rows.map(([number, name = "", ...marks]) => ({
    number: Number(number),
    name,
    clients: new Map(clients.map((client, column) => [client, marks[column] ?? ""])),
  }));
}

function cells(row: string): readonly string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
