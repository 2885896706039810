import type { DatabaseSync } from "node:sqlite";
import type { NewEvent } from "../../app/event-store.ts";
import type { AppendJob, AppendOutcome } from "./writer-protocol.ts";

/** Appends to the database, many jobs in one transaction. Every job succeeds or fails by itself; all are on the disk when this returns. */
export interface Writer {
  appendAll(jobs: readonly AppendJob[]): readonly AppendOutcome[];
  /** Why nothing can be written now; undefined if it can. */
  probe(): string | undefined;
}

/** What a probe writes and gives back at once: as much as the largest append. */
const PROBE_BYTES = 1024 * 1024;

export function createWriter(database: DatabaseSync): Writer {
  const findStream = database.prepare("SELECT id, revision FROM streams WHERE name = ?");
  const addStream = database.prepare("INSERT INTO streams (name, revision) VALUES (?, -1) RETURNING id");
  const moveStream = database.prepare("UPDATE streams SET revision = ? WHERE id = ?");
  const addEvent = database.prepare(
    "INSERT INTO events (stream_id, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?) RETURNING position",
  );
  const findEvents = database.prepare(
    "SELECT position, revision, id, type, data, metadata FROM events WHERE stream_id = ? AND revision >= ? ORDER BY revision LIMIT ?",
  );
  const takeRoom = database.prepare(
    "INSERT INTO probe (id, room) VALUES (1, zeroblob(?)) ON CONFLICT (id) DO UPDATE SET room = excluded.room",
  );

  return {
    appendAll(jobs) {
      try {
        return inTransaction(() => jobs.map(append));
      } catch (error) {
        const outcome = unavailable(error);
        return jobs.map(() => outcome);
      }
    },
    probe() {
      try {
        inTransaction(() => takeRoom.run(PROBE_BYTES));
        inTransaction(() => takeRoom.run(0));
        return undefined;
      } catch (error) {
        return unavailable(error).message;
      }
    },
  };

  function inTransaction<Result>(write: () => Result): Result {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = write();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Checks first and writes then, so that a job that fails has written nothing. */
  function append({ stream, expected, events }: AppendJob): AppendOutcome {
    const found = findStream.get(stream) as { readonly id: number; readonly revision: number } | undefined;
    const actual = found === undefined ? "none" : found.revision;
    const first = expected === "none" ? 0 : expected + 1;
    if (actual !== expected) {
      const landed = found === undefined ? undefined : landedBefore(found.id, first, events);
      return landed ?? { kind: "wrong_revision", actual };
    }
    const id = found?.id ?? Number(addStream.get(stream)?.["id"]);
    let position = 0;
    for (const [index, event] of events.entries()) {
      const row = addEvent.get(id, first + index, event.id, event.type, event.data, event.metadata ?? null);
      position = Number(row?.["position"]);
    }
    const revision = first + events.length - 1;
    moveStream.run(revision, id);
    return { kind: "appended", revision, position };
  }

  /** The first answer, if the very same append has been written at the very same place. */
  function landedBefore(streamId: number, first: number, events: readonly NewEvent[]): AppendOutcome | undefined {
    const rows = findEvents.all(streamId, first, events.length);
    const same = events.every((event, index) => {
      const row = rows[index];
      return (
        row?.["revision"] === first + index &&
        row["id"] === event.id &&
        row["type"] === event.type &&
        row["data"] === event.data &&
        row["metadata"] === (event.metadata ?? null)
      );
    });
    const last = rows.at(-1);
    if (!same || last === undefined) return undefined;
    return { kind: "appended", revision: Number(last["revision"]), position: Number(last["position"]) };
  }
}

function unavailable(error: unknown): Extract<AppendOutcome, { readonly message: string }> {
  const { errcode = 0, message } = error as { readonly errcode?: number; readonly message: string };
  switch (errcode & 0xff) {
    case 13:
      return {
        kind: "unavailable",
        message: "the disk is full (nothing was written): make room in the data directory",
      };
    case 10:
      // A commit whose sync failed may be found on the disk after a crash.
      return { kind: "unknown", message: `the disk did not confirm the write: ${message}` };
    case 11:
    case 26:
      return { kind: "corrupt", message: `the database file is damaged: ${message}` };
    default:
      return { kind: "unavailable", message: `nothing was written: ${message}` };
  }
}
