import type { VerificationReport } from "../evidence/verification-report.ts";

/**
 * Verifies a decision bundle. A bad bundle is a report, never an error; the other callers of the server are not kept waiting.
 *
 * @param trust the text of a trust policy; undefined: nobody is believed.
 * @throws {Refused} INVALID_REQUEST if the trust policy is not as it must be, PACKAGE_TOO_LARGE if the bundle asks for more memory than it may have.
 */
export type VerifyBundle = (
  bytes: Uint8Array,
  trust: string | undefined,
  signal?: AbortSignal,
) => Promise<VerificationReport>;
