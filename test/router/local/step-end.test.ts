import { expect, test } from "vitest";
import { createSubprocessAdapter } from "../../../src/router/local/subprocess-adapter.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** As many steps as would take far longer than allowed, if the end of each were waited for in vain. */
const STEPS = 6;
const ALLOWED = 4_000;

test("a step is over when its program is, also where that has closed its pipes before it ended", async () => {
  const call = createSubprocessAdapter(
    {
      id: "files",
      kind: "subprocess",
      command: ["sh", "-c", "printf {}; exec 1>&- 2>&-; sleep 0.05"],
      capabilities: [],
      description: "",
      cwd: undefined,
      env: {},
      dryRunArguments: undefined,
      timeout: 30_000,
      maxOutputBytes: 1_024,
      terminateGrace: 1_000,
    },
    temporaryDirectory(),
  );
  const begun = performance.now();
  for (let step = 0; step < STEPS; step++)
    await call({
      decisionId: "0".repeat(32),
      step: { stepId: "s", intent: "", call: { tool: "t", method: "m", argumentsJson: "" } },
      dryRun: false,
      signal: new AbortController().signal,
      onProcess: () => undefined,
    });
  expect(performance.now() - begun).toBeLessThan(ALLOWED);
});
