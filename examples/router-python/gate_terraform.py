"""A gate in front of terraform: what is applied is the plan that was approved, to the byte, or nothing.

    python gate_terraform.py propose release-7 > plan.json    makes a plan, shows it, and writes the steps to request
    python gate_terraform.py serve                            the router that applies it once it is approved

The digest of the plan's file is an argument of the step, so it is part of what people approve. Before it applies anything the router takes a copy of the file
that nobody else can change, and compares the copy's digest with the one that was approved.
"""

import asyncio
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from nexus_attest_client.router import (
    Adapter,
    Refused,
    Router,
    Step,
    StepFailed,
    run_command,
    serve,
)

TERRAFORM = os.environ.get("TERRAFORM", "terraform")
WORKSPACE = Path(os.environ.get("WORKSPACE", "."))
PLANS = WORKSPACE / "plans"

# What the real terraform needs of the environment, such as its credentials; by default a command gets nothing of it.
PASSED_ON = ("HOME", "AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS", "TF_DATA_DIR")

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def propose(name: str) -> None:
    if not NAME.fullmatch(name):
        sys.exit(f"a plan's name has to match {NAME.pattern}")
    PLANS.mkdir(exist_ok=True)
    file = (PLANS / f"{name}.tfplan").resolve()
    subprocess.run(
        [TERRAFORM, "plan", "-input=false", "-no-color", f"-out={file}"],
        cwd=WORKSPACE,
        stdout=sys.stderr,
        check=True,
    )
    arguments = {"plan": name, "plan_digest": digest_of(file.read_bytes())}
    step = {
        "stepId": "apply",
        "intent": f"apply the plan {name}",
        "call": {"tool": "terraform", "method": "apply", "arguments": arguments},
    }
    json.dump({"steps": [step]}, sys.stdout, indent=2)


def check(step: Step) -> None:
    """Before the run begins: refuses what is no approved plan of this workspace. Nothing has been done then, and nothing will be."""
    match step.arguments:
        case {"plan": str(plan), "plan_digest": str(digest), **more} if (
            not more and NAME.fullmatch(plan) and DIGEST.fullmatch(digest)
        ):
            pass
        case _:
            raise Refused("terraform/apply takes exactly plan and plan_digest")
    if (step.tool, step.method) != ("terraform", "apply"):
        raise Refused(f"{step.tool}/{step.method} is not terraform/apply")
    read_approved(step, Refused)


async def apply(step: Step) -> Any:
    return await on_approved_plan(step, "apply")


async def show(step: Step) -> Any:
    """A dry run shows the plan that was approved, and changes nothing."""
    return await on_approved_plan(step, "show")


async def on_approved_plan(step: Step, what: str) -> Any:
    # Between the check and now somebody may have put another file in its place.
    plan = read_approved(step, lambda message: StepFailed("PLAN_CHANGED", message))
    with tempfile.TemporaryDirectory() as private:
        copy = Path(private) / "approved.tfplan"
        copy.write_bytes(plan)
        options = ["-input=false", "-no-color"] if what == "apply" else ["-no-color"]
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        output = await run_command(
            step,
            [TERRAFORM, what, *options, str(copy)],
            cwd=WORKSPACE,
            env=env,
            grace=60.0,
        )
    return {"plan_digest": digest_of(plan), **output}


def read_approved(step: Step, problem: Any) -> bytes:
    """The bytes of the plan, if they are those that were approved."""
    try:
        plan = (PLANS / f"{step.arguments['plan']}.tfplan").read_bytes()
    except OSError as error:
        raise problem(
            f"there is no plan {step.arguments['plan']}: {error.strerror}"
        ) from None
    found = digest_of(plan)
    if found != step.arguments["plan_digest"]:
        raise problem(
            f"the plan {step.arguments['plan']} is {found}, and {step.arguments['plan_digest']} was approved"
        )
    return plan


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def main() -> None:
    match sys.argv[1:]:
        case ["propose", name]:
            propose(name)
        case ["serve"]:
            logging.basicConfig(level=logging.INFO)
            adapter = Adapter(
                "terraform",
                apply,
                check=check,
                dry_run=show,
                description=f"applies approved plans in {WORKSPACE.resolve()}",
            )
            router = Router(
                [adapter],
                os.environ.get("RUN_LOG", "terraform-runs.sqlite"),
                signing_key_file=os.environ.get("SIGNING_KEY_FILE"),
            )
            asyncio.run(
                serve(
                    router,
                    os.environ.get("LISTEN", "127.0.0.1:7400"),
                    token_file=os.environ.get("TOKEN_FILE"),
                )
            )
        case _:
            sys.exit("usage: gate_terraform.py propose NAME | serve")


if __name__ == "__main__":
    main()
