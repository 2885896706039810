import { strict as assert } from "node:assert";
import { createHash, randomBytes } from "node:crypto";
import { create, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError } from "@connectrpc/connect";
import { Mode } from "../../../gen/ts/nexus/attest/v1/plan_pb.ts";
import type { Run } from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import {
  type RouterService,
  type RunRequest,
  RunRequestSchema,
  type RunResponse,
} from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { canonicalJson } from "../../../src/codec/canonical-json.ts";

type Router = Client<typeof RouterService>;

/** A step by its method, which is its id too unless another is given. */
export function step(method: string, args: unknown = {}, stepId = method) {
  return { stepId, intent: `have ${method} done`, call: { tool: "test", method, argumentsJson: JSON.stringify(args) } };
}

/** A request to the adapter `kit`; its step is `answer` unless others are given. */
export function runRequest(overrides: MessageInitShape<typeof RunRequestSchema> = {}): RunRequest {
  const usual: MessageInitShape<typeof RunRequestSchema> = {
    decisionId: randomBytes(16).toString("hex"),
    adapterId: "kit",
    mode: Mode.APPLY,
    goal: "a goal, with ünïcode \u2028 and \u0007",
    plan: { steps: [step("answer", { b: 1, a: [true, null, "x"] })] },
    labels: [{ key: "team", value: "payments" }],
    requestDigest: `sha256:${"a".repeat(64)}`,
    policyDigest: `sha256:${"b".repeat(64)}`,
    approvalDigests: [`sha256:${"c".repeat(64)}`],
  };
  return create(RunRequestSchema, { ...usual, ...overrides } as MessageInitShape<typeof RunRequestSchema>);
}

/** A run of these steps. */
export const runOf = (...steps: ReturnType<typeof step>[]): RunRequest => runRequest({ plan: { steps } });

/** Everything that Run says. */
export async function said(router: Router, request: RunRequest, timeoutMs?: number): Promise<RunResponse["kind"][]> {
  const messages = await Array.fromAsync(router.run(request, timeoutMs === undefined ? {} : { timeoutMs }));
  return messages.map(({ kind }) => kind);
}

/** The run as it ended, by the last message of Run. */
export async function finished(router: Router, request: RunRequest): Promise<Run> {
  const last = (await said(router, request)).at(-1);
  if (last?.case !== "finished" || last.value.run === undefined) throw new Error(`it ended with ${last?.case}`);
  return last.value.run;
}

export async function getRun(router: Router, decisionId: string, how: { readonly fence?: boolean } = {}): Promise<Run> {
  const { run } = await router.getRun({ decisionId, includeBundle: true, ...how });
  if (run === undefined) throw new Error("there is no run in the answer");
  return run;
}

/** The status of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("it was to fail");
}

/** Checks that a call is refused. */
export async function refused(call: Promise<unknown>, code: Code, message = /./): Promise<void> {
  const failure = await failureOf(call);
  assert.equal(Code[failure.code], Code[code], failure.message);
  assert.match(failure.rawMessage, message);
}

interface BundleJson {
  readonly simulated: boolean;
  readonly outcome: string;
  readonly run_id: string;
  readonly failure?: { readonly code: string; readonly message: string; readonly step_id: string };
  readonly steps: readonly { readonly [field: string]: unknown }[];
}

/** The run bundle, read, and checked: canonical, of this request, and with digests that are those of what they name. */
export function bundleOf(run: Run, request: RunRequest): BundleJson {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(run.runBundle);
  const bundle = JSON.parse(text) as BundleJson & { readonly request: unknown; readonly request_digest: string };
  assert.equal(canonicalJson(bundle), text, "the bundle is canonical");
  assert.equal(run.runBundleMediaType, "application/vnd.nexus-attest.router-run+json");
  assert.deepEqual(bundle.request, toJson(RunRequestSchema, request));
  assert.equal(bundle.request_digest, digestOf(canonicalJson(bundle.request)));
  assert.equal(bundle.run_id, run.runId);
  for (const { output_json, output_digest } of bundle.steps)
    if (output_json !== undefined) assert.equal(output_digest, digestOf(output_json as string));
  return bundle;
}

export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
