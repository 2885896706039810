import type { DecisionId } from "../domain/ids.ts";
import { type BuiltBundle, buildSignedBundle } from "../evidence/build-decision-bundle.ts";
import type { Signer } from "../evidence/dsse.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { EventStore } from "./event-store.ts";
import { MAX_PACKAGE_BYTES } from "./export-package.ts";
import { noSuchDecision, Refused } from "./refused.ts";
import { readTemplateUsed } from "./template-log.ts";

/**
 * The bundle of a decision in any state, signed, with the template that its policy came from.
 *
 * @throws {Refused} DECISION_NOT_FOUND, PACKAGE_TOO_LARGE, STORED_LOG_CORRUPT.
 */
export type ExportBundle = (decisionId: DecisionId, signal?: AbortSignal) => Promise<BuiltBundle>;

export function createExportBundle(ports: {
  readonly logs: DecisionLogs;
  /** For the template that the policy came from. */
  readonly store: EventStore;
  /** Who signs the bundles. */
  readonly signer: Signer;
}): ExportBundle {
  const { logs, store, signer } = ports;
  return async (decisionId, signal) => {
    const log = await logs.load(decisionId, signal);
    if (log === undefined) throw noSuchDecision(decisionId);
    const template = await readTemplateUsed(store, log.decision, signal);
    const built = buildSignedBundle(log.events, { template, signer });
    if (Buffer.byteLength(built.json) > MAX_PACKAGE_BYTES)
      throw new Refused("PACKAGE_TOO_LARGE", `The bundle would exceed ${MAX_PACKAGE_BYTES} bytes.`);
    return built;
  };
}
