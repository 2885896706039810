import { parentPort, workerData } from "node:worker_threads";
import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";

/** Verifies one package and is done. */
parentPort?.postMessage(verifyAuditPackage(workerData as Uint8Array));
