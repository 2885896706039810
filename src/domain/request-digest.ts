import type { CommandContext } from "./command.ts";
import type { Decision } from "./state.ts";

/** What approvers of a decision say yes to. */
export function requestDigestOf(
  { decisionId, created, policy }: Decision,
  { digests }: Pick<CommandContext, "digests">,
) {
  if (policy === undefined) throw new TypeError("a draft has no request digest");
  return digests.request(decisionId, created, policy);
}
