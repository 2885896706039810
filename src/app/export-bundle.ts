import type { DecisionId, Digest } from "../domain/ids.ts";
import { type Attachments, buildDecisionBundle } from "../evidence/build-decision-bundle.ts";
import type { DecisionLog, DecisionLogs } from "./decision-logs.ts";
import { MAX_PACKAGE_BYTES } from "./export-package.ts";
import { noSuchDecision, Refused } from "./refused.ts";

/**
 * The bundle of a decision in any state.
 *
 * @throws {Refused} DECISION_NOT_FOUND, PACKAGE_TOO_LARGE, STORED_LOG_CORRUPT.
 */
export type ExportBundle = (
  decisionId: DecisionId,
  signal?: AbortSignal,
) => Promise<{ readonly json: string; readonly controlDigest: Digest }>;

export function createExportBundle({ logs }: { readonly logs: DecisionLogs }): ExportBundle {
  return async (decisionId, signal) => {
    const log = await logs.load(decisionId, signal);
    if (log === undefined) throw noSuchDecision(decisionId);
    const built = buildDecisionBundle(log.events, attachmentsOf(log));
    if (Buffer.byteLength(built.json) > MAX_PACKAGE_BYTES)
      throw new Refused("PACKAGE_TOO_LARGE", `The bundle would exceed ${MAX_PACKAGE_BYTES} bytes.`);
    return built;
  };
}

/** What goes along with the log of a decision: the one place where bundles get it. */
function attachmentsOf(_log: DecisionLog): Attachments {
  return { template: undefined, signature: undefined };
}
