"""What of the client needs no server: options that cannot be meant are refused at once and say why, and a closed client says that it is closed."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from kit_support import main, raises, test

from nexus.attest.v1.decision_service_pb2 import CaughtUp, GetDecisionRequest, WatchDecisionResponse
from nexus.attest.v1.decision_service_pb2_grpc import DecisionServiceServicer, add_DecisionServiceServicer_to_server
from nexus_attest_client import AsyncClient, AttestError, Client, ClientClosed
from nexus_attest_client.credentials import identity

NOBODY = "http://127.0.0.1:9"
SECURE = "https://127.0.0.1:9"
REQUEST = GetDecisionRequest(decision_id="0" * 32)


def named(**how: object) -> list[tuple[str, str]]:
    given = {"token": None, "token_file": None, "cert_file": None, "development_actor": None, "development_groups": ()}
    return identity(**{**given, **how})()  # type: ignore[arg-type]


class Slow(DecisionServiceServicer):
    """A server on which nothing comes to an end."""

    async def GetDecision(self, request: object, context: Any) -> Any:
        heard.append(1)
        peers.add(context.peer())
        await asyncio.Event().wait()

    async def WatchDecision(self, request: object, context: object) -> Any:
        yield WatchDecisionResponse(caught_up=CaughtUp())
        await asyncio.Event().wait()


heard: list[int] = []
peers: set[str] = set()


@test
def both_clients_take_the_same_arguments() -> None:
    assert inspect.signature(Client.__init__).parameters == inspect.signature(AsyncClient.__init__).parameters
    assert inspect.signature(Client.wait_until) == inspect.signature(AsyncClient.wait_until)
    assert inspect.signature(Client.execute_and_wait) == inspect.signature(AsyncClient.execute_and_wait)


@test
def a_token_is_sent_without_what_surrounds_it_and_what_no_header_holds_is_refused_without_being_shown() -> None:
    assert named(token=" abc\n") == named(token=lambda: "abc\r\n") == [("authorization", "Bearer abc")]
    refused = raises(ValueError, "the token holds characters", lambda: named(token="secret\nx"))
    assert "secret" not in str(refused)
    raises(ValueError, "development_actor holds characters", lambda: named(development_actor="human:jürgen"))
    raises(TypeError, "development_groups: got 'sre', wants a list", lambda: named(development_actor="human:me", development_groups="sre"))
    assert named(development_actor="human:me", development_groups=["sre", "dba"])[1] == ("nexus-groups", "sre,dba")


@test
def one_identity_only() -> None:
    raises(ValueError, "one identity", lambda: Client(SECURE, token="x", cert_file="a.pem", key_file="a.key"))
    raises(ValueError, "one identity", lambda: Client(NOBODY, token="x", development_actor="human:me"))


@test
def files_that_hold_something_else_are_named() -> None:
    with TemporaryDirectory() as directory:
        text = Path(directory) / "notes.txt"
        text.write_text("no certificate")
        raises(ValueError, "ca_file: .*notes.txt holds no certificate", lambda: Client(SECURE, ca_file=text))
        raises(ValueError, "cert_file, key_file: .*notes.txt and .*notes.txt", lambda: Client(SECURE, cert_file=text, key_file=text))
        raises(FileNotFoundError, "missing.pem", lambda: Client(SECURE, ca_file=Path(directory) / "missing.pem"))


@test
def what_cannot_be_waited_for_or_asked_is_said_at_once() -> None:
    with Client(NOBODY) as client:
        raises(ValueError, "what: got 'approved'", lambda: client.wait_until("0" * 32, "approved"))  # type: ignore[arg-type]
        raises(TypeError, "GetDecision wants its message", lambda: client.decisions.GetDecision({"decision_id": "0" * 32}))  # type: ignore[arg-type]
        raises(AttributeError, "WatchDecision is a stream: Client.watch", lambda: client.decisions.WatchDecision)


@test
def a_closed_client_says_so_whatever_it_is_asked() -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", RuntimeWarning)
        client = Client(NOBODY)
        client.close()
        client.close()
        raises(ClientClosed, "the client is closed", lambda: client.decisions.GetDecision(REQUEST))
        raises(ClientClosed, "the client is closed", lambda: client.wait_until("0" * 32, "terminal"))
        watch = client.watch("0" * 32)
        raises(ClientClosed, "the client is closed", lambda: next(watch))
        watch.cancel()
        assert list(watch) == []
        gc.collect()
    # Such as that a coroutine was never awaited.
    assert not warned, warned


@test
def closing_a_client_ends_what_other_threads_do_with_it() -> None:
    client = Client(NOBODY)
    with ThreadPoolExecutor() as threads:
        under_way = [threads.submit(work) for work in (lambda: next(client.watch("0" * 32)), lambda: client.decisions.GetDecision(REQUEST))]
        time.sleep(0.2)
        client.close()
        for each in under_way:
            raises(ClientClosed, "the client is closed", lambda each=each: each.result(timeout=10))  # type: ignore[misc]


@test
def cancelling_a_watch_ends_the_loop_over_it_without_an_error() -> None:
    with Client(NOBODY) as client:
        watch = client.watch("0" * 32)
        threading.Timer(0.2, watch.cancel).start()
        assert list(watch) == []


@test
def with_asyncio_a_closed_client_is_no_cancelled_task_and_a_cancelled_task_is_no_closed_client() -> None:
    async def run() -> None:
        server = grpc.aio.server()
        add_DecisionServiceServicer_to_server(Slow(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        client = AsyncClient(f"http://127.0.0.1:{port}")

        async def read() -> None:
            async for _ in client.watch("0" * 32):
                heard.append(1)

        heard.clear()
        closed = [asyncio.ensure_future(read()), asyncio.ensure_future(client.decisions.GetDecision(REQUEST))]
        cancelled = [asyncio.ensure_future(read()), asyncio.ensure_future(client.decisions.GetDecision(REQUEST))]
        while sum(heard) < 4:
            await asyncio.sleep(0.01)
        for task in cancelled:
            task.cancel()
        await client.close()
        ends = await asyncio.gather(*closed, *cancelled, return_exceptions=True)
        assert [type(end) for end in ends] == [ClientClosed, ClientClosed, asyncio.CancelledError, asyncio.CancelledError], ends
        assert isinstance(ends[0], AttestError)
        raises_closed = await asyncio.gather(client.decisions.GetDecision(REQUEST), client.wait_until("0" * 32, "terminal"), return_exceptions=True)
        assert [type(end) for end in raises_closed] == [ClientClosed, ClientClosed]
        await server.stop(None)

    asyncio.run(run())


@test
def no_client_is_given_a_connection_of_another() -> None:
    async def run() -> None:
        server = grpc.aio.server()
        add_DecisionServiceServicer_to_server(Slow(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        heard.clear()
        peers.clear()
        clients = [AsyncClient(f"http://127.0.0.1:{port}") for _ in range(2)]
        calls = [asyncio.ensure_future(client.decisions.GetDecision(REQUEST)) for client in clients]
        while sum(heard) < 2:
            await asyncio.sleep(0.01)
        assert len(peers) == 2, peers
        for client in clients:
            await client.close()
        await asyncio.gather(*calls, return_exceptions=True)
        await server.stop(None)

    asyncio.run(run())


sys.exit(main())
