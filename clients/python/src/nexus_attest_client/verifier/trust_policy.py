"""Reads a trust policy, by docs/signatures.md."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from nexus_attest_client.verifier import ed25519
from nexus_attest_client.verifier.audit_package import (
    CHECKS,
    DIGEST,
    MESSAGES,
    NAMES,
    Findings,
    NotJson,
    Object,
    Pairs,
    Trust,
    canonical,
    inspect,
    milliseconds,
    parse,
)

VERSION = "nexus.attest/trust-policy/v1"
MAX_KEYS = 1_000
MAX_NAME = 256
MAX_BYTES = 1024 * 1024
SPKI = bytes.fromhex("302a300506032b6570032100")

MESSAGES.update(
    {
        "TrustPolicy": {
            "policyVersion": "text",
            "serverKeys": "[TrustedServerKey]",
            "approverKeys": "[TrustedApproverKey]",
            "routerKeys": "[TrustedRouterKey]",
            "requiredChecks": "[text]",
            "requiredGuardrails": "[text]",
            "acceptedBreakGlass": "AcceptedBreakGlass",
            "notBefore": "time",
            "notAfter": "time",
        },
        "TrustedServerKey": {"name": "text", "publicKey": "bytes", "notBefore": "time", "notAfter": "time"},
        "TrustedApproverKey": {"approver": "Actor!", "publicKey": "bytes", "notBefore": "time", "revokedAt": "time"},
        "TrustedRouterKey": {
            "name": "text",
            "publicKey": "bytes",
            "adapterIds": "[text]",
            "notBefore": "time",
            "notAfter": "time",
        },
    }
)


NAMES["AcceptedBreakGlass"] = {"ACCEPTED_BREAK_GLASS_REVIEWED", "ACCEPTED_BREAK_GLASS_ALL"}


class Unusable(Exception):
    """It is no trust policy that can be used; the message says why."""


def once(pairs: Pairs) -> Object:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise NotJson("a name stands twice in one object")
    return made


def without_defaults(message: str, value: Any) -> Any:
    """Without empty texts and lists: a trust policy, which people write, may say that there are none. What is empty and neither is left to be refused."""
    if not isinstance(value, dict):
        return value
    kept: Object = {}
    for name, field in value.items():
        spec = MESSAGES[message].get(name, "")
        kind, is_list = spec.strip("[]!?"), spec.startswith("[")
        if field == ([] if is_list else "") and (is_list or kind == "text"):
            continue
        if kind in MESSAGES and isinstance(field, list) and is_list:
            field = [without_defaults(kind, element) for element in field]
        elif kind in MESSAGES:
            field = without_defaults(kind, field)
        kept[name] = field
    return kept


def insist(holds: bool, why: str) -> None:
    if not holds:
        raise Unusable(why)


def read(data: bytes) -> Trust:
    """What verify takes: every key with its bytes and id, every time as milliseconds."""
    insist(len(data) <= MAX_BYTES, f"larger than {MAX_BYTES} bytes")
    try:
        given = parse(data, once)
        canonical(given)
    except NotJson as error:
        raise Unusable(str(error)) from None
    insist(isinstance(given, dict), "not an object")
    found = inspect("TrustPolicy", without_defaults("TrustPolicy", given), "", Findings())
    wrong = [*found.types, *found.values, *found.unknown, *found.missing]
    insist(not wrong, f"not as it must be: {', '.join(wrong[:5])}")
    insist(given.get("policyVersion") == VERSION, "another policyVersion")
    required = given.get("requiredChecks", [])
    insist(all(name in CHECKS and name != "required_checks" for name in required), "a check that there is not")
    insist(len(set(required)) == len(required), "a check twice")
    guardrails = given.get("requiredGuardrails", [])
    insist(len(guardrails) <= 32, "more than 32 requiredGuardrails")
    insist(all(DIGEST.fullmatch(name) for name in guardrails), "a required guardrail that is no digest")
    insist(len(set(guardrails)) == len(guardrails), "a guardrail twice")
    trust: Trust = {"requiredChecks": required, "requiredGuardrails": guardrails, **bounds_of(given)}
    trust["acceptedBreakGlass"] = given.get("acceptedBreakGlass", "")
    for kind in ("serverKeys", "approverKeys", "routerKeys"):
        keys = given.get(kind, [])
        insist(len(keys) <= MAX_KEYS, f"more than {MAX_KEYS} {kind}")
        insist(len({key.get("publicKey") for key in keys}) == len(keys), f"a key twice in {kind}")
        trust[kind] = [key_of(key) for key in keys]
    insist(all("adapterIds" in key for key in trust["routerKeys"]), "a router's key for no adapter")
    return trust


def bounds_of(given: Object, end: str = "notAfter") -> Object:
    first, last = (milliseconds(given.get(name, "")) for name in ("notBefore", end))
    insist(first is None or last is None or first < last, "bounds that nothing is within")
    return {"notBefore": first, end: last}


def key_of(given: Object) -> Object:
    public = base64.b64decode(given.get("publicKey", ""))
    insist(len(public) == 32 and ed25519.is_safe(public), "a key that is not safe to believe")
    name = given.get("name", "")
    insist(len(name) <= MAX_NAME, f"a name longer than {MAX_NAME} characters")
    key: Object = {"name": name, "publicKey": public, "keyId": "sha256:" + hashlib.sha256(SPKI + public).hexdigest()}
    if "approver" in given:
        actor = given["approver"]
        return {**key, "who": (actor["type"], actor["id"]), **bounds_of(given, "revokedAt")}
    if "adapterIds" in given:
        names = given["adapterIds"]
        insist(0 < len(set(names)) == len(names) <= MAX_KEYS and "" not in names, "adapters as they must not be")
        key["adapterIds"] = set(names)
    return {**key, **bounds_of(given)}
