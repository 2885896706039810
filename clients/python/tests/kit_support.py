"""What the tests of the router kit have in common."""

from __future__ import annotations

import re
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from nexus.attest.v1.plan_pb2 import MODE_APPLY, Plan, PlanCall, PlanStep
from nexus.attest.v1.router_service_pb2 import RunRequest
from nexus_attest_client.router import Step

HOME = tempfile.TemporaryDirectory()
HERE = Path(HOME.name)
TESTS: list[Callable[[], None]] = []


def test(function: Callable[[], None]) -> Callable[[], None]:
    TESTS.append(function)
    return function


def raises(kind: type[BaseException], message: str, call: Callable[[], object]) -> BaseException:
    try:
        call()
    except kind as error:
        assert re.search(message, str(error)), error
        return error
    raise AssertionError(f"{kind.__name__} was to come")


def step_of(method: str = "x", report: Callable[[str], None] = lambda _: None) -> Step:
    planned = PlanStep(step_id="one", call=PlanCall(tool="test", method=method))
    request = RunRequest(decision_id="a" * 32, adapter_id="kit", mode=MODE_APPLY, plan=Plan(steps=[planned]))
    return Step(request=request, run_id="run-1", planned=planned, arguments={}, dry_run=False, report=report)


def main() -> int:
    failed = 0
    for each in TESTS:
        what = each.__name__.replace("_", " ")
        try:
            each()
            print(f"ok   {what}")
        except Exception:
            failed += 1
            print(f"FAIL {what}")
            traceback.print_exc(file=sys.stdout)
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0
