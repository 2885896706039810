/** Why a run is refused before anything is called: it was not begun, and never will be. */
export const REFUSALS = [
  "ADAPTER_UNKNOWN",
  "PLAN_MISSING",
  "TOO_MANY_STEPS",
  "CAPABILITY_MISSING",
  "NAME_NOT_ALLOWED",
  "ARGUMENTS_NOT_JSON",
  "CONFLICTING_REQUEST",
  "RUN_FENCED",
] as const;

/** Why a step failed, and the run with it. */
export const STEP_FAILURES = [
  "SPAWN_FAILED",
  "ADDRESS_FORBIDDEN",
  "STEP_FAILED",
  "STEP_KILLED",
  "STEP_TIMEOUT",
  "OUTPUT_NOT_JSON",
  "OUTPUT_TOO_LARGE",
  "CANCELLED",
] as const;

/** Why a run ended that the router's process did not live to see the end of. */
export const CRASHES = ["RUN_ABANDONED", "ROUTER_INTERRUPTED"] as const;

export type Refusal = (typeof REFUSALS)[number];
export type StepFailure = (typeof STEP_FAILURES)[number];
export type FailureCode = StepFailure | (typeof CRASHES)[number];
