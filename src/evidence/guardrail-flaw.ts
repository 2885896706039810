import { duplicateGroup } from "../domain/contradiction.ts";
import { type GuardrailUse, MAX_GUARDRAILS } from "../domain/guardrail.ts";
import { MAX_GROUPS } from "../domain/limits.ts";

/** The bounds of what a server records: beyond them a package would take for ever to be judged. */
export function guardrailFlaw(guardrails: readonly GuardrailUse[] = []): string | undefined {
  if (guardrails.length > MAX_GUARDRAILS) return `has more than ${MAX_GUARDRAILS}.`;
  for (const [index, { guardrail }] of guardrails.entries()) {
    const { minApprovals, groups } = guardrail;
    const at = `[${index}].guardrail`;
    if (minApprovals > 100) return `${at}.minApprovals is not from 0 to 100.`;
    if (groups.length > MAX_GROUPS) return `${at}.groups has more than ${MAX_GROUPS}.`;
    if (!groups.every((group) => group.minApprovals >= 1 && group.minApprovals <= 100))
      return `${at}.groups: minApprovals is not from 1 to 100.`;
    const group = duplicateGroup({ groups });
    if (group !== undefined) return `${at}.groups: ${group} stands more than once.`;
  }
  return undefined;
}
