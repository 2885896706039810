import type { PlanStep } from "../../domain/request.ts";
import type { StepFailure } from "./failure-code.ts";

/** A step on its way to an adapter. */
export interface StepCall {
  readonly decisionId: string;
  readonly step: PlanStep;
  /** Whether nothing is to be changed: only given to adapters that have a way of their own for it. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Called with what to look for after a crash, before the adapter can have done anything that matters. */
  readonly onProcess: (process: ProcessIdentity) => void;
}

/** A process, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The kernel's clock ticks at its start; empty where the system does not say. */
  readonly startTime: string;
}

/** What became of a step. */
export interface StepResult {
  readonly outcome: "SUCCEEDED" | "FAILED" | "SIMULATED";
  /** With FAILED. */
  readonly failure: { readonly code: StepFailure; readonly message: string } | undefined;
  /** The answer's JSON text as it came, or empty. */
  readonly outputJson: string;
  /** Exit code or HTTP status; undefined if there was none. */
  readonly exitCode: number | undefined;
  readonly httpStatus: number | undefined;
  /** The end of what the program wrote on standard error. */
  readonly stderrTail: string;
}

/** Carries one step out. Never rejects: whatever happens is a result. */
export type CallAdapter = (call: StepCall) => Promise<StepResult>;

const NOTHING = { outputJson: "", exitCode: undefined, httpStatus: undefined, stderrTail: "" } as const;

export function succeeded(facts: Partial<StepResult>): StepResult {
  return { ...NOTHING, ...facts, outcome: "SUCCEEDED", failure: undefined };
}

export function simulated(): StepResult {
  return { ...NOTHING, outcome: "SIMULATED", failure: undefined };
}

export function failed(code: StepFailure, message: string, facts: Partial<StepResult> = {}): StepResult {
  return { ...NOTHING, ...facts, outcome: "FAILED", failure: { code, message } };
}

/** Reads an answer's bytes as one JSON text; says what is wrong if they are none. */
export function readAnswer(bytes: Uint8Array): { readonly json: string } | { readonly problem: string } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return { problem: "the answer is not UTF-8" };
  }
  if (text === "") return { problem: "the answer is empty" };
  try {
    JSON.parse(text);
  } catch (error) {
    return { problem: `the answer is not JSON: ${(error as Error).message}` };
  }
  return text.isWellFormed() ? { json: text } : { problem: "the answer holds a lone surrogate" };
}
