"""Programs that are run for a step."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from kit_support import raises, step_of, test

from nexus_attest_client.router import StepFailed, run_command


@test
def a_command_gets_its_words_and_nothing_of_the_routers_environment() -> None:
    os.environ["ROUTER_SECRET"] = "hunter2"
    script = 'printf "%s\\n" "$1" "$NEXUS_ATTEST_STEP_ID"; env >&2; ! read -r line'
    lines: list[str] = []
    output = asyncio.run(run_command(step_of(report=lines.append), ["/bin/sh", "-c", script, "sh", "$(id); `id` ünï"], env={"GIVEN": "yes"}))
    assert output["stdout"]["tail"] == "$(id); `id` ünï\none\n", output
    assert "hunter2" not in output["stderr"]["tail"] and "GIVEN=yes" in output["stderr"]["tail"]
    assert lines[:2] == ["$(id); `id` ünï", "one"]
    raises(TypeError, "no shell", lambda: asyncio.run(run_command(step_of(), "tar -x")))


@test
def a_command_that_writes_without_measure_is_kept_as_far_as_there_is_room() -> None:
    lines: list[str] = []
    output = asyncio.run(run_command(step_of(report=lines.append), ["/bin/sh", "-c", "head -c 30000000 /dev/zero; printf '\\377end'"]))
    assert output["stdout"]["bytes"] == 30_000_004
    assert len(output["stdout"]["tail"]) == 65536 and output["stdout"]["tail"].endswith("\ufffdend")
    assert len(lines) == 1 and len(lines[0]) <= 4096


@test
def a_command_that_fails_says_how() -> None:
    for words, code, message in (
        (["/bin/sh", "-c", "echo why >&2; exit 3"], "STEP_FAILED", "exit code 3"),
        (["/bin/sh", "-c", "kill -9 $$"], "STEP_KILLED", "signal 9"),
        (["/no/such/program"], "SPAWN_FAILED", "No such file"),
    ):
        error = raises(StepFailed, message, lambda words=words: asyncio.run(run_command(step_of(), words)))
        assert isinstance(error, StepFailed) and error.code == code
    assert asyncio.run(_fails(["/bin/sh", "-c", "echo why >&2; exit 3"])).output["stderr"]["tail"] == "why\n"


async def _fails(words: list[str]) -> StepFailed:
    try:
        await run_command(step_of(), words)
    except StepFailed as failed:
        return failed
    raise AssertionError("it was to fail")


@test
def a_command_whose_time_is_over_is_ended_with_all_that_it_started() -> None:
    async def cancelled(script: str, grace: float) -> StepFailed:
        begun = asyncio.Event()
        running = asyncio.ensure_future(run_command(step_of(report=lambda _: begun.set()), ["/bin/sh", "-c", script], grace=grace))
        await asyncio.wait_for(begun.wait(), 20)
        running.cancel()
        try:
            await running
        except StepFailed as failed:
            return failed
        raise AssertionError("it was to be ended")

    for script in ("sleep 300 & echo $!; wait", "trap '' TERM; sleep 300 & echo $!; wait; wait"):
        began = time.monotonic()
        failed = asyncio.run(cancelled(script, 0.5))
        assert failed.code == "CANCELLED" and time.monotonic() - began < 10
        pid = int(failed.output["stdout"]["tail"])
        for _ in range(100):
            if not _is_alive(pid):
                break
            time.sleep(0.05)
        assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@test
def what_a_command_leaves_behind_does_not_keep_its_step_open() -> None:
    began = time.monotonic()
    output = asyncio.run(run_command(step_of(), ["/bin/sh", "-c", "setsid sleep 20 & echo done"]))
    assert output["stdout"]["tail"] == "done\n" and time.monotonic() - began < 10
