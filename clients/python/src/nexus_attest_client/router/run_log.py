"""The router's own durable record of its runs, in SQLite. Every method returns once the disk has it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA_VERSION = 1
_SCHEMA = f"""
BEGIN;
CREATE TABLE runs (
  decision_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, request TEXT NOT NULL, simulated INTEGER NOT NULL, accepted_at INTEGER NOT NULL,
  step_under_way INTEGER NOT NULL DEFAULT 0, run BLOB, refusal TEXT
);
CREATE TABLE steps (decision_id TEXT NOT NULL REFERENCES runs, number INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (decision_id, number));
PRAGMA user_version = {_SCHEMA_VERSION};
COMMIT;
"""


class UnusableRunLog(Exception):
    """A run log that this router must not use. The message says why, and what to do."""


@dataclass(frozen=True)
class Record:
    decision_id: str
    run_id: str
    request: str
    """Canonical JSON of the RunRequest; empty for a decision that was fenced off without one."""
    simulated: bool
    accepted_at: int
    step_under_way: bool
    """Whether a step was begun and has not ended."""
    run: bytes | None
    """The serialized Run, with bundle and signature, once it has ended."""
    refusal: str | None
    """Why it will never be run; None if it was accepted."""
    steps: tuple[str, ...]
    """The entries of the steps that have ended, JSON texts."""


class RunLog:
    """Open in one process at a time. A decision has one row: accepted or refused, never both, for the row's key is the decision."""

    def __init__(self, file: str | Path) -> None:
        self.is_new = not os.path.exists(file) or os.path.getsize(file) == 0
        self._lock = _lock(f"{file}.lock", file)
        try:
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            # Others who read, such as a backup, are waited for.
            self._database = sqlite3.connect(file, timeout=5, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            os.close(self._lock)
            raise UnusableRunLog(f"the run log {file} cannot be opened: {error}") from error
        try:
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version > _SCHEMA_VERSION:
                raise UnusableRunLog(f"the run log {file} was written by a newer version (schema {version}): run that one")
            (found,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise UnusableRunLog(f"the run log {file} is damaged ({found}): restore it from a backup")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            if version == 0:
                self._database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self.close()
            raise UnusableRunLog(f"the run log {file} is damaged or no run log ({error}): restore it from a backup") from error
        except UnusableRunLog:
            self.close()
            raise

    def find(self, decision_id: str) -> Record | None:
        row = self._database.execute(
            "SELECT run_id, request, simulated, accepted_at, step_under_way, run, refusal FROM runs WHERE decision_id = ?", (decision_id,)
        ).fetchone()
        if row is None:
            return None
        run_id, request, simulated, accepted_at, under_way, run, refusal = row
        entries = self._database.execute("SELECT entry FROM steps WHERE decision_id = ? ORDER BY number", (decision_id,))
        steps = () if run is not None else tuple(entry for (entry,) in entries)
        return Record(decision_id, run_id, request, bool(simulated), accepted_at, bool(under_way), run, refusal, steps)

    def accept(self, decision_id: str, run_id: str, request: str, simulated: bool, at: int) -> None:
        """Puts a run on record. Raises sqlite3.IntegrityError if the decision has a row."""
        self._database.execute(
            "INSERT INTO runs (decision_id, run_id, request, simulated, accepted_at) VALUES (?, ?, ?, ?, ?)",
            (decision_id, run_id, request, simulated, at),
        )

    def refuse(self, decision_id: str, request: str, reason: str, at: int) -> None:
        """Refuses a decision for ever. Raises sqlite3.IntegrityError if it has a row."""
        self._database.execute(
            "INSERT INTO runs (decision_id, run_id, request, simulated, accepted_at, refusal) VALUES (?, '', ?, 0, ?, ?)",
            (decision_id, request, at, reason),
        )

    def begin_step(self, decision_id: str) -> None:
        self._database.execute("UPDATE runs SET step_under_way = 1 WHERE decision_id = ?", (decision_id,))

    def end_step(self, decision_id: str, number: int, entry: str) -> None:
        with self._transaction():
            self._database.execute("INSERT INTO steps VALUES (?, ?, ?)", (decision_id, number, entry))
            self._database.execute("UPDATE runs SET step_under_way = 0 WHERE decision_id = ?", (decision_id,))

    def end(self, decision_id: str, run: bytes) -> None:
        """Puts the end of a run on record. Its steps are in its bundle from here on."""
        with self._transaction():
            self._database.execute("UPDATE runs SET run = ?, step_under_way = 0 WHERE decision_id = ? AND run IS NULL", (run, decision_id))
            self._database.execute("DELETE FROM steps WHERE decision_id = ?", (decision_id,))

    def open_runs(self) -> list[str]:
        """The decisions whose runs were accepted and have not ended."""
        return [each for (each,) in self._database.execute("SELECT decision_id FROM runs WHERE run IS NULL AND refusal IS NULL")]

    def close(self) -> None:
        self._database.close()
        os.close(self._lock)

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database)


def _lock(name: str, file: str | Path) -> int:
    """Held until the process ends, however it ends: two routers with one log would each think the other's runs its own lost ones."""
    try:
        lock = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UnusableRunLog(f"the run log {file} cannot be opened: {error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise UnusableRunLog(f"the run log {file} is in use by another process: a run log is for one router") from error
    return lock


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN")

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
