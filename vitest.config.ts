import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";

/** Ends the output with the counts alone on a line, for whoever reads them by program. */
const closingLine: Reporter = {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    process.stdout.write(`${passed} passed, ${tests.length - passed + broken + errors.length} failed\n`);
  },
};

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // Most tests wait for processes and disks rather than for a processor.
    maxWorkers: 2 * availableParallelism(),
    reporters: ["default", closingLine],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
