"""Which calls are made again, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass

import grpc

from nexus_attest_client.errors import AttestError

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


def may_repeat(error: AttestError) -> bool:
    """Whether the server's contract says that repeating makes sense.

    UNAVAILABLE and ABORTED: nothing was written. A write that was not confirmed: the call carries a request_id, so it is done once however often it arrives.
    """
    return error.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED) or error.reason == "WRITE_OUTCOME_UNKNOWN" or _was_cut(error)


def _was_cut(error: AttestError) -> bool:
    """The connection broke under the call: no server said anything, and it was not this side that cancelled."""
    return error.reason == "" and error.code in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.CANCELLED)


_HOPELESS = frozenset(
    {
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.DATA_LOSS,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.FAILED_PRECONDITION,
    }
)


def ends_watch(error: AttestError, heard: bool) -> bool:
    """Whether a watch is over for good. After everything else it is taken up again where it was.

    `heard` says whether anything had come on the connection that failed. Who was let in there and is not any more has a token that ran out, and may have a new one by now.
    """
    if heard and error.code == grpc.StatusCode.UNAUTHENTICATED:
        return False
    return error.code in _HOPELESS


@dataclass
class Backoff:
    """Pauses that grow, with full jitter."""

    failures: int = 0

    def pause(self, error: AttestError | None = None) -> float:
        """The next pause in seconds; at least what the server asked for."""
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self.failures)
        self.failures = min(self.failures + 1, 16)
        asked = (error.retry_delay if error is not None else None) or 0.0
        return asked + random.uniform(0, longest)

    def reset(self) -> None:
        """After progress."""
        self.failures = 0
