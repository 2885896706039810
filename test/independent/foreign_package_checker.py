"""Checks bundles and packages of nexus-attest (Python) 0.6, and those that Nexus Attest writes for it.

Written from docs/nexus-attest-python.md alone; needs nothing but Python 3.9 or newer.
Usage: foreign_package_checker.py FILE...   Prints a line for each; exit code 0 only if all hold.
"""

import base64
import binascii
import hashlib
import json
import re
import sys
from datetime import datetime, timedelta, timezone

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_PARTS = 2_000_000
MAX_EVENTS = 10_000
ORIGIN = "nexus_attest_event"
DIGEST = re.compile(r"[0-9a-f]{64}")
POLICY = ["min_approvals", "allowed_modes", "require_adapter_capabilities", "max_steps", "labels"]
TEMPLATE = ["template_name", "template_snapshot", "template_digest", "overrides_applied"]
PAYLOADS = {
    "DECISION_CREATED": ["goal", "plan", "requested_mode", "labels"],
    "POLICY_ATTACHED": POLICY,
    "APPROVAL_GRANTED": ["expires_at"],
    "APPROVAL_REVOKED": ["reason"],
    "EXECUTION_REQUESTED": ["adapter_id", "dry_run"],
    "EXECUTION_STARTED": ["router_request_digest"],
    "EXECUTION_COMPLETED": ["run_id", "response_digest", "steps_executed"],
    "EXECUTION_FAILED": ["error_code", "error_message", "run_id"],
}
FORMATS = {
    "0.5": ({"nexus-control.export_v0_5", "nexus-attest.convert_v0_5"}, "bundle"),
    "0.6": ({"nexus-control.audit_export_v0_6", "nexus-attest.convert_v0_6"}, "audit_package"),
}


class Problem(Exception):
    """The file does not hold."""


def need(holds: bool, what: str) -> None:
    if not holds:
        raise Problem(what)


# Text and digests.


def parse(data: bytes):
    need(len(data) <= MAX_BYTES, "too large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("not UTF-8") from error
    depth = deepest = parts = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', text, re.DOTALL):
        character = token.group()[0]
        if character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        if character in "}]":
            depth -= 1
        if character in "{[,":
            parts += 1
    need(deepest <= MAX_DEPTH and parts <= MAX_PARTS, "too deep, or too many parts")

    def once(pairs):
        need(len({name for name, _ in pairs}) == len(pairs), "a name stands twice")
        return dict(pairs)

    def refuse(constant):
        raise Problem(f"{constant} is no JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Problem(f"not JSON: {error}") from error


def canonical(value) -> bytes:
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8")
    except ValueError as error:
        raise Problem(f"no canonical form: {error}") from error


def digest(value) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# Shapes. A bool is no number here, and 1.0 no whole one.


def shape(value, required, optional=(), more=False) -> dict:
    need(isinstance(value, dict), "not an object")
    need(all(name in value for name in required), f"one of {list(required)} is missing")
    need(more or all(name in required or name in optional for name in value), f"a field beside {list(required)}")
    return value


def text_of(value) -> str:
    need(isinstance(value, str), "not a string")
    return value


def count_of(value) -> int:
    need(type(value) is int and 0 <= value < 10**15, "not a whole number")
    return value


def texts_of(value) -> list:
    need(isinstance(value, list) and all(isinstance(item, str) for item in value), "not a list of strings")
    return value


def bare_of(value) -> str:
    need(DIGEST.fullmatch(text_of(value)) is not None, "not 64 hexadecimal digits")
    return value


def prefixed_of(value) -> str:
    need(text_of(value).startswith("sha256:"), "no prefix")
    return bare_of(value[7:])


def optional_text(value):
    return None if value is None else text_of(value)


def moment(text: str, in_utc: bool) -> int:
    """Microseconds since 1970, which a datetime's own arithmetic keeps exactly."""
    form = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{6}))?\+00:00" if in_utc else (
        r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{6}))?(?:Z|([+-])(\d\d):(\d\d))"
    )
    found = re.fullmatch(form, text, re.ASCII)
    need(found is not None and not (in_utc and found.group(2) == "000000"), f"no time: {text[:40]}")
    try:
        base = datetime.strptime(found.group(1), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise Problem("no time") from error
    micros = (base - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
    micros += int((found.group(2) or "0").ljust(6, "0"))
    if not in_utc and found.group(3):
        hours, minutes = int(found.group(4)), int(found.group(5))
        need(hours < 24 and minutes < 60, "no offset")
        offset = (hours * 60 + minutes) * 60_000_000
        micros += offset if found.group(3) == "-" else -offset
    return micros


# Events.


def read_event(event, seq: int, decision_id: str) -> dict:
    fields = ["event_id", "decision_id", "seq", "type", "payload", "ts", "actor", "digest"]
    shape(event, fields)
    need(count_of(event["seq"]) == seq, f"events[{seq}].seq")
    need(event["decision_id"] == decision_id, f"events[{seq}].decision_id")
    need(event["event_id"] == f"evt_{decision_id}_{seq}", f"events[{seq}].event_id")
    kind = text_of(event["type"])
    need(kind in PAYLOADS, f"events[{seq}].type")
    actor = shape(event["actor"], ["type", "id"])
    need(actor["type"] in ("human", "system") and isinstance(actor["id"], str), f"events[{seq}].actor")
    payload = shape(event["payload"], PAYLOADS[kind], more=True)
    need(event["digest"] == digest({"event_type": kind, "payload": payload}), f"events[{seq}].digest")
    if "comment" in payload:
        text_of(payload["comment"])
    read_payload(kind, payload)
    return {"at": moment(text_of(event["ts"]), True), "kind": kind, "actor": actor, "payload": payload}


def read_payload(kind: str, payload: dict) -> None:
    if kind == "DECISION_CREATED":
        text_of(payload["goal"])
        optional_text(payload["plan"])
        texts_of(payload["labels"])
        need(payload["requested_mode"] in ("dry_run", "apply"), "requested_mode")
    elif kind == "POLICY_ATTACHED":
        read_policy(payload)
    elif kind == "APPROVAL_GRANTED":
        if payload["expires_at"] is not None:
            moment(text_of(payload["expires_at"]), False)
    elif kind == "APPROVAL_REVOKED":
        text_of(payload["reason"])
    elif kind == "EXECUTION_REQUESTED":
        text_of(payload["adapter_id"])
        need(isinstance(payload["dry_run"], bool), "dry_run")
    elif kind == "EXECUTION_STARTED":
        bare_of(payload["router_request_digest"])
    elif kind == "EXECUTION_COMPLETED":
        text_of(payload["run_id"])
        bare_of(payload["response_digest"])
        count_of(payload["steps_executed"])
    else:
        text_of(payload["error_code"])
        text_of(payload["error_message"])
        optional_text(payload["run_id"])


def read_policy(payload: dict) -> None:
    need(count_of(payload["min_approvals"]) >= 1, "min_approvals")
    modes = texts_of(payload["allowed_modes"])
    need(len(modes) > 0 and set(modes) <= {"dry_run", "apply"}, "allowed_modes")
    texts_of(payload["require_adapter_capabilities"])
    texts_of(payload["labels"])
    if payload["max_steps"] is not None:
        need(count_of(payload["max_steps"]) >= 1, "max_steps")
    if not any(name in payload for name in TEMPLATE):
        return
    shape(payload, TEMPLATE, more=True)
    need(text_of(payload["template_name"]) != "", "template_name")
    bare_of(payload["template_digest"])
    snapshot = shape(payload["template_snapshot"], ["template_name", "template_description", *POLICY])
    overrides = shape(payload["overrides_applied"], [], POLICY)
    need(snapshot["template_name"] == payload["template_name"], "template_snapshot.template_name")
    for name in POLICY:
        in_force = overrides.get(name, snapshot[name])
        need(canonical(in_force) == canonical(payload[name]), f"{name} does not follow from the template")


# The lifecycle.


def replay(events: list, is_ours: bool):
    """The created and the policy payload, the executions, and the states that the decision may be in."""
    need(events[0]["kind"] == "DECISION_CREATED", "the first event")
    created, policy, approvals, executions, state = events[0]["payload"], None, {}, [], "open"

    def stands(expires_at, at):
        return expires_at is None or moment(expires_at, False) > at

    for event in events[1:]:
        kind, payload, at, who = event["kind"], event["payload"], event["at"], event["actor"]["id"]
        last = executions[-1] if executions else None
        under_way = last is not None and last["ended"] is None
        if kind == "DECISION_CREATED":
            raise Problem("created twice")
        if kind == "POLICY_ATTACHED":
            need(policy is None, "two policies")
            policy = payload
        elif kind == "APPROVAL_GRANTED":
            need(policy is not None and state == "open", "an approval out of place")
            need(who not in approvals or not stands(approvals[who], at), "an approval stands already")
            approvals[who] = payload["expires_at"]
        elif kind == "APPROVAL_REVOKED":
            need(state in ("open", "FAILED") and who in approvals, "a revocation out of place")
            del approvals[who]
        elif kind == "EXECUTION_REQUESTED":
            need(policy is not None and not under_way, "an execution out of place")
            need(("dry_run" if payload["dry_run"] else "apply") in policy["allowed_modes"], "the mode")
            count = sum(stands(expires_at, at) for expires_at in approvals.values())
            need(count >= policy["min_approvals"], "the quorum")
            executions.append({"requested": payload, "started": None, "ended": None, "kind": ""})
        elif kind == "EXECUTION_STARTED":
            need(under_way and last["started"] is None, "a start out of place")
            if not is_ours:
                need(payload["router_request_digest"] == request_digest(created, policy, last), "the router's request")
            last["started"], state = payload, "EXECUTING"
        else:
            completed = kind == "EXECUTION_COMPLETED"
            need(under_way and (not completed or last["started"] is not None), "an end out of place")
            last["ended"], last["kind"], state = payload, kind, "COMPLETED" if completed else "FAILED"
    if state != "open":
        return created, policy, executions, {state}
    if policy is None:
        return created, policy, executions, {"DRAFT"}
    standing = [expires_at for expires_at in approvals.values() if stands(expires_at, events[-1]["at"])]
    if len(standing) < policy["min_approvals"]:
        return created, policy, executions, {"PENDING_APPROVAL"}
    lasting = sum(expires_at is None for expires_at in standing)
    late = {"PENDING_APPROVAL"} if lasting < policy["min_approvals"] else set()
    return created, policy, executions, {"APPROVED", *late}


def request_digest(created: dict, policy: dict, execution: dict) -> str:
    request = {"goal": created["goal"], **{name: execution["requested"][name] for name in ("adapter_id", "dry_run")}}
    if created["plan"] is not None:
        request["plan"] = created["plan"]
    if policy["max_steps"] is not None:
        request["max_steps"] = policy["max_steps"]
    if policy["require_adapter_capabilities"]:
        request["require_capabilities"] = policy["require_adapter_capabilities"]
    return digest(request)


# The parts beside the log.


def template_snapshot(policy):
    if policy is None or "template_name" not in policy:
        return {"present": False}
    return {
        "present": True,
        "name": policy["template_name"],
        "digest": f"sha256:{policy['template_digest']}",
        "snapshot": policy["template_snapshot"],
        "overrides": policy["overrides_applied"] or None,
    }


def router_link(decision_id: str, executions: list) -> dict:
    if not executions:
        return {}
    last = executions[-1]
    ended = last["ended"] or {}
    run_id = ended.get("run_id")
    if last["kind"] == "EXECUTION_FAILED":
        run_id = run_id or None
    request = last["started"] and last["started"]["router_request_digest"]
    result = ended.get("response_digest") if last["kind"] == "EXECUTION_COMPLETED" else None
    link = {"adapter_id": last["requested"]["adapter_id"]}
    if run_id is not None:
        parts = {"router_request_digest": request, "router_result_digest": result}
        link["run_id"] = run_id
        link["control_router_link_digest"] = f"sha256:{digest({'decision_id': decision_id, 'run_id': run_id, **parts})}"
    if request is not None:
        link["router_request_digest"] = f"sha256:{request}"
    if result is not None:
        link["router_result_digest"] = f"sha256:{result}"
    return link


def check_surroundings(file: dict, decision_id: str, of: str, version: str) -> None:
    methods, output = FORMATS[version]
    records = shape(file["provenance"], ["records"])["records"]
    need(isinstance(records, list) and len(records) == 1, "provenance.records")
    record = shape(records[0], ["prov_id", "method_id", "inputs", "outputs"])
    need(isinstance(record["method_id"], str) and record["method_id"] in methods, "provenance method_id")
    need(record["prov_id"] == f"prov_{sha256(f'{decision_id}:{of}')[:12]}", "provenance prov_id")
    need(record["inputs"] == [f"decision:{decision_id}"], "provenance inputs")
    need(record["outputs"] == [f"{output}:sha256:{of}"], "provenance outputs")
    if "meta" in file:
        moment(text_of(shape(file["meta"], ["exported_at"])["exported_at"]), True)


# Our own log within a file.


def own_event(own: dict, text: str, gate: dict) -> dict:
    """An event of ours in the original's form."""
    seq = own.get("seq", 0)
    body = next(name for name in own if name in BODIES)
    kind, convert = BODIES[body]
    payload = {**convert(own[body], gate), ORIGIN: text}
    stamp = re.sub(r"(\.\d{3})Z$", r"\g<1>000Z", own["occurredAt"])
    return {
        "event_id": f"evt_{own['decisionId']}_{seq}",
        "decision_id": own["decisionId"],
        "seq": seq,
        "type": kind,
        "payload": payload,
        "ts": stamp.replace("Z", "+00:00"),
        "actor": {"type": own["actor"]["type"].replace("ACTOR_TYPE_", "").lower(), "id": own["actor"]["id"]},
        "digest": digest({"event_type": kind, "payload": payload}),
    }


def mode(name: str) -> str:
    return {"MODE_DRY_RUN": "dry_run", "MODE_APPLY": "apply"}[name]


def labels(given: list) -> list:
    return [f"{label['key']}={label.get('value', '')}" for label in given]


def own_plan(plan: dict) -> str:
    steps = []
    for step in plan["steps"]:
        call = {"tool": step["call"]["tool"], "method": step["call"]["method"]}
        if "argumentsJson" in step["call"]:
            call["arguments_json"] = step["call"]["argumentsJson"]
        steps.append({"step_id": step["stepId"], "call": call, **({"intent": step["intent"]} if "intent" in step else {})})
    return canonical({"steps": steps}).decode()


def own_policy(policy: dict) -> dict:
    return {
        "min_approvals": policy["minApprovals"],
        "allowed_modes": [mode(name) for name in policy["allowedModes"]],
        "require_adapter_capabilities": policy.get("requireAdapterCapabilities", []),
        "max_steps": policy.get("maxSteps"),
        "labels": labels(policy.get("labels", [])),
    }


def own_attached(body: dict, _gate) -> dict:
    in_force = own_policy(body["policy"])
    if "template" not in body:
        return in_force
    name, before = body["template"]["name"], own_policy(body["template"]["templatePolicy"])
    return {
        **in_force,
        "template_name": name,
        "template_snapshot": {"template_name": name, "template_description": "", **before},
        "template_digest": body["template"]["digest"][7:],
        "overrides_applied": {field: value for field, value in in_force.items() if value != before[field]},
    }


def own_granted(body: dict, _gate) -> dict:
    expires_at = body.get("expiresAt")
    if expires_at is not None:
        expires_at = re.sub(r"(\.\d{3})Z$", r"\g<1>000Z", expires_at).replace("Z", "+00:00")
    return {"expires_at": expires_at, **({"comment": body["comment"]} if "comment" in body else {})}


BODIES = {
    "decisionCreated": (
        "DECISION_CREATED",
        lambda body, gate: {
            "goal": body.get("goal", ""),
            "plan": own_plan(body["plan"]) if "plan" in body else None,
            "requested_mode": mode(body["mode"]),
            "labels": labels(body.get("labels", [])),
        },
    ),
    "policyAttached": ("POLICY_ATTACHED", own_attached),
    "approvalGranted": ("APPROVAL_GRANTED", own_granted),
    "approvalRevoked": ("APPROVAL_REVOKED", lambda body, gate: {"reason": body.get("reason", "")}),
    "executionRequested": (
        "EXECUTION_REQUESTED",
        lambda body, gate: {"adapter_id": body["adapterId"], "dry_run": body["mode"] == "MODE_DRY_RUN"},
    ),
    "executionStarted": (
        "EXECUTION_STARTED",
        lambda body, gate: {"router_request_digest": gate["routerRequestDigest"][7:]},
    ),
    "executionCompleted": (
        "EXECUTION_COMPLETED",
        lambda body, gate: {
            "run_id": body["runId"],
            "response_digest": body["routerDigest"][7:],
            "steps_executed": body.get("stepsExecuted", 0),
        },
    ),
    "executionFailed": (
        "EXECUTION_FAILED",
        lambda body, gate: {
            "error_code": body["code"],
            "error_message": body.get("message", ""),
            "run_id": body.get("runId"),
        },
    ),
}


def check_origin(events: list):
    """That our log within the file is whole and says the same; gives its outcome."""
    need(all(isinstance(event["payload"].get(ORIGIN), str) for event in events), "an event is not of our log")
    previous, gate, outcome = "", {}, {}
    for seq, event in enumerate(events):
        text = event["payload"][ORIGIN]
        own = parse(text.encode("utf-8", "surrogatepass"))
        need(isinstance(own, dict) and canonical(own) == text.encode(), "our event is not in its stored form")
        need(own.get("previousDigest", "") == previous, f"the chain breaks at seq {seq}")
        previous = f"sha256:{sha256(text)}"
        gate = own.get("executionRequested", gate)
        outcome = own.get("executionCompleted", own.get("executionFailed", outcome))
        try:
            expected = own_event(own, text, gate)
        except (KeyError, StopIteration, TypeError, AttributeError) as error:
            raise Problem(f"our event at seq {seq} cannot be told") from error
        need(canonical(expected) == canonical(event), f"seq {seq} does not say what our event says")
    return outcome


# Files.


def check_bundle(bundle):
    """The bundle's digest, its router link, and the outcome in our own log if it has one."""
    content = ["bundle_version", "decision", "events", "template_snapshot", "router_link"]
    shape(bundle, [*content, "integrity", "provenance"], ["meta"])
    need(bundle["bundle_version"] == "0.5", "bundle_version")
    header = shape(bundle["decision"], ["decision_id", "goal", "mode", "created_at", "status"])
    decision_id = text_of(header["decision_id"])
    need(decision_id != "", "decision_id")
    given = bundle["events"]
    need(isinstance(given, list) and 0 < len(given) <= MAX_EVENTS, "events")
    events = [read_event(event, seq, decision_id) for seq, event in enumerate(given)]
    of = digest({name: bundle[name] for name in content})
    integrity = shape(bundle["integrity"], ["alg", "canonical_digest"])
    need(integrity["alg"] == "sha256" and prefixed_of(integrity["canonical_digest"]) == of, "canonical_digest")
    check_surroundings(bundle, decision_id, of, "0.5")
    is_ours = any(ORIGIN in event["payload"] for event in events)
    created, policy, executions, states = replay(events, is_ours)
    need(header["goal"] == created["goal"] and header["mode"] == created["requested_mode"], "the header")
    need(header["created_at"] == given[0]["ts"] and text_of(header["status"]) in states, "the header")
    snapshot = template_snapshot(policy)
    allowed = [canonical({"present": False}), canonical(snapshot)]
    need(canonical(bundle["template_snapshot"]) in allowed, "template_snapshot")
    link = router_link(decision_id, executions)
    need(canonical(bundle["router_link"]) in [b"{}", canonical(link)], "router_link")
    outcome = None
    if is_ours:
        outcome = check_origin(given)
        need(canonical(bundle["template_snapshot"]) == canonical(snapshot), "template_snapshot")
        need(canonical(bundle["router_link"]) == canonical(link), "router_link")
    return of, bundle["router_link"], outcome, decision_id


def check_package(package) -> None:
    fields = ["package_version", "control_bundle", "router", "binding", "integrity", "provenance"]
    shape(package, fields, ["meta"])
    need(package["package_version"] == "0.6", "package_version")
    of, link, outcome, decision_id = check_bundle(package["control_bundle"])
    names = ["control_digest", "router_digest", "control_router_link_digest"]
    binding = shape(package["binding"], names)
    control, router, linked = [prefixed_of(binding[name]) for name in names]
    integrity = shape(package["integrity"], ["alg", "binding_digest"])
    bound = digest({"package_version": "0.6", **binding})
    need(integrity["alg"] == "sha256" and prefixed_of(integrity["binding_digest"]) == bound, "binding_digest")
    need(control == of, "binding.control_digest")
    check_surroundings(package, decision_id, bound, "0.6")
    need("run_id" in link and link["control_router_link_digest"] == f"sha256:{linked}", "router_link")
    check_router(package["router"], f"sha256:{router}", link["run_id"], outcome)


def check_router(router, of: str, run_id: str, outcome) -> None:
    if outcome is not None:
        need(outcome.get("routerDigest") == of, "the run is not the one that our log names")
    need(isinstance(router, dict) and router.get("mode") in ("embedded", "reference"), "router.mode")
    if router["mode"] == "reference":
        ref = shape(shape(router, ["mode", "ref"])["ref"], ["run_id", "digest"])
        need(ref["run_id"] == run_id and ref["digest"] == of, "router.ref")
        return
    bundle = shape(shape(router, ["mode", "bundle"])["bundle"], ["integrity"], more=True)
    integrity = shape(bundle["integrity"], ["canonical_digest"], more=True)
    need(integrity["canonical_digest"] == of, "router.bundle.integrity")
    if outcome is None:
        return
    shape(bundle, ["run_id", "media_type", "content_base64", "integrity"])
    need(shape(integrity, ["alg", "canonical_digest"])["alg"] == "sha256", "router.bundle.integrity")
    need(bundle["run_id"] == run_id, "router.bundle.run_id")
    need(bundle["media_type"] == outcome.get("routerMediaType", ""), "router.bundle.media_type")
    try:
        content = base64.b64decode(text_of(bundle["content_base64"]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem("router.bundle.content_base64") from error
    need(base64.b64encode(content).decode() == bundle["content_base64"], "router.bundle.content_base64")
    need(f"sha256:{hashlib.sha256(content).hexdigest()}" == of, "router.bundle.content_base64")


def problem_with(data: bytes):
    """Why a file does not hold; None if it does."""
    try:
        file = parse(data)
        canonical(file)
        if isinstance(file, dict) and "package_version" in file:
            check_package(file)
        else:
            check_bundle(file)
    except Problem as problem:
        return str(problem)
    return None


def main() -> int:
    bad = 0
    for path in sys.argv[1:]:
        with open(path, "rb") as opened:
            problem = problem_with(opened.read())
        bad += problem is not None
        print(f"{'holds' if problem is None else f'BROKEN: {problem}'}  {path}")
    return 0 if bad == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
