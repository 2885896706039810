"""A router that runs commands from a short list, and nothing else.

    ARCHIVES=/srv/archives python wrap_command.py

A step names an entry of the list, and the arguments that it takes; each has to match its pattern. There is no shell, so an argument is an argument whatever
is in it. What the command writes is seen by who watches the decision, and its end stands in the run bundle, with the exit code.
"""

import asyncio
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus_attest_client.router import (
    Adapter,
    Refused,
    Router,
    Step,
    run_command,
    serve,
)

ARCHIVES = Path(os.environ.get("ARCHIVES", "archives"))


@dataclass(frozen=True)
class Command:
    words: tuple[str, ...]
    """The program and its arguments; {name} stands for the step's argument of that name."""
    takes: dict[str, re.Pattern[str]]


# Neither pattern lets through what begins with "-": tar would take that for an option.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
COMMANDS = {
    "archive/create": Command(
        ("tar", "--create", "--verbose", "--file", "{name}.tar", "--", "{folder}"),
        {"name": NAME, "folder": NAME},
    ),
    "archive/list": Command(("tar", "--list", "--file", "{name}.tar"), {"name": NAME}),
}


def command_of(step: Step) -> list[str]:
    command = COMMANDS.get(f"{step.tool}/{step.method}")
    if command is None:
        raise Refused(
            f"{step.tool}/{step.method} is not on the list, which has {', '.join(COMMANDS)}"
        )
    if not isinstance(step.arguments, dict) or set(step.arguments) != set(
        command.takes
    ):
        raise Refused(
            f"{step.tool}/{step.method} takes exactly {', '.join(command.takes)}"
        )
    for name, pattern in command.takes.items():
        value = step.arguments[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Refused(f"{name} has to match {pattern.pattern}")
    return [word.format(**step.arguments) for word in command.words]


def check(step: Step) -> None:
    """Before the run begins: a request with one step that is not allowed changes nothing at all."""
    command_of(step)


async def carry_out(step: Step) -> Any:
    return await run_command(step, command_of(step), cwd=ARCHIVES)


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    router = Router(
        [
            Adapter(
                "archives",
                carry_out,
                check=check,
                description="packs folders into archives",
            )
        ],
        os.environ.get("RUN_LOG", "archives-runs.sqlite"),
        signing_key_file=os.environ.get("SIGNING_KEY_FILE"),
    )
    asyncio.run(
        serve(
            router,
            os.environ.get("LISTEN", "127.0.0.1:7400"),
            token_file=os.environ.get("TOKEN_FILE"),
        )
    )


if __name__ == "__main__":
    main()
