"""A program that follows everything: follow.py CURSOR_FILE

Prints a line for each change of a decision, for ever. Where it is stands in the file, so that it goes on there when it is started again.
"""

import asyncio
import sys
from pathlib import Path

from connect import connection
from nexus.attest.v1.lifecycle_pb2 import DecisionState
from nexus_attest_client import AsyncClient


async def main(file: Path) -> None:
    cursor = file.read_text() if file.exists() else ""
    async with AsyncClient(**connection()) as follower:
        async for message in follower.watch_all(cursor=cursor):
            if message.WhichOneof("kind") == "change":
                decision = message.change.decision
                print(decision.decision_id, DecisionState.Name(decision.state), decision.goal, flush=True)
            # Only what has been dealt with is behind us. In one step, so that a crash leaves the old place or the new one.
            beside = file.with_suffix(".new")
            beside.write_text(message.change.cursor or message.caught_up.cursor)
            beside.replace(file)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
