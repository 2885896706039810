// Runs the examples of routers with a server of this checkout: node clients/harness/router-examples.ts WRAP GATE PAGE
//
// WRAP and GATE are the commands that start examples/router-*/wrap_command and gate_terraform, PAGE the program of docs/clients/*.md, each a list of words in
// JSON. Leaves nothing behind.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { GATE } from "./router/gate-example.ts";
import { PAGE } from "./router/page-example.ts";
import { killAll } from "./router/scenario.ts";
import { TYPED } from "./router/typed-example.ts";
import { WRAP } from "./router/wrap-example.ts";

const [, , wrap = "", gate = "", page = ""] = process.argv;
const work = mkdtempSync(join(tmpdir(), "nexus-attest-examples-"));
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.once("exit", () => {
  killAll();
  rmSync(work, { recursive: true, force: true });
});

const isPython = basename((JSON.parse(page) as readonly string[])[0] ?? "").startsWith("python");
let passed = 0;
let failed = 0;
for (const [words, scenarios] of [
  [wrap, WRAP],
  [gate, GATE],
  [page, PAGE],
  [page, isPython ? TYPED : []],
] as const) {
  const command = JSON.parse(words) as readonly string[];
  for (const [what, run] of scenarios) {
    const directory = join(work, `${passed + failed}`);
    mkdirSync(directory);
    try {
      await run({ command, directory });
      passed += 1;
      process.stdout.write(`ok   ${what}\n`);
    } catch (error) {
      failed += 1;
      process.stdout.write(`FAIL ${what}\n${error instanceof Error ? error.stack : String(error)}\n`);
    }
    killAll();
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
