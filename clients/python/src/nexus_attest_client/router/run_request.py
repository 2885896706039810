"""What a router asks of a RunRequest before it runs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from google.protobuf.json_format import MessageToDict

from nexus.attest.v1.plan_pb2 import MODE_APPLY, MODE_DRY_RUN
from nexus_attest_client.router.adapter import Refused
from nexus_attest_client.router.text import canonical_json, read_json

if TYPE_CHECKING:
    from nexus.attest.v1.plan_pb2 import PlanStep
    from nexus.attest.v1.router_service_pb2 import RunRequest
    from nexus_attest_client.router.adapter import Adapter

_DECISION_ID = re.compile(r"[0-9a-f]{32}")


def is_decision_id(text: str) -> bool:
    return _DECISION_ID.fullmatch(text) is not None


def request_text(request: RunRequest) -> str:
    """The canonical JSON of its ProtoJSON: two requests are the same if these are, and SHA-256 of it is the router_request_digest."""
    return canonical_json(MessageToDict(request)).decode()


def is_understood(request: RunRequest) -> bool:
    """Whether every field is known. One of a later schema may change what is to be run, so it must not be passed over."""
    known = type(request)()
    known.CopyFrom(request)
    known.DiscardUnknownFields()  # type: ignore[attr-defined,unused-ignore]
    return known.ByteSize() == request.ByteSize()


def arguments_of(planned: PlanStep) -> object:
    """The arguments of a step. Raises ValueError if they are not one JSON text that all readers read alike."""
    return read_json(planned.call.arguments_json or "{}")


def judge(request: RunRequest, adapter: Adapter | None) -> Adapter:
    """The adapter that is to run it. Raises Refused, with the reason, if it must not be run."""
    if adapter is None:
        raise Refused(f"This router has no adapter {request.adapter_id}.")
    if not is_understood(request):
        raise Refused("The request has fields that this router does not know: it is older than the server, and must not guess what they mean.")
    if not request.HasField("plan") or not request.plan.steps:
        raise Refused("The request has no plan, and this router carries out plans, step by step.")
    steps = request.plan.steps
    if 0 < request.max_steps < len(steps):
        raise Refused(f"The plan has {len(steps)} steps; {request.max_steps} are allowed.")
    if len({step.step_id for step in steps}) < len(steps):
        raise Refused("Two steps of the plan have one step_id.")
    wanted = {MODE_APPLY: "apply", MODE_DRY_RUN: "dry_run"}[request.mode]
    if wanted not in adapter.capabilities:
        raise Refused(f"Adapter {adapter.adapter_id} does not declare {wanted}.")
    for step in steps:
        try:
            arguments_of(step)
        except (ValueError, RecursionError) as error:
            raise Refused(f"The arguments of step {step.step_id} are not JSON that every reader reads alike: {error}.") from None
    return adapter
