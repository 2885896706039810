import { readTrustPolicy, UnusableTrustPolicy } from "../evidence/read-trust-policy.ts";
import type { TrustPolicy } from "../evidence/trust-policy.ts";
import { UsageError } from "./failure.ts";
import { readInput } from "./read-input.ts";

/**
 * The trust policy in a file that the command line was given, read and as it stands there.
 *
 * @throws {UsageError} if it cannot be used.
 */
export function readTrust(file: string): { readonly trust: TrustPolicy; readonly text: string } {
  const bytes = readInput(file);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { trust: readTrustPolicy(text), text };
  } catch (cause) {
    if (!(cause instanceof UnusableTrustPolicy) && !(cause instanceof TypeError)) throw cause;
    const why = cause instanceof TypeError ? "it is not UTF-8" : cause.message;
    throw new UsageError(`${file} is no trust policy that can be used: ${why}. docs/signatures.md says what one is.`, {
      cause,
    });
  }
}
