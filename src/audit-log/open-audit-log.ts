import { type AuditEntry, type AuditLog, AuditLogUnavailable } from "../app/audit-log.ts";
import type { Clock } from "../app/clock.ts";
import type { Log } from "../app/log.ts";
import { type AuditFile, openAuditFile } from "./audit-file.ts";
import { NO_HEAD, type SealedRecord, sealRecord } from "./audit-record.ts";

/** An audit log that can be closed. */
export interface OpenAuditLog extends AuditLog {
  close(): void;
}

/**
 * The audit log as the configuration wants it: a file, lines of the ordinary log, or both.
 *
 * @param settings.file undefined: only lines of the log, whose chain begins anew at every start.
 * @throws {UnusableAuditFile} or what the file system says.
 */
export function openAuditLog(
  settings: { readonly file: string | undefined; readonly isInLog: boolean },
  ports: { readonly log: Log; readonly clock: Clock },
): OpenAuditLog {
  const { log, clock } = ports;
  const file = settings.file === undefined ? undefined : openAuditFile(settings.file, clock.now());
  let head = NO_HEAD;
  let lost = 0;
  let isTold = false;

  return {
    record: (entry) => {
      try {
        return write(entry, true);
      } catch (cause) {
        tellTrouble(cause);
        const { code } = cause as NodeJS.ErrnoException;
        throw new AuditLogUnavailable(
          `The audit log cannot be written (${code ?? "no code"}), and what is not recorded there is not done: nothing was changed. The server's operator has to make room for it.`,
          { cause },
        );
      }
    },
    note(entry, { isDurable = false } = {}) {
      try {
        return write(entry, isDurable);
      } catch (cause) {
        lost += 1;
        tellTrouble(cause);
        // It is at least in the ordinary log, whether or not that is wanted.
        log.warn({ audit: entry }, "audit: lost");
        return undefined;
      }
    },
    close: () => file?.close(),
  };

  function write(entry: AuditEntry, isDurable: boolean): number {
    const sealed = seal(entry, isDurable, file);
    lost = 0;
    if (isTold) log.info({}, "the audit log can be written again");
    isTold = false;
    if (settings.isInLog) {
      const isGood = entry.outcome === "SUCCEEDED" || entry.outcome === "ATTEMPTED";
      const facts = { audit: sealed.record, digest: sealed.head.digest };
      if (isGood) log.info(facts, "audit");
      else log.warn(facts, "audit");
    }
    return sealed.head.seq;
  }

  function seal(entry: AuditEntry, isDurable: boolean, into: AuditFile | undefined): SealedRecord {
    const now = clock.now();
    if (into !== undefined) return into.append(entry, { now, lost, isDurable });
    const sealed = sealRecord(head, entry, now, lost);
    ({ head } = sealed);
    return sealed;
  }

  function tellTrouble(error: unknown): void {
    if (!isTold) log.error({ error }, "the audit log cannot be written");
    isTold = true;
  }
}
