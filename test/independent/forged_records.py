"""Forgeries of the log's order, of the outcome, and of what binds the parts of a package; and fields that nobody knows.

Each names exactly the checks that have to fail; none means that nothing is wrong with it.
"""

import base64
import copy

from nexus_attest_client.verifier.audit_package import BODIES, MESSAGES, digest, tighten
from package_forger import NOBODY, at, human, put

CASES = []  # (kind, what, checks that fail, what is done to a Forger)


def forged(kind: str, *fails: str):
    def add(function):
        what = function.__name__.replace("_", " ")
        CASES.append((kind, what, frozenset(fails), function))
        return function

    return add


# The log

ORDER = "events removed, added or in another order"


def another_log(what, change, *fails, leave=("seq", "previousDigest")):
    def forge(f):
        f.seal()
        change(f)
        f.seal(*leave)

    CASES.append((ORDER, what, frozenset(fails), forge))


def swap(f, one, other):
    f.events[one], f.events[other] = f.events[other], f.events[one]


def remove(index):
    return lambda f: f.drop(f.events[index])


BROKEN_LOG = ("event_sequence", "event_chain", "replay")
another_log("one removed", remove(5), *BROKEN_LOG)
another_log("the first removed", remove(0), *BROKEN_LOG)
another_log("two swapped", lambda f: swap(f, 5, 6), *BROKEN_LOG)
another_log("one removed, numbered anew", remove(4), "event_chain", "replay", leave=("previousDigest",))
another_log("two swapped, numbered anew", lambda f: swap(f, 5, 6), *BROKEN_LOG, leave=("previousDigest",))
another_log("one removed, chained anew", remove(4), "event_sequence", "replay", leave=("seq",))
another_log("two swapped, all anew", lambda f: swap(f, 5, 6), "event_sequence", "replay", leave=("nothing",))
another_log("the request removed, all anew", remove(0), "replay", leave=("nothing",))
another_log("the policy removed, all anew", remove(1), "replay", leave=("nothing",))
another_log("the gate removed, all anew", remove(7), "replay", leave=("nothing",))
another_log("the start removed, all anew", remove(8), "replay", leave=("nothing",))
another_log("the outcome removed, all anew", remove(9), "outcome", leave=("nothing",))


@forged(ORDER, "event_chain", "replay")
def the_first_names_one_before(f):
    f.events[0]["previousDigest"] = NOBODY
    for before, event in zip(f.events, f.events[1:]):
        event["previousDigest"] = digest(before)
    f.seal("previousDigest")


@forged(ORDER, "event_chain", "replay")
def one_names_none_before(f):
    f.seal()
    del f.events[-1]["previousDigest"]
    f.seal("previousDigest")


@forged(ORDER, "event_sequence")
def an_event_id_twice(f):
    f.events[9]["eventId"] = f.events[2]["eventId"]


@forged(ORDER, "event_sequence", "replay")
def one_of_another_decision(f):
    f.seal()
    f.events[9]["decisionId"] = "f" * 32
    f.seal("decisionId")


@forged(ORDER, "event_sequence")
def all_of_another_decision(f):
    f.seal()
    for event in f.events:
        event["decisionId"] = "f" * 32
    f.seal("decisionId")


@forged(ORDER)
def all_of_a_decision_without_an_id(f):
    del f.bundle["decisionId"]


@forged(ORDER, "event_sequence", "replay")
def before_the_event_before_it(f):
    f.events[8]["occurredAt"] = at("10:29:59.999")


@forged(ORDER)
def in_the_same_instant(f):
    f.events[9]["occurredAt"] = f.events[8]["occurredAt"]


@forged(ORDER, "event_sequence", "replay")
def numbered_from_one(f):
    f.seal()
    for seq, event in enumerate(f.events):
        event["seq"] = seq + 1.0
    f.seal("seq")


@forged(ORDER, "replay")
def asked_twice(f):
    f.add(f.events[1], "decisionCreated", copy.deepcopy(f.request), human("bob"))


@forged(ORDER, "replay")
def two_policies(f):
    f.add(f.events[2], "policyAttached", copy.deepcopy(f.event("policyAttached")["policyAttached"]), human("bob"))


@forged(ORDER, "replay")
def approved_after_the_gate(f):
    f.add(f.events[8], "approvalGranted", {"comment": "late"}, human("grace"))


@forged(ORDER, "replay")
def two_gates(f):
    f.add(f.events[8], "executionRequested", copy.deepcopy(f.gate), human("bob"))


TWICE = "started twice, or ended twice"
RUNS_AGAIN = {
    "started twice": (["executionStarted"], 9),
    "started before the gate": (["executionStarted"], 7),
    "started again after the end": (["executionStarted"], None),
    "completed twice": (["executionCompleted"], None),
    "failed after it completed": (["executionFailed"], None),
    "rejected after the end": (["decisionRejected"], None),
    "cancelled after the end": (["decisionCancelled"], None),
    "cancelled after the gate": (["decisionCancelled"], 8),
    "rejected before the gate": (["decisionRejected"], 7),
    "unknown after the end": (["executionOutcomeUnknown"], None),
    "unknown before the start": (["executionOutcomeUnknown"], 8),
    "unknown twice": (["executionOutcomeUnknown", "executionOutcomeUnknown"], 9),
    "started again when unknown": (["executionOutcomeUnknown", "executionStarted"], 9),
    "approved again after the end": (["approvalGranted"], None),
}


def run_again(bodies, place):
    def forge(f):
        outcome = copy.deepcopy(f.outcome)
        before = None if place is None else f.events[place]
        for body in bodies:
            f.add(before, body, outcome if body in ("executionCompleted", "executionFailed") else {}, human("bob"))

    return forge


for what, (bodies, place) in RUNS_AGAIN.items():
    CASES.append((TWICE, what, frozenset({"replay"}), run_again(bodies, place)))


# The outcome

OUTCOME = "outcome without a record, or by an operator's word"
STATEMENT = {"basis": "SETTLEMENT_BASIS_OPERATOR_STATEMENT", "reason": "looked at the machine"}
UNKNOWN_YET = {"reason": "no answer", "runId": "run-0001", "settlement": STATEMENT}


@forged(OUTCOME, "outcome")
def completed_by_an_operators_statement(f):
    f.outcome["settlement"] = dict(STATEMENT)


@forged(OUTCOME, "outcome")
def failed_by_an_operators_statement(f):
    f.end("executionFailed", **{**f.outcome, "settlement": dict(STATEMENT)})


@forged(OUTCOME)
def unknown_by_a_statement_then_the_routers_answer(f):
    f.add(f.events[9], "executionOutcomeUnknown", {"settlement": dict(STATEMENT)}, human("bob"))
    f.outcome["settlement"] = {"basis": "SETTLEMENT_BASIS_ROUTER_ANSWER"}


@forged(OUTCOME, "outcome")
def never_started(f):
    f.end("executionFailed", **f.outcome)
    f.drop(f.events[8])


@forged(OUTCOME, "outcome")
def completed_without_a_run(f):
    del f.outcome["runId"]


@forged(OUTCOME, "outcome")
def completed_without_a_record(f):
    del f.outcome["routerDigest"]


@forged(OUTCOME, "outcome")
def ends_unknown(f):
    f.end("executionOutcomeUnknown", runId="run-0001")


@forged(OUTCOME, "outcome")
def ends_rejected(f):
    f.drop(*f.events[7:])
    f.add(None, "decisionRejected", {"reason": "no"}, human("grace"))


@forged(OUTCOME, "outcome")
def ends_cancelled_before_there_was_a_policy(f):
    f.drop(*f.events[1:])
    f.add(None, "decisionCancelled", {}, human("bob"))


@forged(OUTCOME, "replay")
def rejected_before_there_was_a_policy(f):
    f.drop(*f.events[1:])
    f.add(None, "decisionRejected", {}, human("grace"))


@forged(OUTCOME, "outcome")
def nothing_but_the_request(f):
    f.drop(*f.events[1:])


FAILED = "failed run"


@forged(FAILED)
def with_a_record(f):
    f.end("executionFailed", **{**f.outcome, "code": "ADAPTER_FAILED", "message": "exit code 1"})


@forged(FAILED)
def with_a_record_and_nothing_else(f):
    f.end("executionFailed", runId="run-1", routerDigest=f.outcome["routerDigest"])


@forged(FAILED, "outcome")
def without_a_record(f):
    f.end("executionFailed", code="ADAPTER_FAILED", runId="run-1")


@forged(FAILED, "run_bundle")
def of_another_media_type_than_it_recorded(f):
    f.end("executionFailed", **{**f.outcome, "routerMediaType": "text/plain"})
    f.seal()
    f.router["runBundleMediaType"] = "application/json"
    f.bind()


# What binds

BOUND = "digests, link and binding that do not fit"
OWN_CHECK = {
    "headDigest": {"head_digest"},
    "controlDigest": {"control_digest"},
    "linkDigest": {"link_digest"},
    "bindingDigest": {"binding_digest"},
}


def set_digest(name, value):
    def forge(f):
        holder = f.bundle if name == "headDigest" else f.package
        put(holder, name, value)
        f.seal(name)

    return forge


for name, fails in OWN_CHECK.items():
    for what, value in (("of nothing", NOBODY), ("absent", None), ("in upper case", "SHA256:" + "A" * 64)):
        CASES.append((BOUND, f"{name} {what}", frozenset(fails), set_digest(name, value)))


@forged(BOUND, "head_digest")
def head_of_the_event_before(f):
    f.seal()
    f.bundle["headDigest"] = digest(f.events[-2])
    f.seal("headDigest")


@forged(BOUND, "link_digest", "binding_digest")
def binding_of_the_digests_as_given(f):
    f.seal()
    f.package["linkDigest"] = NOBODY
    names = ("packageVersion", "controlDigest", "linkDigest")
    binding = {name: f.package[name] for name in names}
    f.package["bindingDigest"] = digest({**binding, "routerDigest": f.router["routerDigest"]})
    f.bind("linkDigest", "bindingDigest")


LINK = "other decision's link"


@forged(LINK, "link")
def of_the_decision_under_another_id(f):
    other = type(f)(f.package)
    other.bundle["decisionId"] = "f" * 32
    f.link.clear()
    f.link.update(other.seal().link)
    f.bind()


def other_link(name, value):
    def forge(f):
        f.seal()
        put(f.link, name, value)
        f.bind()

    return forge


for name in MESSAGES["Link"]:
    another = "MODE_DRY_RUN" if name == "mode" else [NOBODY] if name == "approvalDigests" else "another"
    CASES.append((LINK, f"another {name}", frozenset({"link"}), other_link(name, another)))
    CASES.append((LINK, f"no {name}", frozenset({"link"}), other_link(name, None)))


@forged(LINK, "link")
def no_field_at_all(f):
    f.seal()
    f.link.clear()
    f.bind()


@forged(LINK, "link")
def two_approvals_in_one_text(f):
    f.seal()
    f.link["approvalDigests"] = [" ".join(f.link["approvalDigests"])]
    f.bind()


@forged(LINK, "link")
def approvals_in_another_order(f):
    f.seal()
    f.link["approvalDigests"].reverse()
    f.bind()


ROUTER = "router section of another run"
for name in ("runId", "adapterId", "routerDigest"):

    def other_section(f, name=name):
        f.seal()
        f.router[name] = NOBODY
        f.bind()

    def less_section(f, name=name):
        f.seal()
        del f.router[name]
        f.bind()

    CASES.append((ROUTER, f"another {name}", frozenset({"router_section"}), other_section))
    CASES.append((ROUTER, f"no {name}", frozenset({"router_section"}), less_section))


@forged(ROUTER, "run_bundle", "router_section")
def a_run_of_mine(f):
    f.seal()
    f.swap_bundle(b"it went well", recorded=False)
    f.router["routerDigest"] = "sha256:" + "1" * 64
    f.bind()


BUNDLE = "run bundle swapped"


@forged(BUNDLE, "run_bundle")
def for_another(f):
    f.swap_bundle(b"it went well", recorded=False)


@forged(BUNDLE)
def for_another_that_was_recorded(f):
    f.swap_bundle(bytes(range(256)), recorded=True)


@forged(BUNDLE, "run_bundle")
def by_one_byte_more(f):
    f.swap_bundle(base64.b64decode(f.router["runBundle"]) + b"\0", recorded=False)


@forged(BUNDLE, "run_bundle")
def left_out(f):
    del f.router["runBundle"]


@forged(BUNDLE, "run_bundle")
def under_another_media_type(f):
    f.seal()
    f.router["runBundleMediaType"] = "text/plain"
    f.bind()


@forged(BUNDLE, "run_bundle")
def under_no_media_type(f):
    f.seal()
    del f.router["runBundleMediaType"]
    f.bind()


@forged(BUNDLE)
def without_a_media_type_on_either_side(f):
    del f.outcome["routerMediaType"]


@forged(BUNDLE, "run_bundle")
def by_reference_and_inside(f):
    f.seal()
    f.router["mode"] = "PACKAGE_MODE_REFERENCE"
    f.bind()


@forged(BUNDLE, "run_bundle")
def by_reference_with_a_media_type(f):
    f.router["mode"] = "PACKAGE_MODE_REFERENCE"
    del f.router["runBundle"]


@forged(BUNDLE)
def by_reference(f):
    f.seal()
    f.router["mode"] = "PACKAGE_MODE_REFERENCE"
    del f.router["runBundle"], f.router["runBundleMediaType"]
    f.bind()


@forged(BUNDLE, "run_bundle")
def in_no_mode(f):
    del f.router["mode"]


@forged(BUNDLE, "run_bundle", "proto_json")
def in_an_unknown_mode(f):
    f.router["mode"] = "PACKAGE_MODE_UNSPECIFIED"


# Unknown fields

UNKNOWN = "unknown fields, sealed"
NAMES = (
    "zzz",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "toJSON",
    "decision_id",
    "DecisionId",
    "$typeName",
    "",
    "10",
    "9",
    "\u00e9",
    "e\u0301",
    "\uffff",
    "\U0001f6d2",
    'quote"\\\b\t\n\f\r\x00\x1f\x7f\u2028',
)
OBJECTS = 118  # as many as the example has with everything optional
VALUES = (None, True, 0.0, -1.5, 1e21, 1e-7, 5e-324, "", "text", [], {}, [None, [{}]], {"__proto__": {"seq": 7.0}})


def objects(value):
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(part)


def everything_optional(f):
    """Fields that a package may have and the example has not."""
    f.template = "digest"
    attached = f.event("policyAttached")["policyAttached"]
    of_template = {
        "minApprovals": 1.0,
        "allowedModes": ["MODE_DRY_RUN", "MODE_APPLY"],
        "labels": [{"key": "a", "value": "1"}, {"key": "c"}],
        "allowedAdapters": ["files-standby", "files"],
        "allowSelfApproval": True,
        "groups": [{"group": "security", "minApprovals": 1.0}],
        "requireSignedApprovals": True,
    }
    overrides = {
        "minApprovals": 2.0,
        "allowedModes": ["MODE_APPLY"],
        "requireAdapterCapabilities": ["apply"],
        "maxSteps": 0.0,
        "labels": [{"value": "no key"}, {"key": "b"}, {"key": "c"}],
        "allowedAdapters": ["files"],
        "allowSelfApproval": True,
        "humansOnly": False,
        "groups": [{"group": "security", "minApprovals": 1.0}],
        "requireComment": True,
        "maxApprovalLifetimeSeconds": 0.0,
        "requireSignedApprovals": True,
    }
    attached["policy"], refused = tighten(of_template, overrides)
    assert not refused
    attached["template"] = {"name": "production", "templatePolicy": of_template, "overrides": overrides}
    f.request["adapterId"] = "files"
    overruled = {"overruled": "OVERRULED_NOT_ASKED"}
    f.outcome["settlement"] = {"basis": "SETTLEMENT_BASIS_ROUTER_ANSWER", "reason": "asked again", **overruled}
    signature = {"keyid": "k", "sig": "AA=="}
    envelope = {"signatures": [signature, {}], "payloadType": "text/plain", "payload": "AAA="}
    f.package["signature"] = envelope
    f.outcome["routerSignature"] = copy.deepcopy(envelope)
    for event in f.events:
        if "approvalGranted" in event:
            event["approvalGranted"]["signature"] = copy.deepcopy(envelope)
    f.package["template"] = {
        "eventId": "e",
        "name": "production",
        "occurredAt": "2026-11-25T08:00:00Z",
        "actor": human("bob"),
        "delegate": human("portal"),
        "requestId": "r",
        "templateCreated": {"policy": copy.deepcopy(of_template), "matchLabels": [{"key": "a"}], "description": "d"},
    }
    f.add(f.events[9], "executionOutcomeUnknown", copy.deepcopy(UNKNOWN_YET), human("bob"))
    everything_ruled(f)


def everything_ruled(f):
    """Guardrails, duties kept apart, and an execution by break-glass with its review, though all that is wanted is there."""
    guardrail = {
        "name": "production",
        "match": {"adapters": ["files*"], "labels": [{"key": "a"}, {"key": "b", "value": "1"}], "modes": ["MODE_APPLY"]},
        "minApprovals": 2.0,
        "groups": [{"group": "security", "minApprovals": 1.0}],
        "humansOnly": True,
        "requireSignedApprovals": True,
        "allowedModes": ["MODE_APPLY", "MODE_DRY_RUN"],
        "maxApprovalLifetimeSeconds": 86_400.0,
        "requiredLabels": [{"key": "env", "values": ["staging", "production"]}, {"key": "ticket"}],
        "allowSelfApproval": True,
    }
    f.guard(guardrail, {"match": {}}, body="policyAttached")
    f.guard({}, copy.deepcopy(guardrail))
    f.gate_event["actor"] = human("heidi")
    f.gate["separationOfDuties"] = {"executorIsNotRequester": True, "approverIsNotExecutor": True}
    f.gate["breakGlass"] = {"reason": "the sale is on", "minApprovals": 1.0, "reviewBy": at("20:00:00")}
    found = {"verdict": "REVIEW_VERDICT_JUSTIFIED", "comment": "it was burning", "groups": ["security", ""]}
    f.add(f.events[-1], "executionReviewed", found, human("grace"))


# What fails with everything_optional: what it has for signatures are none.
OPTIONAL = frozenset({"server_signature", "approver_signatures", "router_signature"})


def unknown_at(index, name, value):
    def forge(f):
        everything_optional(f)
        places = list(objects(f.package))
        for place in places if index is None else [places[index]]:
            place[name] = copy.deepcopy(value)

    return forge


def every_place(count):
    """An unknown field at every object of the package, with all names and values in turn."""
    for index in range(count):
        name, value = NAMES[index % len(NAMES)], VALUES[index % len(VALUES)]
        CASES.append((UNKNOWN, f"at object {index}", OPTIONAL, unknown_at(index, name, value)))
    for name in NAMES:
        for index in (0, 1, 2):
            CASES.append((UNKNOWN, f"named {name!r} at object {index}", OPTIONAL, unknown_at(index, name, "x")))


CASES.append((UNKNOWN, "none, but everything optional", OPTIONAL, everything_optional))
CASES.append((UNKNOWN, "at every object", OPTIONAL, unknown_at(None, "zzz", [])))
every_place(OBJECTS)

TYPES = "unknown event types"


@forged(TYPES, "event_schema")
def an_event_of_an_unknown_type(f):
    f.add(f.gate_event, "executionPaused", {}, human("bob"))


@forged(TYPES, "event_schema")
def a_known_one_renamed(f):
    f.events[4]["approvalWithdrawn"] = f.events[4].pop("approvalRevoked")


@forged(TYPES, "event_schema")
def snake_case(f):
    f.events[8]["execution_started"] = f.events[8].pop("executionStarted")


@forged(TYPES, "event_schema")
def no_body(f):
    del f.events[8]["executionStarted"]


@forged(TYPES)
def a_known_and_an_unknown_body(f):
    f.events[8]["executionPaused"] = {}


for body in BODIES:

    def second_body(f, body=body):
        f.events[8 if body != "executionStarted" else 9][body] = {}

    CASES.append((TYPES, f"a second body {body}", frozenset({"event_schema"}), second_body))
