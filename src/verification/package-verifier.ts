import { Worker } from "node:worker_threads";
import { createOneAtATime } from "../app/one-at-a-time.ts";
import { Refused } from "../app/refused.ts";
import type { VerifyPackage } from "../app/verify-package.ts";
import type { VerificationReport } from "../evidence/verification-report.ts";
import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";

/** Packages up to this size, in bytes, are verified on the spot, which takes a few milliseconds. */
const SMALL = 256 * 1024;

/** What a verification may use, in MiB: a package of the largest size needs a part of it. */
const MEMORY = 2_048;

/** Verifies in this process. Large packages, which take seconds of a processor, are verified in a thread of their own, one at a time. */
export function createPackageVerifier(): VerifyPackage {
  const oneAtATime = createOneAtATime<"large">();
  return async (bytes, signal) =>
    bytes.length <= SMALL
      ? verifyAuditPackage(bytes)
      : await oneAtATime("large", async () => {
          signal?.throwIfAborted();
          return await verifyInThread(bytes, signal);
        });
}

async function verifyInThread(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<VerificationReport> {
  const own = bytes.slice();
  const thread = new Worker(new URL("./verifier-thread.ts", import.meta.url), {
    workerData: own,
    transferList: [own.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  const { promise, resolve, reject } = Promise.withResolvers<VerificationReport>();
  const stop = () => reject(signal?.reason as Error);
  signal?.addEventListener("abort", stop, { once: true });
  thread.once("message", resolve);
  thread.once("error", (error: NodeJS.ErrnoException) =>
    reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooLarge(error) : error),
  );
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    await thread.terminate();
  }
}

function tooLarge(cause: Error): Refused {
  const message = `Verifying the package takes more than ${MEMORY} MiB of memory, which this server does not spend: use nexus-attest verify.`;
  return new Refused("PACKAGE_TOO_LARGE", message, { cause });
}
