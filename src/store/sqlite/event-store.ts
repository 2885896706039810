import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SQLOutputValue } from "node:sqlite";
import {
  type EventStore,
  type FollowMessage,
  type Position,
  type StoredEvent,
  StoreUnavailable,
  StreamCorrupt,
} from "../../app/event-store.ts";
import { openForReading } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";
import { startWriter } from "./writer-client.ts";

/** Events that one page of a read holds: between pages other calls have their turn. */
const PAGE = 256;

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
  let closed = false;
  let probedAt = 0;
  const followers = new Set<() => void>();
  const onCommit = (position: number) => {
    committed = Math.max(committed, position);
    for (const wake of followers) wake();
  };
  const { writer, reader } = await open();

  const readForwards = reader.prepare(
    "SELECT e.position, e.revision, e.id, e.type, e.data, e.metadata FROM events e JOIN streams s ON s.id = e.stream_id WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?",
  );
  const readBackwards = reader.prepare(
    "SELECT e.position, e.revision, e.id, e.type, e.data, e.metadata FROM events e JOIN streams s ON s.id = e.stream_id WHERE s.name = ? AND e.revision <= ? ORDER BY e.revision DESC LIMIT ?",
  );
  const readAll = reader.prepare(
    "SELECT e.position, s.name AS stream, e.revision, e.id, e.type, e.data, e.metadata FROM events e JOIN streams s ON s.id = e.stream_id WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?",
  );
  const lastPosition = reader.prepare("SELECT max(position) AS position FROM events");
  const lastRevision = reader.prepare("SELECT revision FROM streams WHERE name = ?");
  committed = Number(query("", () => lastPosition.get())?.["position"] ?? 0);

  return {
    async append(stream, expected, events, { signal } = {}) {
      if (events.length === 0) throw new TypeError("an append holds at least one event");
      return await writer.append({ stream, expected, events }, signal);
    },

    async *read(stream, { from, direction = "forwards", limit = Number.MAX_SAFE_INTEGER, signal } = {}) {
      const step = direction === "forwards" ? 1 : -1;
      let next = from ?? (step === 1 ? 0 : Number.MAX_SAFE_INTEGER);
      for (let left = limit; left > 0 && next >= 0; ) {
        signal?.throwIfAborted();
        assertOpen();
        const size = Math.min(PAGE, left);
        const rows = query(stream, () => (step === 1 ? readForwards : readBackwards).all(stream, next, size));
        for (const row of rows) {
          const event = storedEvent(stream, row);
          const first = next === Number.MAX_SAFE_INTEGER;
          if (first) next = event.revision;
          if (event.revision !== next) throw gap(stream, next, event.revision);
          next += step;
          yield event;
        }
        left -= rows.length;
        if (rows.length === size) continue;
        if (step === 1) assertWhole(stream, next);
        return;
      }
    },

    async *follow(prefix, after, { signal } = {}) {
      let position = after === undefined ? 0 : parsePosition(after);
      let told = -1;
      const bell = { ring: () => {} };
      const wake = () => bell.ring();
      followers.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      try {
        while (!isAborted(signal)) {
          assertOpen();
          const until = committed;
          const rows = query(prefix, () => readAll.all(position, until, PAGE));
          for (const row of rows) {
            const stream = String(row["stream"]);
            const event = storedEvent(stream, row);
            position = Number(row["position"]);
            if (stream.startsWith(prefix)) yield { kind: "event", event } satisfies FollowMessage;
          }
          if (rows.length > 0) continue;
          if (told !== until) {
            told = until;
            yield { kind: "caught_up", position: until === 0 ? undefined : (`${until}` as Position) };
            continue;
          }
          await new Promise<void>((rung) => {
            bell.ring = rung;
            // Nothing is lost between the look and the wait: whoever commits rings, and this runs without a pause in between.
            if (committed !== until || isAborted(signal) || closed) rung();
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

    async health() {
      if (closed) return { serving: false, reason: "the store is closed" };
      const now = performance.now();
      if (writer.problem() !== undefined && now - probedAt >= PROBE_INTERVAL) {
        probedAt = now;
        await writer.probe();
      }
      const reason = writer.problem();
      return reason === undefined ? { serving: true } : { serving: false, reason };
    },

    async close() {
      if (closed) return;
      closed = true;
      await writer.close();
      for (const wake of followers) wake();
      reader.close();
      lock.release();
    },
  };

  async function open() {
    try {
      const writer = await startWriter(file, onCommit, options.maxPages);
      return { writer, reader: openForReading(file) };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  function assertOpen(): void {
    if (closed) throw new StoreUnavailable("the store is closed");
  }

  /** A forward read that ends must have come to the stream's last revision. */
  function assertWhole(stream: string, next: number): void {
    const revision = Number(query(stream, () => lastRevision.get(stream))?.["revision"] ?? -1);
    if (next <= revision && committedUpTo(stream, next)) throw gap(stream, next, "the end");
  }

  /** Whether a revision that a read did not find is really missing, and not just committed since. */
  function committedUpTo(stream: string, revision: number): boolean {
    return query(stream, () => readForwards.all(stream, revision, 1))[0]?.["revision"] !== revision;
  }
}

/** Runs a query; what SQLite finds damaged is the stream's, whatever else goes wrong is the store's. */
function query<Result>(stream: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const { errcode = 0, message } = error as { readonly errcode?: number; readonly message: string };
    if ((errcode & 0xff) === 11 || (errcode & 0xff) === 26)
      throw new StreamCorrupt(stream, `the database file is damaged: ${message}`, { cause: error });
    throw new StoreUnavailable(`the database cannot be read: ${message}`, { cause: error });
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function storedEvent(stream: string, row: Row): StoredEvent {
  const { revision, id, type, data, metadata, position } = row;
  return {
    stream,
    revision: Number(revision),
    position: String(position) as Position,
    id: String(id),
    type: String(type),
    data: String(data),
    ...(metadata === null || metadata === undefined ? {} : { metadata: String(metadata) }),
  };
}

function gap(stream: string, expected: number, found: number | "the end"): StreamCorrupt {
  return new StreamCorrupt(stream, `revision ${expected} of stream ${stream} is missing: next comes ${found}`);
}

function parsePosition(position: Position): number {
  if (!/^[1-9][0-9]{0,15}$/.test(position)) throw new RangeError(`${position} is not a position of this store`);
  return Number(position);
}

/** A signal's state, asked anew each time. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
