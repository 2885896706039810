"""Runs a program for a step: without a shell, in a process group of its own, its output told as it comes and kept as far as there is room."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nexus_attest_client.router.adapter import StepFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from nexus_attest_client.router.adapter import Step

KEPT_BYTES = 64 * 1024
"""What is kept of each stream of a program: its end. Size and digest are those of all of it."""

_AFTERWARDS = 1.0
"""Seconds that the pipes may stay open once the program has ended, by something that it started and that has left its process group."""


async def run_command(
    step: Step,
    command: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    grace: float = 5.0,
) -> dict[str, Any]:
    """Runs `command`, a program and its arguments, and returns its exit code, 0, with the end of its standard output and error.

    The program gets `PATH`, what `env` gives, `NEXUS_ATTEST_DECISION_ID` and `NEXUS_ATTEST_STEP_ID`, and nothing else of the router's environment; its
    standard input is at its end. Raises StepFailed with what it wrote if it cannot be started (SPAWN_FAILED), ends with another code (STEP_FAILED), is ended by
    a signal (STEP_KILLED), or the run's time is over (CANCELLED): then its process group gets SIGTERM and, after `grace` seconds, SIGKILL.
    """
    if isinstance(command, str) or not command or not all(isinstance(word, str) for word in command):
        raise TypeError("command: wants a list of texts, a program and its arguments; there is no shell to take one text apart")
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        **(env or {}),
        "NEXUS_ATTEST_DECISION_ID": step.decision_id,
        "NEXUS_ATTEST_STEP_ID": step.step_id,
    }
    streams = (_Stream(step), _Stream(step))
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=streams[0].write_end,
            stderr=streams[1].write_end,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        for stream in streams:
            stream.abandon()
        raise StepFailed("SPAWN_FAILED", f"{command[0]} could not be started: {getattr(error, 'strerror', None) or error}") from None
    except asyncio.CancelledError:
        for stream in streams:
            stream.abandon()
        raise
    readers = [asyncio.ensure_future(stream.read()) for stream in streams]
    cancelled = False
    try:
        await process.wait()
    except asyncio.CancelledError:
        cancelled = True
        await _end(process, grace)
    _signal(process.pid, signal.SIGKILL)
    await asyncio.wait(readers, timeout=_AFTERWARDS)
    for reader in readers:
        reader.cancel()
    code = process.returncode
    output = {"exit_code": code, "stdout": streams[0].kept(), "stderr": streams[1].kept()}
    name = os.path.basename(command[0])
    if cancelled:
        raise StepFailed("CANCELLED", f"{name} was ended before it had ended by itself; it may have done a part of its work.", output)
    if code is None or code < 0:
        raise StepFailed("STEP_KILLED", f"{name} was ended by signal {-(code or 0)}.", output)
    if code > 0:
        raise StepFailed("STEP_FAILED", f"{name} ended with exit code {code}.", output)
    return output


async def _end(process: asyncio.subprocess.Process, grace: float) -> None:
    """Ends it for good: a second cancellation does not leave it behind."""
    _signal(process.pid, signal.SIGTERM)
    ended = asyncio.ensure_future(process.wait())
    with suppress(asyncio.CancelledError):
        await asyncio.wait({ended}, timeout=grace)
    _signal(process.pid, signal.SIGKILL)
    while not ended.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({ended})


def _signal(group: int, which: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, which)


class _Stream:
    """One stream of a program: read to its end whatever its size, of which a bounded part is kept."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._read_end, self.write_end = os.pipe()
        self._tail = bytearray()
        self._line = bytearray()
        self._digest = hashlib.sha256()
        self._size = 0

    def abandon(self) -> None:
        os.close(self._read_end)
        os.close(self.write_end)

    async def read(self) -> None:
        os.close(self.write_end)
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(self._read_end, "rb"))
        try:
            while chunk := await reader.read(KEPT_BYTES):
                self._take(chunk)
        finally:
            transport.close()
            if self._line:
                self._tell(self._line)

    def kept(self) -> dict[str, Any]:
        return {"bytes": self._size, "digest": "sha256:" + self._digest.hexdigest(), "tail": self._tail.decode("utf-8", "replace")}

    def _take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        self._digest.update(chunk)
        self._tail += chunk
        del self._tail[:-KEPT_BYTES]
        *lines, rest = chunk.split(b"\n")
        for line in lines:
            self._tell(self._line + line)
            self._line.clear()
        # A line without end is told as far as progress can tell it.
        self._line += rest[: max(0, 4096 - len(self._line))]

    def _tell(self, line: bytes | bytearray) -> None:
        self._step.progress(line.decode("utf-8", "replace"))
