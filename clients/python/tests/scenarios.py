"""The scenarios of clients/scenarios.md, through the client for asyncio; the synchronous one at the end. Run by clients/harness/run.ts."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
from google.protobuf.duration_pb2 import Duration

from nexus.attest.v1 import lifecycle_pb2, plan_pb2
from nexus.attest.v1.audit_package_pb2 import PACKAGE_MODE_EMBEDDED, VERDICT_BROKEN
from nexus.attest.v1.audit_service_pb2 import ExportAuditPackageRequest, VerifyAuditPackageRequest
from nexus.attest.v1.decision_service_pb2 import (
    CreateDecisionRequest,
    DecisionFilter,
    ExecuteDecisionRequest,
    GetDecisionRequest,
    GrantApprovalRequest,
    ListDecisionsRequest,
    RejectDecisionRequest,
    RevokeApprovalRequest,
)
from nexus.attest.v1.label_pb2 import Label
from nexus.attest.v1.policy_pb2 import Policy
from nexus_attest_client import AsyncClient, AttestError, Client, WrongTurn

ADDRESS, PROXY, CONTROL, SECURE = (os.environ[f"NEXUS_ATTEST_{name}"] for name in ("ADDRESS", "PROXY", "CONTROL", "SECURE"))
CREDENTIALS = Path(os.environ["NEXUS_ATTEST_CREDENTIALS"])

SCENARIOS: list[tuple[int, str, Callable[[], Awaitable[None]]]] = []


def scenario(number: int, what: str):
    def add(function: Callable[[], Awaitable[None]]):
        SCENARIOS.append((number, what, function))
        return function

    return add


def client(name: str = "you", address: str = ADDRESS, **how) -> AsyncClient:
    return AsyncClient(address, development_actor=f"human:{name}", **how)


async def control(what: str) -> str:
    return await asyncio.to_thread(lambda: urllib.request.urlopen(f"{CONTROL}/{what}").read().decode())


def request(**more) -> CreateDecisionRequest:
    fields = {
        "goal": "raise the limit",
        "mode": plan_pb2.MODE_APPLY,
        "adapter_id": "tool",
        "plan": plan("write"),
        "policy": Policy(min_approvals=2, allowed_modes=[plan_pb2.MODE_APPLY]),
        **more,
    }
    return CreateDecisionRequest(**fields)


def plan(*methods: str) -> plan_pb2.Plan:
    steps = [
        plan_pb2.PlanStep(step_id=f"step-{i}", call=plan_pb2.PlanCall(tool="tool", method=method, arguments_json="{}")) for i, method in enumerate(methods)
    ]
    return plan_pb2.Plan(steps=steps)


ONE = Policy(min_approvals=1, allowed_modes=[plan_pb2.MODE_APPLY])


async def create(you: AsyncClient, **more) -> str:
    return (await you.decisions.CreateDecision(request(**more))).decision.decision_id


async def approve(decision_id: str, *names: str) -> None:
    for name in names:
        async with client(name) as approver:
            await approver.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))


async def refused(call: Awaitable[object], reason: str, code: grpc.StatusCode) -> AttestError:
    try:
        await call
    except AttestError as error:
        assert (error.reason, error.code) == (reason, code), (error.reason, error.code)
        return error
    raise AssertionError(f"{reason} was to come")


def follow(watcher: AsyncClient, decision_id: str) -> tuple[list, asyncio.Task[None]]:
    """The messages of a watch as they come, and the task that reads them to their end."""
    messages: list = []

    async def read() -> None:
        async for message in watcher.watch(decision_id):
            messages.append(message)

    return messages, asyncio.create_task(read())


def seqs(messages: list) -> list[int]:
    return [message.event.event.seq for message in messages if message.WhichOneof("kind") == "event"]


@scenario(1, "a decision goes the whole way, and its package verifies")
async def pipeline() -> None:
    async with client() as you:
        decision_id = await create(you)
        await approve(decision_id, "ann", "ben")
        done = await you.execute_and_wait(decision_id, timeout=30)
        assert done.lifecycle.state == lifecycle_pb2.DECISION_STATE_COMPLETED, done.lifecycle
        package = await you.audit.ExportAuditPackage(ExportAuditPackageRequest(decision_id=decision_id, mode=PACKAGE_MODE_EMBEDDED))
        verified = await you.audit.VerifyAuditPackage(VerifyAuditPackageRequest(package_json=package.package_json))
        assert verified.report.verdict not in (0, VERDICT_BROKEN), verified.report
        assert verified.report.binding_digest == package.binding_digest


@scenario(2, "a request_id does a thing once, and nothing else")
async def idempotency() -> None:
    async with client() as you:
        first = await create(you, request_id="scenario-2")
        assert await create(you, request_id="scenario-2") == first
        await refused(create(you, request_id="scenario-2", goal="another"), "REQUEST_ID_REUSED", grpc.StatusCode.ALREADY_EXISTS)


@scenario(3, "a closed gate says why, in types")
async def gate_closed() -> None:
    async with client() as you:
        decision_id = await create(you)
        await approve(decision_id, "ann")
        execute = you.decisions.ExecuteDecision(ExecuteDecisionRequest(decision_id=decision_id))
        error = await refused(execute, "GATE_CLOSED", grpc.StatusCode.FAILED_PRECONDITION)
        (reason,) = error.blocking_reasons
        assert reason.code == lifecycle_pb2.BLOCKING_CODE_MISSING_APPROVALS
        missing = reason.missing_approvals
        assert (missing.required, missing.have, missing.missing) == (2, 1, 1), missing


@scenario(4, "a field that breaks a constraint is named")
async def field_violations() -> None:
    async with client() as you:
        policy = Policy(min_approvals=0, allowed_modes=[plan_pb2.MODE_APPLY])
        error = await refused(create(you, policy=policy), "INVALID_REQUEST", grpc.StatusCode.INVALID_ARGUMENT)
        assert [violation.field for violation in error.field_violations] == ["policy.min_approvals"]


@scenario(5, "the requester cannot approve")
async def self_approval() -> None:
    async with client() as you:
        decision_id = await create(you)
        grant = you.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
        await refused(grant, "SELF_APPROVAL", grpc.StatusCode.PERMISSION_DENIED)


@scenario(6, "a decision that there is not is not found, nor watched")
async def not_found() -> None:
    async with client() as you:
        get = you.decisions.GetDecision(GetDecisionRequest(decision_id="0" * 32))
        await refused(get, "DECISION_NOT_FOUND", grpc.StatusCode.NOT_FOUND)
        await refused(anext(you.watch("0" * 32)), "DECISION_NOT_FOUND", grpc.StatusCode.NOT_FOUND)


@scenario(7, "a deadline ends the call, not the run")
async def deadline() -> None:
    async with client() as you:
        decision_id = await create(you, plan=plan("slow", "slow"), policy=ONE)
        await approve(decision_id, "ann")
        began = time.monotonic()
        execute = ExecuteDecisionRequest(decision_id=decision_id, wait=Duration(seconds=30))
        try:
            await you.decisions.ExecuteDecision(execute, timeout=0.2)
            raise AssertionError("the deadline was to pass")
        except AttestError as error:
            assert error.code == grpc.StatusCode.DEADLINE_EXCEEDED, error
        assert time.monotonic() - began < 2
        last = await you.wait_until(decision_id, "terminal", timeout=30)
        assert last.state == lifecycle_pb2.DECISION_STATE_COMPLETED


@scenario(8, "cancelling ends a watch and a call within a second")
async def cancellation() -> None:
    async with client() as you:
        decision_id = await create(you, plan=plan("slow", "slow", "slow"), policy=ONE)

        async def follow() -> None:
            async for _ in you.watch(decision_id):
                pass

        tasks = {asyncio.create_task(follow())}
        await approve(decision_id, "ann")
        execute = ExecuteDecisionRequest(decision_id=decision_id, wait=Duration(seconds=30))
        tasks.add(asyncio.create_task(asyncio.wait_for(you.decisions.ExecuteDecision(execute), 30)))
        await asyncio.sleep(0.3)
        began = time.monotonic()
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results
        assert time.monotonic() - began < 1
        await you.wait_until(decision_id, "terminal", timeout=30)


async def driven(you: AsyncClient, address: str = ADDRESS, trouble: Callable[[], Awaitable[None]] | None = None) -> None:
    """Watches a decision from its beginning to its end, with trouble in the middle."""
    decision_id = await create(you)
    messages = []

    async def follow() -> None:
        async with client(address=address) as watcher:
            async for message in watcher.watch(decision_id):
                messages.append(message)

    following = asyncio.create_task(follow())
    await approve(decision_id, "ann")
    if trouble is not None:
        await trouble()
    await approve(decision_id, "ben")
    await you.execute_and_wait(decision_id, timeout=30)
    await asyncio.wait_for(following, 30)
    count = (await you.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id))).decision.head_seq + 1
    assert seqs(messages) == list(range(count)), seqs(messages)
    assert [message.WhichOneof("kind") for message in messages].count("caught_up") == 1
    states = [message.lifecycle.lifecycle.state for message in messages if message.WhichOneof("kind") == "lifecycle"]
    assert states[-1] == lifecycle_pb2.DECISION_STATE_COMPLETED


@scenario(9, "a watch tells a decision from its beginning to its end, and ends")
async def watched() -> None:
    async with client() as you:
        await driven(you)


@scenario(10, "a watch goes on through a restart of the server")
async def watched_through_restart() -> None:
    async def restart() -> None:
        await asyncio.sleep(0.3)
        await control("stop")
        await asyncio.sleep(0.5)
        await control("start")

    async with client() as you:
        await driven(you, trouble=restart)


@scenario(11, "a watch goes on after the server was killed")
async def watched_through_kill() -> None:
    async def kill() -> None:
        await asyncio.sleep(0.3)
        await control("kill")
        await asyncio.sleep(0.5)
        await control("start")

    async with client() as you:
        await driven(you, trouble=kill)


@scenario(12, "a watch through a proxy that cuts connections has no gap and no repeat")
async def watched_through_cuts() -> None:
    async with client() as you, client("ann") as ann:
        decision_id = await create(you)
        messages: list = []

        async def follow() -> None:
            async with client(address=PROXY) as watcher:
                async for message in watcher.watch(decision_id):
                    messages.append(message)

        following = asyncio.create_task(follow())
        await control("cut-on?every=80")
        for _ in range(600):
            await ann.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
            await ann.decisions.RevokeApproval(RevokeApprovalRequest(decision_id=decision_id, reason="again"))
        while int(await control("cuts")) < 50:
            await ann.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
            await ann.decisions.RevokeApproval(RevokeApprovalRequest(decision_id=decision_id, reason="again"))
        await control("cut-off")
        await ann.decisions.RejectDecision(RejectDecisionRequest(decision_id=decision_id, reason="enough"))
        await asyncio.wait_for(following, 60)
        found = (await you.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id))).decision
        assert found.head_seq > 1_000
        assert seqs(messages) == list(range(found.head_seq + 1)), len(seqs(messages))


@scenario(13, "ten thousand events are watched without a gap")
async def ten_thousand() -> None:
    label = Label(key="scenario", value="13")
    each, decisions = 625, 8
    async with client() as you:
        ids = [await create(you, labels=[label]) for _ in range(decisions)]
        found: dict[str, list[int]] = {decision_id: [] for decision_id in ids}

        async def follow() -> None:
            remaining = set(ids)
            async with client() as watcher:
                async for message in watcher.watch_all(DecisionFilter(labels=[label])):
                    if message.WhichOneof("kind") != "change" or not message.change.HasField("event"):
                        continue
                    event = message.change.event.event
                    found[event.decision_id].append(event.seq)
                    if event.HasField("decision_rejected"):
                        remaining.discard(event.decision_id)
                    if not remaining:
                        return

        following = asyncio.create_task(follow())
        await asyncio.sleep(0.5)

        async def drive(decision_id: str, name: str) -> None:
            async with client(name) as approver:
                for _ in range(each):
                    await approver.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
                    await approver.decisions.RevokeApproval(RevokeApprovalRequest(decision_id=decision_id))
                await approver.decisions.RejectDecision(RejectDecisionRequest(decision_id=decision_id, reason="enough"))

        await asyncio.gather(*(drive(decision_id, f"ann-{i}") for i, decision_id in enumerate(ids)))
        await asyncio.wait_for(following, 60)
        for decision_id in ids:
            # The first two are there before the watch is, which begins with decisions as they stand.
            assert found[decision_id] == list(range(2, 2 * each + 3)), decision_id
        assert sum(map(len, found.values())) >= 10_000


@scenario(14, "waiting until a decision can be executed ends with the last approval, or in vain")
async def waiting() -> None:
    async with client() as you:
        decision_id = await create(you)
        waiting_for = asyncio.create_task(you.wait_until(decision_id, "executable", timeout=20))
        await approve(decision_id, "ann")
        await asyncio.sleep(0.2)
        assert not waiting_for.done()
        await approve(decision_id, "ben")
        assert (await waiting_for).executable
        other = await create(you)
        task = asyncio.create_task(you.wait_until(other, "executable", timeout=20))
        await asyncio.sleep(0.2)
        async with client("ann") as ann:
            await ann.decisions.RejectDecision(RejectDecisionRequest(decision_id=other, reason="no"))
        try:
            await task
            raise AssertionError("it was rejected")
        except WrongTurn:
            pass


@scenario(15, "a call made while the server is down is done once it is up, and once only")
async def retried() -> None:
    async with client() as you:
        await create(you)
        await control("stop")
        creating = asyncio.create_task(create(you, goal="made while the server was down", labels=[Label(key="scenario", value="15")]))
        await asyncio.sleep(1)
        await control("start")
        decision_id = await asyncio.wait_for(creating, 20)
        listed = await you.decisions.ListDecisions(ListDecisionsRequest(filter=DecisionFilter(labels=[Label(key="scenario", value="15")])))
        assert [each.decision_id for each in listed.decisions] == [decision_id]


TEXT = "héllo wörld 🛒🏳️‍🌈 שלום é e\u0301 \u200d 中文"


@scenario(16, "any text comes back as it was")
async def unicode() -> None:
    async with client() as you:
        decision_id = await create(you, goal=TEXT, labels=[Label(key="text", value="a_b./:@-9")])
        async with client("ann") as ann:
            await ann.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id, comment=TEXT))
        found = (await you.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id))).decision
        assert (found.goal, found.labels[0].value, found.approvals[0].comment) == (TEXT, "a_b./:@-9", TEXT)


@scenario(17, "a plan of 1,000 steps is taken, one of 1,001 is a clear error")
async def large_plans() -> None:
    async with client() as you:
        decision_id = await create(you, plan=plan(*["write"] * 1_000))
        found = (await you.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id))).decision
        assert len(found.plan.steps) == 1_000
        error = await refused(create(you, plan=plan(*["write"] * 1_001)), "INVALID_REQUEST", grpc.StatusCode.INVALID_ARGUMENT)
        assert [violation.field for violation in error.field_violations] == ["plan.steps"]


@scenario(18, "wrong credentials are refused at once, and so are connections that would be unsafe")
async def wrong_credentials() -> None:
    for how in ({}, {"development_actor": "nobody"}, {"development_actor": "human:"}):
        async with AsyncClient(ADDRESS, **how) as nobody:
            began = time.monotonic()
            await refused(create(nobody), "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED)
            assert time.monotonic() - began < 2
            await refused(anext(nobody.watch("0" * 32)), "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED)
    for wrong in (
        lambda: AsyncClient("http://attest.example:7350", development_actor="human:you"),
        lambda: AsyncClient(ADDRESS, token="t", development_actor="human:you"),
        lambda: AsyncClient("attest.example:7350"),
    ):
        try:
            wrong()
            raise AssertionError("it was to be refused")
        except ValueError:
            pass


@scenario(19, "a list reads what was just written, page by page")
async def lists() -> None:
    label = Label(key="scenario", value="19")
    async with client() as you:
        ids, token = [], ""
        for _ in range(5):
            made = await you.decisions.CreateDecision(request(labels=[label]))
            ids.append(made.decision.decision_id)
            token = made.consistency_token
        found: list[str] = []
        page = ""
        while True:
            listed = await you.decisions.ListDecisions(
                ListDecisionsRequest(filter=DecisionFilter(labels=[label]), page_size=2, page_token=page, consistency_token=token)
            )
            found.extend(each.decision_id for each in listed.decisions)
            page = listed.next_page_token
            if page == "":
                break
        assert found == ids[::-1]


@scenario(20, "a run tells how far it is")
async def progress() -> None:
    async with client() as you:
        decision_id = await create(you, plan=plan("slow", "slow"), policy=ONE)
        await approve(decision_id, "ann")
        steps = []

        async def follow() -> None:
            async for message in you.watch(decision_id):
                if message.WhichOneof("kind") == "run_progress":
                    steps.append(message.run_progress.steps_executed)

        following = asyncio.create_task(follow())
        await you.execute_and_wait(decision_id, timeout=30)
        await following
        assert steps and steps == sorted(steps), steps


@scenario(21, "calls whose answers are lost are done once")
async def answers_lost() -> None:
    label = Label(key="scenario", value="21")
    async with client() as you, client(address=PROXY) as cut:
        await control("cut-on?every=80")
        made: list[str] = []
        while len(made) < 100 or int(await control("cuts")) < 50:
            made.extend(await asyncio.gather(*(create(cut, labels=[label]) for _ in range(5))))
        await control("cut-off")
        found: list[str] = []
        page, token = "", (await you.decisions.CreateDecision(request())).consistency_token
        while True:
            listed = await you.decisions.ListDecisions(
                ListDecisionsRequest(filter=DecisionFilter(labels=[label]), page_size=200, page_token=page, consistency_token=token)
            )
            found.extend(each.decision_id for each in listed.decisions)
            page = listed.next_page_token
            if page == "":
                break
        assert sorted(found) == sorted(made), (len(found), len(made))


@scenario(22, "the synchronous client does the same, from several threads")
async def synchronous() -> None:
    def whole_way() -> None:
        with Client(ADDRESS, development_actor="human:you") as you, Client(ADDRESS, development_actor="human:ann") as ann:
            decision_id = you.decisions.CreateDecision(request(policy=ONE)).decision.decision_id
            messages: list = []
            follower = threading.Thread(target=lambda: messages.extend(you.watch(decision_id)))
            follower.start()
            try:
                you.decisions.ExecuteDecision(ExecuteDecisionRequest(decision_id=decision_id))
                raise AssertionError("the gate was to be closed")
            except AttestError as error:
                assert error.reason == "GATE_CLOSED"
            ann.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
            assert you.wait_until(decision_id, "executable", timeout=10).executable
            done = you.execute_and_wait(decision_id, timeout=30)
            assert done.lifecycle.state == lifecycle_pb2.DECISION_STATE_COMPLETED
            follower.join(10)
            assert seqs(messages) == list(range(done.head_seq + 1)), seqs(messages)
            endless = you.watch(you.decisions.CreateDecision(request()).decision.decision_id)
            assert next(endless).WhichOneof("kind") == "event"
            timer = threading.Timer(0.2, endless.cancel)
            timer.start()
            began = time.monotonic()
            for _ in endless:
                pass
            assert time.monotonic() - began < 2
            everything = you.watch_all()
            next(everything)
            everything.cancel()
        assert not any(thread.name == "nexus-attest-client" for thread in threading.enumerate())

    await asyncio.to_thread(whole_way)


def secure(ca: str = "ca.pem", **how) -> AsyncClient:
    return AsyncClient(SECURE, ca_file=CREDENTIALS / ca, **how)


def pipeline_service() -> AsyncClient:
    return secure(token_file=CREDENTIALS / "pipeline.token")


class CountedToken:
    """A token that says how often it was asked for: once for each try of a call."""

    def __init__(self, give: Callable[[], str]) -> None:
        self.give = give
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return self.give()


def issued(seconds: int) -> str:
    """A token of the issuer, for ben, who approves."""
    return urllib.request.urlopen(f"{CONTROL}/token?seconds={seconds}").read().decode()


@scenario(23, "over TLS a server is known by its authority, and by no other")
async def own_authority() -> None:
    token_file = CREDENTIALS / "pipeline.token"
    async with secure(token_file=token_file) as service:
        assert await create(service)
    for ca_file in (CREDENTIALS / "other-ca.pem", None):
        async with AsyncClient(SECURE, token_file=token_file, ca_file=ca_file, timeout=2) as deceived:
            began = time.monotonic()
            error = await refused(create(deceived), "", grpc.StatusCode.UNAVAILABLE)
            assert "certificate" in error.message.lower(), error.message
            assert time.monotonic() - began < 3


@scenario(24, "a token says who calls; one that is unknown or has expired is refused, and not tried again")
async def tokens() -> None:
    async with pipeline_service() as service:
        made = await service.decisions.CreateDecision(request())
        assert made.decision.requester.id == "pipeline", made.decision.requester
    for name in ("unknown", "expired"):
        token = CountedToken((CREDENTIALS / f"{name}.token").read_text().strip)
        async with secure(token=token) as nobody:
            await refused(create(nobody), "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED)
            await refused(anext(nobody.watch(made.decision.decision_id)), "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED)
            assert token.asked == 2, token.asked


@scenario(25, "a client certificate says who calls; one of another authority, and none, are refused")
async def client_certificates() -> None:
    async with pipeline_service() as service, secure(cert_file=CREDENTIALS / "ann.pem", key_file=CREDENTIALS / "ann.key") as ann:
        decision_id = await create(service)
        granted = await ann.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
        assert granted.event.event.actor.id == "ann@example.com", granted
    for how in ({"cert_file": CREDENTIALS / "stranger.pem", "key_file": CREDENTIALS / "stranger.key"}, {}):
        async with secure(**how) as nobody:
            began = time.monotonic()
            await refused(create(nobody), "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED)
            assert time.monotonic() - began < 2


@scenario(26, "what the roles do not allow is denied in types, and not tried again")
async def roles() -> None:
    token = CountedToken((CREDENTIALS / "pipeline.token").read_text().strip)
    async with secure(token=token) as service, secure(token=issued(60)) as ben:
        decision_id = await create(service)
        token.asked = 0
        grant = service.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
        await refused(grant, "PERMISSION_DENIED", grpc.StatusCode.PERMISSION_DENIED)
        assert token.asked == 1, token.asked
        await refused(create(ben), "PERMISSION_DENIED", grpc.StatusCode.PERMISSION_DENIED)


@scenario(27, "a watch goes on with a new token when the old one has run out, and ends if there is none")
async def rotated_tokens() -> None:
    token, old = CountedToken(lambda: issued(3)), issued(3)
    async with pipeline_service() as service, secure(token=token) as ben, secure(token=old) as late:
        decision_id = await create(service)
        messages, following = follow(ben, decision_id)
        _, late_following = follow(late, decision_id)
        await refused(asyncio.wait_for(late_following, 10), "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED)
        while token.asked < 3:
            assert not following.done(), following
            await asyncio.sleep(0.1)
        rejected = await ben.decisions.RejectDecision(RejectDecisionRequest(decision_id=decision_id, reason="enough"))
        await asyncio.wait_for(following, 10)
        assert seqs(messages) == list(range(rejected.event.event.seq + 1)), seqs(messages)
        assert [message.WhichOneof("kind") for message in messages].count("caught_up") == 1


@scenario(28, "a watch that hears nothing for too long asks anew, without a gap and without a repeat")
async def silence() -> None:
    token = CountedToken(lambda: issued(60))
    async with pipeline_service() as service, secure(token=token, silence=0.5) as ben, secure(token=issued(60)) as other:
        decision_id = await create(service)
        messages, following = follow(ben, decision_id)
        while token.asked < 4:
            assert not following.done(), following
            await asyncio.sleep(0.1)
        rejected = await other.decisions.RejectDecision(RejectDecisionRequest(decision_id=decision_id, reason="enough"))
        await asyncio.wait_for(following, 10)
        assert seqs(messages) == list(range(rejected.event.event.seq + 1)), seqs(messages)
        assert [message.WhichOneof("kind") for message in messages].count("caught_up") == 1


@scenario(29, "a connection that goes silent without being closed is given up, and the watch goes on over another")
async def muted() -> None:
    async with client() as you, client(address=PROXY, silence=2) as watcher, client("ann") as ann:
        decision_id = await create(you)
        messages, following = follow(watcher, decision_id)
        while not any(message.WhichOneof("kind") == "caught_up" for message in messages):
            await asyncio.sleep(0.05)
        assert int(await control("mute")) > 0
        rejected = await ann.decisions.RejectDecision(RejectDecisionRequest(decision_id=decision_id, reason="enough"))
        await asyncio.wait_for(following, 45)
        assert seqs(messages) == list(range(rejected.event.event.seq + 1)), seqs(messages)


@scenario(30, "a watch that is cut before it hears anything new waits longer each time")
async def cut_without_news() -> None:
    async with client() as you, client(address=PROXY) as watcher, client("ann") as ann:
        decision_id = await create(you)
        messages, following = follow(watcher, decision_id)
        await control("cut-on?every=50")
        await asyncio.sleep(6)
        cuts = int(await control("cuts"))
        await control("cut-off")
        assert 2 < cuts < 20, cuts
        rejected = await ann.decisions.RejectDecision(RejectDecisionRequest(decision_id=decision_id, reason="enough"))
        await asyncio.wait_for(following, 30)
        assert seqs(messages) == list(range(rejected.event.event.seq + 1)), seqs(messages)


@scenario(31, "a watch that is given another log than before ends, and says so")
async def another_log() -> None:
    async with client() as you, client("ann") as ann:
        decision_id = await create(you)

        async def change() -> None:
            await ann.decisions.GrantApproval(GrantApprovalRequest(decision_id=decision_id))
            await ann.decisions.RevokeApproval(RevokeApprovalRequest(decision_id=decision_id, reason="again"))

        await control("keep")
        await change()
        await control("swap")
        await change()
        messages, following = follow(you, decision_id)
        while not any(message.WhichOneof("kind") == "caught_up" for message in messages):
            await asyncio.sleep(0.05)
        await control("swap")
        await change()
        failure = await asyncio.wait_for(asyncio.gather(following, return_exceptions=True), 30)
        assert isinstance(failure[0], AttestError), failure
        assert failure[0].code == grpc.StatusCode.DATA_LOSS, failure
        assert seqs(messages) == [0, 1, 2, 3], seqs(messages)


@scenario(32, "a connection that takes its time to be made is waited for")
async def slow_connection() -> None:
    await control("slow?ms=3000")
    try:
        async with client() as you, client(address=PROXY) as far:
            decision_id = await create(you)
            found = await far.decisions.GetDecision(GetDecisionRequest(decision_id=decision_id), timeout=10)
            assert found.decision.decision_id == decision_id
    finally:
        await control("slow?ms=0")


async def main() -> int:
    wanted = {int(word) for word in sys.argv[1:]}
    passed = failed = 0
    for number, what, run in SCENARIOS:
        if wanted and number not in wanted:
            continue
        began = time.monotonic()
        try:
            await asyncio.wait_for(run(), 180)
        except Exception:
            failed += 1
            print(f"FAIL {number:2} {what}")
            traceback.print_exc(file=sys.stdout)
        else:
            passed += 1
            print(f"ok   {number:2} {what} ({time.monotonic() - began:.1f} s)")
        sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
