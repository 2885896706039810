import { RunRefused } from "../../app/router.ts";
import type { RunRequest } from "../../domain/run-request.ts";
import type { LocalAdapter } from "./adapter-config.ts";
import type { Refusal } from "./failure-code.ts";

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
