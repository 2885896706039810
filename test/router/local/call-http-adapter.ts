import { createHttpAdapter } from "../../../src/router/local/http-adapter.ts";
import { newDecisionId, step } from "./recorder.ts";

/** Calls an HTTP adapter at the URL that it is given, in a process of its own, and prints the result. */
const [, , url = ""] = process.argv;
const common = {
  kind: "http",
  id: "web",
  capabilities: [],
  description: "",
  timeout: 5_000,
  maxOutputBytes: 1_000,
} as const;
const call = createHttpAdapter({ ...common, url, headers: {}, allowedAddresses: [] });
const result = await call({
  decisionId: newDecisionId(),
  step: step("a"),
  dryRun: false,
  signal: new AbortController().signal,
  onProcess: () => undefined,
});
process.stdout.write(JSON.stringify(result));
