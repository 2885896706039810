import { Worker } from "node:worker_threads";
import { createOneAtATime } from "../app/one-at-a-time.ts";
import type { ReadImport } from "../app/read-import.ts";
import { Refused } from "../app/refused.ts";
import type { VerifyBundle } from "../app/verify-bundle.ts";
import type { VerifyPackage } from "../app/verify-package.ts";
import type { Assignment, Judgement } from "./judge.ts";
import { type Job, WORK, type Work } from "./work.ts";

/** Files up to this size, in bytes, are looked at on the spot, which takes a few milliseconds. */
const SMALL = 256 * 1024;

/** What a verification may use, in MiB: a file of the largest size needs a part of it. */
const MEMORY = 2_048;

/** And trust policies, in characters: some thirty keys, of which each takes a millisecond to be shown to be safe. */
const SMALL_TRUST = 4 * 1024;

export interface EvidenceVerifier {
  readonly verifyPackage: VerifyPackage;
  readonly verifyBundle: VerifyBundle;
  readonly readImport: ReadImport;
}

/** What one of the verifiers finds. */
type FoundBy<W extends Work> = Extract<ReturnType<(typeof WORK)[W]>, { readonly found: unknown }>["found"];

/** Verifies in this process. What is large, and takes seconds of a processor, is looked at in a thread of its own, one at a time. */
export function createEvidenceVerifier(): EvidenceVerifier {
  const oneAtATime = createOneAtATime<"large">();
  return {
    verifyPackage: (bytes, trust, signal) => found("verifyPackage", { bytes, trust }, signal),
    verifyBundle: (bytes, trust, signal) => found("verifyBundle", { bytes, trust }, signal),
    readImport: (bytes, trust, signal) => found("readImport", { bytes, trust }, signal),
  };

  async function found<W extends Work>(work: W, assignment: Assignment, signal: AbortSignal | undefined) {
    const judgement = (await assign(work, assignment, signal)) as Judgement<FoundBy<W>>;
    if ("found" in judgement) return judgement.found;
    throw new Refused("INVALID_REQUEST", `trust_policy: ${judgement.unusable}.`);
  }

  async function assign<W extends Work>(work: W, assignment: Assignment, signal: AbortSignal | undefined) {
    type Result = ReturnType<(typeof WORK)[W]>;
    const { bytes, trust = "" } = assignment;
    if (bytes.length <= SMALL && trust.length <= SMALL_TRUST) return WORK[work](assignment) as Result;
    return await oneAtATime("large", async () => {
      signal?.throwIfAborted();
      return await inThread<Result>(work, assignment, signal);
    });
  }
}

async function inThread<Result>(
  work: Work,
  { bytes, trust }: Assignment,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const own = bytes.slice();
  const job: Job = { work, assignment: { bytes: own, trust } };
  const thread = new Worker(new URL("./verifier-thread.ts", import.meta.url), {
    workerData: job,
    transferList: [own.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
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
  const message = `Verifying the file takes more than ${MEMORY} MiB of memory, which this server does not spend: use nexus-attest verify.`;
  return new Refused("PACKAGE_TOO_LARGE", message, { cause });
}
