"""The client for asyncio."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import aclosing
from typing import TYPE_CHECKING, Literal, cast

import grpc

from nexus.attest.v1 import lifecycle_pb2
from nexus.attest.v1.approver_key_service_pb2_grpc import ApproverKeyServiceStub
from nexus.attest.v1.audit_service_pb2_grpc import AuditServiceStub
from nexus.attest.v1.decision_service_pb2 import ExecuteDecisionRequest, GetDecisionRequest
from nexus.attest.v1.decision_service_pb2_grpc import DecisionServiceStub
from nexus.attest.v1.imported_decision_service_pb2_grpc import ImportedDecisionServiceStub
from nexus.attest.v1.template_service_pb2_grpc import TemplateServiceStub
from nexus_attest_client import watch as streams
from nexus_attest_client.calls import CallChannel
from nexus_attest_client.credentials import identity, open_channel
from nexus_attest_client.errors import WrongTurn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path

    from nexus.attest.v1.approver_key_service_pb2_grpc import ApproverKeyServiceAsyncStub
    from nexus.attest.v1.audit_service_pb2_grpc import AuditServiceAsyncStub
    from nexus.attest.v1.decision_pb2 import Decision
    from nexus.attest.v1.decision_service_pb2 import DecisionFilter, WatchDecisionResponse, WatchDecisionsResponse
    from nexus.attest.v1.decision_service_pb2_grpc import DecisionServiceAsyncStub
    from nexus.attest.v1.imported_decision_service_pb2_grpc import ImportedDecisionServiceAsyncStub
    from nexus.attest.v1.lifecycle_pb2 import Lifecycle
    from nexus.attest.v1.template_service_pb2_grpc import TemplateServiceAsyncStub

_TERMINAL = frozenset(
    {
        lifecycle_pb2.DECISION_STATE_COMPLETED,
        lifecycle_pb2.DECISION_STATE_FAILED,
        lifecycle_pb2.DECISION_STATE_REJECTED,
        lifecycle_pb2.DECISION_STATE_CANCELLED,
    }
)


class AsyncClient:
    """A connection to a server, as one caller. Made in a running event loop; closed by `close`, or by `async with`.

    The services are the generated stubs, with every RPC under its own name. A call raises AttestError; it has a deadline, carries a request_id where the
    RPC takes one, and is made again where the server's contract says that this is safe.
    """

    decisions: DecisionServiceAsyncStub
    templates: TemplateServiceAsyncStub
    audit: AuditServiceAsyncStub
    approver_keys: ApproverKeyServiceAsyncStub
    imported: ImportedDecisionServiceAsyncStub

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
        silence: float = streams.SILENCE,
    ) -> None:
        """Connects to `https://host:port` (or `http://` on this machine) as one of: a bearer token, the certificate in cert_file and key_file, or, on a server
        with development identity, `development_actor` such as `human:alice@example.com`.

        `timeout` is how many seconds a call may take, all its tries together; `silence`, after how many a watch takes its connection for dead.
        """
        say = identity(
            token=token,
            token_file=token_file,
            cert_file=cert_file,
            development_actor=development_actor,
            development_groups=development_groups,
        )
        channel = open_channel(address, ca_file=ca_file, cert_file=cert_file, key_file=key_file, plaintext=plaintext, silence=silence)
        self._calls = CallChannel(channel, say, timeout)
        calls = cast("grpc.aio.Channel", self._calls)
        self.decisions = DecisionServiceStub(calls)
        self.templates = TemplateServiceStub(calls)
        self.audit = AuditServiceStub(calls)
        self.approver_keys = ApproverKeyServiceStub(calls)
        self.imported = ImportedDecisionServiceStub(calls)
        self._silence = silence

    async def close(self) -> None:
        """Ends what is under way, by ClientClosed, and closes the connection."""
        await self._calls.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def watch(self, decision_id: str, from_seq: int = 0) -> AsyncGenerator[WatchDecisionResponse, None]:
        """Follows a decision: each event from `from_seq` once and in order, through broken connections and restarts, until it has come to its end.

        Heartbeats are kept back, and so is what a new connection says again. Leaving the loop or cancelling the task ends the stream.
        """
        return streams.watch(self.decisions.WatchDecision, decision_id, from_seq, self._silence)

    def watch_all(self, filter: DecisionFilter | None = None, cursor: str = "") -> AsyncGenerator[WatchDecisionsResponse, None]:
        """Follows all decisions that match: as they stand, then each change, for ever. Go on later with the last `cursor` of a message."""
        return streams.watch_all(self.decisions.WatchDecisions, filter, cursor, self._silence)

    async def wait_until(self, decision_id: str, what: Literal["executable", "terminal"], timeout: float | None = None) -> Lifecycle:
        """The lifecycle of a decision once it can be executed, or once it has come to its end; at once if it is so already.

        Raises WrongTurn if it ended, or passed the gate, before it could be executed, and TimeoutError after `timeout` seconds.
        """
        if what not in ("executable", "terminal"):
            raise ValueError(f"what: got {what!r}, wants 'executable' or 'terminal'")
        try:
            return await asyncio.wait_for(self._wait_until(decision_id, what), timeout)
        except asyncio.TimeoutError:
            raise TimeoutError(f"decision {decision_id} is not {what} after {timeout} seconds") from None

    async def _wait_until(self, decision_id: str, what: str) -> Lifecycle:
        found = await self.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id, timeline_limit=1))
        last = found.decision.lifecycle
        if _holds(last, what):
            return last
        async with aclosing(self.watch(decision_id, found.decision.head_seq + 1)) as messages:
            async for message in messages:
                if message.WhichOneof("kind") != "lifecycle":
                    continue
                last = message.lifecycle.lifecycle
                if _holds(last, what):
                    return last
        raise WrongTurn(f"decision {decision_id} ended {lifecycle_pb2.DecisionState.Name(last.state)}")

    async def execute_and_wait(self, decision_id: str, adapter_id: str = "", timeout: float | None = None, request_id: str = "") -> Decision:
        """Executes a decision and gives it back as it is at its end: COMPLETED, FAILED, or OUTCOME_UNKNOWN if nobody can say how the run ended.

        Carries on through restarts of the server. Raises TimeoutError after `timeout` seconds; the run goes on then.
        """

        async def run() -> Decision:
            await self.decisions.ExecuteDecision(
                ExecuteDecisionRequest(decision_id=decision_id, adapter_id=adapter_id, request_id=request_id or str(uuid.uuid4()))
            )
            async with aclosing(self.watch(decision_id)) as messages:
                async for message in messages:
                    state = message.lifecycle.lifecycle.state
                    if state in _TERMINAL or state == lifecycle_pb2.DECISION_STATE_OUTCOME_UNKNOWN:
                        break
            return (await self.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id))).decision

        try:
            return await asyncio.wait_for(run(), timeout)
        except asyncio.TimeoutError:
            raise TimeoutError(f"decision {decision_id} has not ended after {timeout} seconds; its run goes on") from None


def _holds(lifecycle: Lifecycle, what: str) -> bool:
    if what == "terminal":
        return lifecycle.state in _TERMINAL
    if lifecycle.executable:
        return True
    if lifecycle.state in _TERMINAL or lifecycle.state in (
        lifecycle_pb2.DECISION_STATE_EXECUTING,
        lifecycle_pb2.DECISION_STATE_OUTCOME_UNKNOWN,
    ):
        state = lifecycle_pb2.DecisionState.Name(lifecycle.state)
        raise WrongTurn(f"it is {state} and cannot be executed any more")
    return False
