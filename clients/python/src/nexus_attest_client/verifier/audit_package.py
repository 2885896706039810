"""Verifies audit packages of Nexus Attest, by docs/audit-package.md and docs/signatures.md, from which alone it was written.

It shares no code with the server, so where both agree on a package, two readings of the pages agree. Nothing but the standard library.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nexus_attest_client.verifier import ed25519
from nexus_attest_client.verifier.checks import DESCRIPTIONS

Object = dict[str, Any]  # a JSON object
Problems = list[str]
Trust = Object  # a trust policy as trust_policy.read gives it
TrustedKey = Object

PASS, FAIL, NOT_CHECKED = "PASS", "FAIL", "NOT_CHECKED"

CHECKS = list(DESCRIPTIONS)

PACKAGE_VERSION = "nexus.attest/audit-package/v1"
BUNDLE_VERSION = "nexus.attest/control-bundle/v1"

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_SEPARATORS = 2_000_000
MAX_EVENTS = 10_000
MAX_UINT32 = 4_294_967_295


# The fields of the page. "!" is required, "?" is optional (may hold 0 or false), "[x]" is a list of x.

NAMES = {
    "Mode": {"MODE_DRY_RUN", "MODE_APPLY"},
    "ActorType": {"ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM"},
    "SettlementBasis": {"SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT"},
    "Overruled": {"OVERRULED_RUNNING", "OVERRULED_SUCCEEDED", "OVERRULED_FAILED", "OVERRULED_NOT_ASKED"},
    "ReviewVerdict": {"REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED"},
    "PackageMode": {"PACKAGE_MODE_REFERENCE", "PACKAGE_MODE_EMBEDDED"},
}

BODIES = {
    "decisionCreated": "DecisionCreated",
    "policyAttached": "PolicyAttached",
    "approvalGranted": "ApprovalGranted",
    "approvalRevoked": "ApprovalRevoked",
    "executionRequested": "ExecutionRequested",
    "executionStarted": "ExecutionStarted",
    "executionCompleted": "ExecutionCompleted",
    "executionFailed": "ExecutionFailed",
    "decisionRejected": "Reason",
    "decisionCancelled": "Reason",
    "executionOutcomeUnknown": "ExecutionOutcomeUnknown",
    "executionReviewed": "ExecutionReviewed",
}

POLICY = {
    "minApprovals": "number",
    "allowedModes": "[Mode]",
    "requireAdapterCapabilities": "[text]",
    "maxSteps": "number",
    "labels": "[Label]",
    "allowedAdapters": "[text]",
    "allowSelfApproval": "flag",
    "humansOnly": "flag",
    "groups": "[ApproverGroup]",
    "requireComment": "flag",
    "maxApprovalLifetimeSeconds": "number",
    "requireSignedApprovals": "flag",
}

MESSAGES: dict[str, dict[str, str]] = {
    "Package": {
        "packageVersion": "text",
        "controlBundle": "ControlBundle",
        "controlDigest": "text",
        "router": "RouterSection",
        "link": "Link",
        "linkDigest": "text",
        "bindingDigest": "text",
        "signature": "DsseEnvelope",
        "template": "TemplateEvent",
    },
    "ControlBundle": {"bundleVersion": "text", "decisionId": "text", "events": "[Event]", "headDigest": "text"},
    "RouterSection": {
        "mode": "PackageMode",
        "runId": "text",
        "adapterId": "text",
        "routerDigest": "text",
        "runBundle": "bytes",
        "runBundleMediaType": "text",
    },
    "Link": {
        "decisionId": "text",
        "runId": "text",
        "adapterId": "text",
        "mode": "Mode",
        "requestDigest": "text",
        "policyDigest": "text",
        "approvalDigests": "[text]",
        "executionRequestedDigest": "text",
        "routerRequestDigest": "text",
        "routerDigest": "text",
    },
    "DsseEnvelope": {"payload": "bytes", "payloadType": "text", "signatures": "[DsseSignature]"},
    "DsseSignature": {"keyid": "text", "sig": "bytes"},
    "TemplateEvent": {
        "eventId": "text!",
        "name": "text",
        "occurredAt": "time!",
        "actor": "Actor!",
        "delegate": "Actor",
        "requestId": "text",
        "templateCreated": "TemplateCreated!",
    },
    "TemplateCreated": {"policy": "Policy!", "matchLabels": "[Label]", "description": "text"},
    "Event": {
        "eventId": "text!",
        "decisionId": "text",
        "seq": "number",
        "occurredAt": "time!",
        "actor": "Actor!",
        "delegate": "Actor",
        "requestId": "text",
        "previousDigest": "text",
        **BODIES,
    },
    "Actor": {"type": "ActorType!", "id": "text!"},
    "Label": {"key": "text", "value": "text"},
    "DecisionCreated": {
        "goal": "text",
        "mode": "Mode!",
        "plan": "Plan",
        "adapterId": "text",
        "labels": "[Label]",
    },
    "Plan": {"steps": "[PlanStep]"},
    "PlanStep": {"stepId": "text", "intent": "text", "call": "PlanCall!"},
    "PlanCall": {"tool": "text", "method": "text", "argumentsJson": "text"},
    "PolicyAttached": {"policy": "Policy!", "template": "TemplateUse", "guardrails": "[GuardrailUse]"},
    "GuardrailUse": {"digest": "text", "guardrail": "Guardrail!"},
    "Guardrail": {
        "name": "text",
        "match": "GuardrailMatch",
        "minApprovals": "number",
        "groups": "[ApproverGroup]",
        "humansOnly": "flag",
        "requireSignedApprovals": "flag",
        "allowedModes": "[Mode]",
        "maxApprovalLifetimeSeconds": "number",
        "requiredLabels": "[RequiredLabel]",
        "allowSelfApproval": "flag",
    },
    "GuardrailMatch": {"adapters": "[text]", "labels": "[Label]", "modes": "[Mode]"},
    "RequiredLabel": {"key": "text", "values": "[text]"},
    "Policy": POLICY,
    "ApproverGroup": {"group": "text", "minApprovals": "number"},
    "TemplateUse": {"name": "text", "digest": "text", "templatePolicy": "Policy!", "overrides": "PolicyOverrides"},
    "PolicyOverrides": {name: kind + "?" if kind in ("number", "flag") else kind for name, kind in POLICY.items()},
    "ApprovalGranted": {"comment": "text", "expiresAt": "time", "requestDigest": "text", "groups": "[text]", "signature": "DsseEnvelope"},
    "ApprovalRevoked": {"approver": "Actor!", "reason": "text"},
    "ExecutionRequested": {
        "adapterId": "text",
        "mode": "Mode!",
        "adapterCapabilities": "[text]",
        "approvalDigests": "[text]",
        "policyDigest": "text",
        "routerRequestDigest": "text",
        "guardrails": "[GuardrailUse]",
        "separationOfDuties": "SeparationOfDuties",
        "breakGlass": "BreakGlass",
    },
    "SeparationOfDuties": {"executorIsNotRequester": "flag", "approverIsNotExecutor": "flag"},
    "BreakGlass": {"reason": "text", "minApprovals": "number", "reviewBy": "time!"},
    "ExecutionReviewed": {"verdict": "ReviewVerdict!", "comment": "text", "groups": "[text]"},
    "ExecutionStarted": {"serverId": "text"},
    "ExecutionCompleted": {
        "runId": "text",
        "routerDigest": "text",
        "stepsExecuted": "number",
        "settlement": "Settlement",
        "routerMediaType": "text",
        "routerSignature": "DsseEnvelope",
    },
    "ExecutionFailed": {
        "code": "text",
        "message": "text",
        "runId": "text",
        "routerDigest": "text",
        "stepsExecuted": "number",
        "settlement": "Settlement",
        "routerMediaType": "text",
        "routerSignature": "DsseEnvelope",
    },
    "Reason": {"reason": "text"},
    "ExecutionOutcomeUnknown": {"reason": "text", "runId": "text", "settlement": "Settlement"},
    "Settlement": {"basis": "SettlementBasis!", "reason": "text", "overruled": "Overruled"},
}


# JSON


class NotJson(Exception):
    """The bytes are no JSON value that has a canonical form; the message says why."""


Pairs = list[tuple[str, Any]]


def parse(data: bytes, object_of: Callable[[Pairs], Object] = dict) -> Any:
    """The JSON value of a text: numbers as float, of a name given twice the last, unless `object_of` raises NotJson."""

    def no_constant(name: str) -> None:
        raise NotJson(f"{name} is no JSON")

    try:
        text = data.decode("utf-8", "strict")
        # Python's decoder would build integers of any size, and would accept NaN and Infinity.
        return json.loads(text, parse_int=float, parse_float=float, parse_constant=no_constant, object_pairs_hook=object_of)
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8: {error.reason} at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise NotJson(f"not JSON: {error}") from None


TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]', re.DOTALL)


def beyond_limits(data: bytes) -> str:
    """Which limit of the text is broken, or nothing. Looks at the text only, before anything is built from it."""
    if len(data) > MAX_BYTES:
        return f"larger than {MAX_BYTES} bytes"
    depth = separators = 0
    for token in TOKEN.finditer(data):
        first = data[token.start()]
        if first in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                return f"nested deeper than {MAX_DEPTH}"
        elif first in b"}]":
            depth -= 1
        if first in b"{[,":
            separators += 1
            if separators > MAX_SEPARATORS:
                return f"more than {MAX_SEPARATORS} of {{ [ and , outside strings"
    return ""


ESCAPED = re.compile(r'["\\\x00-\x1f]')
SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
SURROGATE = re.compile("[\ud800-\udfff]")


def canonical_string(text: str) -> str:
    if SURROGATE.search(text):
        raise NotJson("a string holds a lone surrogate")
    return '"' + ESCAPED.sub(lambda m: SHORT_ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04x}", text) + '"'


def canonical_number(number: float) -> str:
    """ECMAScript's Number::toString; Python's repr gives the same shortest digits in another layout."""
    if math.isinf(number):
        raise NotJson("a number is infinite as a double")
    if number == 0:
        return "0"
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        power = point - 1
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{'-' if power < 0 else '+'}{abs(power)}"
    return "-" + text if number < 0 else text


def utf16_units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def canonical_text(value: Any) -> str:
    if isinstance(value, str):
        return canonical_string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return canonical_number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_text, value)) + "]"
    names = sorted(value, key=utf16_units)
    return "{" + ",".join(canonical_string(name) + ":" + canonical_text(value[name]) for name in names) + "}"


def canonical(value: Any) -> bytes:
    return canonical_text(value).encode("utf-8")


def digest_of_bytes(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    return digest_of_bytes(canonical(value))


# ProtoJSON

TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?Z")
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def milliseconds(text: str) -> int | None:
    """The moment as whole milliseconds since the year 1, or None if the text is not written as a time is."""
    match = TIME.fullmatch(text)
    if match is None or match[7] == "000":
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
        moment = datetime.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    whole_seconds = (moment - datetime.datetime.min) // datetime.timedelta(seconds=1)
    return whole_seconds * 1000 + int(match[7] or 0)


def moment_of(event: Object) -> int:
    """When an event occurred, whose time is known to be one."""
    moment = milliseconds(event["occurredAt"])
    assert moment is not None
    return moment


def base64_bytes(text: str) -> bytes | None:
    """The bytes, or None if the text is not base64 as the page wants it (an unused bit that is set, for one)."""
    if not BASE64.fullmatch(text):
        return None
    data = base64.b64decode(text)
    return data if base64.b64encode(data).decode("ascii") == text else None


class Findings:
    """What is wrong with the fields of one message, as paths in words."""

    def __init__(self) -> None:
        self.types: Problems = []
        self.values: Problems = []
        self.unknown: Problems = []
        self.missing: Problems = []
        self.labels: Problems = []


def has_type(kind: str, value: Any) -> bool:
    if kind == "number":
        return isinstance(value, float)
    if kind == "flag":
        return isinstance(value, bool)
    if kind in MESSAGES:
        return isinstance(value, dict)
    return isinstance(value, str)


def keeps_rule(kind: str, value: Any, optional: bool, in_list: bool) -> bool:
    if kind == "text":
        return in_list or value != ""
    if kind == "number":
        return bool(value.is_integer() and (0 if optional else 1) <= value <= MAX_UINT32)
    if kind == "flag":
        return bool(value) or optional
    if kind == "time":
        return milliseconds(value) is not None
    if kind == "bytes":
        return value != "" and base64_bytes(value) is not None
    return bool(value in NAMES[kind])


def inspect(message: str, value: Object, path: str, found: Findings) -> Findings:
    fields = MESSAGES[message]
    for name, given in value.items():
        where = f"{path}.{name}" if path else name
        if name not in fields:
            found.unknown.append(where)
            continue
        spec = fields[name]
        if spec.startswith("["):
            inspect_list(spec[1:-1], given, where, found)
        else:
            inspect_one(spec.rstrip("!?"), given, where, found, optional=spec.endswith("?"))
    for name, spec in fields.items():
        if spec.endswith("!") and name not in value:
            found.missing.append(f"{path}.{name}" if path else name)
    return found


def inspect_one(kind: str, given: Any, where: str, found: Findings, optional: bool = False, in_list: bool = False) -> None:
    if not has_type(kind, given):
        found.types.append(where)
    elif kind in MESSAGES:
        inspect(kind, given, where, found)
    elif not keeps_rule(kind, given, optional, in_list):
        found.values.append(where)


def inspect_list(kind: str, given: Any, where: str, found: Findings) -> None:
    if not isinstance(given, list):
        found.types.append(where)
        return
    if not given:
        found.values.append(where)
    for index, element in enumerate(given):
        inspect_one(kind, element, f"{where}[{index}]", found, in_list=True)
    if kind == "Label" and all(isinstance(label, dict) and isinstance(label.get("key", ""), str) for label in given):
        keys = [utf16_units(label.get("key", "")) for label in given]
        if keys != sorted(keys):
            found.labels.append(where)


# The report


def words(problems: Sequence[str]) -> str:
    shown = "; ".join(problem[:200] for problem in problems[:3])
    return shown + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")


ROLES = ["SERVER", "APPROVER", "ROUTER"]


class Report:
    """The checks in the page's order. What is never judged stays NOT_CHECKED."""

    def __init__(self) -> None:
        self.status = dict.fromkeys(CHECKS, NOT_CHECKED)
        self.detail = dict.fromkeys(CHECKS, "nothing to judge: a check that comes before it did not pass")
        self.decision_id = self.binding_digest = ""
        self.signers: list[dict[str, str]] = []

    def judge(self, check: str, problems: Sequence[str]) -> bool:
        """PASS if there is no problem, else FAIL with the problems as its detail."""
        self.status[check] = FAIL if problems else PASS
        self.detail[check] = words(problems)
        return not problems

    def not_checked(self, check: str, why: str) -> None:
        self.status[check], self.detail[check] = NOT_CHECKED, why

    def passed(self, check: str) -> bool:
        return self.status[check] == PASS

    def as_json(self) -> Object:
        checks = [{"name": c, "description": d, "status": self.status[c], "detail": self.detail[c]} for c, d in DESCRIPTIONS.items()]
        return {
            "verdict": self.verdict(),
            "checks": checks,
            "decisionId": self.decision_id,
            "bindingDigest": self.binding_digest,
            "signers": sorted(self.signers, key=lambda signer: ROLES.index(signer["role"])),
        }

    def verdict(self) -> str:
        if FAIL in self.status.values():
            return "BROKEN"
        return "AUTHENTIC" if self.passed("server_signature") and self.passed("unknown_fields") else "CONSISTENT"


def differs(what: str, expected: Any, actual: Any) -> Problems:
    """A problem if the two are not the same; text, number or list of them."""
    return [] if expected == actual else [f"{what} is {str(actual)[:90]!r}, not {str(expected)[:90]!r}"]


# The log


def body_name(event: Object) -> str:
    return next(name for name in BODIES if name in event)


def raised(policy: Object, uses: list[Object]) -> Object:
    """The policy with all that the guardrails ask for besides."""
    for guardrail in (use["guardrail"] for use in uses):
        policy = {**policy, "minApprovals": max(policy.get("minApprovals", 0), guardrail.get("minApprovals", 0))}
        modes = set(guardrail.get("allowedModes", []))
        if modes:
            policy["allowedModes"] = [mode for mode in policy.get("allowedModes", []) if mode in modes]
        policy["allowSelfApproval"] = policy.get("allowSelfApproval", False) and guardrail.get("allowSelfApproval", False)
        for name in ("humansOnly", "requireSignedApprovals"):
            policy[name] = policy.get(name, False) or guardrail.get(name, False)
        seats = {group.get("group", ""): group["minApprovals"] for group in policy.get("groups", [])}
        for group in guardrail.get("groups", []):
            seats[group.get("group", "")] = max(seats.get(group.get("group", ""), 0), group["minApprovals"])
        policy["groups"] = [{"group": group, "minApprovals": most} for group, most in seats.items()]
        lives = [life for life in (each.get("maxApprovalLifetimeSeconds", 0) for each in (policy, guardrail)) if life]
        policy["maxApprovalLifetimeSeconds"] = min(lives, default=0)
    return policy


class Approval:
    def __init__(self, seq: int, event: Object):
        self.seq = seq
        self.actor: Object = event["actor"]
        self.body: Object = event["approvalGranted"]
        self.given_at = moment_of(event)
        self.expires_at = milliseconds(self.body["expiresAt"]) if "expiresAt" in self.body else None
        self.revoked_by: int | None = None

    def expired(self, moment: int) -> bool:
        return self.expires_at is not None and moment >= self.expires_at

    def stands(self, before: int, moment: int) -> bool:
        """Whether it stands at the moment of the event whose place in the log is `before`."""
        revoked = self.revoked_by is not None and self.revoked_by < before
        return not revoked and not self.expired(moment)


WHITE_SPACE = "".join(map(chr, [*range(0x09, 0x0E), 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000])) + "\ufeff"


def why_not_eligible(approval: Approval, policy: Object, requester: Object) -> Problems:
    problems = []
    if approval.actor["id"] == requester["id"] and not policy.get("allowSelfApproval", False):
        problems.append("the requester's own")
    if policy.get("humansOnly", False) and approval.actor["type"] != "ACTOR_TYPE_HUMAN":
        problems.append("not by a human")
    if policy.get("requireComment", False) and not approval.body.get("comment", "").strip(WHITE_SPACE):
        problems.append("without a comment")
    lifetime = policy.get("maxApprovalLifetimeSeconds", 0) * 1000
    if lifetime and (approval.expires_at is None or approval.expires_at - approval.given_at > lifetime):
        problems.append("lasts longer than the policy allows")
    if policy.get("requireSignedApprovals", False) and "signature" not in approval.body:
        problems.append("not signed")
    return problems


class History:
    """What the events say when played in order; `problem` is set at the first event that cannot have happened."""

    # phase -> event -> next phase
    STEPS = {
        "none": {"decisionCreated": "open"},
        "open": {
            "policyAttached": "open",
            "approvalGranted": "open",
            "approvalRevoked": "open",
            "decisionRejected": "rejected",
            "decisionCancelled": "cancelled",
            "executionRequested": "gated",
        },
        "gated": {"executionStarted": "started", "executionFailed": "failed", "executionReviewed": "gated"},
        "started": {
            "executionOutcomeUnknown": "unknown",
            "executionCompleted": "completed",
            "executionFailed": "failed",
            "executionReviewed": "started",
        },
        "unknown": {"executionCompleted": "completed", "executionFailed": "failed", "executionReviewed": "unknown"},
        "completed": {"executionReviewed": "completed"},
        "failed": {"executionReviewed": "failed"},
    }
    NEEDS_POLICY = {"approvalGranted", "decisionRejected", "executionRequested"}

    def __init__(self, events: list[Object], digests: list[str]):
        self.requester: Object = {}
        self.request: Object = {}
        self.policy_attached: Object | None = None
        self.gate: Object | None = None
        self.gate_seq = self.policy_seq = -1
        self.started = False
        self.outcome: Object | None = None  # the event
        self.reviews: list[Object] = []  # events
        self.reviewers: set[str] = set()  # their ids
        self.approvals: list[Approval] = []
        self.unrevoked: dict[tuple[str, str], list[Approval]] = {}  # (type, id) of an approver -> approvals, the latest last
        self.problem = ""
        phase = "none"
        for seq, event in enumerate(events):
            name = body_name(event)
            self.problem = self._envelope(events, digests, seq) or self._follow(phase, seq, name, event)
            if self.problem:
                self.problem = f"event {seq}: {self.problem}"
                return
            phase = self.STEPS[phase][name]

    @staticmethod
    def _envelope(events: list[Object], digests: list[str], seq: int) -> str:
        event = events[seq]
        if event.get("seq", 0) != seq:
            return "seq is not its place"
        if event.get("decisionId", "") != events[0].get("decisionId", ""):
            return "of another decision than the first event"
        if event.get("previousDigest", "") != (digests[seq - 1] if seq else ""):
            return "previousDigest is not that of the event before"
        if seq and moment_of(event) < moment_of(events[seq - 1]):
            return "occurred before the event before it"
        return ""

    def _follow(self, phase: str, seq: int, name: str, event: Object) -> str:
        if name not in self.STEPS.get(phase, {}):
            return f"{name} cannot happen when the decision is {phase}"
        if name in self.NEEDS_POLICY and self.policy_attached is None:
            return f"{name} before a policy was attached"
        if name == "decisionCreated":
            self.requester, self.request = event["actor"], event[name]
        elif name == "policyAttached":
            if self.policy_attached is not None:
                return "a policy is attached already"
            self.policy_attached, self.policy_seq = event[name], seq
        elif name == "approvalGranted":
            approval = Approval(seq, event)
            self.approvals.append(approval)
            self.unrevoked.setdefault((event["actor"]["type"], event["actor"]["id"]), []).append(approval)
        elif name == "approvalRevoked":
            return self._revoke(seq, event[name]["approver"])
        elif name == "executionRequested":
            self.gate, self.gate_seq = event, seq
        elif name == "executionStarted":
            self.started = True
        elif name in ("executionCompleted", "executionFailed"):
            self.outcome = event
        elif name == "executionReviewed":
            return self._review(event)
        return ""

    def _review(self, event: Object) -> str:
        assert self.gate is not None
        reviewer = event["actor"]["id"]
        if "breakGlass" not in self.passed:
            return "a review, and no glass was broken"
        if reviewer == self.gate["actor"]["id"]:
            return "reviewed by whoever executed it"
        if reviewer in self.reviewers:
            return "reviewed by the same person before"
        self.reviewers.add(reviewer)
        self.reviews.append(event)
        return ""

    def _revoke(self, seq: int, approver: Object) -> str:
        latest_last = self.unrevoked.get((approver["type"], approver["id"]))
        if not latest_last:
            return "there is no approval for it to end"
        latest_last.pop().revoked_by = seq
        return ""

    @property
    def policy(self) -> Object:
        policy: Object = (self.policy_attached or {}).get("policy", {})
        return policy

    @property
    def guardrails(self) -> list[Object]:
        """Those that were recorded with the policy."""
        recorded: list[Object] = (self.policy_attached or {}).get("guardrails", [])
        return recorded

    @property
    def in_force(self) -> Object:
        """The policy as raised when approvals are given."""
        return raised(self.policy, self.guardrails)

    @property
    def all_guardrails(self) -> list[Object]:
        """Those of the policy, and those of the gate."""
        passed: list[Object] = self.passed.get("guardrails", [])
        return self.guardrails + passed

    @property
    def at_gate(self) -> Object:
        """The policy as raised at the gate."""
        return raised(self.policy, self.all_guardrails)

    @property
    def passed(self) -> Object:
        """The body of the gate's event, which has to be there."""
        assert self.gate is not None
        body: Object = self.gate["executionRequested"]
        return body

    @property
    def passed_at(self) -> int:
        assert self.gate is not None
        return moment_of(self.gate)

    def standing(self) -> list[Approval]:
        """The eligible approvals that stand at the gate, the latest of each actor, in order of seq."""
        moment, policy = self.passed_at, self.at_gate
        latest: dict[str, Approval] = {}
        for approval in self.approvals:
            eligible = not why_not_eligible(approval, policy, self.requester)
            if eligible and approval.stands(self.gate_seq, moment):
                latest[approval.actor["id"]] = approval
        return sorted(latest.values(), key=lambda approval: approval.seq)

    def counting(self, digests: list[str]) -> list[Approval]:
        """Those that counted: of signed ones, whose keys may have been revoked by then, the ones that the gate relied on."""
        relied_on = set(self.passed.get("approvalDigests", []))
        return [a for a in self.standing() if "signature" not in a.body or digests[a.seq] in relied_on]


def every_seat_filled(groups: list[Object], members: list[list[str]]) -> bool:
    """Whether each group can have its seats filled, an approval taking one seat only.

    By Hall's theorem that is so exactly if, for every set of groups, as many approvals name one of them as the set
    has seats. At most 16 groups, so at most 65536 sets. `members`: of each approval the groups that it names.
    """
    if len(groups) > 16:
        return False
    bit = {group.get("group", ""): 1 << index for index, group in enumerate(groups)}
    every = (1 << len(groups)) - 1
    within = [0] * (every + 1)  # after the loop: how many approvals name groups of this set only
    for names in members:
        within[sum(bit[name] for name in set(names) if name in bit)] += 1
    for one in bit.values():
        for mask in range(every + 1):
            if mask & one:
                within[mask] += within[mask ^ one]
    seats = [0] * (every + 1)
    for mask in range(1, every + 1):
        lowest = mask & -mask
        seats[mask] = seats[mask ^ lowest] + int(groups[lowest.bit_length() - 1].get("minApprovals", 0))
    return all(seats[mask] <= len(members) - within[every ^ mask] for mask in range(every + 1))


# The checks


def read_format(data: bytes) -> tuple[Object, bytes, Problems]:
    """The package and no problem, or nothing and the problem."""
    limit = beyond_limits(data)
    if limit:
        return {}, b"", [limit]
    try:
        package = parse(data)
        canonical_bytes = canonical(package)
    except NotJson as error:
        return {}, b"", [str(error)]
    if not isinstance(package, dict):
        return {}, b"", ["not an object"]
    found = inspect("Package", package, "", Findings())
    if found.types:
        return {}, b"", [f"{where} has the wrong JSON type" for where in found.types]
    problems = differs("packageVersion", PACKAGE_VERSION, package.get("packageVersion", ""))
    problems += [f"{name} is missing" for name in ("controlBundle", "router", "link") if name not in package]
    bundle = package.get("controlBundle", {})
    problems += differs("bundleVersion", BUNDLE_VERSION, bundle.get("bundleVersion", ""))
    if not 1 <= len(bundle.get("events", [])) <= MAX_EVENTS:
        problems.append(f"not 1 to {MAX_EVENTS} events")
    return ({}, b"", problems) if problems else (package, canonical_bytes, [])


def policy_bounds(policy: Object) -> Problems:
    problems = group_bounds(policy.get("groups", []))
    if not 1 <= policy.get("minApprovals", 0) <= 100:
        problems.append("minApprovals is not 1 to 100")
    return problems


def guardrail_bounds(uses: list[Object]) -> Problems:
    problems = ["more than 32 guardrails"] if len(uses) > 32 else []
    for guardrail in (use.get("guardrail", {}) for use in uses):
        problems += group_bounds(guardrail.get("groups", []))
        if guardrail.get("minApprovals", 0) > 100:
            problems.append("minApprovals of a guardrail is more than 100")
    return problems


def group_bounds(groups: list[Object]) -> Problems:
    problems = []
    if len(groups) > 16:
        problems.append("more than 16 groups")
    if len({group.get("group", "") for group in groups}) < len(groups):
        problems.append("two groups of the same name")
    if not all(1 <= group.get("minApprovals", 0) <= 100 for group in groups):
        problems.append("minApprovals of a group is not 1 to 100")
    return problems


def unreadable(seq: int, event: Object) -> Problems:
    found = inspect("Event", event, "", Findings())
    problems = [f"{where} is not written as ProtoJSON writes it" for where in found.values]
    problems += [f"{where} is missing" for where in found.missing]
    problems += [f"{where} are not in order of key" for where in found.labels]
    bodies = [name for name in BODIES if name in event]
    if len(bodies) != 1:
        problems.append(f"{len(bodies)} bodies")
    policy = event.get("policyAttached", {}).get("policy")
    if policy is not None and not found.values:
        problems += policy_bounds(policy)
    for body in (event.get("policyAttached", {}), event.get("executionRequested", {})):
        if not found.values:
            problems += guardrail_bounds(body.get("guardrails", []))
    return [f"event {seq}: {problem}" for problem in problems]


def sequence_problems(bundle: Object) -> Problems:
    problems: Problems = []
    ids: set[str] = set()
    before: int | None = None
    for seq, event in enumerate(bundle["events"]):
        problems += differs(f"event {seq}: seq", seq, event.get("seq", 0))
        problems += differs(f"event {seq}: decisionId", bundle.get("decisionId", ""), event.get("decisionId", ""))
        if event["eventId"] in ids:
            problems.append(f"event {seq}: eventId was there before")
        ids.add(event["eventId"])
        moment = moment_of(event)
        if before is not None and moment < before:
            problems.append(f"event {seq}: occurred before the event before it")
        before = moment
    return problems


def chain_problems(events: list[Object], digests: list[str]) -> Problems:
    problems: Problems = []
    for seq, event in enumerate(events):
        expected = digests[seq - 1] if seq else ""
        problems += differs(f"event {seq}: previousDigest", expected, event.get("previousDigest", ""))
    return problems


def approval_problems(history: History) -> Problems:
    problems: Problems = []
    unsigned: dict[str, list[Approval]] = {}  # by actor's id, those that stood when last looked at; what has ceased to stand never does again
    policy = history.in_force
    for approval in history.approvals:
        why = why_not_eligible(approval, policy, history.requester)
        if approval.expired(approval.given_at):
            why.append("expired when it was given")
        earlier = unsigned.setdefault(approval.actor["id"], [])
        while earlier and not earlier[-1].stands(approval.seq, approval.given_at):
            earlier.pop()
        if earlier:
            why.append("given while an earlier one by the same actor stood")
        # A signed one may have lost its key by then, which is no part of the evidence.
        if "signature" not in approval.body:
            earlier.append(approval)
        problems += [f"event {approval.seq}: {reason}" for reason in why]
    return problems


def known(message: str, value: Object) -> Object:
    """A message without the fields that the page does not know, at whatever depth."""
    kept: Object = {}
    for name, spec in MESSAGES[message].items():
        if name not in value:
            continue
        kind = spec.strip("[]!?")
        if kind not in MESSAGES:
            kept[name] = value[name]
        elif spec.startswith("["):
            kept[name] = [known(kind, element) for element in value[name]]
        else:
            kept[name] = known(kind, value[name])
    return kept


MOST = {"requireAdapterCapabilities": 32, "labels": 32, "groups": 16}
TIGHTER = {"allowSelfApproval": False, "humansOnly": True, "requireComment": True, "requireSignedApprovals": True}


def name_of(field: str, item: Any) -> Any:
    """What may stand once in a list of a policy."""
    if field == "labels":
        return item.get("key", "")
    return item.get("group", "") if field == "groups" else item


def tightened_list(field: str, template: list[Any], wanted: list[Any], problems: Problems) -> list[Any]:
    names = [name_of(field, item) for item in wanted]
    theirs = {name_of(field, item): item for item in template}
    if len(set(names)) < len(names):
        problems.append(f"{field}: one stands twice")
    if field in ("allowedModes", "allowedAdapters"):
        if not set(names) <= set(theirs):
            problems.append(f"{field}: not among the template's")
        wanted_names = set(names)
        return [item for item in template if item in wanted_names]
    new = [item for item in wanted if name_of(field, item) not in theirs]
    if field == "labels":
        values = {name_of(field, item): item.get("value", "") for item in wanted}
        if any(values.get(item.get("key", ""), item.get("value", "")) != item.get("value", "") for item in template):
            problems.append("labels: the template has another value")
        result = sorted(template + new, key=lambda label: utf16_units(label.get("key", "")))
    elif field == "groups":
        raised = {name_of(field, item): item for item in wanted}
        for name, item in theirs.items():
            if name in raised and raised[name].get("minApprovals", 0) < item.get("minApprovals", 0):
                problems.append("groups: fewer than the template's")
        result = [raised.get(name_of(field, item), item) for item in template] + new
    else:
        result = template + new
    if len(result) > MOST[field]:
        problems.append(f"{field}: {len(result)} are too many")
    return result


def tighten(template: Object, overrides: Object) -> tuple[Object, Problems]:
    """The policy that a template's policy and overrides make, and why one of them is refused; both of known fields only."""
    policy = dict(template)
    problems: Problems = []
    for field, wanted in overrides.items():
        if isinstance(wanted, list):
            policy[field] = tightened_list(field, template.get(field, []), wanted, problems)
            continue
        theirs = template.get(field, False if field in TIGHTER else 0)
        if field in TIGHTER:
            looser = wanted != theirs and wanted != TIGHTER[field]
        elif field == "minApprovals":
            looser = wanted < theirs
        else:
            looser = theirs != 0 and (wanted == 0 or wanted > theirs)
        if looser:
            problems.append(f"{field}: looser than the template's")
        policy[field] = wanted
    return {field: value for field, value in policy.items() if value not in (0, False)}, problems


def check_template(report: Report, package: Object, policy_attached: Object | None) -> None:
    """Where the policy came from."""
    use = (policy_attached or {}).get("template")
    given = package.get("template")
    if use is None or policy_attached is None:
        if given is None:
            report.not_checked("template", "no template was used")
        else:
            report.judge("template", ["the package has a template that the log did not use"])
        return
    theirs = known("Policy", use["templatePolicy"])
    problems = policy_bounds(theirs)
    if not problems:
        policy, problems = tighten(theirs, known("PolicyOverrides", use.get("overrides", {})))
        if not problems and policy != known("Policy", policy_attached["policy"]):
            problems.append("the policy is not what template and overrides make")
    if given is None:
        if not report.judge("template", problems):
            return
        report.not_checked("template", "the template itself is not in the package")
        return
    found = inspect("TemplateEvent", given, "", Findings())
    problems += [f"template.{where} cannot be read" for where in found.values + found.missing + found.labels]
    problems += differs("digest of the template", use.get("digest", ""), digest(given))
    problems += differs("name of the template", use.get("name", ""), given.get("name", ""))
    if not problems and known("Policy", given["templateCreated"]["policy"]) != theirs:
        problems.append("the template has another policy")
    report.judge("template", problems)


def groups_of(counting: list[Approval]) -> list[list[str]]:
    return [approval.body.get("groups", []) for approval in counting]


def quorum_problems(policy: Object, members: list[list[str]]) -> Problems:
    """`members`: of each who counts the groups."""
    problems: Problems = []
    if len(members) < policy["minApprovals"]:
        problems.append(f"{len(members)} approvals count, {int(policy['minApprovals'])} are needed")
    if not every_seat_filled(policy.get("groups", []), members):
        problems.append("not every seat of the groups can be filled")
    return problems


def gate_problems(history: History) -> Problems:
    gate, request, policy = history.passed, history.request, history.policy
    problems = differs("mode", request["mode"], gate["mode"])
    if gate["mode"] not in history.at_gate.get("allowedModes", []):
        problems.append("the policy does not allow the mode")
    adapter, allowed = gate.get("adapterId", ""), policy.get("allowedAdapters", [])
    if "adapterId" in request:
        problems += differs("adapterId", request["adapterId"], adapter)
    elif not allowed:
        problems.append("neither request nor policy names an adapter")
    if allowed and adapter not in allowed:
        problems.append("the policy does not allow the adapter")
    steps = len(request.get("plan", {}).get("steps", []))
    if 0 < policy.get("maxSteps", 0) < steps:
        problems.append(f"{steps} steps, {int(policy['maxSteps'])} are allowed")
    wanted = policy.get("requireAdapterCapabilities", []) + (["apply"] if gate["mode"] == "MODE_APPLY" else [])
    declared = set(gate.get("adapterCapabilities", []))
    lacking = [name for name in wanted if name not in declared]
    problems += [f"the adapter lacks the capability {name!r}" for name in lacking]
    labels: dict[str, set[str]] = {}
    for label in request.get("labels", []):
        labels.setdefault(label.get("key", ""), set()).add(label.get("value", ""))
    for wanted_label in (label for use in history.all_guardrails for label in use["guardrail"].get("requiredLabels", [])):
        key, values = wanted_label.get("key", ""), wanted_label.get("values", [])
        there = labels.get(key)
        if there is None or (values and there.isdisjoint(values)):
            problems.append(f"a guardrail wants the label {key!r}")
    return problems


def separation_problems(history: History, counting: list[Approval]) -> Problems:
    assert history.gate is not None
    executor, apart = history.gate["actor"]["id"], history.passed.get("separationOfDuties", {})
    problems = []
    if "executorIsNotRequester" in apart and executor == history.requester["id"]:
        problems.append("the requester executed it")
    if "approverIsNotExecutor" in apart and any(executor == approval.actor["id"] for approval in counting):
        problems.append("an approver executed it")
    return problems


def quorum_at_gate(report: Report, history: History, counting: list[Approval]) -> None:
    problems = quorum_problems(history.at_gate, groups_of(counting))
    glass = history.passed.get("breakGlass")
    if not problems or glass is None or len(counting) < glass.get("minApprovals", 0):
        report.judge("quorum_at_gate", problems)
    else:
        report.not_checked("quorum_at_gate", f"the gate was passed by break-glass: {words(problems)}")


def check_guardrails(report: Report, history: History, trust: Trust) -> None:
    problems: Problems = []
    lists = {"policyAttached": history.guardrails, "executionRequested": history.passed.get("guardrails", [])}
    for body, uses in lists.items():
        given = [use.get("digest", "") for use in uses]
        if len(set(given)) < len(given):
            problems.append(f"{body}: a guardrail twice")
        for index, use in enumerate(uses):
            problems += differs(f"{body}.guardrails[{index}].digest", digest(use["guardrail"]), given[index])
    in_force = {use.get("digest", "") for use in lists["executionRequested"]}
    problems += [f"{wanted} was not in force" for wanted in trust["requiredGuardrails"] if wanted not in in_force]
    report.judge("guardrails", problems)


def break_glass(report: Report, history: History, counting: list[Approval], trust: Trust) -> None:
    if "breakGlass" not in history.passed:
        report.judge("break_glass", [])
    elif trust["acceptedBreakGlass"] is None:
        report.not_checked("break_glass", "executed by break-glass; nobody says whether that is accepted")
    elif trust["acceptedBreakGlass"] == "ACCEPTED_BREAK_GLASS_ALL":
        report.judge("break_glass", [])
    elif trust["acceptedBreakGlass"] == "ACCEPTED_BREAK_GLASS_REVIEWED":
        report.judge("break_glass", review_problems(history, counting))
    else:
        report.judge("break_glass", ["executed by break-glass, which is not accepted"])


def review_problems(history: History, counting: list[Approval]) -> Problems:
    """Why a review does not make up for the quorum."""
    policy = history.at_gate
    if any(event["executionReviewed"]["verdict"] == "REVIEW_VERDICT_UNJUSTIFIED" for event in history.reviews):
        return ["somebody found it unjustified"]
    approvers = {approval.actor["id"] for approval in counting}
    members = groups_of(counting)
    for event in history.reviews:
        who = event["actor"]
        if who["id"] in approvers or (who["id"] == history.requester["id"] and not policy.get("allowSelfApproval", False)):
            continue
        if who["type"] == "ACTOR_TYPE_HUMAN" or not policy.get("humansOnly", False):
            members.append(event["executionReviewed"].get("groups", []))
    return quorum_problems(policy, members)


def fields_of(source: Object, *names: str) -> Object:
    """Those of the fields that are there, as given."""
    return {name: source[name] for name in names if name in source}


def outcome_problems(history: History, recorded: bool, last: Object) -> Problems:
    if not recorded:
        return ["there is no recorded run"]
    problems = [] if history.started else ["the execution was not started"]
    name = body_name(last)
    outcome = last[name]
    if outcome.get("settlement", {}).get("basis") == "SETTLEMENT_BASIS_OPERATOR_STATEMENT":
        problems.append("an operator's statement, not a record of a run")
    if 0 < history.policy.get("maxSteps", 0) < outcome.get("stepsExecuted", 0):
        if name != "executionFailed" or outcome.get("code", "") != "MAX_STEPS_EXCEEDED":
            problems.append("more steps were executed than the policy allows, and the run did not fail for it")
    return problems


def run_bundle(report: Report, router: Object, outcome: Object) -> None:
    mode = router.get("mode", "")
    if mode == "PACKAGE_MODE_REFERENCE":
        there = [f"{name} is there" for name in ("runBundle", "runBundleMediaType") if name in router]
        if there:
            report.judge("run_bundle", there)
        else:
            report.not_checked("run_bundle", "the package holds no run bundle; compare its SHA-256 with routerDigest")
    elif mode == "PACKAGE_MODE_EMBEDDED":
        data = base64_bytes(router.get("runBundle", ""))
        problems = differs("media type", outcome.get("routerMediaType", ""), router.get("runBundleMediaType", ""))
        if data:
            problems += differs("digest of the run bundle", outcome.get("routerDigest", ""), digest_of_bytes(data))
        else:
            problems.append("no readable run bundle")
        report.judge("run_bundle", problems)
    else:
        report.judge("run_bundle", [f"mode is {mode[:40]!r}"])


def check_gate(report: Report, history: History, bundle: Object, digests: list[str], request_digest: str, policy_digest: str, trust: Trust) -> None:
    gate, policy = history.passed, history.policy
    counting = history.counting(digests)
    relied_on = [digests[approval.seq] for approval in counting]
    run_request = {
        **fields_of(bundle, "decisionId"),
        **fields_of(gate, "adapterId", "mode", "approvalDigests"),
        **fields_of(history.request, "goal", "plan", "labels"),
        **fields_of(policy, "maxSteps"),
        "requestDigest": request_digest,
        "policyDigest": policy_digest,
    }
    other_request = []
    for approval in history.approvals:
        given = approval.body.get("requestDigest", "")
        other_request += differs(f"event {approval.seq}: requestDigest", request_digest, given)
    report.judge("request_digest", other_request)
    report.judge("policy_digest", differs("policyDigest", policy_digest, gate.get("policyDigest", "")))
    report.judge("approvals_relied_on", differs("approvalDigests", relied_on, gate.get("approvalDigests", [])))
    quorum_at_gate(report, history, counting)
    report.judge("gate_conditions", gate_problems(history) + separation_problems(history, counting))
    check_guardrails(report, history, trust)
    break_glass(report, history, counting, trust)
    given = gate.get("routerRequestDigest", "")
    report.judge("router_request_digest", differs("routerRequestDigest", digest(run_request), given))


def check_run(report: Report, package: Object, history: History, digests: list[str], request_digest: str, policy_digest: str) -> None:
    bundle, router, link = package["controlBundle"], package["router"], package["link"]
    gate, last = history.passed, history.outcome
    assert last is not None
    outcome = last[body_name(last)]
    section = []
    for name, source in (("runId", outcome), ("routerDigest", outcome), ("adapterId", gate)):
        section += differs(name, source.get(name, ""), router.get(name, ""))
    report.judge("router_section", section)
    run_bundle(report, router, outcome)
    expected = {
        **fields_of(bundle, "decisionId"),
        **fields_of(outcome, "runId", "routerDigest"),
        **fields_of(gate, "adapterId", "mode", "approvalDigests", "routerRequestDigest"),
        "requestDigest": request_digest,
        "policyDigest": policy_digest,
        "executionRequestedDigest": digests[history.gate_seq],
    }
    problems = []
    for name, spec in MESSAGES["Link"].items():
        default = [] if spec.startswith("[") else ""
        problems += differs(name, expected.get(name, default), link.get(name, default))
    report.judge("link", problems)


PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_PAYLOAD = 32 * 1024
DIGEST = re.compile("sha256:[0-9a-f]{64}")


class Envelope:
    """A DSSE envelope as given; `readable` is false if its base64 is none."""

    def __init__(self, given: Object):
        texts = [given.get("payload", ""), *(each.get("sig", "") for each in given.get("signatures", []))]
        decoded = [b"" if text == "" else base64_bytes(text) for text in texts]
        self.readable = None not in decoded
        self.payload, *self.signatures = [each or b"" for each in decoded]
        self.type = given.get("payloadType", "")
        self.hints = {each.get("keyid", "") for each in given.get("signatures", [])}

    def misstates(self, expected: bytes) -> Problems:
        if not self.readable:
            return ["not readable"]
        if self.type != PAYLOAD_TYPE:
            return ["another payload type"]
        if self.payload != expected:
            return ["another payload than the statement that follows"]
        return [] if 1 <= len(self.signatures) <= 8 else [f"{len(self.signatures)} signatures"]

    def signed_by(self, keys: Sequence[TrustedKey]) -> TrustedKey | None:
        """The first of the keys that made one of its signatures, if one did. A single signature has one maker: the named key is tried first, to be quick."""
        kind = self.type.encode("utf-8")
        message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)
        ordered = sorted(keys, key=lambda key: len(self.signatures) == 1 and key["keyId"] not in self.hints)
        made = (key for key in ordered if any(ed25519.verify(key["publicKey"], message, sig) for sig in self.signatures))
        return next(made, None)


def statement(kind: str, name: str, subject: str, predicate: Object) -> bytes:
    return canonical(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": name, "digest": {"sha256": subject[len("sha256:") :]}}],
            "predicateType": f"nexus-attest:{kind}/v1",
            "predicate": {name: value for name, value in predicate.items() if value not in ("", 0.0, None)},
        }
    )


def within(key: Mapping[str, Any], moment: int, end: str = "notAfter") -> bool:
    first, last = key.get("notBefore"), key.get(end)
    return (first is None or first <= moment) and (last is None or moment < last)


def judge_signature(report: Report, check: str, envelope: Envelope, statements: list[bytes], keys: list[TrustedKey], moment: int) -> None:
    """Of a server or a router: its statement may be any of those given, its keys are those for it."""
    wrong = [envelope.misstates(expected) for expected in statements]
    if all(wrong):
        report.judge(check, wrong[0])
    elif not keys:
        report.not_checked(check, "signed, and nobody says by whom it should be")
    else:
        key = envelope.signed_by([key for key in keys if within(key, moment)])
        if report.judge(check, [] if key else ["by no key that is believed"]) and key:
            report.signers.append({"role": check.split("_")[0].upper(), "name": key["name"], "keyId": key["keyId"]})


def server_signature(report: Report, package: Object, digests: dict[str, str], trust: Trust) -> None:
    if "signature" not in package:
        report.not_checked("server_signature", "not signed")
        return
    bundle = package["controlBundle"]
    name = bundle.get("decisionId", "")
    predicate = {
        "decisionId": name,
        "packageVersion": PACKAGE_VERSION,
        "controlDigest": digests["control"],
        "routerDigest": package["router"].get("routerDigest", ""),
        "linkDigest": digests["link"],
        "templateDigest": digest(package["template"]) if "template" in package else "",
    }
    expected = statement("audit-package", name, digests["binding"], predicate)
    last = moment_of(bundle["events"][-1])
    envelope = Envelope(package["signature"])
    named = [key for key in trust["serverKeys"] if key["keyId"] in envelope.hints]
    if envelope.readable and len(envelope.signatures) != 1:
        report.judge("server_signature", [f"{len(envelope.signatures)} signatures"])
    elif trust["serverKeys"] and not named and not envelope.misstates(expected):
        report.judge("server_signature", ["by no key that it names and that is believed"])
    else:
        judge_signature(report, "server_signature", envelope, [expected], named, last)


def head_in(payload: bytes) -> str:
    """The head digest that an approver's payload names, or nothing."""
    if len(payload) > MAX_PAYLOAD:
        return ""
    try:
        head = parse(payload)["predicate"]["headDigest"]
    except (NotJson, LookupError, TypeError, RecursionError):
        return ""
    return head if isinstance(head, str) and DIGEST.fullmatch(head) else ""


def approval_misstated(approval: Approval, history: History, digests: list[str], approved: Object, seen: set[bytes]) -> Problems:
    envelope = Envelope(approval.body["signature"])
    if not envelope.readable or len(envelope.signatures) != 1:
        return ["not one signature"]
    head = head_in(envelope.payload)
    if head not in digests[history.policy_seq : approval.seq]:
        return ["no head that the approver can have seen"]
    predicate = {
        **approved,
        "headDigest": head,
        "approver": approval.actor,
        **fields_of(approval.body, "comment", "expiresAt"),
    }
    predicate["approver"] = fields_of(approval.actor, "type", "id")
    expected = statement("approval", approved["decisionId"], approved["requestDigest"], predicate)
    problems = envelope.misstates(expected)
    if not problems and envelope.payload in seen:
        problems = ["shown again"]
    seen.add(envelope.payload)
    return problems


def approver_signatures(report: Report, history: History, digests: list[str], approved: Object, trust: Trust) -> None:
    check = "approver_signatures"
    seen: set[bytes] = set()
    problems: Problems = []
    for approval in history.approvals:
        if "signature" in approval.body:
            wrong = approval_misstated(approval, history, digests, approved, seen)
            problems += [f"event {approval.seq}: {problem}" for problem in wrong]
    if problems or not trust["approverKeys"]:
        if not report.judge(check, problems):
            return
        report.not_checked(check, "nobody says by whose keys approvals should be signed")
        return
    counting = history.counting(digests)
    gated_at = history.passed_at
    signed = [approval for approval in counting if "signature" in approval.body]
    signers = []
    for approval in signed:
        who = (approval.actor["type"], approval.actor["id"])
        keys = [key for key in trust["approverKeys"] if key["who"] == who and all(within(key, at, "revokedAt") for at in (approval.given_at, gated_at))]
        key = Envelope(approval.body["signature"]).signed_by(keys)
        if key is None:
            problems.append(f"event {approval.seq}: by no key of its approver that is believed")
        else:
            signers.append({"role": "APPROVER", "name": approval.actor["id"], "keyId": key["keyId"]})
    if not report.judge(check, problems):
        return
    if not counting or len(signed) < len(counting):
        report.not_checked(check, "not every approval that counted is signed")
        return
    report.signers += signers


def router_signature(report: Report, history: History, events: list[Object], trust: Trust) -> None:
    last = history.outcome or events[-1]
    name = body_name(last)
    outcome, gate = last[name], history.passed
    if "routerSignature" not in outcome:
        report.not_checked("router_signature", "not signed")
        return
    states = ["RUN_STATE_SUCCEEDED"] if name == "executionCompleted" else ["RUN_STATE_FAILED"]
    if name == "executionFailed" and outcome.get("code", "") == "MAX_STEPS_EXCEEDED":
        states.append("RUN_STATE_SUCCEEDED")
    decision = events[0].get("decisionId", "")
    predicate = {
        "decisionId": decision,
        "adapterId": gate.get("adapterId", ""),
        "runId": outcome["runId"],
        "routerRequestDigest": gate.get("routerRequestDigest", ""),
        "stepsExecuted": outcome.get("stepsExecuted", 0.0),
    }
    subject = outcome["routerDigest"]
    if not DIGEST.fullmatch(subject):
        report.judge("router_signature", ["routerDigest is no digest"])
        return
    statements = [statement("run", decision, subject, {**predicate, "state": state}) for state in states]
    keys = [key for key in trust["routerKeys"] if gate.get("adapterId", "") in key["adapterIds"]]
    envelope = Envelope(outcome["routerSignature"])
    judge_signature(report, "router_signature", envelope, statements, keys, moment_of(last))


def time_bounds(report: Report, events: list[Object], trust: Trust) -> None:
    first, last = moment_of(events[0]), moment_of(events[-1])
    if trust["notBefore"] is None and trust["notAfter"] is None:
        report.not_checked("time_bounds", "nobody sets any")
        return
    early = trust["notBefore"] is not None and first < trust["notBefore"]
    late = trust["notAfter"] is not None and last >= trust["notAfter"]
    report.judge("time_bounds", ["too early"] * early + ["too late"] * late)


def required_checks(report: Report, trust: Trust) -> None:
    if not trust["requiredChecks"]:
        report.not_checked("required_checks", "nobody insists on any")
        return
    report.judge("required_checks", [name for name in trust["requiredChecks"] if not report.passed(name)])


def check_log(report: Report, package: Object, digests: list[str], trust: Trust) -> None:
    """All that needs the events to be readable."""
    bundle = package["controlBundle"]
    events = bundle["events"]
    report.judge("event_sequence", sequence_problems(bundle))
    report.judge("event_chain", chain_problems(events, digests))
    history = History(events, digests)
    if not report.judge("replay", [history.problem] if history.problem else []):
        return
    last = history.outcome or events[-1]
    outcome = last[body_name(last)]
    recorded = history.outcome is not None and outcome.get("runId", "") != "" and outcome.get("routerDigest", "") != ""
    report.judge("approvals_valid", approval_problems(history))
    check_template(report, package, history.policy_attached)
    report.judge("outcome", outcome_problems(history, recorded, last))
    if history.gate is None:
        return
    approved = {"decisionCreated": history.request, "policyAttached": history.policy_attached}
    request_digest = digest({**fields_of(bundle, "decisionId"), **approved})
    policy_digest = digest(history.policy)
    check_gate(report, history, bundle, digests, request_digest, policy_digest, trust)
    said = {
        "decisionId": events[0].get("decisionId", ""),
        "requestDigest": request_digest,
        "policyDigest": policy_digest,
    }
    approver_signatures(report, history, digests, said, trust)
    if recorded:
        check_run(report, package, history, digests, request_digest, policy_digest)
        router_signature(report, history, events, trust)


NOBODY: Trust = {
    "serverKeys": [],
    "approverKeys": [],
    "routerKeys": [],
    "requiredChecks": [],
    "requiredGuardrails": [],
    "acceptedBreakGlass": None,
    "notBefore": None,
    "notAfter": None,
}


def verify(data: bytes, trust: Trust = NOBODY) -> Object:
    """The report on a file of these bytes, whatever they are; `trust` is what trust_policy.read gives."""
    report = Report()
    check_package(report, data, trust)
    required_checks(report, trust)
    return report.as_json()


def check_package(report: Report, data: bytes, trust: Trust) -> None:
    package, canonical_bytes, problems = read_format(data)
    if not report.judge("format", problems):
        return
    found = inspect("Package", package, "", Findings())
    bundle, router = package["controlBundle"], package["router"]
    events = bundle["events"]
    digests = [digest(event) for event in events]

    other_form = [] if canonical_bytes == data else ["the file is not the canonical form of its value"]
    report.judge("canonical_form", other_form)
    report.judge("proto_json", [f"{where} is not written as ProtoJSON writes it" for where in found.values])
    if found.unknown:
        report.not_checked("unknown_fields", "unknown: " + words(found.unknown))
    else:
        report.judge("unknown_fields", [])
    not_readable = [problem for seq, event in enumerate(events) for problem in unreadable(seq, event)]
    readable = report.judge("event_schema", not_readable)
    if readable:
        check_log(report, package, digests, trust)
        time_bounds(report, events, trust)
    report.judge("head_digest", differs("headDigest", digests[-1], bundle.get("headDigest", "")))
    control_digest, link_digest = digest(bundle), digest(package["link"])
    report.judge("control_digest", differs("controlDigest", control_digest, package.get("controlDigest", "")))
    report.judge("link_digest", differs("linkDigest", link_digest, package.get("linkDigest", "")))
    binding = {
        "packageVersion": package["packageVersion"],
        "controlDigest": control_digest,
        **fields_of(router, "routerDigest"),
        "linkDigest": link_digest,
    }
    report.decision_id, report.binding_digest = bundle.get("decisionId", ""), digest(binding)
    report.judge("binding_digest", differs("bindingDigest", report.binding_digest, package.get("bindingDigest", "")))
    if readable:
        recomputed = {"control": control_digest, "link": link_digest, "binding": report.binding_digest}
        server_signature(report, package, recomputed, trust)
