"""A router whose steps do what a test wants, for clients/harness/router.ts: python kit_router.py OPTIONS.json"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from nexus_attest_client.router import Adapter, Refused, Router, Step, StepFailed, serve

OPTIONS: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
HERE = Path(OPTIONS["directory"])


def check(step: Step) -> None:
    if step.method == "forbidden":
        raise Refused("it is forbidden")
    if step.method == "broken-check":
        raise KeyError("the secret hunter2")


async def carry_out(step: Step) -> Any:
    record(step)
    match step.method:
        case "answer":
            return step.arguments
        case "nothing":
            return None
        case "wait":
            return await wait(step)
        case "chatter":
            for line in range(step.arguments["lines"]):
                step.progress(f"line {line}")
                if "pace" in step.arguments and line % step.arguments["pace"] == 0:
                    await asyncio.sleep(0.001)
            return None
        case "fail":
            raise StepFailed("QUOTA", "no room", {"free": 0})
        case "raise":
            raise ValueError("the secret hunter2")
        case "exit":
            sys.exit(3)
        case "garbage":
            return object()
        case "no-number":
            return {"value": float("nan")}
        case "huge":
            return "x" * step.arguments["bytes"]
        case "bad-code":
            raise StepFailed("not a code", "no")
    raise StepFailed("NO_SUCH_METHOD", step.method)


async def wait(step: Step) -> Any:
    step.progress("waiting")
    while not (HERE / f"go-{step.decision_id}").exists():
        try:
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            match step.arguments.get("cancelled"):
                case "tidy":
                    raise StepFailed("CANCELLED", "stopped and cleaned up", {"cleaned": True}) from None
                case "stubborn":
                    step.progress("going on all the same")
                case _:
                    raise
    return {"waited": True}


async def own_dry_run(step: Step) -> Any:
    record(step)
    return {"would": step.method}


def record(step: Step) -> None:
    with open(HERE / "calls", "a") as calls:
        calls.write(f"{step.decision_id} {step.step_id} {step.method} {'dry' if step.dry_run else 'apply'}\n")
        calls.flush()
        os.fsync(calls.fileno())


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="router: %(levelname)s %(message)s")
    adapters = [
        Adapter("kit", carry_out, check=check, description="does what a test wants"),
        Adapter("rehearsed", carry_out, dry_run=own_dry_run, capabilities=["apply", "dry_run", "timeout"]),
        Adapter("apply-only", carry_out, capabilities=["apply"]),
    ]
    router = Router(adapters, HERE / "runs", signing_key_file=OPTIONS.get("signing_key_file"), max_output_bytes=2**20, max_bundle_bytes=2**21)
    asyncio.run(serve(router, OPTIONS["listen"], **OPTIONS.get("serving", {})))


main()
