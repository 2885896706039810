"""Unary calls: with a deadline, a request_id and retries."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf.message import Message

from nexus_attest_client.errors import ClientClosed, from_rpc_error
from nexus_attest_client.retry import Backoff, may_repeat

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nexus_attest_client.credentials import Metadata

T = TypeVar("T")


class CallChannel:
    """What the generated stubs take for a channel: their unary calls get what every call of this client has."""

    def __init__(self, channel: grpc.aio.Channel, identity: Callable[[], Metadata], timeout: float) -> None:
        self._channel = channel
        self._identity = identity
        self._timeout = timeout
        self._closed = False

    async def close(self) -> None:
        self._closed = True
        await self._channel.close()

    def unary_unary(self, method: str, **how: Any) -> Callable[..., Awaitable[Any]]:
        send: Callable[..., Awaitable[Any]] = self._channel.unary_unary(method, **how)

        async def call(request: Message, *, timeout: float | None = None) -> Any:
            if not isinstance(request, Message):
                raise TypeError(f"{method.rsplit('/', 1)[-1]} wants its message, and not {request!r}")
            request = _with_request_id(request)
            deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
            backoff = Backoff()
            while True:
                self._check_open()
                left = max(0.0, deadline - time.monotonic())
                try:
                    return await answer(send(request, timeout=left, metadata=self._identity()))
                except grpc.aio.AioRpcError as error:
                    failure = from_rpc_error(error)
                pause = backoff.pause(failure)
                if not may_repeat(failure) or time.monotonic() + pause >= deadline:
                    raise failure
                await asyncio.sleep(pause)

        return call

    def unary_stream(self, method: str, **how: Any) -> Callable[..., Any]:
        open_stream: Callable[..., Any] = self._channel.unary_stream(method, **how)

        def call(request: Message) -> Any:
            self._check_open()
            return open_stream(request, metadata=self._identity())

        return call

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosed


async def answer(call: Awaitable[T], timeout: float | None = None) -> T:
    """What a call answers. A channel that is closed under it, and a task that is cancelled, are both CancelledError in gRPC: here, only the latter is."""
    task = asyncio.ensure_future(call)
    try:
        await asyncio.wait({task}, timeout=timeout)
        if not task.done():
            raise asyncio.TimeoutError
        if task.cancelled():
            raise ClientClosed
        return task.result()
    finally:
        if not task.cancel() and not task.cancelled():
            # Asked for, so that asyncio does not report it as lost where the waiting was cancelled.
            task.exception()


def _with_request_id(request: Message) -> Message:
    """The request with an idempotency key of its own, where it takes one and has none: made once, so that all tries are the same command."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name or request.request_id:  # type: ignore[attr-defined]
        return request
    own = type(request)()
    own.CopyFrom(request)
    own.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
    return own
