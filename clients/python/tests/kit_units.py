"""What of the router kit cannot be seen from outside: the run log's mistakes, what a run without an end comes to, and where it will not listen."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sqlite3
import sys
from pathlib import Path

import grpc
import kit_commands  # noqa: F401
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from kit_support import HERE, main, raises, step_of, test

from nexus.attest.v1 import router_pb2
from nexus_attest_client.router import Adapter, Router, Step, StepFailed, UnusableRunLog
from nexus_attest_client.router.active_run import ActiveRun
from nexus_attest_client.router.ending import end_of_lost_run
from nexus_attest_client.router.listener import listen_on
from nexus_attest_client.router.run_log import Record, RunLog
from nexus_attest_client.router.signing import RunSigner
from nexus_attest_client.router.text import cut

DOCS = Path(__file__).parents[3] / "docs"


@test
def a_run_log_that_is_none_is_damaged_or_newer_is_refused_and_left_as_it_is() -> None:
    for name, content in (("text", b"no database, but a text that is long enough to be taken for one" * 40), ("cut", None)):
        file = HERE / name
        if content is None:
            RunLog(file).close()
            content = file.read_bytes()[:5000]
        file.write_bytes(content)
        raises(UnusableRunLog, "damaged|no run log", lambda file=file: RunLog(file))
        assert file.read_bytes() == content
    newer = HERE / "newer"
    with sqlite3.connect(newer) as database:
        database.execute("PRAGMA user_version = 2")
    content = newer.read_bytes()
    raises(UnusableRunLog, "newer version", lambda: RunLog(newer))
    assert newer.read_bytes() == content
    raises(UnusableRunLog, "cannot be opened", lambda: RunLog(HERE / "missing" / "runs"))


@test
def a_run_log_is_for_its_owner_only_and_a_decision_has_one_row() -> None:
    log = RunLog(HERE / "rows")
    assert os.stat(HERE / "rows").st_mode & 0o077 == 0
    log.accept("d" * 32, "run-1", "{}", False, 0)
    for again in (lambda: log.accept("d" * 32, "run-2", "{}", False, 0), lambda: log.refuse("d" * 32, "{}", "no", 0)):
        raises(sqlite3.IntegrityError, "UNIQUE", again)
    log.end("d" * 32, b"first")
    log.end("d" * 32, b"second")
    record = log.find("d" * 32)
    assert record is not None and record.run == b"first"
    log.close()


@test
def a_run_log_can_be_backed_up_while_it_is_used_and_not_by_a_second_router() -> None:
    log = RunLog(HERE / "shared")
    log.accept("d" * 32, "run-1", "{}", False, 0)
    raises(UnusableRunLog, "in use by another process", lambda: RunLog(HERE / "shared"))
    with sqlite3.connect(HERE / "shared") as other:
        other.execute("VACUUM INTO ?", (str(HERE / "backup"),))
    log.close()
    copy = RunLog(HERE / "backup")
    assert copy.open_runs() == ["d" * 32]
    copy.close()


@test
def a_run_whose_step_cannot_be_put_on_record_is_told_of_as_unknown() -> None:
    async def carry_out(_: Step) -> None: ...

    async def scenario() -> None:
        router = Router([Adapter("kit", carry_out)], HERE / "full")
        full = iter([sqlite3.OperationalError("database or disk is full")])
        write = router._runs.end_step

        def end_step(*entry: object) -> None:
            for error in full:
                raise error
            write(*entry)  # type: ignore[arg-type]

        router._runs.end_step = end_step  # type: ignore[method-assign]
        request = step_of().request
        active = router.begin(request, None)
        assert isinstance(active, ActiveRun)
        await asyncio.wait([active.task])
        await asyncio.sleep(0)
        told = router.tell(request.decision_id, fence=True)
        assert told is not None and told.state == router_pb2.RUN_STATE_INTERRUPTED
        assert router.begin(request, None) == told
        await router.close(0)

    asyncio.run(scenario())


@test
def a_run_without_an_end_ends_as_far_as_the_record_says_and_not_further() -> None:
    request = json.dumps({"plan": {"steps": [{"stepId": "a"}, {"stepId": "b"}]}})
    done = json.dumps({"step_id": "a", "outcome": "SUCCEEDED"})
    ended = {"step_id": "a", "failure_code": "QUOTA", "failure_message": "no room"}
    failed, unknown = (json.dumps({**ended, "outcome": outcome}) for outcome in ("FAILED", "UNKNOWN"))
    for under_way, simulated, steps, state, code in (
        (False, False, (), "FAILED", "RUN_ABANDONED"),
        (True, False, (), "INTERRUPTED", "ROUTER_INTERRUPTED"),
        (True, True, (), "FAILED", "RUN_ABANDONED"),
        (False, False, (done,), "FAILED", "RUN_ABANDONED"),
        (True, False, (done,), "INTERRUPTED", "ROUTER_INTERRUPTED"),
        (False, False, (failed,), "FAILED", "QUOTA"),
        (False, False, (unknown,), "INTERRUPTED", "QUOTA"),
        (False, False, (done, done), "SUCCEEDED", None),
    ):
        found, failure = end_of_lost_run(Record("d" * 32, "run-1", request, simulated, 0, under_way, None, None, steps))
        assert (router_pb2.RunState.Name(found), failure and failure.code) == (f"RUN_STATE_{state}", code), steps


@test
def a_signature_is_that_of_the_worked_example() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"))
    file = HERE / "key.pem"
    file.touch(0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    package = json.loads((DOCS / "examples/audit-package.embedded.json").read_text())
    section = package["router"]
    assert section["runId"] == "run-0001"
    run = router_pb2.Run(
        run_id="run-0001",
        decision_id=package["controlBundle"]["decisionId"],
        adapter_id="files",
        steps_executed=2,
        run_bundle=base64.b64decode(section["runBundle"]),
    )
    page = (DOCS / "signatures.md").read_text()
    digest = "sha256:975332fffaba52599dd4a7411b98039b5003239f8842595188a941efc443a8f9"
    assert digest in page
    envelope = RunSigner(file).sign(run, "RUN_STATE_SUCCEEDED", digest)
    assert envelope.payload.decode() in page
    assert base64.b64encode(envelope.signatures[0].sig).decode() in page


@test
def it_does_not_listen_where_everybody_could_have_things_run() -> None:
    async def on(address: str, **how: object) -> int:
        nothing = {"cert_file": None, "key_file": None, "client_ca_file": None, "client_names": (), "token_file": None}
        return listen_on(grpc.aio.server(), address, **{**nothing, "plaintext": False, "unauthenticated": False, **how})  # type: ignore[arg-type]

    for address, how, message in (
        ("0.0.0.0:0", {"token_file": "t"}, "in the clear"),
        ("0.0.0.0:0", {"plaintext": True}, "whoever reaches it"),
        ("router.example.com:7400", {}, "in the clear"),
        ("7400", {}, "wants host:port"),
        ("127.0.0.1:0", {"cert_file": "c"}, "belong together"),
        ("127.0.0.1:0", {"client_ca_file": "c"}, "needs cert_file"),
        ("127.0.0.1:0", {"client_names": ("a",)}, "needs client_ca_file"),
    ):
        raises(ValueError, message, lambda address=address, how=how: asyncio.run(on(address, **how)))
    assert asyncio.run(on("127.0.0.1:0")) > 0
    assert asyncio.run(on("0.0.0.0:0", plaintext=True, unauthenticated=True)) > 0


@test
def what_an_adapter_cannot_be_is_said_at_once() -> None:
    async def carry_out(_: Step) -> None: ...

    raises(ValueError, "adapter_id", lambda: Adapter("not an id", carry_out))
    raises(TypeError, "async function", lambda: Adapter("kit", lambda _: None))  # type: ignore[arg-type,return-value]
    raises(ValueError, "capabilities", lambda: Adapter("kit", carry_out, capabilities="apply"))
    raises(ValueError, "there twice", lambda: Router([Adapter("kit", carry_out)] * 2, HERE / "twice"))
    raises(ValueError, "limits", lambda: Router([Adapter("kit", carry_out)], HERE / "limits", max_bundle_bytes=2**26))
    raises(ValueError, "code", lambda: StepFailed("no code", ""))
    assert cut("x漢\ud800", 4) == "x漢" and cut("漢", 2) == ""


sys.exit(main())
