"""What a user of the kit writes: adapters, each with the function that carries a step out."""

from __future__ import annotations

import inspect
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nexus_attest_client.router.text import cut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from nexus.attest.v1.plan_pb2 import PlanStep
    from nexus.attest.v1.router_service_pb2 import RunRequest

MAX_FAILURE_MESSAGE = 3072
"""Bytes; the schema takes 4 KiB, and the kit may have to add why an output is not kept."""

_ADAPTER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_CAPABILITY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_CODE = re.compile(r"[A-Z0-9_]{1,64}")


class Refused(Exception):
    """Raised by an adapter's `check`: nothing of the run was begun, and nothing of it ever will be. The message reaches the decision."""


class StepFailed(Exception):
    """Raised by the function that carries a step out, when it knows that the step has failed.

    `code` is your own (`A-Z0-9_`, 1 to 64 characters) and stands in the decision, with `message`; `output`, a JSON value, goes into the run bundle. Any other
    exception says that nobody knows how the step ended.
    """

    def __init__(self, code: str, message: str, output: Any = None) -> None:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise ValueError(f"code: got {code!r}, wants 1 to 64 of A-Z, 0-9 and _")
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = cut(str(message), MAX_FAILURE_MESSAGE)
        self.output = output


@dataclass(frozen=True)
class Step:
    """One step of a run: what to do, and how to say how it goes."""

    request: RunRequest
    """The whole request, of which this is a step."""
    run_id: str
    planned: PlanStep
    arguments: Any
    """The value of `arguments_json`, the JSON text that was approved; `{}` where that is empty."""
    dry_run: bool
    ends_at: float | None = None
    """When the run's time is over, by time.monotonic(); None: never."""
    report: Callable[[str], None] = field(default=lambda _: None, repr=False)

    @property
    def decision_id(self) -> str:
        return self.request.decision_id

    @property
    def step_id(self) -> str:
        return self.planned.step_id

    @property
    def tool(self) -> str:
        return self.planned.call.tool

    @property
    def method(self) -> str:
        return self.planned.call.method

    @property
    def arguments_json(self) -> str:
        return self.planned.call.arguments_json

    @property
    def idempotency_key(self) -> str:
        """The same for this step of this decision, and for no other: hand it to systems that take such a key."""
        return f"{self.decision_id}/{self.step_id}"

    @property
    def seconds_left(self) -> float | None:
        """How much of the run's time is left; None: it has no end."""
        return None if self.ends_at is None else max(0.0, self.ends_at - time.monotonic())

    def progress(self, message: str) -> None:
        """Tells whoever watches the decision a line, of which 1 KiB is kept. Call it on the event loop."""
        self.report(str(message))


@dataclass(frozen=True)
class Adapter:
    """One thing that the router can carry steps out on."""

    adapter_id: str
    carry_out: Callable[[Step], Awaitable[Any]]
    """Carries one step out and returns its output, a JSON value for the run bundle (None: there is none). Cancelled when the run's time is over."""
    check: Callable[[Step], None] | None = None
    """Looks at each step before the run begins, quickly and changing nothing; raises Refused if it must not be carried out."""
    dry_run: Callable[[Step], Awaitable[Any]] | None = None
    """Does a step of a DRY_RUN. Without it a dry run is simulated: each step is checked, and nothing is called."""
    capabilities: Sequence[str] = ("apply", "dry_run")
    description: str = ""

    def __post_init__(self) -> None:
        if not _ADAPTER_ID.fullmatch(self.adapter_id):
            raise ValueError(f"adapter_id: got {self.adapter_id!r}, wants 1 to 63 letters, digits, '.', '_' or '-'")
        for name in ("carry_out", "dry_run"):
            function = getattr(self, name)
            if function is not None and not inspect.iscoroutinefunction(function):
                raise TypeError(f"{name} of adapter {self.adapter_id} must be an async function; one that blocks goes into asyncio.to_thread")
        if isinstance(self.capabilities, str) or not all(_CAPABILITY.fullmatch(each) for each in self.capabilities):
            raise ValueError(f"capabilities of adapter {self.adapter_id}: got {self.capabilities!r}, wants names in lower case such as 'apply'")
