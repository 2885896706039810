import type { VerificationReport } from "../evidence/verification-report.ts";

/**
 * Verifies an audit package. A bad package is a report, never an error; the other callers of the server are not kept waiting.
 *
 * @throws {Refused} PACKAGE_TOO_LARGE if it asks for more memory than it may have.
 */
export type VerifyPackage = (bytes: Uint8Array, signal?: AbortSignal) => Promise<VerificationReport>;
