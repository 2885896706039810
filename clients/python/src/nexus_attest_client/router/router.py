"""A router: its adapters, its record, and the runs that are under way."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import uuid
from typing import TYPE_CHECKING

from nexus.attest.v1.plan_pb2 import MODE_DRY_RUN
from nexus.attest.v1.router_pb2 import RUN_STATE_NOT_STARTED, RUN_STATE_RUNNING, Run
from nexus_attest_client.router.active_run import ActiveRun
from nexus_attest_client.router.adapter import Adapter, Refused, Step
from nexus_attest_client.router.ending import end_of_lost_run, ended_run, now
from nexus_attest_client.router.limits import MIB, Limits
from nexus_attest_client.router.run_log import Record, RunLog
from nexus_attest_client.router.run_request import arguments_of, judge, request_text
from nexus_attest_client.router.signing import RunSigner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from nexus.attest.v1.router_service_pb2 import RunRequest

_log = logging.getLogger("nexus_attest_client.router")


class Closing(Exception):
    """The router takes no more runs: it is about to end. Nothing follows from it for the decision."""


class Router:
    """Runs each decision at most once, and keeps its record of the run. Used on one event loop; `serve` serves it.

    Every method that looks a decision up and then acts on it does so without giving way to anything else on the loop, so fencing and accepting exclude each
    other; the record's key does so once more.
    """

    def __init__(
        self,
        adapters: Iterable[Adapter],
        run_log: str | Path,
        *,
        signing_key_file: str | Path | None = None,
        max_output_bytes: int = MIB,
        max_bundle_bytes: int = 8 * MIB,
    ) -> None:
        """`run_log` is the SQLite file of the runs: keep it as durably as what the runs change, and give no two routers the same one.

        Raises UnusableRunLog or UnusableFile. Runs that an earlier process left without an end are settled here.
        """
        self._adapters: dict[str, Adapter] = {}
        for adapter in adapters:
            if adapter.adapter_id in self._adapters:
                raise ValueError(f"adapter {adapter.adapter_id} is there twice")
            self._adapters[adapter.adapter_id] = adapter
        if not self._adapters:
            raise ValueError("a router needs an adapter")
        self._limits = Limits(max_output_bytes, max_bundle_bytes)
        self._signer = None if signing_key_file is None else RunSigner(signing_key_file)
        self._active: dict[str, ActiveRun] = {}
        self._accepting = True
        self._runs = RunLog(run_log)
        if self._runs.is_new:
            _log.warning("a new run log was begun at %s: what was run before now is not known here", run_log)
        for decision_id in self._runs.open_runs():
            self._find(decision_id)

    def adapter(self, adapter_id: str) -> Adapter | None:
        return self._adapters.get(adapter_id)

    def begin(self, request: RunRequest, seconds: float | None) -> ActiveRun | Run:
        """Puts a run on record and sets it going, within so many seconds; or gives the run that there is, under way or as it ended.

        Raises Refused if it is not run, and never will be, by this request; Closing if the router is about to end.
        """
        decision_id, text = request.decision_id, request_text(request)
        earlier = self._find(decision_id)
        if earlier is not None:
            if earlier.refusal is not None:
                raise Refused(earlier.refusal)
            if earlier.request != text:
                raise Refused("The decision has a run already, of another request.")
            return self._active[decision_id] if earlier.run is None else Run.FromString(earlier.run)
        if not self._accepting:
            raise Closing("the router is shutting down")
        try:
            adapter = judge(request, self._adapters.get(request.adapter_id))
            run_id = str(uuid.uuid4())
            self._check(request, adapter, run_id)
        except Refused as refused:
            # A refusal says "never", so it is on record: nobody can have the same decision run after all.
            self._runs.refuse(decision_id, text, str(refused), now())
            raise
        simulated = request.mode == MODE_DRY_RUN and adapter.dry_run is None
        self._runs.accept(decision_id, run_id, text, simulated, now())
        record = self._runs.find(decision_id)
        assert record is not None
        own = type(request)()
        own.CopyFrom(request)
        active = ActiveRun(self._runs, record, own, adapter, self._limits, self._signer, seconds)
        self._active[decision_id] = active
        active.task.add_done_callback(lambda task: self._ended(decision_id, task))
        return active

    def tell(self, decision_id: str, *, fence: bool) -> Run | None:
        """The run as it stands, with its bundle if it has ended; None if there is none. With `fence` a decision without a run is refused for ever."""
        record = self._find(decision_id)
        if record is None:
            if not fence:
                return None
            self._runs.refuse(decision_id, "", "The run was refused for ever before it was asked for.", now())
            return Run(decision_id=decision_id, state=RUN_STATE_NOT_STARTED)
        if record.refusal is not None:
            return Run(decision_id=decision_id, state=RUN_STATE_NOT_STARTED)
        if record.run is not None:
            return Run.FromString(record.run)
        active = self._active[decision_id]
        return Run(
            run_id=record.run_id,
            decision_id=decision_id,
            adapter_id=active.adapter_id,
            state=RUN_STATE_RUNNING,
            steps_executed=active.executed,
        )

    async def close(self, grace: float) -> None:
        """Takes no more runs, waits for those under way, after so many seconds has them end, and frees everything.

        A step that does not end when it is cancelled is left behind: its run is INTERRUPTED at the next start.
        """
        self._accepting = False
        tasks = [active.task for active in self._active.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace)
            for active in list(self._active.values()):
                active.end("the router was shut down")
            if late:
                await asyncio.wait(late, timeout=_CANCEL_GRACE)
        self._runs.close()

    def _find(self, decision_id: str) -> Record | None:
        """The record of a decision. A run that has no end, and that nobody carries out here, gets the end that the record allows."""
        record = self._runs.find(decision_id)
        if record is None or record.run is not None or record.refusal is not None or decision_id in self._active:
            return record
        state, failure = end_of_lost_run(record)
        run = ended_run(record, state, failure, record.steps, self._signer)
        self._runs.end(decision_id, run.SerializeToString())
        _log.warning("the run of decision %s had no end; it is on record as %s", decision_id, failure.code if failure else "SUCCEEDED")
        return self._runs.find(decision_id)

    def _check(self, request: RunRequest, adapter: Adapter, run_id: str) -> None:
        if adapter.check is None:
            return
        for planned in request.plan.steps:
            step = Step(request=request, run_id=run_id, planned=planned, arguments=arguments_of(planned), dry_run=request.mode == MODE_DRY_RUN)
            try:
                adapter.check(step)
            except Refused as refused:
                raise Refused(f"Step {planned.step_id}: {refused}") from None
            except Exception as error:
                _log.exception("the check of step %s of decision %s raised what nobody foresaw", planned.step_id, request.decision_id)
                raise Refused(f"Step {planned.step_id}: its check raised {type(error).__name__}. The router's log has the details.") from None

    def _ended(self, decision_id: str, task: asyncio.Task[Run]) -> None:
        del self._active[decision_id]
        if not task.cancelled() and task.exception() is not None:
            _log.error("the run of decision %s cannot be put on record", decision_id, exc_info=task.exception())


_CANCEL_GRACE = 15.0
"""Seconds that cancelled steps get to end what they have started."""

RecordUnavailable = sqlite3.Error
"""What the methods of a router raise if its record cannot be read or written."""
