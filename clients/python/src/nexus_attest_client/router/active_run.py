"""A run under way: its steps in order, each on record before it begins and after it has ended."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nexus.attest.v1.plan_pb2 import MODE_DRY_RUN
from nexus.attest.v1.router_pb2 import RUN_STATE_FAILED, RUN_STATE_INTERRUPTED, RUN_STATE_SUCCEEDED, RunProgress
from nexus_attest_client.router.adapter import Step
from nexus_attest_client.router.ending import Failure, ended_run, now
from nexus_attest_client.router.run_request import arguments_of
from nexus_attest_client.router.step_call import StepEnd, call_step
from nexus_attest_client.router.text import cut

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from nexus.attest.v1.router_pb2 import Run
    from nexus.attest.v1.router_service_pb2 import RunRequest
    from nexus_attest_client.router.adapter import Adapter
    from nexus_attest_client.router.limits import Limits
    from nexus_attest_client.router.run_log import Record, RunLog
    from nexus_attest_client.router.signing import RunSigner

_MAX_MESSAGE = 1024
_WAITING_PROGRESS = 1000
"""Messages kept for a watcher that reads slowly; the oldest go first."""
_FREELY = 20_000
"""Messages that a watcher is told as they come. After that it hears the newest every few seconds: the server listens to 100,000 of a run, and no more."""
_SPARINGLY = 10.0


class ActiveRun:
    """Made on the event loop; goes on whether anybody watches or not."""

    def __init__(
        self, log: RunLog, record: Record, request: RunRequest, adapter: Adapter, limits: Limits, signer: RunSigner | None, seconds: float | None
    ) -> None:
        self.record = record
        self.adapter_id = adapter.adapter_id
        self._log, self._request, self._adapter, self._limits, self._signer = log, request, adapter, limits, signer
        self._progress: RunProgress | None = None
        self._watchers: set[_Watcher] = set()
        self._why_ended = ""
        self._in_step = False
        self.executed = 0
        self._ends_at = None if seconds is None else time.monotonic() + seconds
        self.task = asyncio.get_running_loop().create_task(self._carry_out(), name=f"run of {record.decision_id}")
        self.task.add_done_callback(self._ended)
        self._timer = None if seconds is None else asyncio.get_running_loop().call_later(max(0.0, seconds), self.end, "its time was over")

    def end(self, why: str) -> None:
        """Has the run end: no step is begun any more, and the one under way is cancelled."""
        if self._why_ended:
            return
        self._why_ended = why
        # Between steps it ends by itself; a task that is cancelled before it has begun would never put its end on record.
        if self._in_step:
            self.task.cancel()

    @contextmanager
    def watch(self) -> Generator[AsyncGenerator[RunProgress, None], None, None]:
        """The progress from now on, and the last message before, until the run has ended. Nothing is missed between this call and the loop over it."""
        watcher = _Watcher(self._progress)
        self._watchers.add(watcher)
        try:
            yield self._follow(watcher)
        finally:
            self._watchers.discard(watcher)

    async def _follow(self, watcher: _Watcher) -> AsyncGenerator[RunProgress, None]:
        told = 0
        while watcher.waiting or not self.task.done():
            while watcher.waiting:
                if told >= _FREELY:
                    newest = watcher.waiting[-1]
                    watcher.waiting.clear()
                    yield newest
                    await asyncio.wait({self.task}, timeout=_SPARINGLY)
                else:
                    yield watcher.waiting.popleft()
                told += 1
            watcher.woken.clear()
            if not self.task.done():
                await watcher.woken.wait()

    def _ended(self, _: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for watcher in self._watchers:
            watcher.woken.set()

    def _report(self, step_id: str, message: str) -> None:
        self._progress = RunProgress(
            run_id=self.record.run_id,
            step_id=step_id,
            steps_executed=self.executed,
            steps_total=len(self._request.plan.steps),
            message=cut(message, _MAX_MESSAGE),
        )
        for watcher in self._watchers:
            watcher.waiting.append(self._progress)
            watcher.woken.set()

    async def _carry_out(self) -> Run:
        decision_id = self.record.decision_id
        entries: list[str] = []
        state, failure = RUN_STATE_SUCCEEDED, None
        size = len(self.record.request.encode())
        for number, planned in enumerate(self._request.plan.steps):
            if self._why_ended:
                state = RUN_STATE_FAILED
                failure = Failure("CANCELLED", f"The run was ended before step {planned.step_id} began: {self._why_ended}.")
                break
            step = Step(
                request=self._request,
                run_id=self.record.run_id,
                planned=planned,
                arguments=arguments_of(planned),
                dry_run=self._request.mode == MODE_DRY_RUN,
                ends_at=self._ends_at,
                report=lambda message, step_id=planned.step_id: self._report(step_id, message),  # type: ignore[misc]
            )
            self._report(planned.step_id, f"step {planned.step_id} begins")
            self._log.begin_step(decision_id)
            end = await self._call(step)
            entry = json.dumps(end.entry(step))
            size += len(entry)
            if size > self._limits.max_bundle_bytes and end.output is not None:
                size -= len(entry)
                end = end.without_output(f"the outputs of the run would exceed {self._limits.max_bundle_bytes} bytes")
                entry = json.dumps(end.entry(step))
                size += len(entry)
            entries.append(entry)
            self._log.end_step(decision_id, number, entry)
            if end.code:
                state = RUN_STATE_FAILED if end.outcome == "FAILED" else RUN_STATE_INTERRUPTED
                failure = Failure(end.code, end.message, planned.step_id)
                break
            self.executed += 1
            self._report(planned.step_id, f"step {planned.step_id} ended")
        run = ended_run(self.record, state, failure, entries, self._signer)
        self._log.end(decision_id, run.SerializeToString())
        return run

    async def _call(self, step: Step) -> StepEnd:
        function = self._adapter.dry_run if step.dry_run else self._adapter.carry_out
        if function is None:
            return StepEnd("SIMULATED", now())
        self._in_step = True
        try:
            return await call_step(function, step, self._limits.max_output_bytes, lambda: self._why_ended)
        finally:
            self._in_step = False


class _Watcher:
    def __init__(self, last: RunProgress | None) -> None:
        self.waiting: deque[RunProgress] = deque([] if last is None else [last], maxlen=_WAITING_PROGRESS)
        self.woken = asyncio.Event()
