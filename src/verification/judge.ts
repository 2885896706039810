import { readTrustPolicy, UnusableTrustPolicy } from "../evidence/read-trust-policy.ts";
import type { TrustPolicy } from "../evidence/trust-policy.ts";

/** A file of evidence, and the text of whom to believe; undefined: nobody. Travels between threads. */
export interface Assignment {
  readonly bytes: Uint8Array;
  readonly trust: string | undefined;
}

/** What came of it: what was found, or what is wrong with the trust policy, without a look at the file. */
export type Judgement<Found> = { readonly found: Found } | { readonly unusable: string };

/** Judges a file by one of the verifiers. */
export function judge<Found>(
  verify: (bytes: Uint8Array, trust?: TrustPolicy) => Found,
  { bytes, trust }: Assignment,
): Judgement<Found> {
  let believed: TrustPolicy | undefined;
  try {
    believed = trust === undefined ? undefined : readTrustPolicy(trust);
  } catch (error) {
    if (error instanceof UnusableTrustPolicy) return { unusable: error.message };
    throw error;
  }
  return { found: verify(bytes, believed) };
}
