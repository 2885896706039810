import { randomUUID } from "node:crypto";
import type { Clock } from "./app/clock.ts";
import type { DecisionLogs } from "./app/decision-logs.ts";
import type { EventStore } from "./app/event-store.ts";
import { createExportBundle } from "./app/export-bundle.ts";
import { createExportPackage } from "./app/export-package.ts";
import { createImportBundle } from "./app/import-bundle.ts";
import type { ImportIndex } from "./app/import-index.ts";
import { createImportedDecisions } from "./app/imported-decisions.ts";
import { createImportedLogs } from "./app/imported-logs.ts";
import { createListImports } from "./app/list-imports.ts";
import type { Log } from "./app/log.ts";
import type { Routing } from "./app/router.ts";
import type { Sharing } from "./app/sharing.ts";
import { createAuditQueries } from "./rpc/audit-queries.ts";
import { createImportedQueries } from "./rpc/imported-queries.ts";
import type { ServerKeys } from "./signing/server-keys.ts";
import { createEvidenceVerifier } from "./verification/evidence-verifier.ts";

/** Wires what is about evidence: packages and bundles, in and out, and what was imported. */
export function createEvidenceServices(ports: {
  readonly store: EventStore;
  readonly logs: DecisionLogs;
  readonly importIndex: ImportIndex;
  readonly router: Routing;
  readonly sharing: Sharing;
  readonly serverKeys: ServerKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a router may take to answer, in milliseconds. */
  readonly timeout: number;
  /** Time without a message after which a watch says that the connection is alive, in milliseconds. */
  readonly heartbeat: number;
  /** Aborts when the server is shutting down. */
  readonly draining: AbortSignal;
}) {
  const { store, importIndex, serverKeys } = ports;
  const verifier = createEvidenceVerifier();
  const imports = createImportedLogs(store);
  const imported = createImportedDecisions({ ...ports, imports });
  const audit = createAuditQueries({
    ...verifier,
    exportPackage: createExportPackage({ ...ports, signer: serverKeys.signer }),
    exportBundle: createExportBundle({ ...ports, signer: serverKeys.signer }),
    importBundle: createImportBundle({ ...ports, ...verifier, imports, newId: randomUUID }),
    newRequestId: randomUUID,
    serverKeys: serverKeys.keys,
  });
  const importedQueries = createImportedQueries({ imported, listImports: createListImports({ index: importIndex }) });
  return {
    audit,
    importedQueries,
    /** Feeds the watchers and the index of imports until the signal; never throws. */
    run: (signal: AbortSignal) => imported.run(signal),
  };
}
