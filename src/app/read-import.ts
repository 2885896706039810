import type { ImportableLog, NotImportable } from "../evidence/read-import.ts";

/**
 * Reads a file for import and checks everything that can be checked of it. A file that is not to be imported is an answer, never an error; the other callers of the
 * server are not kept waiting.
 *
 * @param trust the text of a trust policy by which it has to be authentic; undefined: nobody is believed, and it need not be.
 * @throws {Refused} INVALID_REQUEST if the trust policy is not as it must be, PACKAGE_TOO_LARGE if it asks for more memory than it may have.
 */
export type ReadImport = (
  bytes: Uint8Array,
  trust: string | undefined,
  signal?: AbortSignal,
) => Promise<ImportableLog | NotImportable>;
