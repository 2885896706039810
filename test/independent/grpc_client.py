"""Plays a whole decision against a server over gRPC, knowing nothing but the schema.

Usage: grpc_client.py HOST:PORT FILE_THAT_THE_ADAPTER_APPENDS_TO
Prints a line for each check and `N passed, N failed` at the end; exit code 0 only if nothing failed.
"""

import hashlib
import json
import os
import sys
import threading
import time

import grpc
from google.protobuf import any_pb2, descriptor_pb2, duration_pb2
from google.rpc import error_details_pb2

# The generated packages grpc.health and grpc.reflection lie elsewhere than the library grpc.
grpc.__path__.extend(os.path.join(folder, "grpc") for folder in sys.path if os.path.isdir(os.path.join(folder, "grpc", "health")))
from grpc.health.v1 import health_pb2
from grpc.reflection.v1 import reflection_pb2
from nexus.attest.v1 import (
    actor_pb2,
    audit_package_pb2,
    audit_service_pb2,
    audit_service_pb2_grpc,
    decision_service_pb2 as decisions,
    decision_service_pb2_grpc,
    error_reason_pb2,
    lifecycle_pb2,
    plan_pb2,
    policy_pb2,
    template_service_pb2,
    template_service_pb2_grpc,
)

TARGET, DONE_FILE = sys.argv[1:3]
TIMEOUT = 20
passed = failed = 0


def check(what, holds, found=""):
    global passed, failed
    if holds:
        passed += 1
        print(f"ok    {what}")
    else:
        failed += 1
        print(f"FAIL  {what}: {found!r}")


def status_details(error):
    """The details of google.rpc.Status in the trailers: field 3 of the message, each an Any. Read by hand: its schema is not among ours."""
    raw = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
    details, at = [], 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(raw):
        tag = varint()
        if tag & 7 == 0:
            varint()
            continue
        length = varint()
        if tag >> 3 == 3:
            details.append(any_pb2.Any.FromString(raw[at : at + length]))
        at += length
    return details


def detail(error, message):
    for packed in status_details(error):
        if packed.Unpack(message):
            return message
    return None


def refused(what, code, reason, call):
    """Makes a call that must fail in this way. Returns the error."""
    try:
        call()
    except grpc.RpcError as error:
        info = detail(error, error_details_pb2.ErrorInfo())
        found = (error.code().name, info and info.reason, info and info.domain)
        check(f"{what} is refused: {code} {reason}", found == (code, reason, "nexus-attest"), found)
        check(f"  and {reason} is a reason of the schema", f"ERROR_REASON_{reason}" in error_reason_pb2.ErrorReason.keys())
        return error
    check(f"{what} is refused: {code} {reason}", False, "it was accepted")
    return None


class Person:
    """Stubs that act as somebody."""

    def __init__(self, channel, actor):
        self.decisions = decision_service_pb2_grpc.DecisionServiceStub(channel)
        self.audit = audit_service_pb2_grpc.AuditServiceStub(channel)
        self.templates = template_service_pb2_grpc.TemplateServiceStub(channel)
        self.metadata = (("nexus-actor", actor),) if actor else ()

    def call(self, rpc, request, timeout=TIMEOUT):
        return rpc(request, timeout=timeout, metadata=self.metadata)


def infrastructure(channel):
    health = channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )
    for service in ("", "nexus.attest.v1.DecisionService"):
        answer = health(health_pb2.HealthCheckRequest(service=service), timeout=TIMEOUT)
        check(f"health of {service or 'the server'}: SERVING", answer.status == health_pb2.HealthCheckResponse.SERVING, answer)
    refused("health of a service that is not there", "NOT_FOUND", "SERVICE_UNKNOWN",
            lambda: health(health_pb2.HealthCheckRequest(service="nope"), timeout=TIMEOUT))

    for version in ("v1", "v1alpha"):
        reflect = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        symbol = "nexus.attest.v1.DecisionService"
        questions = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol="nexus.attest.v1.Nothing"),
        ]
        services, file, nothing = list(reflect(iter(questions), timeout=TIMEOUT))
        names = [service.name for service in services.list_services_response.service]
        check(f"reflection {version} lists {symbol}", symbol in names, names)
        files = [descriptor_pb2.FileDescriptorProto.FromString(raw) for raw in file.file_descriptor_response.file_descriptor_proto]
        described = [method.name for each in files for service in each.service for method in service.method if each.package == "nexus.attest.v1"]
        compiled = [method.name for method in decisions.DESCRIPTOR.services_by_name["DecisionService"].methods]
        check(f"reflection {version} describes it as the schema does", described == compiled, described)
        check(f"reflection {version} does not know what is not there", nothing.error_response.error_code == 5, nothing)


def request(request_id, method="write"):
    return decisions.CreateDecisionRequest(
        request_id=request_id,
        goal="Grüße: raise the limit to 250 👍",
        mode=plan_pb2.MODE_APPLY,
        adapter_id="shell-tool",
        plan=plan_pb2.Plan(
            steps=[plan_pb2.PlanStep(step_id="limit", intent="put it in place", call=plan_pb2.PlanCall(tool="files", method=method, arguments_json='{"limit": 250}'))]
        ),
        policy=policy_pb2.Policy(min_approvals=2, allowed_modes=[plan_pb2.MODE_APPLY]),
    )


def watch(person, decision_id, seen, ended):
    """Follows a decision in a thread of its own until the stream ends, and keeps what it is told."""

    def follow():
        try:
            for message in person.call(person.decisions.WatchDecision, decisions.WatchDecisionRequest(decision_id=decision_id)):
                seen.append(message)
            ended.append("OK")
        except grpc.RpcError as error:
            ended.append(error.code().name)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    return thread


def until(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def pipeline(channel):
    bob, carol, dave, erin = (Person(channel, f"human:{name}@example.com") for name in ("bob", "carol", "dave", "erin"))

    refused("a caller without a name", "UNAUTHENTICATED", "UNAUTHENTICATED",
            lambda: Person(channel, None).call(bob.decisions.CreateDecision, request("r-0")))
    error = refused("a request that breaks constraints", "INVALID_ARGUMENT", "INVALID_REQUEST",
                    lambda: bob.call(bob.decisions.CreateDecision, decisions.CreateDecisionRequest(request_id="with space")))
    violations = error and detail(error, error_details_pb2.BadRequest())
    fields = sorted(violation.field for violation in violations.field_violations) if violations else None
    check("  and every field is named", fields == ["goal", "mode", "request_id"], fields)

    created = bob.call(bob.decisions.CreateDecision, request("r-1")).decision
    check("a decision is created, PENDING_APPROVAL", created.lifecycle.state == lifecycle_pb2.DECISION_STATE_PENDING_APPROVAL, created.lifecycle)
    check("its requester is who called", (created.requester.type, created.requester.id) == (actor_pb2.ACTOR_TYPE_HUMAN, "bob@example.com"), created.requester)
    again = bob.call(bob.decisions.CreateDecision, request("r-1")).decision
    check("created again with the same request_id: the same answer", again == created, again)
    other = request("r-1")
    other.goal = "raise it to 999"
    refused("the same request_id for something else", "ALREADY_EXISTS", "REQUEST_ID_REUSED", lambda: bob.call(bob.decisions.CreateDecision, other))
    unknown = decisions.CreateDecisionRequest.FromString(request("r-2").SerializeToString() + b"\xb8\x3e\x01")
    refused("a field that the server does not know", "INVALID_ARGUMENT", "UNKNOWN_FIELD", lambda: bob.call(bob.decisions.CreateDecision, unknown))

    decision_id = created.decision_id
    seen, ended = [], []
    thread = watch(erin, decision_id, seen, ended)
    check("a watch is caught up", until(lambda: any(message.HasField("caught_up") for message in seen)), seen)

    grant = lambda **fields: decisions.GrantApprovalRequest(decision_id=decision_id, **fields)  # noqa: E731
    refused("the requester's own approval", "PERMISSION_DENIED", "SELF_APPROVAL", lambda: bob.call(bob.decisions.GrantApproval, grant()))
    refused("an approval of something else than is asked for", "FAILED_PRECONDITION", "REQUEST_DIGEST_MISMATCH",
            lambda: carol.call(carol.decisions.GrantApproval, grant(request_digest="sha256:" + "0" * 64)))
    carol.call(carol.decisions.GrantApproval, grant(comment="fine", request_digest=created.request_digest))
    execute = decisions.ExecuteDecisionRequest(decision_id=decision_id, request_id="go", wait=duration_pb2.Duration(seconds=15))
    error = refused("an execution with one approval of two", "FAILED_PRECONDITION", "GATE_CLOSED", lambda: bob.call(bob.decisions.ExecuteDecision, execute))
    closed = error and detail(error, error_reason_pb2.GateClosed())
    missing = closed.blocking_reasons[0] if closed and closed.blocking_reasons else None
    check("  and the reason is typed: MISSING_APPROVALS 1 of 2",
          missing is not None and missing.code == lifecycle_pb2.BLOCKING_CODE_MISSING_APPROVALS
          and (missing.missing_approvals.have, missing.missing_approvals.required) == (1, 2), missing)
    approved = dave.call(dave.decisions.GrantApproval, grant())
    check("with the second approval it is executable", approved.lifecycle.executable, approved.lifecycle)

    executed = bob.call(bob.decisions.ExecuteDecision, execute)
    check("it is executed: COMPLETED", executed.lifecycle.state == lifecycle_pb2.DECISION_STATE_COMPLETED, executed)
    repeated = bob.call(bob.decisions.ExecuteDecision, execute)
    check("executed again with the same request_id: the same gate", repeated.event == executed.event, repeated)
    with open(DONE_FILE, encoding="utf8") as done:
        lines = done.read()
    check("the plan was carried out, once, with exactly its arguments", lines == '{"limit": 250}', lines)
    refused("an approval after the end", "FAILED_PRECONDITION", "DECISION_CLOSED", lambda: erin.call(erin.decisions.GrantApproval, grant()))

    thread.join(TIMEOUT)
    check("the watch ended OK with the decision", ended == ["OK"], ended)
    seqs = [message.event.event.seq for message in seen if message.HasField("event")]
    check("it told every event once and in order", seqs == list(range(7)), seqs)
    states = [message.lifecycle.lifecycle.state for message in seen if message.HasField("lifecycle")]
    check("and the state after each", len(states) == 6 and states[-1] == lifecycle_pb2.DECISION_STATE_COMPLETED, states)

    log = erin.call(erin.decisions.ListDecisionEvents, decisions.ListDecisionEventsRequest(decision_id=decision_id)).events
    watched = [message.event for message in seen if message.HasField("event")]
    check("the log is what the watch told", list(log) == watched, log)
    chained = all(after.event.previous_digest == before.digest for before, after in zip(log, log[1:]))
    check("each event names the digest of the one before", chained and log[0].event.previous_digest == "", log)
    past = erin.call(erin.decisions.GetDecision, decisions.GetDecisionRequest(decision_id=decision_id, as_of_seq=2)).decision
    check("as of seq 2 it was PENDING_APPROVAL", past.lifecycle.state == lifecycle_pb2.DECISION_STATE_PENDING_APPROVAL and past.head_seq == 2, past.lifecycle)
    refused("a decision that nobody made", "NOT_FOUND", "DECISION_NOT_FOUND",
            lambda: erin.call(erin.decisions.GetDecision, decisions.GetDecisionRequest(decision_id="0" * 32)))
    return decision_id


def evidence(channel, decision_id):
    auditor = Person(channel, "human:auditor@example.com")
    for mode in ("REFERENCE", "EMBEDDED"):
        export = auditor.call(
            auditor.audit.ExportAuditPackage,
            audit_service_pb2.ExportAuditPackageRequest(decision_id=decision_id, mode=audit_package_pb2.PackageMode.Value(f"PACKAGE_MODE_{mode}")),
        )
        package = json.loads(export.package_json)
        check(f"the {mode} package names its binding digest", package["bindingDigest"] == export.binding_digest, package.get("bindingDigest"))
        # The values hold no numbers but small integers, so sorting by ASCII keys without blanks is RFC 8785 here.
        canonical = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()  # noqa: E731
        check(f"the {mode} package is canonical JSON", canonical(package) == export.package_json)
        digest = "sha256:" + hashlib.sha256(canonical(package["controlBundle"])).hexdigest()
        check("  and its control digest can be recomputed", digest == package["controlDigest"], digest)
        report = auditor.call(auditor.audit.VerifyAuditPackage, audit_service_pb2.VerifyAuditPackageRequest(package_json=export.package_json)).report
        check("  and it verifies: CONSISTENT", report.verdict == audit_package_pb2.VERDICT_CONSISTENT, report)
        forged = export.package_json.replace(b"250", b"999", 1)
        report = auditor.call(auditor.audit.VerifyAuditPackage, audit_service_pb2.VerifyAuditPackageRequest(package_json=forged)).report
        check("  and forged it is BROKEN", report.verdict == audit_package_pb2.VERDICT_BROKEN, report)
    export = auditor.call(auditor.audit.ExportBundle, audit_service_pb2.ExportBundleRequest(decision_id=decision_id))
    bundle = json.loads(export.bundle_json)
    check("the bundle is canonical JSON", canonical(bundle) == export.bundle_json)
    digest = "sha256:" + hashlib.sha256(canonical(bundle["controlBundle"])).hexdigest()
    check("  and its control digest can be recomputed", digest == bundle["controlDigest"] == export.control_digest, digest)
    report = auditor.call(auditor.audit.VerifyBundle, audit_service_pb2.VerifyBundleRequest(bundle_json=export.bundle_json)).report
    check("  and it verifies: CONSISTENT", report.verdict == audit_package_pb2.VERDICT_CONSISTENT, report)
    imported = auditor.call(auditor.audit.ImportBundle, audit_service_pb2.ImportBundleRequest(bundle_json=export.bundle_json))
    check("  and it is taken in, to the last event", imported.events_written == len(bundle["controlBundle"]["events"]), imported)
    refused("  but not once it is changed", "INVALID_ARGUMENT", "BUNDLE_INVALID",
            lambda: auditor.call(auditor.audit.ImportBundle, audit_service_pb2.ImportBundleRequest(bundle_json=export.bundle_json[:-1])))
    refused("a template that nobody made", "NOT_FOUND", "TEMPLATE_NOT_FOUND",
            lambda: auditor.call(auditor.templates.GetTemplate, template_service_pb2.GetTemplateRequest(name="nobodys")))
    listed = auditor.call(auditor.templates.ListTemplates, template_service_pb2.ListTemplatesRequest())
    check("there are no templates", len(listed.templates) == 0 and listed.next_page_token == "", listed)


def deadlines(channel):
    bob = Person(channel, "human:bob@example.com")
    decision_id = bob.call(bob.decisions.CreateDecision, request("slow-1", method="slow")).decision.decision_id
    for name in ("carol", "dave"):
        person = Person(channel, f"human:{name}@example.com")
        person.call(person.decisions.GrantApproval, decisions.GrantApprovalRequest(decision_id=decision_id))
    execute = decisions.ExecuteDecisionRequest(decision_id=decision_id, request_id="go", wait=duration_pb2.Duration(seconds=60))
    try:
        bob.call(bob.decisions.ExecuteDecision, execute, timeout=0.5)
        check("a deadline ends a wait", False, "it was answered in time")
    except grpc.RpcError as error:
        check("a deadline ends a wait: DEADLINE_EXCEEDED", error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error)
    stream = bob.decisions.WatchDecision(decisions.WatchDecisionRequest(decision_id=decision_id), metadata=bob.metadata)
    next(stream)
    stream.cancel()
    try:
        for _ in stream:
            pass
        check("a cancelled watch ends", False, "as if nothing had happened")
    except grpc.RpcError as error:
        check("a cancelled watch ends: CANCELLED", error.code() == grpc.StatusCode.CANCELLED, error)
    executed = bob.call(bob.decisions.ExecuteDecision, execute)
    check("asked again with the same request_id, the run has gone on and ended",
          executed.lifecycle.state == lifecycle_pb2.DECISION_STATE_COMPLETED, executed)


with grpc.insecure_channel(TARGET) as channel:
    infrastructure(channel)
    evidence(channel, pipeline(channel))
    deadlines(channel)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
