import type { CheckName } from "../../../src/evidence/verification-report.ts";

/** Something that somebody may try to pass off as a package. */
export interface Forgery {
  readonly what: string;
  readonly make: () => string | Uint8Array;
  /** Exactly the checks that fail, in their order. */
  readonly fails: readonly CheckName[];
}
