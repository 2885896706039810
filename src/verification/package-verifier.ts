import { Worker } from "node:worker_threads";
import { createOneAtATime } from "../app/one-at-a-time.ts";
import { Refused } from "../app/refused.ts";
import type { VerifyPackage } from "../app/verify-package.ts";
import { type Assignment, type Judgement, judge } from "./judge.ts";

/** Packages up to this size, in bytes, are verified on the spot, which takes a few milliseconds. */
const SMALL = 256 * 1024;

/** And trust policies, in characters: some thirty keys, of which each takes a millisecond to be shown to be safe. */
const SMALL_TRUST = 4 * 1024;

/** What a verification may use, in MiB: a package of the largest size needs a part of it. */
const MEMORY = 2_048;

/** Verifies in this process. What is large, and takes seconds of a processor, is verified in a thread of its own, one at a time. */
export function createPackageVerifier(): VerifyPackage {
  const oneAtATime = createOneAtATime<"large">();
  return async (bytes, trust, signal) => {
    const isSmall = bytes.length <= SMALL && (trust?.length ?? 0) <= SMALL_TRUST;
    const judgement = isSmall
      ? judge({ bytes, trust })
      : await oneAtATime("large", async () => {
          signal?.throwIfAborted();
          return await judgeInThread({ bytes, trust }, signal);
        });
    if (!("unusable" in judgement)) return judgement;
    throw new Refused("INVALID_REQUEST", `trust_policy: ${judgement.unusable}.`);
  };
}

async function judgeInThread({ bytes, trust }: Assignment, signal: AbortSignal | undefined): Promise<Judgement> {
  const own = bytes.slice();
  const assignment: Assignment = { bytes: own, trust };
  const thread = new Worker(new URL("./verifier-thread.ts", import.meta.url), {
    workerData: assignment,
    transferList: [own.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Judgement>();
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
