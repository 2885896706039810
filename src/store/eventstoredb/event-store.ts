import { type CallOptions, type EventStore, StoreUnavailable } from "../../app/event-store.ts";
import type { Log } from "../../app/log.ts";
import { append } from "./append.ts";
import { openClient } from "./client.ts";
import type { Connection } from "./connection.ts";
import { follow } from "./follow.ts";
import { createHealth } from "./health.ts";
import { Failed, TIMING, type Timing, unavailable } from "./insist.ts";
import { placeOf, toPosition } from "./position.ts";
import { readPage } from "./read-page.ts";
import { readStream } from "./read-stream.ts";
import { createWholeLog } from "./whole-log.ts";

/**
 * Opens an EventStoreDB (23.10 or later) as event store. Nothing is asked of it yet: a store that is away at the moment is one that is not serving.
 *
 * Its user has to be allowed to read $all. Appends and reads go to the leader, so what was acknowledged through another server is read here at once.
 */
export function openEventStoreDB(options: {
  readonly connection: Connection;
  readonly log: Log;
  readonly timing?: Partial<Timing>;
}): EventStore {
  const { connection, log } = options;
  const timing: Timing = { ...TIMING, ...options.timing };
  const client = openClient(connection);
  const wholeLog = createWholeLog(client);
  const look = createHealth(wholeLog, timing, log);
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  return {
    async append(stream, expected, events, { signal } = {}) {
      signal?.throwIfAborted();
      assertOpen();
      return await finished(append(client, timing, stream, expected, events, signal));
    },

    async *read(stream, { signal, ...rest } = {}) {
      signal?.throwIfAborted();
      assertOpen();
      yield* readStream(stream, { ...rest, signal }, async (page, pageSignal) => {
        assertOpen();
        return await finished(readPage(client, timing, stream, page, pageSignal));
      });
    },

    async *follow(prefix, after, { signal } = {}) {
      assertOpen();
      const ending = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      yield* follow({ client, wholeLog, timing, log, look }, prefix, after, ending);
      if (!isAborted(signal)) assertOpen();
    },

    async head({ signal }: CallOptions = {}) {
      signal?.throwIfAborted();
      assertOpen();
      try {
        return toPosition(await finished(wholeLog.end(timing, signal)));
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        throw error.failure.kind === "caller left" ? signal?.reason : unavailable(error);
      }
    },

    isLater: (position, other) => placeOf(position) > placeOf(other),

    async health() {
      return closed === undefined ? await look() : { serving: false, reason: "the store is closed" };
    },

    close: () => (closed ??= close()),
  };

  /** Calls are waited for by close(); each ends by its own time. */
  async function finished<Result>(call: Promise<Result>): Promise<Result> {
    underWay.add(call);
    try {
      return await call;
    } finally {
      underWay.delete(call);
    }
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.allSettled(underWay);
    await client.close(timing.close);
  }

  function assertOpen(): void {
    if (closed !== undefined) throw new StoreUnavailable("the store is closed");
  }
}

/** A signal's state, asked anew each time. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
