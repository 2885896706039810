import { RunRefused } from "../../app/router.ts";
import type { RunRequest } from "../../domain/run-request.ts";
import type { LocalAdapter } from "./adapter-config.ts";
import type { Refusal } from "./failure-code.ts";

/** A step's id, as the schema has it. */
const STEP_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A tool or a method, as the schema has it: parts between slashes, none of which is `.`, `..`, or looks like an option. */
const CALL_NAME = /^(?=.{1,128}$)[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/**
 * Judges whether a plan may be run at all, before anything is.
 *
 * @returns whether its steps are only simulated.
 * @throws {RunRefused}
 */
export function judgeRun(
  { adapterId, mode, plan, maxSteps }: RunRequest,
  config: LocalAdapter,
): { readonly simulate: boolean } {
  if (plan === undefined) throw refused("PLAN_MISSING", "The adapters of the local router need a plan.");
  if (maxSteps > 0 && plan.steps.length > maxSteps)
    throw refused("TOO_MANY_STEPS", `The plan has ${plan.steps.length} steps; ${maxSteps} are allowed.`);
  if (mode === "APPLY" && !config.capabilities.includes("apply"))
    throw refused("CAPABILITY_MISSING", `Adapter ${adapterId} does not declare apply.`);
  // The API refuses such names already. But they become arguments of programs and headers, and the plan comes from a store.
  for (const [index, { stepId, call }] of plan.steps.entries()) {
    const [what] =
      [
        ["step_id", STEP_ID, stepId] as const,
        ["tool", CALL_NAME, call.tool] as const,
        ["method", CALL_NAME, call.method] as const,
      ].find(([, allowed, name]) => !allowed.test(name)) ?? [];
    if (what !== undefined)
      throw refused(
        "NAME_NOT_ALLOWED",
        `The ${what} of step ${index + 1} has characters or a form that no such name has.`,
      );
  }
  for (const { stepId, call } of plan.steps) {
    try {
      if (call.argumentsJson !== "") JSON.parse(call.argumentsJson);
    } catch (error) {
      throw refused("ARGUMENTS_NOT_JSON", `The arguments of step ${stepId} are not JSON: ${(error as Error).message}.`);
    }
  }
  const ownDryRun = config.kind === "subprocess" && config.dryRunArguments !== undefined;
  return { simulate: mode === "DRY_RUN" && !ownDryRun };
}

export function refused(code: Refusal, message: string): RunRefused {
  return new RunRefused(code, message);
}
