import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DecisionId, Digest } from "../../../src/domain/ids.ts";
import type { PlanStep } from "../../../src/domain/request.ts";
import type { RunRequest } from "../../../src/domain/run-request.ts";
import type { SubprocessAdapterConfig } from "../../../src/router/local/adapter-config.ts";

/** What the recording adapter writes down of a call. */
export interface Call {
  readonly tool: string;
  readonly method: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly text: string;
  readonly mode: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly pid: number;
  /** With the method `parent`. */
  readonly child?: number;
}

const RECORDING = new URL("recording-adapter.mjs", import.meta.url).pathname;

/** The adapter `recorder`, which keeps its record in a directory. */
export function recorder(directory: string, overrides: Partial<SubprocessAdapterConfig> = {}): SubprocessAdapterConfig {
  return {
    kind: "subprocess",
    id: "recorder",
    capabilities: ["apply", "dry_run"],
    description: "keeps a record of its calls",
    timeout: 20_000,
    maxOutputBytes: 100_000,
    command: [process.execPath, RECORDING, directory],
    cwd: undefined,
    env: {},
    dryRunArguments: undefined,
    terminateGrace: 2_000,
    ...overrides,
  };
}

export function recordIn(directory: string) {
  return {
    calls: (): readonly Call[] => {
      const file = join(directory, "calls");
      if (!existsSync(file)) return [];
      return readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Call);
    },
    /** Lets calls of the method `wait` go. */
    go: () => writeFileSync(join(directory, "go"), ""),
  };
}

export function newDecisionId(): DecisionId {
  return randomBytes(16).toString("hex") as DecisionId;
}

/** A step by its method; the id is the method's unless said otherwise. */
export function step(
  method: string,
  overrides: { readonly stepId?: string; readonly argumentsJson?: string } = {},
): PlanStep {
  const { stepId = method, argumentsJson = "" } = overrides;
  return { stepId, intent: `have ${method} done`, call: { tool: "thing", method, argumentsJson } };
}

export function runRequest(overrides: Partial<RunRequest> & { readonly steps?: readonly PlanStep[] } = {}): RunRequest {
  const { steps = [step("answer")], ...rest } = overrides;
  return {
    decisionId: newDecisionId(),
    adapterId: "recorder",
    mode: "APPLY",
    goal: "a goal",
    plan: { steps },
    maxSteps: 0,
    labels: [],
    requestDigest: `sha256:${"1".repeat(64)}` as Digest,
    policyDigest: `sha256:${"2".repeat(64)}` as Digest,
    approvalDigests: [],
    ...rest,
  };
}
