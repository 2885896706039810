import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../src/codec/canonical-json.ts";
import { encodeRunRequest } from "../../../src/codec/run-request.ts";
import { digestOf } from "../../../src/evidence/digest.ts";
import { MAX_RUN_BUNDLE_BYTES } from "../../../src/router/local/run-bundle.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { bundleOf, finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { recorder, runRequest, step } from "./recorder.ts";

describe("the run bundle", () => {
  test("says what was asked for, what was done, and how it ended", async () => {
    const router = localRouterUnderTest({ clock: createManualClock(Date.UTC(2026, 0, 5, 9)) });
    const request = runRequest({
      labels: [{ key: "env", value: "prod" }],
      steps: [step("answer", { argumentsJson: '{"b": 1}' }), step("fail")],
    });
    const run = await finished(router, request);
    const output = '{"tool":"thing","method":"answer"}';
    const at = "2026-01-05T09:00:00.000Z";
    const message = "The program ended with exit code 3.";
    expect(bundleOf(run)).toEqual({
      bundle_version: "nexus.attest/local-run/v1",
      run_id: run.runId,
      request: JSON.parse(encodeRunRequest(request)),
      request_digest: digestOf(encodeRunRequest(request)),
      simulated: false,
      started_at: at,
      ended_at: at,
      outcome: "FAILED",
      failure: { code: "STEP_FAILED", message, step_id: "fail" },
      steps: [
        {
          step_id: "answer",
          tool: "thing",
          method: "answer",
          arguments_json: '{"b": 1}',
          outcome: "SUCCEEDED",
          started_at: at,
          ended_at: at,
          exit_code: 0,
          output_json: output,
          output_digest: digestOf(output),
        },
        {
          step_id: "fail",
          tool: "thing",
          method: "fail",
          arguments_json: "",
          outcome: "FAILED",
          started_at: at,
          ended_at: at,
          exit_code: 3,
          stderr_tail: "it does not work\n",
          failure_code: "STEP_FAILED",
          failure_message: message,
        },
      ],
    });
  });

  test("is canonical JSON under its media type, the same bytes whenever it is asked for", async () => {
    const router = localRouterUnderTest();
    const request = runRequest();
    const run = await finished(router, request);
    expect(run.bundle?.mediaType).toBe("application/vnd.nexus-attest.local-run+json");
    const text = new TextDecoder().decode(run.bundle?.bytes);
    expect(text).toBe(canonicalJson(JSON.parse(text)));
    await router.close(0);
    const again = localRouterUnderTest({ directory: router.directory });
    const { bundle } = await again.getRun("recorder", request.decisionId, { includeBundle: true });
    expect(digestOf(bundle?.bytes ?? "")).toBe(digestOf(run.bundle?.bytes ?? ""));
  });

  test("holds a step's answer as the text that came: nothing is read as something else", async () => {
    const answer = '{"n": 1.0e2, "n": 12345678901234567890, "e": "\\u00e9\\ud800"}';
    const router = localRouterUnderTest({ adapters: [printing(JSON.stringify(answer))] });
    const run = await finished(router, runRequest());
    expect(bundleOf(run).steps[0]).toMatchObject({ output_json: answer, output_digest: digestOf(answer) });
  });
});

describe("a bundle never grows beyond its limit", () => {
  test("the step whose answer would make it larger fails the run; what was before it stays on record", async () => {
    const MiB = 1024 * 1024;
    const router = localRouterUnderTest({ adapters: [printing(`'"' + "x".repeat(${3 * MiB}) + '"'`)] });
    const steps = ["a", "b", "c", "d"].map((method) => step(method));
    const run = await finished(router, runRequest({ steps }));
    expect(run).toMatchObject({
      state: "FAILED",
      stepsExecuted: 2,
      failure: {
        code: "OUTPUT_TOO_LARGE",
        stepId: "c",
        message: `The outputs of the run would exceed ${8 * MiB} bytes.`,
      },
    });
    expect(run.bundle?.bytes.length).toBeLessThanOrEqual(MAX_RUN_BUNDLE_BYTES);
    const outputs = bundleOf(run).steps.map((each) => [each["outcome"], "output_json" in each]);
    expect(outputs).toEqual([
      ["SUCCEEDED", true],
      ["SUCCEEDED", true],
      ["FAILED", false],
    ]);
  });

  test("what counts is bytes as they are written down, escapes included", async () => {
    const MiB = 1024 * 1024;
    // Each of these answers is 3 MiB; with its quotes escaped it takes 6 in the record.
    const router = localRouterUnderTest({
      adapters: [printing(`'[' + Array(${MiB}).fill('""').join(",") + ']'`)],
    });
    const run = await finished(router, runRequest({ steps: [step("a"), step("b")] }));
    expect(run).toMatchObject({ stepsExecuted: 1, failure: { code: "OUTPUT_TOO_LARGE", stepId: "b" } });
    expect(run.bundle?.bytes.length).toBeLessThanOrEqual(MAX_RUN_BUNDLE_BYTES);
  });
});

/** An adapter that prints the value of a JavaScript expression. */
function printing(expression: string) {
  const program = `process.stdout.write(${expression})`;
  return recorder(temporaryDirectory(), {
    command: [process.execPath, "-e", program],
    maxOutputBytes: 4 * 1024 * 1024,
  });
}
