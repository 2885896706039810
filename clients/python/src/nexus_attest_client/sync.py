"""The client for programs without asyncio: the same client, on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from nexus_attest_client.aio import AsyncClient
from nexus_attest_client.errors import ClientClosed
from nexus_attest_client.watch import SILENCE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from nexus.attest.v1.approver_key_service_pb2_grpc import ApproverKeyServiceStub
    from nexus.attest.v1.audit_service_pb2_grpc import AuditServiceStub
    from nexus.attest.v1.decision_pb2 import Decision
    from nexus.attest.v1.decision_service_pb2 import DecisionFilter, WatchDecisionResponse, WatchDecisionsResponse
    from nexus.attest.v1.decision_service_pb2_grpc import DecisionServiceStub
    from nexus.attest.v1.imported_decision_service_pb2_grpc import ImportedDecisionServiceStub
    from nexus.attest.v1.lifecycle_pb2 import Lifecycle
    from nexus.attest.v1.template_service_pb2_grpc import TemplateServiceStub

T = TypeVar("T")


class Client:
    """A connection to a server, as one caller, with the methods of AsyncClient. May be used by several threads; closed by `close`, or by `with`.

    The services have every RPC under its own name, but for the streams, which are `watch` and `watch_all`. A call takes a `timeout` of its own.
    """

    decisions: DecisionServiceStub
    templates: TemplateServiceStub
    audit: AuditServiceStub
    approver_keys: ApproverKeyServiceStub
    imported: ImportedDecisionServiceStub

    def __init__(
        self,
        address: str,
        *,
        token: str | Callable[[], str] | None = None,
        token_file: str | Path | None = None,
        development_actor: str | None = None,
        development_groups: Sequence[str] = (),
        ca_file: str | Path | None = None,
        cert_file: str | Path | None = None,
        key_file: str | Path | None = None,
        plaintext: bool = False,
        timeout: float = 30.0,
        silence: float = SILENCE,
    ) -> None:
        """Connects to `https://host:port` (or `http://` on this machine) as one of: a bearer token, the certificate in cert_file and key_file, or, on a server
        with development identity, `development_actor` such as `human:alice@example.com`.

        `timeout` is how many seconds a call may take, all its tries together; `silence`, after how many a watch takes its connection for dead.
        """

        async def made() -> AsyncClient:
            return AsyncClient(
                address,
                token=token,
                token_file=token_file,
                development_actor=development_actor,
                development_groups=development_groups,
                ca_file=ca_file,
                cert_file=cert_file,
                key_file=key_file,
                plaintext=plaintext,
                timeout=timeout,
                silence=silence,
            )

        self._lock = threading.Lock()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nexus-attest-client", daemon=True)
        self._thread.start()
        try:
            self._client = self._run(made())
        except BaseException:
            self._stop()
            raise
        for name in ("decisions", "templates", "audit", "approver_keys", "imported"):
            setattr(self, name, _Blocking(getattr(self._client, name), self._run))

    def watch(self, decision_id: str, from_seq: int = 0) -> Watch[WatchDecisionResponse]:
        """Follows a decision: each event from `from_seq` once and in order, through broken connections and restarts, until it has come to its end.

        Heartbeats are kept back, and so is what a new connection says again. Its `cancel` ends the loop over it from any thread.
        """
        return Watch(self._client.watch(decision_id, from_seq), self._submit)

    def watch_all(self, filter: DecisionFilter | None = None, cursor: str = "") -> Watch[WatchDecisionsResponse]:
        """Follows all decisions that match: as they stand, then each change, for ever. Go on later with the last `cursor` of a message.

        Its `cancel` ends the loop over it from any thread.
        """
        return Watch(self._client.watch_all(filter, cursor), self._submit)

    def wait_until(self, decision_id: str, what: Literal["executable", "terminal"], timeout: float | None = None) -> Lifecycle:
        """The lifecycle of a decision once it can be executed, or once it has come to its end; at once if it is so already.

        Raises WrongTurn if it ended, or passed the gate, before it could be executed, and TimeoutError after `timeout` seconds.
        """
        return self._run(self._client.wait_until(decision_id, what, timeout))

    def execute_and_wait(self, decision_id: str, adapter_id: str = "", timeout: float | None = None, request_id: str = "") -> Decision:
        """Executes a decision and gives it back as it is at its end: COMPLETED, FAILED, or OUTCOME_UNKNOWN if nobody can say how the run ended.

        Carries on through restarts of the server. Raises TimeoutError after `timeout` seconds; the run goes on then.
        """
        return self._run(self._client.execute_and_wait(decision_id, adapter_id, timeout, request_id))

    def close(self) -> None:
        """Ends what is under way in other threads, by ClientClosed, and closes the connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(_close(self._client), self._loop).result()
        self._stop()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        future = self._submit(coroutine)
        try:
            return future.result()
        except CancelledError:
            raise ClientClosed from None
        except BaseException:
            future.cancel()
            raise

    def _submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        # Under the lock: what comes after `close` would wait for a loop that has stopped.
        with self._lock:
            if self._closed:
                coroutine.close()
                raise ClientClosed
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Watch(Generic[T]):
    """The messages of a stream, as an iterator that one thread reads. After `cancel` there are no more; after `Client.close` it raises ClientClosed."""

    def __init__(self, messages: AsyncGenerator[T, None], submit: Callable[[Coroutine[Any, Any, Any]], Future[Any]]) -> None:
        self._messages = messages
        self._submit = submit
        self._lock = threading.Lock()
        self._next: Future[T] | None = None
        self._cancelled = False

    def __iter__(self) -> Watch[T]:
        return self

    def __next__(self) -> T:
        with self._lock:
            if self._cancelled:
                raise StopIteration
            self._next = self._submit(_next(self._messages))
        try:
            return self._next.result()
        except StopAsyncIteration:
            raise StopIteration from None
        except CancelledError:
            if self._cancelled:
                raise StopIteration from None
            raise ClientClosed from None
        except BaseException:
            self.cancel()
            raise

    def cancel(self) -> None:
        """Ends the stream, and a loop over it in whatever thread."""
        with self._lock:
            self._cancelled = True
            # A stream that is being read ends by that; one that is not has to be closed.
            if self._next is not None and self._next.cancel():
                return
            with suppress(ClientClosed):
                self._submit(_end(self._messages))


async def _next(messages: AsyncGenerator[T, None]) -> T:
    return await anext(messages)


async def _end(messages: AsyncGenerator[T, None]) -> None:
    await messages.aclose()


async def _close(client: AsyncClient) -> None:
    """Ends everything that still runs on this loop, so that nothing is left half way."""
    await client.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


class _Blocking:
    """A generated stub whose unary calls wait for their answer."""

    def __init__(self, stub: Any, run: Callable[[Any], Any]) -> None:
        self._stub = stub
        self._run = run

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._stub, name)
        if not asyncio.iscoroutinefunction(call):
            raise AttributeError(f"{name} is a stream: Client.watch and Client.watch_all are its calls", name=name, obj=self)

        def blocking(request: Any, *, timeout: float | None = None) -> Any:
            return self._run(call(request, timeout=timeout))

        return blocking
