import type { VerificationReport } from "../evidence/verification-report.ts";

/**
 * Verifies a decision bundle. A bad bundle is a report, never an error; the other callers of the server are not kept waiting.
 *
 * @throws {Refused} PACKAGE_TOO_LARGE if it asks for more memory than it may have.
 */
export type VerifyBundle = (bytes: Uint8Array, signal?: AbortSignal) => Promise<VerificationReport>;
