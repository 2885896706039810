"""Streams that are taken up again where they broke."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc

from nexus.attest.v1.decision_service_pb2 import (
    LIFECYCLE_CAUSE_INITIAL,
    DecisionFilter,
    WatchDecisionRequest,
    WatchDecisionResponse,
    WatchDecisionsRequest,
    WatchDecisionsResponse,
)
from nexus_attest_client.calls import answer
from nexus_attest_client.errors import AttestError, ClientClosed, from_rpc_error
from nexus_attest_client.retry import Backoff, ends_watch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

SILENCE = 45.0
"""Seconds without a message, heartbeats included, after which a connection counts as dead: three heartbeats of a server with its own settings."""


async def watch(
    open_stream: Callable[[WatchDecisionRequest], Any], decision_id: str, from_seq: int, silence: float
) -> AsyncGenerator[WatchDecisionResponse, None]:
    """Every event from from_seq on, once and in order, and what else the server says, until it ends the stream.

    Heartbeats are kept back. So is what a new connection says again: a second caught_up, and a first lifecycle that says nothing new. Only news and heartbeats make
    the pauses short again: a connection that always breaks once it has said what was known is not asked for it many times a second.
    """
    next_seq, digest, caught_up, lifecycle = from_seq, "", False, None
    backoff = Backoff()
    while True:
        heard = False
        stream = open_stream(WatchDecisionRequest(decision_id=decision_id, from_seq=next_seq))
        try:
            async for message in _read(stream, silence):
                heard = True
                kind = message.WhichOneof("kind")
                if kind == "event":
                    seq = message.event.event.seq
                    if seq < next_seq:
                        continue
                    if seq > next_seq:
                        raise AttestError(grpc.StatusCode.DATA_LOSS, f"event {next_seq} was to come, and {seq} came")
                    if digest not in ("", message.event.event.previous_digest):
                        raise AttestError(
                            grpc.StatusCode.DATA_LOSS, f"event {seq} does not follow the one before it that came: the server has another log than before"
                        )
                    next_seq, digest = seq + 1, message.event.digest
                elif kind == "lifecycle":
                    known, lifecycle = lifecycle, _judgement(message)
                    if message.lifecycle.cause == LIFECYCLE_CAUSE_INITIAL and known == lifecycle:
                        continue
                elif kind == "caught_up":
                    if caught_up:
                        continue
                    caught_up = True
                backoff.reset()
                if kind == "heartbeat":
                    continue
                yield message
            return
        except ClientClosed:
            raise
        except AttestError as error:
            if ends_watch(error, heard):
                raise
            await asyncio.sleep(backoff.pause(error))
        finally:
            stream.cancel()


async def watch_all(
    open_stream: Callable[[WatchDecisionsRequest], Any], filter: DecisionFilter | None, cursor: str, silence: float
) -> AsyncGenerator[WatchDecisionsResponse, None]:
    """Every decision that matches and each change of one, for ever. Heartbeats and later caught_ups are kept back."""
    caught_up = cursor != ""
    backoff = Backoff()
    while True:
        heard = False
        stream = open_stream(WatchDecisionsRequest(filter=filter, cursor=cursor))
        try:
            async for message in _read(stream, silence):
                heard = True
                kind = message.WhichOneof("kind")
                if kind == "change":
                    cursor = message.change.cursor
                elif kind == "caught_up":
                    cursor = message.caught_up.cursor
                    if caught_up:
                        continue
                    caught_up = True
                backoff.reset()
                if kind == "heartbeat":
                    continue
                yield message
            await asyncio.sleep(backoff.pause())
        except ClientClosed:
            raise
        except AttestError as error:
            if ends_watch(error, heard):
                raise
            await asyncio.sleep(backoff.pause(error))
        finally:
            stream.cancel()


async def _read(stream: Any, silence: float) -> AsyncGenerator[Any, None]:
    """The messages of one connection. Ends with it, or raises."""
    while True:
        try:
            message = await answer(stream.read(), silence)
        except asyncio.TimeoutError:
            raise AttestError(grpc.StatusCode.UNAVAILABLE, f"nothing was heard for {silence} seconds") from None
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None
        if message is grpc.aio.EOF:
            return
        yield message


def _judgement(message: WatchDecisionResponse) -> bytes:
    """What a lifecycle says, apart from when it was judged."""
    copy = type(message.lifecycle.lifecycle)()
    copy.CopyFrom(message.lifecycle.lifecycle)
    copy.ClearField("evaluated_at")
    return copy.SerializeToString(deterministic=True)
