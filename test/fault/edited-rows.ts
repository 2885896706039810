import { forge, rowsOf, type StoreEdit, sql } from "./store-edits.ts";

/** Rows that stand where no append has put them, and tables that no server made. */
export const EDITED_ROWS: readonly StoreEdit[] = [
  {
    what: "two events have changed places",
    of: "executed",
    edit: sql(
      ({ executed }) => `UPDATE events SET revision = 1000 - revision WHERE ${rowsOf(executed)} AND revision IN (2, 3);
      UPDATE events SET revision = CASE revision WHEN 998 THEN 3 ELSE 2 END WHERE ${rowsOf(executed)} AND revision > 900`,
    ),
    found: [["LOG", 2, /seq 2 was expected/]],
  },
  {
    what: "two events have changed positions",
    of: "executed",
    edit: sql(
      ({ executed }) => `UPDATE events SET position = -position WHERE ${rowsOf(executed)} AND revision IN (2, 3);
      UPDATE events SET position = -position + CASE revision WHEN 2 THEN 1 ELSE -1 END WHERE position < 0`,
    ),
    found: [["LOG", 3, /before the event before it/]],
  },
  {
    what: "a revision stands twice",
    of: "pending",
    edit: (database, { pending }) => {
      database.exec(`PRAGMA foreign_keys = OFF; ALTER TABLE events RENAME TO old;
        CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL REFERENCES streams (id),
          revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, metadata TEXT) STRICT;
        INSERT INTO events SELECT * FROM old; DROP TABLE old;
        INSERT INTO events (stream_id, revision, id, type, data, metadata)
          SELECT stream_id, revision, id, type, data, metadata FROM events WHERE ${rowsOf(pending)} AND revision = 1`);
    },
    found: [
      ["LOG", 2, /there is another event 1/],
      ["STORE", undefined, /table events is not as it was made/],
      ["STORE", undefined, /index sqlite_autoindex_events_1 is missing/],
    ],
  },
  {
    what: "an event in the middle is gone",
    of: "executed",
    edit: sql(({ executed }) => `DELETE FROM events WHERE ${rowsOf(executed)} AND revision = 3`),
    found: [
      ["LOG", 3, /^it is missing, next comes 4/],
      ["STORE", undefined, /the events at positions 4 to 4 are gone/],
    ],
  },
  {
    what: "the first event of all is gone",
    of: "executed",
    edit: sql(({ executed }) => `DELETE FROM events WHERE ${rowsOf(executed)} AND revision = 0`),
    found: [
      ["LOG", 0, /^it is missing, next comes 1/],
      ["STORE", undefined, /the events at positions 1 to 1 are gone/],
    ],
  },
  {
    what: "the end of a log is gone, and its stream says nothing of it",
    of: "executed",
    edit: sql(
      ({ executed }) => `DELETE FROM events WHERE ${rowsOf(executed)} AND revision > 4;
      UPDATE streams SET revision = 4 WHERE name = 'decision-${executed}'`,
    ),
    found: [
      ["STORE", undefined, /the events at positions 6 to 7 are gone/],
      ["INDEX", undefined, /its row is as of event 6, but the log ends at event 4/],
    ],
  },
  {
    what: "the newest events are gone, and the counter of positions says nothing of it",
    of: "cancelled",
    edit: sql(
      ({ cancelled }) => `DELETE FROM events WHERE ${rowsOf(cancelled)} AND revision = 2;
      UPDATE streams SET revision = 1 WHERE name = 'decision-${cancelled}';
      UPDATE sqlite_sequence SET seq = (SELECT max(position) FROM events) WHERE name = 'events'`,
    ),
    found: [
      ["INDEX", undefined, /fed up to position 17, but the last event is at 16/],
      ["INDEX", undefined, /its row is as of event 2, but the log ends at event 1/],
    ],
  },
  {
    what: "the newest events are gone, and the counter of positions has stayed",
    edit: sql(
      ({ cancelled }) => `DELETE FROM events WHERE ${rowsOf(cancelled)} AND revision = 2;
      UPDATE streams SET revision = 1 WHERE name = 'decision-${cancelled}'`,
    ),
    found: [
      ["STORE", undefined, /the events at positions 17 to 17 are gone/],
      ["INDEX", undefined, /fed up to position 17/],
    ],
  },
  {
    what: "an event has been put in by hand, where no counter knows of it",
    edit: (database, { cancelled }) => {
      forge(database, cancelled, () => ({}));
      database.exec("UPDATE sqlite_sequence SET seq = 17 WHERE name = 'events'");
    },
    found: [
      ["STORE", undefined, /the last event is at position 18, of which only 17/],
      ["LOG", 3, /the decision is cancelled/],
    ],
  },
  {
    what: "a stream has another's name",
    edit: sql(
      ({ pending }) => `UPDATE streams SET name = 'decision-${"0".repeat(32)}' WHERE name = 'decision-${pending}'`,
    ),
    found: [
      ["LOG", 0, /holds the log of/],
      ["INDEX", undefined, /the index has a row of it, but there is no such decision/],
    ],
  },
  {
    what: "two streams have changed names",
    of: "approved",
    edit: sql(
      ({ pending, approved }) => `UPDATE streams SET name = 'x' WHERE name = 'decision-${pending}';
      UPDATE streams SET name = 'decision-${pending}' WHERE name = 'decision-${approved}';
      UPDATE streams SET name = 'decision-${approved}' WHERE name = 'x'`,
    ),
    found: [["LOG", 0, /holds the log of/]],
  },
  {
    what: "an event has moved to another stream",
    of: "pending",
    edit: sql(
      ({
        pending,
        approved,
      }) => `UPDATE events SET stream_id = (SELECT id FROM streams WHERE name = 'decision-${pending}')
        WHERE ${rowsOf(approved)} AND revision = 3;
      UPDATE streams SET revision = 3 WHERE name = 'decision-${pending}'; UPDATE streams SET revision = 2 WHERE name = 'decision-${approved}'`,
    ),
    found: [["LOG", 3, /belongs to decision/]],
  },
  {
    what: "events belong to a stream that is gone",
    edit: sql(({ pending }) => `DELETE FROM streams WHERE name = 'decision-${pending}'`),
    found: [
      ["STORE", undefined, /3 events belong to the stream with the number 2, which is gone/],
      ["INDEX", undefined, /there is no such decision/],
    ],
  },
  {
    what: "a stream is said to be longer than it is",
    edit: sql(({ pending }) => `UPDATE streams SET revision = 9 WHERE name = 'decision-${pending}'`),
    found: [["STORE", undefined, /is said to be at revision 9, but its last event is 2/]],
  },
  {
    what: "a stream has no events",
    edit: sql(() => `INSERT INTO streams (name, revision) VALUES ('decision-${"0".repeat(32)}', -1)`),
    found: [
      ["LOG", undefined, /the stream has no events/],
      ["STORE", undefined, /at revision -1, but its last event is none/],
    ],
  },
  {
    what: "a revision is a number that JavaScript does not have",
    of: "pending",
    edit: sql(
      ({ pending }) => `UPDATE events SET revision = 1 << 60 WHERE ${rowsOf(pending)} AND revision = 2;
      UPDATE streams SET revision = 2 WHERE name = 'decision-${pending}'`,
    ),
    found: [["LOG", undefined, /damaged/]],
  },
  {
    what: "a position is a number that JavaScript does not have",
    of: "pending",
    edit: sql(({ pending }) => `UPDATE events SET position = 1 << 60 WHERE ${rowsOf(pending)} AND revision = 2`),
    found: [
      ["LOG", undefined, /damaged/],
      ["STORE", undefined, /event number 1152921504606846976: that number is never given out/],
    ],
  },
  {
    what: "a position is below all that are given out",
    of: "pending",
    edit: sql(({ pending }) => `UPDATE events SET position = -7 WHERE ${rowsOf(pending)} AND revision = 2`),
    found: [
      ["LOG", 2, /before the event before it/],
      ["STORE", undefined, /event number -7: that number is never given out/],
    ],
  },
  {
    what: "a stream has a number that JavaScript does not have",
    edit: sql(
      ({ pending }) => `UPDATE events SET stream_id = 1 << 60 WHERE ${rowsOf(pending)};
      UPDATE streams SET id = 1 << 60 WHERE name = 'decision-${pending}'`,
    ),
    found: [["STORE", undefined, /stream number 1152921504606846976: that number is never given out/]],
  },
  {
    what: "a trigger writes along",
    edit: sql(() => "CREATE TRIGGER quiet AFTER INSERT ON events BEGIN UPDATE events SET type = type; END"),
    found: [["STORE", undefined, /has a trigger quiet, which no server made/]],
  },
  {
    what: "a table has been made differently",
    edit: sql(() => "ALTER TABLE events ADD COLUMN more TEXT"),
    found: [["STORE", undefined, /table events is not as it was made/]],
  },
  {
    what: "a table is gone",
    edit: sql(() => "DROP TABLE events"),
    found: [["STORE", undefined, /is damaged \(no such table: events\)/]],
  },
  {
    what: "a column has another name",
    edit: sql(() => "ALTER TABLE events RENAME COLUMN data TO date"),
    found: [["STORE", undefined, /is damaged \(no such column: e.data\)/]],
  },
];
