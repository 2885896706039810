"""Why a call failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from nexus.attest.v1.error_reason_pb2 import GateClosed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nexus.attest.v1.lifecycle_pb2 import BlockingReason


@dataclass(frozen=True)
class FieldViolation:
    """A field of the request that breaks a constraint."""

    field: str
    """Its path, such as `policy.min_approvals`."""
    description: str


class AttestError(Exception):
    """A call that failed. Programs look at `reason`, not at the message: docs/errors.md explains every reason and says what to do."""

    code: grpc.StatusCode
    reason: str
    """A name of the schema's ErrorReason without its prefix, such as `GATE_CLOSED`; empty if no server said one, for the network failed."""
    message: str
    metadata: Mapping[str, str]
    """Facts that a program may want to go on with; docs/errors.md says which come with which reason."""
    blocking_reasons: Sequence[BlockingReason]
    """With GATE_CLOSED: why the decision cannot be executed now."""
    field_violations: Sequence[FieldViolation]
    retry_delay: float | None
    """How many seconds the server would like to be left alone, if it says so."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        blocking_reasons: Sequence[BlockingReason] = (),
        field_violations: Sequence[FieldViolation] = (),
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(f"{reason or code.name}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.metadata = metadata or {}
        self.blocking_reasons = blocking_reasons
        self.field_violations = field_violations
        self.retry_delay = retry_delay


class ClientClosed(AttestError):
    """The client was closed, before the call or under it."""

    def __init__(self) -> None:
        super().__init__(grpc.StatusCode.CANCELLED, "the client is closed")


class WrongTurn(Exception):
    """A decision came to an end at which what was waited for cannot come any more."""


def from_rpc_error(error: grpc.aio.AioRpcError) -> AttestError:
    """What the status of a call and its details say."""
    info, retry_delay = ErrorInfo(), None
    blocking: list[BlockingReason] = []
    violations: list[FieldViolation] = []
    for detail in _status(error).details:
        if detail.Is(ErrorInfo.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(GateClosed.DESCRIPTOR):
            blocking.extend(GateClosed.FromString(detail.value).blocking_reasons)
        elif detail.Is(BadRequest.DESCRIPTOR):
            found = BadRequest.FromString(detail.value).field_violations
            violations.extend(FieldViolation(each.field, each.description) for each in found)
        elif detail.Is(RetryInfo.DESCRIPTOR):
            retry_delay = RetryInfo.FromString(detail.value).retry_delay.ToTimedelta().total_seconds()
    return AttestError(
        error.code(),
        error.details() or "",
        reason=info.reason,
        metadata=dict(info.metadata),
        blocking_reasons=blocking,
        field_violations=violations,
        retry_delay=retry_delay,
    )


def _status(error: grpc.aio.AioRpcError) -> Status:
    """The google.rpc.Status in the trailers; an empty one where there is none, as where a proxy answered."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            try:
                return Status.FromString(value)
            except DecodeError:
                break
    return Status()
