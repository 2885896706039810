import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type EventStore,
  type FollowMessage,
  type Position,
  StoreUnavailable,
  StreamCorrupt,
  UnknownPosition,
} from "../../app/event-store.ts";
import { openForReading } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";
import { createEventReader } from "./event-reader.ts";
import { parsePosition } from "./position.ts";
import { createStreamHeads } from "./stream-heads.ts";
import { startWriter } from "./writer-client.ts";

/** How long a failed write keeps the store from being asked again whether it can write, in milliseconds. */
const PROBE_INTERVAL = 2_000;

/**
 * Opens the embedded event store of a data directory, making both if they do not exist. Acknowledged appends are on the disk.
 *
 * @throws {DirectoryInUse} if another process has it; the message names it.
 * @throws {UnusableDatabase} if the file is damaged, newer, or somebody else's. It is not changed.
 */
export async function openSqliteEventStore(options: {
  readonly directory: string;
  /** Pages of 4 KiB that the file may have: a disk of a known size, for tests. */
  readonly maxPages?: number;
}): Promise<EventStore> {
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory);
  const file = join(directory, "events.sqlite");
  let committed = 0;
  let closed: Promise<void> | undefined;
  let probedAt = Number.NEGATIVE_INFINITY;
  const followers = new Set<() => void>();
  const heads = createStreamHeads();
  const onCommit = (position: number) => {
    committed = Math.max(committed, position);
    for (const wake of followers) wake();
  };
  const { writer, database, reader } = await open();

  return {
    async append(stream, expected, events, { signal } = {}) {
      if (events.length === 0) throw new TypeError("an append holds at least one event");
      return await writer.append({ stream, expected, events }, signal);
    },

    async *read(stream, { from, direction = "forwards", limit = Number.MAX_SAFE_INTEGER, signal } = {}) {
      signal?.throwIfAborted();
      assertOpen();
      const step = direction === "forwards" ? 1 : -1;
      const known = heads.get(stream);
      if (step === 1 && from !== undefined && known !== undefined && from > known) return;
      const end = reader.lastRevision(stream) ?? -1;
      if (end >= 0) heads.found(stream, end);
      let next = step === 1 ? (from ?? 0) : Math.min(from ?? end, end);
      for (let left = limit; left > 0 && next >= 0; ) {
        const { events, isLast } = reader.streamPage(stream, direction, next, left);
        for (const event of events) {
          if (event.revision !== next) throw gap(stream, next, event.revision);
          next += step;
          yield event;
        }
        left -= events.length;
        if (isLast) {
          // Going up, the end as it was when the read began must have been reached; going down, the beginning.
          if (left > 0 && (step === 1 ? next <= end : next >= 0)) throw gap(stream, next, "the end");
          return;
        }
        signal?.throwIfAborted();
        assertOpen();
      }
    },

    async *follow(prefix, after, { signal } = {}) {
      assertOpen();
      let position = after === undefined ? 0 : knownPosition(after);
      let told = -1;
      const bell = { ring: () => {} };
      const wake = () => bell.ring();
      followers.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      try {
        while (!isAborted(signal)) {
          assertOpen();
          const until = committed;
          const { events } = reader.page(prefix, position, until);
          for (const event of events) {
            position = Number(event.position);
            if (event.stream.startsWith(prefix)) yield { kind: "event", event } satisfies FollowMessage;
            if (isAborted(signal)) return;
          }
          if (events.length > 0) continue;
          if (told !== until) {
            told = until;
            yield { kind: "caught_up", position: until === 0 ? undefined : (`${until}` as Position) };
            continue;
          }
          await new Promise<void>((rung) => {
            bell.ring = rung;
            // Nothing is lost between the look and the wait: whoever commits rings, and this runs without a pause in between.
            if (committed !== until || isAborted(signal) || closed !== undefined) rung();
          });
        }
      } finally {
        followers.delete(wake);
        signal?.removeEventListener("abort", wake);
      }
    },

    async head() {
      assertOpen();
      return committed === 0 ? undefined : (`${committed}` as Position);
    },

    isLater: (position, other) => parsePosition(position) > parsePosition(other),

    async health() {
      if (closed !== undefined) return { serving: false, reason: "the store is closed" };
      const now = performance.now();
      if (writer.problem() !== undefined && now - probedAt >= PROBE_INTERVAL) {
        probedAt = now;
        await writer.probe();
      }
      const reason = writer.problem();
      return reason === undefined ? { serving: true } : { serving: false, reason };
    },

    close: () => (closed ??= close()),
  };

  async function open() {
    try {
      const writer = await startWriter(file, heads, onCommit, options.maxPages);
      try {
        const database = openForReading(file);
        const reader = createEventReader(database);
        committed = reader.lastPosition();
        return { writer, database, reader };
      } catch (error) {
        await writer.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async function close(): Promise<void> {
    // The writer's connection is closed last: it then carries the log of writes over into the file.
    database.close();
    await writer.close();
    for (const wake of followers) wake();
    lock.release();
  }

  function assertOpen(): void {
    if (closed !== undefined) throw new StoreUnavailable("the store is closed");
  }

  function knownPosition(position: Position): number {
    const number = parsePosition(position);
    if (number > committed) throw new UnknownPosition(position);
    return number;
  }
}

function gap(stream: string, expected: number, found: number | "the end"): StreamCorrupt {
  return new StreamCorrupt(stream, `revision ${expected} of stream ${stream} is missing: next comes ${found}`);
}

/** A signal's state, asked anew each time. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
