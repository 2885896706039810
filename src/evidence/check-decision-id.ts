import type { DecisionEvent } from "../domain/event.ts";
import { decisionIdOf } from "./decision-id.ts";
import { type CheckResult, compare, fail, notChecked } from "./verification-report.ts";

/** Whether a decision's id is the one that its creation gives: nobody else's can be put in its place. */
export function checkDecisionId({ decisionId, actor, requestId }: DecisionEvent): CheckResult {
  if (!/^[0-9a-f]{32}$/.test(decisionId)) return fail("The id is not 32 lower-case hexadecimal digits.");
  if (requestId === "") return notChecked("The first event has no request id to derive it from.");
  return compare(decisionIdOf(actor, requestId), decisionId, "decisionId");
}
