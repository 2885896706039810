import { isSameActor } from "../domain/actor.ts";
import type { ImportId } from "../domain/ids.ts";
import type { ImportableLog, Unproven } from "../evidence/read-import.ts";
import { appendSettled } from "./append.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { type EventStore, WrongExpectedRevision } from "./event-store.ts";
import { importStreamOf, type Provenance } from "./import-metadata.ts";
import { type ImportedLog, isSame } from "./import-reader.ts";
import { nextAppend, segmentOf, tooLargePart } from "./import-segment.ts";
import type { ImportedLogs, ImportStream } from "./imported-logs.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { type ConflictMode, type ImportOutcome, type ImportPlan, isKeptBy, planImport } from "./plan-import.ts";
import type { ReadImport } from "./read-import.ts";
import { Refused } from "./refused.ts";

export interface ImportResult {
  readonly importId: ImportId;
  readonly eventsWritten: number;
  readonly outcome: ImportOutcome;
  readonly unproven: readonly Unproven[];
}

/**
 * Takes a log in as foreign evidence. Everything is checked before anything is written; once writing has begun it goes on though the caller leaves or loses the
 * role. What is here is never overwritten, and no decision of ours is touched.
 *
 * @throws {Refused} what the caller's permit throws, BUNDLE_INVALID, BUNDLE_NOT_AUTHENTIC, INVALID_REQUEST (the trust policy), IMPORT_CONFLICT, IMPORT_DIVERGED, REQUEST_ID_REUSED, CONTENTION, STORED_LOG_CORRUPT, PACKAGE_TOO_LARGE.
 */
export type ImportBundle = (
  caller: Caller,
  file: {
    readonly bytes: Uint8Array;
    readonly mode: ConflictMode;
    readonly source: string;
    /** The text of a trust policy by which it has to be authentic; undefined: it need not be. */
    readonly trust: string | undefined;
  },
  signal?: AbortSignal,
) => Promise<ImportResult>;

/** How often an import is decided anew because somebody else's append came first. */
const MAX_ATTEMPTS = 20;

/** How long what another importer began has to stand still before it is taken for abandoned, in milliseconds. */
export const ABANDONED_AFTER = 3_000;

const REASONS = { invalid: "BUNDLE_INVALID", not_authentic: "BUNDLE_NOT_AUTHENTIC" } as const;

export function createImportBundle(ports: {
  readonly store: EventStore;
  readonly imports: ImportedLogs;
  readonly readImport: ReadImport;
  readonly clock: Clock;
  /** A new random UUID. */
  readonly newId: () => string;
}): ImportBundle {
  const { imports, readImport, clock, newId } = ports;
  const oneAtATime = createOneAtATime<ImportId>();

  return async (caller, { bytes, mode, source, trust }, signal) => {
    const log = await readImport(bytes, trust, signal);
    if ("problem" in log) throw new Refused(REASONS[log.kind], `Not imported: ${log.problem}`);
    const problem = tooLargePart(log);
    if (problem !== undefined) throw new Refused("BUNDLE_INVALID", `Not imported: ${problem}`);
    // Whatever becomes of it, it is about what is under the log's own id.
    return await oneAtATime(log.importId, () => take(caller, log, mode, source, signal));
  };

  async function take(
    caller: Caller,
    log: ImportableLog,
    mode: ConflictMode,
    source: string,
    signal: AbortSignal | undefined,
  ): Promise<ImportResult> {
    let written = 0;
    let outcome: ImportOutcome = "UNCHANGED";
    let stoodAt: ImportStream["revision"] | undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (written === 0) signal?.throwIfAborted();
      const own = await imports.inspect(log.importId, signalBefore(written));
      const beside = await imports.inspect(log.besideId, signalBefore(written));
      refuseReused(caller, log, [own.whole, beside.whole]);
      // Roles may have been taken away while the import waited: for its check, for others or for the store.
      if (written === 0) caller.permit?.();
      const plan = planImport(log, mode, { there: own.whole, beside: beside.whole });
      if (plan.kind === "nothing") return answer(plan.there, written);
      outcome = plan.outcome;
      const stream = plan.importId === log.importId ? own : beside;
      if (isOfAnother(stream, log, plan) && stoodAt !== stream.revision) {
        stoodAt = stream.revision;
        await clock.sleep(ABANDONED_AFTER, signalBefore(written));
        continue;
      }
      try {
        await write(plan, stream);
        return { importId: plan.importId, eventsWritten: written, outcome, unproven: log.unproven };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    throw new Refused("CONTENTION", "Too many others imported this log at the same time: repeat the call.");

    /** What has been begun is brought to its end, whether or not somebody waits for it. */
    function signalBefore(begun: number): AbortSignal | undefined {
      return begun === 0 ? signal : undefined;
    }

    async function write(plan: ImportPlan & { readonly kind: "append" }, stream: ImportStream): Promise<void> {
      const segment = segmentOf(log, plan.firstSeq);
      const goesOn = stream.unfinished !== undefined && isSame(stream.unfinished.segment, segment);
      let next = goesOn ? stream.unfinished.nextSeq : segment.firstSeq;
      let expected = stream.revision;
      while (next <= segment.lastSeq) {
        const { actor, delegate, requestId } = caller;
        const provenance: Provenance = { importedBy: actor, delegate, importedAt: clock.now(), source, requestId };
        const events = nextAppend(log, segment, next, provenance, newId);
        const { revision } = await appendSettled(ports, importStreamOf(plan.importId), expected, events, undefined);
        expected = revision;
        next += events.length;
        written += events.length;
      }
    }

    function answer(there: ImportedLog, ownEvents: number): ImportResult {
      const { importId } = there;
      // Another importer of the same file, who came in between, brought to its end what was begun here.
      if (ownEvents > 0) return { importId, eventsWritten: ownEvents, outcome, unproven: log.unproven };
      const first = firstAnswer(there, caller, log);
      return (
        first ?? {
          importId,
          eventsWritten: 0,
          outcome: "UNCHANGED",
          unproven: [...log.unproven, ...notKept(there, log)],
        }
      );
    }
  }
}

/** Whether the stream ends with what somebody began to import of another file. */
function isOfAnother(
  { unfinished }: ImportStream,
  log: ImportableLog,
  { firstSeq }: { readonly firstSeq: number },
): boolean {
  return unfinished !== undefined && !isSame(unfinished.segment, segmentOf(log, firstSeq));
}

/** The first answer to an import that was asked for before by the same request; undefined if it is new. */
function firstAnswer(
  { importId, segments }: ImportedLog,
  caller: Caller,
  log: ImportableLog,
): ImportResult | undefined {
  const index = segments.findIndex((segment) => isBy(caller, segment) && segment.fileDigest === log.fileDigest);
  const segment = segments[index];
  if (segment === undefined) return undefined;
  const outcome = index > 0 ? "FAST_FORWARDED" : importId === log.importId ? "CREATED" : "KEPT_BESIDE";
  return { importId, eventsWritten: segment.lastSeq - segment.firstSeq + 1, outcome, unproven: log.unproven };
}

function refuseReused(caller: Caller, log: ImportableLog, there: readonly (ImportedLog | undefined)[]): void {
  const segments = there.flatMap((each) => each?.segments ?? []);
  if (segments.some((segment) => isBy(caller, segment) && segment.fileDigest !== log.fileDigest))
    throw new Refused(
      "REQUEST_ID_REUSED",
      `The request_id ${caller.requestId} was used to import another file of this log.`,
    );
}

function isBy({ actor, requestId }: Caller, { importedBy, requestId: used }: Provenance): boolean {
  return requestId === used && isSameActor(actor, importedBy);
}

/** What the file brings beside the log and the import that is here does not give out. */
function notKept(there: ImportedLog, log: ImportableLog): readonly Unproven[] {
  if (isKeptBy(there, log)) return [];
  if (log.frame !== undefined) {
    const detail = "The log is here out of another file, and nothing was written. KEEP_BOTH keeps the file beside it.";
    return [{ what: "file_not_kept", detail }];
  }
  return (["template", "signature"] as const)
    .filter((part) => log[part] !== undefined && JSON.stringify(log[part]) !== JSON.stringify(there.attachments[part]))
    .map((part) => ({
      what: `${part}_not_kept`,
      detail: `The import is here without this ${part}, and nothing was written. KEEP_BOTH keeps the file beside it.`,
    }));
}
