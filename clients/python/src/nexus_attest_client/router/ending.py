"""The end of a run: what is told and kept of it for good."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from nexus.attest.v1.router_pb2 import (
    RUN_STATE_FAILED,
    RUN_STATE_INTERRUPTED,
    RUN_STATE_SUCCEEDED,
    Run,
    RunFailure,
    RunState,
)
from nexus_attest_client.router.text import canonical_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nexus_attest_client.router.run_log import Record
    from nexus_attest_client.router.signing import RunSigner

BUNDLE_VERSION = "nexus.attest/router-run/v1"
MEDIA_TYPE = "application/vnd.nexus-attest.router-run+json"


@dataclass(frozen=True)
class Failure:
    code: str
    message: str
    step_id: str = ""


def now() -> int:
    """The time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def instant(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ended_run(
    record: Record,
    state: RunState.ValueType,
    failure: Failure | None,
    entries: Sequence[str],
    signer: RunSigner | None,
) -> Run:
    """The run as it ended, with its bundle, and with the router's signature if it signs and there is an end to sign."""
    request = json.loads(record.request)
    request_digest = "sha256:" + hashlib.sha256(record.request.encode()).hexdigest()
    steps = [json.loads(entry) for entry in entries]
    name = RunState.Name(state)
    bundle: dict[str, Any] = {
        "bundle_version": BUNDLE_VERSION,
        "run_id": record.run_id,
        "request": request,
        "request_digest": request_digest,
        "simulated": record.simulated,
        "started_at": instant(record.accepted_at),
        "ended_at": instant(max(now(), record.accepted_at)),
        "outcome": name.removeprefix("RUN_STATE_"),
        "steps": steps,
    }
    if failure is not None:
        bundle["failure"] = {"code": failure.code, "message": failure.message, "step_id": failure.step_id}
    run = Run(
        run_id=record.run_id,
        decision_id=record.decision_id,
        adapter_id=request["adapterId"],
        state=state,
        steps_executed=sum(step["outcome"] in ("SUCCEEDED", "SIMULATED") for step in steps),
        failure=None if failure is None else RunFailure(code=failure.code, message=failure.message, step_id=failure.step_id),
        run_bundle=canonical_json(bundle),
        run_bundle_media_type=MEDIA_TYPE,
    )
    if signer is not None and state in (RUN_STATE_SUCCEEDED, RUN_STATE_FAILED):
        run.signature.CopyFrom(signer.sign(run, name, request_digest))
    return run


def end_of_lost_run(record: Record) -> tuple[RunState.ValueType, Failure | None]:
    """How a run ended whose process did not live to say so: as far as the record says, and not further."""
    steps = [json.loads(entry) for entry in record.steps]
    planned = json.loads(record.request)["plan"]["steps"]
    under_way = planned[len(steps)]["stepId"] if len(steps) < len(planned) else ""
    if record.step_under_way and not record.simulated:
        return RUN_STATE_INTERRUPTED, Failure("ROUTER_INTERRUPTED", f"The router's process ended during step {under_way}.", under_way)
    if steps and steps[-1]["outcome"] not in ("SUCCEEDED", "SIMULATED"):
        last = steps[-1]
        failure = Failure(last["failure_code"], last["failure_message"], last["step_id"])
        return (RUN_STATE_FAILED if last["outcome"] == "FAILED" else RUN_STATE_INTERRUPTED), failure
    if len(steps) == len(planned):
        return RUN_STATE_SUCCEEDED, None
    return RUN_STATE_FAILED, Failure("RUN_ABANDONED", f"The router's process ended before step {under_way} began; the steps before it had ended.")
