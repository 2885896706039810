import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import type { Caller } from "../../src/app/caller.ts";
import type { EventStore } from "../../src/app/event-store.ts";
import { createImportBundle } from "../../src/app/import-bundle.ts";
import type { ImportIndex } from "../../src/app/import-index.ts";
import { createImportedDecisions } from "../../src/app/imported-decisions.ts";
import { createImportedLogs } from "../../src/app/imported-logs.ts";
import { createListImports } from "../../src/app/list-imports.ts";
import type { ConflictMode } from "../../src/app/plan-import.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { readAnyImport } from "../../src/exchange/read-any-import.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { openSqliteImportIndex } from "../../src/store/sqlite/import-index.ts";
import { type ForeignLog, foreignLog } from "../evidence/foreign-log.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { caller } from "./decisions-under-test.ts";

export type ImportsUnderTest = Awaited<ReturnType<typeof importsUnderTest>>;

/** Imports over a real store, by a clock that the test moves; closed when the test has ended. */
export async function importsUnderTest(
  options: {
    readonly directory?: string;
    readonly store?: (real: EventStore) => EventStore;
    readonly open?: () => Promise<EventStore>;
    readonly index?: ImportIndex;
  } = {},
) {
  const { directory = temporaryDirectory(), index = openSqliteImportIndex({ file: ":memory:" }) } = options;
  const real = await (options.open?.() ?? openSqliteEventStore({ directory }));
  const store = options.store?.(real) ?? real;
  const clock = createManualClock();
  const log = createCapturedLog();
  const [draining, stopping] = [new AbortController(), new AbortController()];
  const imports = createImportedLogs(store);
  const ports = { store, imports, importIndex: index, clock, log, heartbeat: 3_600_000, draining: draining.signal };
  const background: Promise<void>[] = [];
  onTestFinished(async () => {
    stopping.abort();
    draining.abort();
    await Promise.all(background);
    await real.close();
    index.close();
  });
  const imported = createImportedDecisions(ports);
  /** An importer with no memory of what others did: as on another server, or after a restart. */
  const importer = () => {
    const importBundle = createImportBundle({
      store,
      imports: createImportedLogs(store),
      readImport: async (bytes, trust) =>
        readAnyImport(bytes, trust === undefined ? undefined : readTrustPolicy(trust)),
      clock,
      newId: randomUUID,
    });
    return (
      bytes: Uint8Array,
      mode: ConflictMode = "REJECT",
      by: Caller = caller("ida"),
      source = "by mail",
      signal?: AbortSignal,
      trust?: string,
    ) => importBundle(by, { bytes, mode, source, trust }, signal);
  };
  return {
    ...ports,
    real,
    imported,
    importer,
    take: importer(),
    listImports: createListImports({ index }),
    run: () => background.push(imported.run(stopping.signal)),
    drain: () => draining.abort(),
    /** From now on time passes, fifty times as fast as outside. */
    letTimePass() {
      const ticking = setInterval(() => clock.advance(100), 2);
      onTestFinished(() => clearInterval(ticking));
    },
    /** The types of all that is stored of an import, whole or not. */
    stored: async (importId: string) =>
      (await Array.fromAsync(real.read(`imported-${importId}`))).map(({ data, metadata }) => ({ data, metadata })),
  };
}

/** A log that takes several appends: so many approvals with comments of so many bytes, each taken back. */
export function largeLog(pairs = 12, bytes = 200_000, what: Parameters<typeof foreignLog>[0] = {}): ForeignLog {
  const log = foreignLog(what);
  for (let i = 0; i < pairs; i++)
    log.approve(`approver-${i}`, { comment: `${i}`.padEnd(bytes, "x") }).revoke(`approver-${i}`);
  return log;
}
