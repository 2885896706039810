// Prints what became of all scenarios with all clients: node clients/harness/table.ts RESULTS
//
// RESULTS is the folder where run.ts left it. Fails if clients/scenarios.md says of something that it is tried, and it was not, or the other way round.
import { readCatalogue, type Scenario } from "./catalogue.ts";
import { keptResults, type Result } from "./results.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new TypeError("say where the results are");
const results = keptResults(directory);
const catalogue = readCatalogue();
const documented = [...(catalogue[0]?.clients.keys() ?? [])];
const released = [...new Set(results.map(({ client }) => client))].filter((client) => !documented.includes(client));
const clients = [...documented, ...released];

const rows = [
  ["#", "scenario", ...clients],
  ...catalogue.map((scenario) => [`${scenario.number}`, scenario.name, ...clients.map((each) => cell(scenario, each))]),
];
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
for (const row of rows)
  process.stdout.write(
    `${row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()}\n`,
  );

for (const client of documented) {
  const isMeant = (scenario: Scenario) => scenario.clients.get(client) === "yes";
  const isRun = (scenario: Scenario) => resultOf(scenario, client) !== undefined;
  complain(client, "not run, though clients/scenarios.md says that it is", (each) => isMeant(each) && !isRun(each));
  complain(client, "run, though clients/scenarios.md says why it is not", (each) => !isMeant(each) && isRun(each));
}

function complain(client: string, what: string, isWrong: (scenario: Scenario) => boolean): void {
  const numbers = catalogue.filter(isWrong).map(({ number }) => number);
  if (numbers.length === 0) return;
  process.stdout.write(`${client}: ${what}: ${numbers.join(", ")}\n`);
  process.exitCode = 1;
}

function cell(scenario: Scenario, client: string): string {
  const result = resultOf(scenario, client);
  if (result === undefined) return scenario.clients.get(client) === "yes" ? "NOT RUN" : "-";
  return result.ok ? `${((result.milliseconds ?? 0) / 1000).toFixed(1)} s` : "FAIL";
}

function resultOf({ number }: Scenario, client: string): Result | undefined {
  return results.find((each) => each.number === number && each.client === client);
}
