import { Worker } from "node:worker_threads";
import {
  AppendOutcomeUnknown,
  type AppendResult,
  type Position,
  StoreUnavailable,
  StreamCorrupt,
  WrongExpectedRevision,
} from "../../app/event-store.ts";
import { UnusableDatabase } from "./database.ts";
import type { StreamHeads } from "./stream-heads.ts";
import type { AppendJob, AppendOutcome, FromWriter, ToWriter } from "./writer-protocol.ts";

/** The writer as seen from the event loop. Appends that wait while the writer is at work travel together in its next transaction. */
export interface WriterClient {
  append(job: AppendJob, signal: AbortSignal | undefined): Promise<AppendResult>;
  /** Why the last write failed for a reason that lasts; undefined if it did not. */
  problem(): string | undefined;
  /** Asks the writer whether it can write by now. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly job: AppendJob;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
  readonly stopListening: () => void;
}

/** Appends that travel in one message at most. */
const MAX_BATCH = 512;

const NO_ANSWER: AppendOutcome = { kind: "unknown", message: "the writer gave no answer" };

/**
 * Starts the writer.
 *
 * @param heads told what became of each append, and asked to forget when that is not known.
 * @param onCommit called after each commit, before the appends resolve.
 * @throws {UnusableDatabase}
 */
export async function startWriter(
  file: string,
  heads: StreamHeads,
  onCommit: (position: number) => void,
  maxPages?: number,
): Promise<WriterClient> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), {
    workerData: { file, maxPages },
    // The thread needs nothing of what the process was started with.
    env: {},
    execArgv: [],
  });
  let queue: Waiting[] = [];
  let atWork: readonly Waiting[] = [];
  let busy = true;
  let gone: string | undefined;
  let trouble: string | undefined;
  let closing: PromiseWithResolvers<void> | undefined;
  let probing: PromiseWithResolvers<void> | undefined;
  const started = Promise.withResolvers<void>();

  worker.on("message", (message: FromWriter) => {
    switch (message.kind) {
      case "ready":
        started.resolve();
        break;
      case "refused":
        started.reject(
          message.name === "UnusableDatabase" ? new UnusableDatabase(message.message) : new Error(message.message),
        );
        return;
      case "outcomes":
        settle(message.outcomes);
        break;
      case "probed":
        trouble = message.problem;
        probing?.resolve();
        probing = undefined;
        break;
      case "closed":
        closing?.resolve();
        return;
    }
    busy = false;
    send();
  });
  worker.on("error", (error) => lost(`the writer failed: ${String(error)}`));
  worker.on("exit", () => lost("the writer has ended"));

  await started.promise;
  return { append, problem: () => gone ?? trouble, probe, close };

  function append(job: AppendJob, signal: AbortSignal | undefined): Promise<AppendResult> {
    signal?.throwIfAborted();
    if (gone !== undefined || closing !== undefined)
      return Promise.reject(new StoreUnavailable(gone ?? "the store is closed"));
    return new Promise((resolve, reject) => {
      const onAbort = () => abandon(waiting, signal);
      const waiting: Waiting = {
        job,
        resolve,
        reject,
        stopListening: () => signal?.removeEventListener("abort", onAbort),
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      queue.push(waiting);
      send();
    });
  }

  /** The caller waits no longer: what has not been sent is dropped, what has been may be written all the same. */
  function abandon(waiting: Waiting, signal: AbortSignal | undefined): void {
    const index = queue.indexOf(waiting);
    if (index >= 0) {
      queue.splice(index, 1);
      waiting.reject(signal?.reason);
    } else waiting.reject(new AppendOutcomeUnknown("the caller did not wait for the write to be confirmed"));
  }

  function send(): void {
    if (busy || gone !== undefined) return;
    if (queue.length > 0) {
      atWork = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      post({ kind: "append", jobs: atWork.map(({ job }) => job) });
    } else if (probing !== undefined) post({ kind: "probe" });
    else if (closing !== undefined) post({ kind: "close" });
  }

  function post(message: ToWriter): void {
    busy = true;
    worker.postMessage(message);
  }

  function settle(outcomes: readonly AppendOutcome[]): void {
    const settled = atWork;
    atWork = [];
    for (const [index, { job }] of settled.entries()) heads.told(job.stream, outcomes[index] ?? NO_ANSWER);
    const last = outcomes.reduce(
      (max, outcome) => (outcome.kind === "appended" ? Math.max(max, outcome.position) : max),
      0,
    );
    if (last > 0) {
      trouble = undefined;
      onCommit(last);
    }
    for (const [index, waiting] of settled.entries()) {
      waiting.stopListening();
      const outcome = outcomes[index] ?? NO_ANSWER;
      const { stream, expected } = waiting.job;
      switch (outcome.kind) {
        case "appended":
          waiting.resolve({ revision: outcome.revision, position: `${outcome.position}` as Position });
          break;
        case "wrong_revision":
          waiting.reject(new WrongExpectedRevision(stream, expected, outcome.actual));
          break;
        case "unavailable":
          trouble = outcome.message;
          waiting.reject(new StoreUnavailable(outcome.message));
          break;
        case "unknown":
          trouble = outcome.message;
          waiting.reject(new AppendOutcomeUnknown(outcome.message));
          break;
        case "corrupt":
          trouble = outcome.message;
          waiting.reject(new StreamCorrupt(stream, outcome.message));
      }
    }
  }

  function probe(): Promise<void> {
    if (gone !== undefined || closing !== undefined) return Promise.resolve();
    probing ??= Promise.withResolvers<void>();
    const { promise } = probing;
    send();
    return promise;
  }

  async function close(): Promise<void> {
    if (gone !== undefined) return;
    closing ??= Promise.withResolvers<void>();
    const { promise } = closing;
    send();
    await promise;
    await worker.terminate();
  }

  function lost(why: string): void {
    gone ??= closing === undefined ? why : "the store is closed";
    heads.forget();
    started.reject(new Error(why));
    for (const waiting of atWork) waiting.reject(new AppendOutcomeUnknown(why));
    for (const waiting of queue) waiting.reject(new StoreUnavailable(why));
    atWork = [];
    queue = [];
    probing?.resolve();
    closing?.resolve();
  }
}
