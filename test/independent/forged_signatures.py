"""Signed packages, and what passes itself off as one: each with a trust policy, and exactly the checks that have to fail.

Written from docs/signatures.md. The keys are made of fixed seeds, so that a run can be repeated; nobody must ever trust them.
"""

import base64
import copy
import hashlib
import json

from ed25519_signing import public_of, sign, sign_with_neutral_r
from nexus_attest_client.verifier import ed25519
from nexus_attest_client.verifier.audit_package import canonical, digest, parse
from nexus_attest_client.verifier.trust_policy import SPKI
from package_forger import NOBODY, Forger, at

PAYLOAD_TYPE = "application/vnd.in-toto+json"
SERVER, OTHER, ROUTER, MALLORY = (hashlib.sha256(name).digest() for name in (b"server", b"other", b"router", b"mallory"))
PEOPLE = {name: hashlib.sha256(name.encode()).digest() for name in ("carol", "dave", "erin", "frank")}

GENUINE, FORGED = "signed packages", "forged signatures"
APPROVALS, RUNS, TRUST = "signed approvals", "signed runs", "trust policies"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def key_id(seed: bytes) -> str:
    return "sha256:" + hashlib.sha256(SPKI + public_of(seed)).hexdigest()


def statement(kind: str, name: str, subject: str, predicate: dict) -> dict:
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": subject[7:]}}],
        "predicateType": f"nexus-attest:{kind}/v1",
        "predicate": predicate,
    }


def pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


def envelope(payload: bytes, *seeds: bytes, kind=PAYLOAD_TYPE, raw=False) -> dict:
    message = payload if raw else pae(kind, payload)
    signatures = [{"keyid": key_id(seed), "sig": b64(sign(seed, message))} for seed in seeds]
    return {"payload": b64(payload), "payloadType": kind, "signatures": signatures}


def server_statement(package: dict) -> dict:
    names = ("packageVersion", "controlDigest", "linkDigest")
    predicate = {name: package[name] for name in names}
    if "template" in package:
        predicate["templateDigest"] = digest(package["template"])
    decision = package["controlBundle"]["decisionId"]
    predicate.update(decisionId=decision, routerDigest=package["router"]["routerDigest"])
    return statement("audit-package", decision, package["bindingDigest"], predicate)


def without_template(text: bytes) -> bytes:
    package = parse(text)
    del package["template"]
    return canonical(package)


def trust(**parts) -> dict:
    return {"policyVersion": "nexus.attest/trust-policy/v1", **parts}


def server_key(seed: bytes, **bounds) -> dict:
    return {"name": "server", "publicKey": b64(public_of(seed)), **bounds}


def approver_key(name: str, seed: bytes, **bounds) -> dict:
    approver = {"type": "ACTOR_TYPE_HUMAN", "id": f"{name}@example.com"}
    return {"approver": approver, "publicKey": b64(public_of(seed)), **bounds}


def router_key(seed: bytes, *adapters: str, **bounds) -> dict:
    return {"name": "router", "publicKey": b64(public_of(seed)), "adapterIds": list(adapters), **bounds}


TRUSTING = trust(serverKeys=[server_key(OTHER), server_key(SERVER)])
EVERYBODY = trust(
    serverKeys=[server_key(SERVER)],
    approverKeys=[approver_key(name, seed) for name, seed in PEOPLE.items()],
    routerKeys=[router_key(ROUTER, "files", "other")],
    requiredChecks=["server_signature", "approver_signatures", "router_signature", "run_bundle"],
)


def malleated(sig: str) -> str:
    data = base64.b64decode(sig)
    return b64(data[:32] + (int.from_bytes(data[32:], "little") + ed25519.L).to_bytes(32, "little"))


OF_ORDER_TWO = (0, ed25519.P - 1, 1, 0)


def with_torsion(public: bytes) -> bytes:
    """The key plus the point of order two: a point of the curve, but not of the prime-order subgroup."""
    return ed25519.encode(ed25519.add(ed25519.decode(public), OF_ORDER_TWO))


def by_server(example: dict):
    """(what, checks that fail under TRUSTING, file)"""

    def signed(change=lambda made: made, seed=SERVER, package=example):
        made = copy.deepcopy(package)
        made["signature"] = change(envelope(canonical(server_statement(made)), seed))
        return canonical(made)

    def stated(change, seed=SERVER):
        made = server_statement(example)
        change(made)
        return signed(lambda _: envelope(canonical(made), seed))

    def first(made, **parts):
        made["signatures"][0].update(parts)
        return made

    def more(made, *signatures):
        made["signatures"] += signatures
        return made

    forger = Forger(example)
    forger.request["goal"] = "another goal"
    other = forger.seal().package
    payload = canonical(server_statement(example))
    good, bad = frozenset(), frozenset({"server_signature"})
    yield "as it has to be", good, signed()
    yield "by the other server", good, signed(seed=OTHER)
    yield "under another's key id", bad, signed(lambda made: first(made, keyid=key_id(OTHER)))
    yield "with words for a key id", bad, signed(lambda made: first(made, keyid="the usual one"))
    yield "without a key id", bad, signed(lambda made: {**made, "signatures": [{"sig": made["signatures"][0]["sig"]}]})
    yield "with another signature before it", bad, signed(lambda made: {**made, "signatures": [{"sig": "AAAA"}, *made["signatures"]]})
    yield "with a field of its own", good, signed(lambda made: {**made, "publicKey": b64(public_of(MALLORY))})
    yield "stripped", good, canonical(example)
    yield "by nobody's key", bad, signed(seed=MALLORY)
    yield "by nobody's key under a trusted key id", bad, signed(lambda made: first(made, keyid=key_id(SERVER)), MALLORY)
    yield "of another package", bad, canonical({**example, "signature": envelope(canonical(server_statement(other)), SERVER)})
    yield "left on a changed package", bad, canonical({**other, "signature": envelope(payload, SERVER)})
    yield "with a malleated S", bad, signed(lambda made: first(made, sig=malleated(made["signatures"][0]["sig"])))
    beside = b64(sign(SERVER, pae(PAYLOAD_TYPE, payload), OF_ORDER_TWO))
    yield "that holds with the cofactor only", bad, signed(lambda made: first(made, sig=beside))
    neutral = b64(sign_with_neutral_r(SERVER, pae(PAYLOAD_TYPE, payload)))
    yield "whose R is the neutral element", good, signed(lambda made: first(made, sig=neutral))
    yield "whose R is the neutral element, with a malleated S", bad, signed(lambda made: first(made, sig=malleated(neutral)))
    yield "with a byte behind it", bad, signed(lambda made: first(made, sig=b64(base64.b64decode(made["signatures"][0]["sig"]) + b"\0")))
    yield "cut short", bad, signed(lambda made: first(made, sig=b64(base64.b64decode(made["signatures"][0]["sig"])[:63])))
    yield "that is empty", frozenset({"server_signature"}), signed(lambda made: {**made, "signatures": [{"keyid": key_id(SERVER)}]})
    yield "of the payload alone", bad, signed(lambda _: envelope(payload, SERVER, raw=True))
    yield "under another payload type", bad, signed(lambda _: envelope(payload, SERVER, kind="application/json"))
    yield "with its payload type changed", bad, signed(lambda made: {**made, "payloadType": "application/json"})
    yield "of a payload with a space", bad, signed(lambda _: envelope(payload.replace(b":", b": ", 1), SERVER))
    yield "of a payload with a line break", bad, signed(lambda _: envelope(payload + b"\n", SERVER))
    yield "of nothing", bad, signed(lambda _: {})
    yield "without signatures", bad, signed(lambda made: {name: made[name] for name in ("payload", "payloadType")})
    yield "the ninth of nine", bad, signed(lambda made: {**made, "signatures": [{"sig": "AAAA"}] * 8 + made["signatures"]})
    yield "twice", bad, signed(lambda made: {**made, "signatures": made["signatures"] * 2})
    yield "left on a package whose template is gone", bad, without_template(signed())
    yield "without padding", frozenset({"proto_json", "server_signature"}), signed(lambda made: first(made, sig="AA"))
    yield "that says more", bad, stated(lambda made: made["predicate"].update(signedAt=at("10:31:00")))
    yield "that says less", bad, stated(lambda made: made["predicate"].pop("linkDigest"))
    yield "of another type of statement", bad, stated(lambda made: made.update(predicateType="nexus-attest:run/v1"))
    yield "about two subjects", bad, stated(lambda made: made.update(subject=made["subject"] * 2))
    yield "about another subject", bad, stated(lambda made: made["subject"][0].update(digest={"sha256": "0" * 64}))


def sign_approvals(forger: Forger, keys: dict, change=lambda made, name: made, wrap=lambda made, name: made):
    """Seals the package with each approval signed, by the head right before it; in order, for each changes what follows."""
    forger.seal()
    for seq, event in enumerate(forger.events):
        approval = event.get("approvalGranted")
        name = event["actor"]["id"].partition("@")[0]
        if approval is None or name not in keys:
            continue
        decision, request_digest = forger.bundle["decisionId"], digest(forger._approved())
        predicate = {
            "decisionId": decision,
            "requestDigest": request_digest,
            "policyDigest": digest(forger.policy),
            "headDigest": digest(forger.events[seq - 1]),
            "approver": event["actor"],
            **{field: approval[field] for field in ("comment", "expiresAt") if field in approval},
        }
        made = change(statement("approval", decision, request_digest, predicate), name)
        approval["signature"] = wrap(envelope(canonical(made), keys[name]), name)
        forger.seal()
    return forger


def by_approvers(example: dict):
    """(what, checks that fail under EVERYBODY but for what it requires, file, trust policy)"""
    only = trust(approverKeys=EVERYBODY["approverKeys"])
    bad, good = frozenset({"approver_signatures"}), frozenset()

    def signed(**how):
        forger = Forger(example)
        return canonical(sign_approvals(forger, how.pop("keys", PEOPLE), **how).package)

    def of_erin(change):
        def changed(made, name):
            if name == "erin":
                change(made)
            return made

        return changed

    def field(name, value):
        return signed(change=of_erin(lambda made: made["predicate"].update({name: value})))

    yield "all", good, signed(), only
    yield "all, and nobody asks", good, signed(), None
    yield "all but one", good, signed(keys={name: PEOPLE[name] for name in ("carol", "erin")}), only
    yield "by another's key", bad, signed(keys={**PEOPLE, "erin": PEOPLE["frank"]}), only
    yield "by another's key, and nobody asks", good, signed(keys={**PEOPLE, "erin": PEOPLE["frank"]}), None
    yield "by a key that does not count, of one who was revoked", good, signed(keys={**PEOPLE, "dave": MALLORY}), only
    yield "of one who is not named", bad, signed(), trust(approverKeys=[approver_key("erin", PEOPLE["erin"])])
    for name, value in {
        "requestDigest": NOBODY,
        "policyDigest": NOBODY,
        "headDigest": NOBODY,
        "decisionId": "0" * 32,
        "comment": "other words",
        "expiresAt": at("23:00:00"),
        "approver": {"type": "ACTOR_TYPE_SYSTEM", "id": "erin@example.com"},
        "groups": ["security"],
    }.items():
        yield f"for another {name}", bad, field(name, value), only
        yield f"for another {name}, and nobody asks", bad, field(name, value), None
    yield "without a head", bad, signed(change=of_erin(lambda made: made["predicate"].pop("headDigest"))), only
    # As the forger seals them, who makes the template fit.
    created, attached, *_ = Forger(example).seal().events
    yield "by an earlier head", good, field("headDigest", digest(attached)), only
    yield "by a head before the policy", bad, field("headDigest", digest(created)), only
    twice = signed(wrap=lambda made, name: {**made, "signatures": made["signatures"] * (2 if name == "erin" else 1)})
    yield "signed twice", bad, twice, only
    for what, fails, bounds in (
        ("from its time on", good, {"notBefore": at("10:05:00")}),
        ("before its time", bad, {"notBefore": at("10:05:00.001")}),
        ("revoked after the gate", good, {"revokedAt": at("10:30:00.001")}),
        ("revoked at the gate", bad, {"revokedAt": at("10:30:00")}),
        ("revoked before", bad, {"revokedAt": at("10:00:00")}),
    ):
        keys = [approver_key("erin", PEOPLE["erin"], **bounds), approver_key("frank", PEOPLE["frank"])]
        yield f"by a key {what}", fails, signed(), trust(approverKeys=keys)
    forger = Forger(example)
    dave = copy.deepcopy(forger.approval("dave"))
    forger.events.insert(5, {**dave, "eventId": "again", "occurredAt": at("10:00:00")})
    forger.relied.append(forger.events[5])
    shown = {}

    def again(made, name):
        return shown.setdefault(name, made)

    yield "shown again", bad, canonical(sign_approvals(forger, PEOPLE, wrap=again).package), only


def sign_run(forger: Forger, *seeds: bytes, change=lambda made: made, wrap=lambda made: made, state="RUN_STATE_SUCCEEDED") -> Forger:
    forger.seal()
    outcome, gate = forger.outcome, forger.gate
    decision = forger.bundle["decisionId"]
    predicate = {
        "decisionId": decision,
        "adapterId": gate["adapterId"],
        "runId": outcome["runId"],
        "routerRequestDigest": gate["routerRequestDigest"],
        "state": state,
        "stepsExecuted": outcome["stepsExecuted"],
    }
    stated = canonical(change(statement("run", decision, outcome["routerDigest"], predicate)))
    outcome["routerSignature"] = wrap(envelope(stated, *seeds))
    return forger.seal()


def by_router(example: dict):
    only = trust(routerKeys=EVERYBODY["routerKeys"])
    bad, good = frozenset({"router_signature"}), frozenset()

    def signed(*seeds, prepare=lambda f: None, **how):
        forger = Forger(example)
        prepare(forger)
        return canonical(sign_run(forger, *seeds or (ROUTER,), **how).package)

    def failed(code, **fields):
        return lambda f: f.end("executionFailed", **{**f.outcome, "code": code, **fields})

    too_many = failed("MAX_STEPS_EXCEEDED", stepsExecuted=6.0)
    yield "as it has to be", good, signed(), only
    yield "and nobody asks", good, signed(), None
    yield "by nobody's key", bad, signed(MALLORY), only
    yield "by a key for another adapter", good, signed(), trust(routerKeys=[router_key(ROUTER, "other")])
    yield "of a failure", good, signed(prepare=failed("STEP_FAILED"), state="RUN_STATE_FAILED"), only
    yield "of a success that is recorded as a failure", bad, signed(prepare=failed("STEP_FAILED")), only
    yield "of a success of too many steps", good, signed(prepare=too_many), only
    yield "of a failure of too many steps", good, signed(prepare=too_many, state="RUN_STATE_FAILED"), only
    yield "that says more", bad, signed(change=lambda made: {**made, "predicate": {**made["predicate"], "more": "x"}}), None
    yield "about another record", bad, signed(change=lambda made: {**made, "subject": []}), only
    both = trust(routerKeys=[router_key(OTHER, "files"), router_key(ROUTER, "files")])
    yield "by a router behind nobody", good, signed(MALLORY, ROUTER), only
    yield "by two routers, one of whom is believed", good, signed(OTHER, ROUTER), only
    yield "by two routers who are believed", good, signed(ROUTER, OTHER), both
    yield "by two routers who are believed, the other way around", good, signed(OTHER, ROUTER), both
    yield "by two routers who are believed, one of whom is named", good, signed(OTHER, ROUTER, wrap=unnamed_first), both
    yield "by two routers who are believed, the other of whom is named", good, signed(ROUTER, OTHER, wrap=unnamed_first), both
    yield "by two routers under each other's key ids", good, signed(OTHER, ROUTER, wrap=under_each_other), both
    yield "by a router under nobody's key id", good, signed(wrap=lambda made: {**made, "signatures": [{**made["signatures"][0], "keyid": "x"}]}), only
    yield "the eighth of eight", good, signed(*[MALLORY] * 7, ROUTER), only
    yield "the ninth of nine", bad, signed(*[MALLORY] * 8, ROUTER), only
    yield "by nobody at all", frozenset({"event_schema", "proto_json"}), signed(wrap=lambda made: {**made, "signatures": []}), only
    yield "from its time on", good, signed(), trust(routerKeys=[router_key(ROUTER, "files", notBefore=at("10:30:01"))])
    yield "after its time", bad, signed(), trust(routerKeys=[router_key(ROUTER, "files", notAfter=at("10:30:01"))])


def unnamed_first(made: dict) -> dict:
    one, other = made["signatures"]
    return {**made, "signatures": [{"sig": one["sig"]}, other]}


def under_each_other(made: dict) -> dict:
    one, other = made["signatures"]
    return {**made, "signatures": [{**one, "keyid": other["keyid"]}, {**other, "keyid": one["keyid"]}]}


def by_all(example: dict) -> dict:
    forger = sign_run(sign_approvals(Forger(example), PEOPLE), ROUTER)
    package = forger.package
    package["signature"] = envelope(canonical(server_statement(package)), SERVER)
    return package


def cases(example: dict):
    """(kind, what, checks that must fail, file, trust policy or None)"""
    for what, fails, text in by_server(example):
        yield (FORGED if fails else GENUINE), what, fails, text, TRUSTING
        yield FORGED, f"{what}; nobody is believed", None, text, None
    for kind, made in ((APPROVALS, by_approvers(example)), (RUNS, by_router(example))):
        for what, fails, text, policy in made:
            yield kind, what, fails, text, policy
    everything = canonical(by_all(example))
    yield GENUINE, "by everybody", frozenset(), everything, EVERYBODY
    signed = canonical({**example, "signature": envelope(canonical(server_statement(example)), SERVER)})
    last, first = at("10:30:01"), at("09:00:00")
    for what, fails, policy in (
        ("a server's key from its time on", (), trust(serverKeys=[server_key(SERVER, notBefore=last)])),
        ("a server's key before its time", ("server_signature",), trust(serverKeys=[server_key(SERVER, notBefore=at("10:30:01.001"))])),
        ("a server's key that was retired", ("server_signature",), trust(serverKeys=[server_key(SERVER, notAfter=last)])),
        ("a log in time", (), trust(notBefore=first, notAfter=at("10:30:01.001"))),
        ("a log too early", ("time_bounds",), trust(notBefore=at("09:00:00.001"))),
        ("a log too late", ("time_bounds",), trust(notAfter=last)),
        ("what holds is insisted on", (), trust(requiredChecks=["run_bundle", "quorum_at_gate"])),
        ("what nobody checked is insisted on", ("required_checks",), trust(requiredChecks=["server_signature"])),
        ("nobody", (), trust()),
        ("nobody, said in so many words", (), trust(serverKeys=[], approverKeys=[], routerKeys=[], requiredChecks=[])),
        ("a server without a name", (), trust(serverKeys=[server_key(SERVER, name="")])),
        ("a server with a name of 256 characters beyond the first plane", (), trust(serverKeys=[server_key(SERVER, name="\U0001f6d2" * 256)])),
        ("a server with a name of 256 characters", (), trust(serverKeys=[server_key(SERVER, name="\u00e9" * 256)])),
        ("a server with a name of 256 characters beyond U+FFFF", (), trust(serverKeys=[server_key(SERVER, name="\U0001f6d2" * 256)])),
    ):
        yield TRUST, what, frozenset(fails), signed, policy


def unusable(example: dict):
    """(what, trust policy, or the bytes of its file): no verifier may look at a package by them."""
    key = server_key(SERVER)
    yield "no version", {"serverKeys": [key]}
    yield "a byte order mark", b"\xef\xbb\xbf" + json.dumps(trust(serverKeys=[key])).encode()
    yield "bytes that are not UTF-8", json.dumps(trust(serverKeys=[key])).encode().replace(b'"server"', b'"\xe9"')
    yield "a day that there is not", trust(serverKeys=[server_key(SERVER, notAfter="2026-02-30T00:00:00Z")])
    yield "another version", {**trust(), "policyVersion": "nexus.attest/trust-policy/v2"}
    yield "a field that nobody knows", trust(trustEverybody=True)
    yield "a field of a key that nobody knows", trust(serverKeys=[{**key, "revokedAt": at("10:00:00")}])
    yield "a check that there is not", trust(requiredChecks=["no_such_check"])
    yield "a check that requires itself", trust(requiredChecks=["required_checks"])
    yield "a check twice", trust(requiredChecks=["format", "format"])
    yield "a key twice", trust(serverKeys=[key, server_key(OTHER), key])
    yield "one key of two approvers", trust(approverKeys=[approver_key("erin", SERVER), approver_key("frank", SERVER)])
    yield "an approver's key without the approver", trust(approverKeys=[key])
    yield "a router's key for no adapter", trust(routerKeys=[key])
    written = json.dumps(trust(serverKeys=[key])).encode()
    yield "a name twice in it", written[:-1] + b', "serverKeys": []}'
    yield "a name twice in a key", written.replace(b'"name"', b'"name": "x", "name"')
    yield "a name of 257 characters", trust(serverKeys=[{**key, "name": "\u00e9" * 257}])
    yield "a name of 257 characters beyond U+FFFF", trust(serverKeys=[{**key, "name": "\U0001f6d2" * 257}])
    yield "half of a pair in a name", trust(serverKeys=[{**key, "name": "\ud800"}])
    yield "nested too deep", b"[" * 500_000 + b"]" * 500_000
    yield "no UTF-8", written.replace(b'"server"', b'"\xff"')
    yield "too large", written + b" " * 1024 * 1024
    yield "an adapter without an id", trust(routerKeys=[router_key(ROUTER, "")])
    yield "an adapter without an id beside another", trust(routerKeys=[router_key(ROUTER, "files", "")])
    yield "a name of 257 characters beyond the first plane", trust(serverKeys=[{**key, "name": "\U0001f6d2" * 257}])
    yield "an adapter twice", trust(routerKeys=[router_key(ROUTER, "files", "files")])
    yield "bounds that nothing is within", trust(notBefore=at("10:00:00"), notAfter=at("10:00:00"))
    for what, public in {
        "of 31 bytes": bytes([9] * 31),
        "of small order": bytes(32),
        "that is the identity": (1).to_bytes(32, "little"),
        "that is no point": (2).to_bytes(32, "little"),
        "in another writing": (ed25519.P + 1).to_bytes(32, "little"),
        "with a part of small order": with_torsion(public_of(SERVER)),
    }.items():
        yield f"a key {what}", trust(serverKeys=[{"name": "x", "publicKey": b64(public)}])
