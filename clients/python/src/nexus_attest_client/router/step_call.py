"""Calls the function that carries a step out, and says how the step ended: whatever that function did not say on purpose, nobody knows."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nexus_attest_client.router.adapter import StepFailed
from nexus_attest_client.router.ending import instant, now
from nexus_attest_client.router.text import output_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nexus_attest_client.router.adapter import Step

_log = logging.getLogger("nexus_attest_client.router")


@dataclass(frozen=True)
class StepEnd:
    outcome: str
    """SUCCEEDED, SIMULATED, FAILED (the function says so) or UNKNOWN."""
    started_at: int
    output: str | None = None
    code: str = ""
    message: str = ""

    def without_output(self, why: str) -> StepEnd:
        """The same end where there is no room for the output; a success of which there is no record is none that anybody can prove."""
        if self.outcome == "FAILED":
            return StepEnd("FAILED", self.started_at, None, self.code, f"{self.message} (its output is not kept: {why})")
        return StepEnd("UNKNOWN", self.started_at, None, "OUTPUT_TOO_LARGE", f"The step returned, but {why}, so there is no record of how it ended.")

    def entry(self, step: Step) -> dict[str, Any]:
        """The step's part of the run bundle."""
        made: dict[str, Any] = {
            "step_id": step.step_id,
            "tool": step.tool,
            "method": step.method,
            "arguments_json": step.arguments_json,
            "outcome": self.outcome,
            "started_at": instant(self.started_at),
            "ended_at": instant(max(now(), self.started_at)),
        }
        if self.output is not None:
            made |= {"output_json": self.output, "output_digest": "sha256:" + hashlib.sha256(self.output.encode()).hexdigest()}
        if self.code:
            made |= {"failure_code": self.code, "failure_message": self.message}
        return made


async def call_step(carry_out: Callable[[Step], Awaitable[Any]], step: Step, max_output_bytes: int, why_ended: Callable[[], str]) -> StepEnd:
    """Never raises. `why_ended` says why the run was told to end, or nothing if it was not."""
    began = now()
    try:
        output = await carry_out(step)
    except StepFailed as failed:
        text, problem = _read_output(failed.output, max_output_bytes)
        message = failed.message if problem is None else f"{failed.message} (its output is not kept: {problem[1]})"
        return StepEnd("FAILED", began, text, failed.code, message)
    except asyncio.CancelledError:
        why = why_ended() or "it cancelled itself"
        return StepEnd("UNKNOWN", began, None, "CANCELLED", f"Step {step.step_id} was cancelled ({why}) and did not say how it ended.")
    except BaseException as error:  # SystemExit too: nothing that a step does may end the router
        _log.exception("step %s of decision %s raised what nobody foresaw", step.step_id, step.decision_id)
        # Only the kind: what an exception says may hold a secret, and this becomes evidence. The router's own log has it all.
        what = f"Step {step.step_id} raised {type(error).__name__}, which is not StepFailed: nobody can say how it ended. The router's log has the details."
        return StepEnd("UNKNOWN", began, None, "STEP_UNEXPLAINED", what)
    text, problem = _read_output(output, max_output_bytes)
    if problem is not None:
        return StepEnd("UNKNOWN", began, None, problem[0], f"Step {step.step_id} returned, but {problem[1]}, so there is no record of how it ended.")
    return StepEnd("SUCCEEDED", began, text)


def _read_output(output: Any, limit: int) -> tuple[str | None, tuple[str, str] | None]:
    """The text of an output; or what is wrong with it, as a code and in words."""
    if output is None:
        return None, None
    try:
        text = output_text(output)
    except (TypeError, ValueError, RecursionError):
        return None, ("OUTPUT_NOT_JSON", f"its output ({type(output).__name__}) is not a JSON value")
    size = len(text.encode())
    if size > limit:
        return None, ("OUTPUT_TOO_LARGE", f"its output has {size} bytes, and {limit} are allowed")
    return text, None
