import type { ImportableLog, NotImportable } from "../evidence/read-import.ts";

/**
 * Reads a file for import and checks everything that can be checked of it. A file that is not to be imported is an answer, never an error; the other callers of the
 * server are not kept waiting.
 *
 * @throws {Refused} PACKAGE_TOO_LARGE if it asks for more memory than it may have.
 */
export type ReadImport = (bytes: Uint8Array, signal?: AbortSignal) => Promise<ImportableLog | NotImportable>;
