import type { DecisionId, Digest } from "../domain/ids.ts";
import { buildAuditPackage } from "../evidence/build-audit-package.ts";
import { digestOf } from "../evidence/digest.ts";
import type { Signer } from "../evidence/dsse.ts";
import type { DecisionLog, DecisionLogs } from "./decision-logs.ts";
import type { EventStore } from "./event-store.ts";
import { noSuchDecision, Refused } from "./refused.ts";
import { AdapterUnknown, RouterUnavailable, type Routing, type RunBundle, RunNotFound } from "./router.ts";
import { claimantOf, placeOfRecord, type Sharing } from "./sharing.ts";
import { readTemplateUsed } from "./template-log.ts";

/** Largest package, in bytes. */
export const MAX_PACKAGE_BYTES = 64 * 1024 * 1024;

/**
 * The audit package of a decision that was run, signed. For EMBEDDED the router is asked for the run bundle, which must have the digest that was recorded.
 *
 * @throws {Refused} DECISION_NOT_FOUND, NO_RUN, RUN_BUNDLE_UNAVAILABLE, RUN_BUNDLE_MISMATCH, PACKAGE_TOO_LARGE, STORED_LOG_CORRUPT.
 */
export type ExportPackage = (
  decisionId: DecisionId,
  mode: "REFERENCE" | "EMBEDDED",
  signal?: AbortSignal,
) => Promise<{ readonly json: string; readonly bindingDigest: Digest }>;

export function createExportPackage(ports: {
  readonly logs: DecisionLogs;
  /** For the template that the policy came from. */
  readonly store: EventStore;
  readonly router: Routing;
  readonly sharing: Sharing;
  /** Who signs the packages. */
  readonly signer: Signer;
  /** How long the router may take, in milliseconds. */
  readonly timeout: number;
}): ExportPackage {
  const { logs, store, router, sharing, signer, timeout } = ports;
  return async (decisionId, mode, signal) => {
    const log = await logs.load(decisionId, signal);
    if (log === undefined) throw noSuchDecision(decisionId);
    const { phase } = log.decision;
    if (
      (phase.kind !== "completed" && phase.kind !== "failed") ||
      phase.outcome.runId === "" ||
      phase.outcome.routerDigest === ""
    )
      throw new Refused(
        "NO_RUN",
        `An audit package is about a run with a record; this decision is ${phase.kind}${gateNote(phase.kind)}.`,
      );
    const bundle =
      mode === "REFERENCE" ? undefined : await runBundle(log, phase.gate.adapterId, phase.outcome.routerDigest, signal);
    const template = await readTemplateUsed(store, log.decision, signal);
    const built = buildAuditPackage({ events: log.events, bundle, template, signer });
    if (Buffer.byteLength(built.json) > MAX_PACKAGE_BYTES)
      throw new Refused(
        "PACKAGE_TOO_LARGE",
        `The package would exceed ${MAX_PACKAGE_BYTES} bytes: export by REFERENCE.`,
      );
    return built;
  };

  async function runBundle(
    log: DecisionLog,
    adapterId: string,
    recorded: Digest,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const { decisionId } = log.decision;
    const claimant = claimantOf(log) ?? "";
    if (placeOfRecord(adapterId, claimant, { sharing, router }) === "of_claimant")
      throw new Refused(
        "RUN_BUNDLE_UNAVAILABLE",
        `Only server ${claimant}, which claimed the run, has its record: export there, or by REFERENCE.`,
        { facts: { server_id: claimant } },
      );
    const deadline = AbortSignal.timeout(timeout);
    let bundle: RunBundle | undefined;
    try {
      const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      ({ bundle } = await router.getRun(adapterId, decisionId, { includeBundle: true, signal: either }));
    } catch (error) {
      signal?.throwIfAborted();
      const expected =
        error instanceof RunNotFound || error instanceof AdapterUnknown || error instanceof RouterUnavailable;
      if (!expected && !deadline.aborted) throw error;
      throw new Refused(
        "RUN_BUNDLE_UNAVAILABLE",
        `The router does not give the run bundle out: ${(error as Error).message}`,
        { cause: error },
      );
    }
    if (bundle === undefined) throw new Refused("RUN_BUNDLE_UNAVAILABLE", "The router no longer has the run bundle.");
    const actual = digestOf(bundle.bytes);
    if (actual === recorded) return bundle.bytes;
    throw new Refused("RUN_BUNDLE_MISMATCH", `The router's run bundle has digest ${actual}; recorded was ${recorded}.`);
  }
}

function gateNote(kind: string): string {
  return kind === "completed" || kind === "failed" ? " without one" : "";
}
