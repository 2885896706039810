import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Instant } from "../../domain/ids.ts";
import type { ProcessIdentity } from "./step.ts";

/** The local router's own durable record. Every method returns once the disk has it. */
export interface RunLog {
  /** When the file was made. It knows nothing of earlier runs. */
  readonly begunAt: Instant;
  /** Puts a run on record; false if the decision has one already, or is refused for ever. */
  accept(run: {
    readonly decisionId: string;
    readonly runId: string;
    readonly request: string;
    readonly simulated: boolean;
    readonly at: number;
  }): boolean;
  /** Refuses a decision for ever; false if it has a run. */
  fence(decisionId: string, at: number): boolean;
  find(decisionId: string): RunRecord | undefined;
  /** A step is about to be called. */
  stepBegun(decisionId: string): void;
  stepProcess(decisionId: string, process: ProcessIdentity): void;
  /** A step has ended: its part of the bundle, as JSON text. */
  stepEnded(decisionId: string, step: string): void;
  end(
    decisionId: string,
    end: {
      readonly state: string;
      readonly failure: string;
      readonly stepsExecuted: number;
      readonly bundle: Uint8Array;
    },
  ): void;
  /** Runs that were accepted and never ended. */
  open(): readonly RunRecord[];
  close(): void;
}

export interface RunRecord {
  readonly decisionId: string;
  /** Empty for a decision that is refused for ever. */
  readonly runId: string;
  /** Canonical JSON of the run request. */
  readonly request: string;
  readonly acceptedAt: number;
  /** Whether its steps are only simulated. */
  readonly simulated: boolean;
  /** RUNNING, SUCCEEDED, FAILED, INTERRUPTED or NOT_STARTED. */
  readonly state: string;
  /** JSON text of the failure, or empty. */
  readonly failure: string;
  readonly stepsExecuted: number;
  /** Whether a step was under way when the record was last written. */
  readonly stepUnderWay: boolean;
  /** The process of the step under way, if one was started. */
  readonly process: ProcessIdentity | undefined;
  /** JSON texts of the steps that have ended. */
  readonly steps: readonly string[];
  /** Undefined until the run has ended. */
  readonly bundle: Uint8Array | undefined;
}

const SCHEMA_VERSION = 1;

/** Looks at a file through a connection that cannot write. @returns its schema version, 0 if the making of it was cut short. */
function inspect(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > SCHEMA_VERSION)
      throw new UnusableRunLog(
        `${file} was written by a newer version (schema ${version}, this one knows ${SCHEMA_VERSION}): run that version. The file was not changed.`,
      );
    const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (found !== "ok") throw damaged(file, String(found));
    return version;
  } catch (error) {
    const { errcode = 0, message } = error as { readonly errcode?: number; readonly message: string };
    // SQLITE_CORRUPT, SQLITE_NOTADB, and SQLITE_IOERR_SHORT_READ for a file that ends too early.
    if ((errcode & 0xff) === 11 || (errcode & 0xff) === 26 || errcode === 522) throw damaged(file, message, error);
    throw error;
  } finally {
    database.close();
  }
}

function damaged(file: string, what: string, cause?: unknown): UnusableRunLog {
  return new UnusableRunLog(
    `${file} is damaged (${what}): restore it from a backup. The file was not changed; docs/operations.md says how to go about it.`,
    { cause },
  );
}

/** A run log that this version must not touch. The message says why and what to do. */
export class UnusableRunLog extends Error {
  override readonly name = "UnusableRunLog";
}

/**
 * Opens the run log, making it if it does not exist.
 *
 * @throws {UnusableRunLog} if it is damaged or newer. It is not changed.
 */
export function openRunLog(file: string, now: () => Instant = Date.now): RunLog {
  const version = existsSync(file) ? inspect(file) : 0;
  const database = new DatabaseSync(file);
  chmodSync(file, 0o600);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  if (version === 0)
    database.exec(`BEGIN;
      CREATE TABLE runs (
        decision_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, request TEXT NOT NULL, accepted_at INTEGER NOT NULL, state TEXT NOT NULL,
        simulated INTEGER NOT NULL,
        failure TEXT NOT NULL DEFAULT '', steps_executed INTEGER NOT NULL DEFAULT 0, step_under_way INTEGER NOT NULL DEFAULT 0,
        pid INTEGER, start_time TEXT, bundle BLOB
      ) STRICT;
      CREATE INDEX open_runs ON runs (state) WHERE state = 'RUNNING';
      CREATE TABLE steps (decision_id TEXT NOT NULL REFERENCES runs, number INTEGER NOT NULL, step TEXT NOT NULL, PRIMARY KEY (decision_id, number)) STRICT;
      CREATE TABLE begun (at INTEGER NOT NULL) STRICT;
      INSERT INTO begun VALUES (${now()});
      PRAGMA user_version = ${SCHEMA_VERSION};
      COMMIT`);
  const begunAt = Number(database.prepare("SELECT at FROM begun").get()?.["at"]);

  const insert = database.prepare(
    "INSERT INTO runs (decision_id, run_id, request, accepted_at, state, simulated) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const select = database.prepare("SELECT * FROM runs WHERE decision_id = ?");
  const selectOpen = database.prepare("SELECT decision_id FROM runs WHERE state = 'RUNNING'");
  const selectSteps = database.prepare("SELECT step FROM steps WHERE decision_id = ? ORDER BY number");
  const begin = database.prepare(
    "UPDATE runs SET step_under_way = 1, pid = NULL, start_time = NULL WHERE decision_id = ?",
  );
  const identify = database.prepare("UPDATE runs SET pid = ?, start_time = ? WHERE decision_id = ?");
  const addStep = database.prepare(
    "INSERT INTO steps (decision_id, number, step) SELECT ?, count(*), ? FROM steps WHERE decision_id = ?",
  );
  const rest = database.prepare(
    "UPDATE runs SET step_under_way = 0, pid = NULL, start_time = NULL WHERE decision_id = ?",
  );
  const finish = database.prepare(
    "UPDATE runs SET state = ?, failure = ?, steps_executed = ?, bundle = ? WHERE decision_id = ?",
  );

  return {
    begunAt,
    accept: ({ decisionId, runId, request, simulated, at }) =>
      insert.run(decisionId, runId, request, at, "RUNNING", simulated ? 1 : 0).changes === 1,
    fence: (decisionId, at) =>
      insert.run(decisionId, "", "", at, "NOT_STARTED", 0).changes === 1 || find(decisionId)?.state === "NOT_STARTED",
    find,
    stepBegun: (decisionId) => void begin.run(decisionId),
    stepProcess: (decisionId, { pid, startTime }) => void identify.run(pid, startTime, decisionId),
    stepEnded(decisionId, step) {
      database.exec("BEGIN IMMEDIATE");
      try {
        addStep.run(decisionId, step, decisionId);
        rest.run(decisionId);
        database.exec("COMMIT");
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    end: (decisionId, { state, failure, stepsExecuted, bundle }) =>
      void finish.run(state, failure, stepsExecuted, bundle, decisionId),
    open: () =>
      selectOpen.all().flatMap((row) => {
        const run = find(String(row["decision_id"]));
        return run === undefined ? [] : [run];
      }),
    close: () => database.close(),
  };

  function find(decisionId: string): RunRecord | undefined {
    const row = select.get(decisionId);
    if (row === undefined) return undefined;
    const pid = row["pid"];
    return {
      decisionId,
      runId: String(row["run_id"]),
      request: String(row["request"]),
      acceptedAt: Number(row["accepted_at"]),
      simulated: row["simulated"] === 1,
      state: String(row["state"]),
      failure: String(row["failure"]),
      stepsExecuted: Number(row["steps_executed"]),
      stepUnderWay: row["step_under_way"] === 1,
      process: pid === null ? undefined : { pid: Number(pid), startTime: String(row["start_time"]) },
      steps: selectSteps.all(decisionId).map((each) => String(each["step"])),
      bundle: row["bundle"] instanceof Uint8Array ? row["bundle"] : undefined,
    };
  }
}
