"""RouterService over gRPC: what the router says, in the contract's terms."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import grpc

from nexus.attest.v1 import router_service_pb2 as messages
from nexus.attest.v1.plan_pb2 import Mode
from nexus.attest.v1.router_pb2 import Adapter, Run
from nexus.attest.v1.router_service_pb2_grpc import RouterServiceServicer, add_RouterServiceServicer_to_server
from nexus_attest_client.router.adapter import Refused
from nexus_attest_client.router.router import Closing, RecordUnavailable
from nexus_attest_client.router.run_request import is_decision_id
from nexus_attest_client.router.text import cut

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from nexus_attest_client.router.router import Router

_log = logging.getLogger("nexus_attest_client.router")
_MAX_DETAILS = 1024
"""A status travels in headers, whose room is small."""


def add_router(router: Router, server: grpc.aio.Server, admit: Callable[[Any], str] = lambda _: "") -> None:
    """Adds the router to a server of yours. `admit` looks at a call's context and says why it must not be answered, or nothing."""
    add_RouterServiceServicer_to_server(_Service(router, admit), server)


class _Service(RouterServiceServicer):
    def __init__(self, router: Router, admit: Callable[[Any], str]) -> None:
        self._router = router
        self._admit = admit

    async def DescribeAdapter(self, request: messages.DescribeAdapterRequest, context: Any) -> messages.DescribeAdapterResponse:
        await self._admitted(context)
        adapter = self._router.adapter(request.adapter_id)
        if adapter is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "this router has no such adapter")
        assert adapter is not None
        described = Adapter(adapter_id=adapter.adapter_id, capabilities=sorted(set(adapter.capabilities)), description=adapter.description)
        return messages.DescribeAdapterResponse(adapter=described)

    async def Run(self, request: messages.RunRequest, context: Any) -> AsyncGenerator[messages.RunResponse, None]:
        await self._admitted(context)
        if not is_decision_id(request.decision_id) or request.mode not in (Mode.MODE_DRY_RUN, Mode.MODE_APPLY):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a run needs a decision_id of 32 hexadecimal digits, and a mode")
        try:
            found = self._router.begin(request, context.time_remaining())
        except Refused as refused:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, cut(str(refused), _MAX_DETAILS))
        except Closing as closing:
            await context.abort(grpc.StatusCode.UNAVAILABLE, str(closing))
        except RecordUnavailable:
            await self._no_record(context)
        if isinstance(found, Run):
            yield messages.RunResponse(accepted=messages.RunAccepted(run_id=found.run_id))
            yield messages.RunResponse(finished=messages.RunFinished(run=found))
            return
        with found.watch() as told:
            yield messages.RunResponse(accepted=messages.RunAccepted(run_id=found.record.run_id))
            async for progress in told:
                yield messages.RunResponse(progress=progress)
        if found.task.cancelled() or found.task.exception() is not None:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the run's end cannot be put on record: ask what became of it")
        yield messages.RunResponse(finished=messages.RunFinished(run=found.task.result()))

    async def GetRun(self, request: messages.GetRunRequest, context: Any) -> messages.GetRunResponse:
        await self._admitted(context)
        if not is_decision_id(request.decision_id):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a decision_id has 32 hexadecimal digits")
        run: Run | None = None
        try:
            run = self._router.tell(request.decision_id, fence=request.fence)
        except RecordUnavailable:
            await self._no_record(context)
        if run is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no run of this decision")
        assert run is not None
        if not request.include_bundle:
            run.ClearField("run_bundle")
            run.ClearField("run_bundle_media_type")
        return messages.GetRunResponse(run=run)

    async def _admitted(self, context: Any) -> None:
        problem = self._admit(context)
        if problem:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, problem)

    async def _no_record(self, context: Any) -> None:
        _log.exception("the run log cannot be read or written")
        await context.abort(grpc.StatusCode.UNAVAILABLE, "the router's record cannot be read or written")
