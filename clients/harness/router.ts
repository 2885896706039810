// Holds a router to the contract of docs/routers.md, by itself and with a server of this checkout: node clients/harness/router.ts COMMAND [ARGUMENT…]
//
// The command is a router with the adapters and methods of clients/python/tests/kit_router.py. It is started with one more argument, a file of JSON that says
// where to listen, the directory to keep everything in, and how to serve (see router/router-process.ts). With NEXUS_ATTEST_SCENARIOS only the scenarios
// whose names contain its text are run. Leaves nothing behind.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMISSION } from "./router/admission.ts";
import { CRASHES } from "./router/crashes.ts";
import { ENDS } from "./router/ends.ts";
import { GOVERNED } from "./router/governed.ts";
import { ONCE } from "./router/once.ts";
import { killAll, type Scenario } from "./router/scenario.ts";

/** How long a scenario may take, in milliseconds. */
const WITHIN = 120_000;

const [, , ...command] = process.argv;
if (command.length === 0) throw new TypeError("say which router to start");
const wanted = process.env["NEXUS_ATTEST_SCENARIOS"] ?? "";
const work = mkdtempSync(join(tmpdir(), "nexus-attest-router-"));
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.once("exit", () => {
  killAll();
  rmSync(work, { recursive: true, force: true });
});

// Of a scenario that has failed: its other calls fail too once its processes are killed, and nobody waits for them any more.
process.on("unhandledRejection", () => undefined);

const scenarios: readonly Scenario[] = [...ONCE, ...ENDS, ...CRASHES, ...ADMISSION, ...GOVERNED];
let passed = 0;
let failed = 0;
for (const [index, [what, run]] of scenarios.entries()) {
  if (!what.includes(wanted)) continue;
  const directory = join(work, `${index}`);
  mkdirSync(directory);
  const began = performance.now();
  try {
    await within(run({ command, directory }));
    passed += 1;
    process.stdout.write(`ok   ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAIL ${what}\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
  killAll();
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function within(running: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it has not ended after ${WITHIN} ms`)), WITHIN);
  await Promise.race([running, promise]).finally(() => clearTimeout(timer));
}
