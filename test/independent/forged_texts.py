"""Packages in other writings: JSON that is not canonical, no JSON, and field values that ProtoJSON does not write.

A case names exactly the checks that have to fail (a frozenset), some of which at least one has to (a tuple), or nothing
(None) where it is enough that verifiers agree.
"""

import json

from nexus_attest_client.verifier.audit_package import MAX_BYTES, MESSAGES, NAMES, canonical, digest
from forged_records import OPTIONAL, everything_optional
from package_forger import Forger, at, human

CASES = []  # (kind, what, checks that fail, what is done to a Forger; gives the file's bytes or nothing)

NONE = frozenset()
FORMAT = frozenset({"format"})
CANONICAL = frozenset({"canonical_form"})


def text_case(kind, what, fails, rewrite):
    CASES.append((kind, what, fails, lambda f: rewrite(f.text())))


def replaced(old: bytes, new: bytes):
    def rewrite(text):
        assert old in text, old
        return text.replace(old, new, 1)

    return rewrite


SAME = "same value in another writing"
FIRST = b'{"bindingDigest":'  # how every package begins
for what, rewrite in {
    "a space before": lambda t: b" " + t,
    "a line break after": lambda t: t + b"\n",
    "all white space of JSON": replaced(FIRST, b'\t{\r\n "bindingDigest" :\t'),
    "indented": lambda t: json.dumps(json.loads(t), indent=2, ensure_ascii=False, sort_keys=True).encode(),
    "names in another order": lambda t: json.dumps(
        dict(reversed(list(json.loads(t).items()))), separators=(",", ":"), ensure_ascii=False
    ).encode(),
    "only ASCII": lambda t: json.dumps(json.loads(t), separators=(",", ":"), sort_keys=True).encode(),
    "an escaped letter": replaced(b'"goal"', b'"go\\u0061l"'),
    "an escaped slash": replaced(b"nexus.attest/audit", b"nexus.attest\\/audit"),
    "a line break by its number": replaced(b"\\n", b"\\u000a"),
    "a pair of surrogates": replaced("\U0001f6d2".encode(), b"\\ud83d\\uded2"),
    "1.0": replaced(b'"seq":1}', b'"seq":1.0}'),
    "1e0": replaced(b'"seq":1}', b'"seq":1e0}'),
    "10E-1": replaced(b'"seq":1}', b'"seq":10E-1}'),
    "as near to 1 as can be": replaced(b'"seq":1}', b'"seq":1.00000000000000000001}'),
    "a name twice, alike": replaced(FIRST, b'{"linkDigest":"",' + FIRST[1:]),
    "a name twice, the first null": replaced(FIRST, b'{"router":null,' + FIRST[1:]),
    "a name twice, the first infinite": replaced(FIRST, b'{"router":1e400,' + FIRST[1:]),
    "a name twice, the first without a canonical form": replaced(FIRST, b'{"link":"\\ud800",' + FIRST[1:]),
    "a name twice, the first an unknown number": replaced(b'"seq":1}', b'"seq":9,"seq":1}'),
    "a name twice, one escaped": replaced(b'"seq":1}', b'"\\u0073eq":9,"seq":1}'),
}.items():
    text_case(SAME, what, CANONICAL, rewrite)
text_case(SAME, "padded to the largest size", CANONICAL, lambda t: t + b" " * (MAX_BYTES - len(t)))
text_case(SAME, "a name twice, the last is another", None, replaced(b'"seq":1}', b'"seq":1,"seq":2}'))
text_case(SAME, "__proto__ twice", None, replaced(FIRST, b'{"__proto__":{},"__proto__":1,' + FIRST[1:]))

NO_JSON = "no JSON, or none that has a canonical form"
ADDED = {
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "an infinite number": b"1e400",
    "a negative infinite number": b"-1e400",
    "a huge whole number": b"9" * 400,
    "a number with a leading zero": b"01",
    "a number without its first digit": b".5",
    "a number without its last digit": b"1.",
    "a plus sign": b"+1",
    "a hexadecimal number": b"0x1",
    "digits of another script": "\u0663".encode(),
    "Python's True": b"True",
    "undefined": b"undefined",
    "single quotes": b"'x'",
    "a raw line break in a string": b'"\n"',
    "a raw NUL in a string": b'"\0"',
    "an unknown escape": b'"\\x41"',
    "a short escape": b'"\\u12"',
    "a signed escape": b'"\\u+123"',
    "half of a pair": b'"\\ud800"',
    "the other half of a pair": b'"\\udc00"',
    "a pair in the wrong order": b'"\\udc00\\ud800"',
    "two first halves": b'"\\ud83d\\ud83d"',
    "half of a pair in a name": b'{"\\ud800":1}',
    "half of a pair, deep inside": b'[[{"a":["\\udbff"]}]]',
    "a trailing comma": b"[1,]",
    "two commas": b"[1,,1]",
    "a comment": b"/**/1",
    "a form feed for white space": b"\f1",
    "a no-break space for white space": "\u00a0".encode() + b"1",
    "a byte order mark inside": "\ufeff".encode() + b"1",
    "a byte that is no UTF-8": b'"\xff"',
    "an overlong slash": b'"\xc0\xaf"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a code point too large": b'"\xf4\x90\x80\x80"',
    "half a character": b'"\xc3"',
    "65 deep": b"[" * 64 + b"]" * 64,
    "no value": b"",
    "no end": b"[",
}
for what, value in ADDED.items():
    text_case(NO_JSON, what, FORMAT, replaced(FIRST, b'{"aaa":' + value + b"," + FIRST[1:]))
for what, rewrite in {
    "a byte order mark": lambda t: b"\xef\xbb\xbf" + t,
    "UTF-16": lambda t: t.decode().encode("utf-16-le"),
    "nothing": lambda t: b"",
    "only white space": lambda t: b" \n",
    "null": lambda t: b"null",
    "a string": lambda t: b'"nexus.attest/audit-package/v1"',
    "in a list": lambda t: b"[" + t + b"]",
    "two": lambda t: t + t,
    "cut off": lambda t: t[:-1],
    "a NUL after": lambda t: t + b"\0",
    "a byte too large": lambda t: t + b" " * (MAX_BYTES + 1 - len(t)),
    "brackets without an end": lambda t: b"[" * 1_000_000,
    "an object without an end": lambda t: b'{"a":' * 100_000,
    "a string without an end": lambda t: b'"' + b"\\" * 99_999,
    "too many commas": replaced(FIRST, b'{"aaa":[' + b"0," * 2_000_000 + b"0]," + FIRST[1:]),
}.items():
    text_case(NO_JSON, what, FORMAT, rewrite)

IN_LIMITS = "close to a limit, within it"


@lambda add: CASES.append((IN_LIMITS, "64 deep", NONE, add))
def _(f):
    value = []
    for _ in range(62):
        value = [value]
    f.package["zzz"] = value


@lambda add: CASES.append((IN_LIMITS, "brackets and commas in strings", NONE, add))
def _(f):
    f.request["goal"] = '[{,"\\' * 3000


@lambda add: CASES.append((IN_LIMITS, "as many brackets and commas as may be", NONE, add))
def _(f):
    used = sum(f.text().count(sign) for sign in (b"{", b"[", b",")) + 100
    f.package["zzz"] = [0.0] * (2_000_000 - used)


def events_up_to(count):
    def forge(f):
        bodies = (
            ("approvalGranted", {"comment": "yes", "expiresAt": at("20:00:00")}),
            ("approvalRevoked", {"approver": human("grace")}),
        )
        more = [
            {"eventId": f"more-{index}-{name}", "occurredAt": at("10:29:00"), "actor": human("grace"), name: dict(body)}
            for index in range((count - len(f.events)) // 2)
            for name, body in bodies
        ]
        f.events[7:7] = more

    return forge


CASES.append((IN_LIMITS, "10,000 events", NONE, events_up_to(10_000)))
CASES.append((NO_JSON, "10,002 events", FORMAT, events_up_to(10_002)))

VERSION = "other version, or parts missing"


def edited(kind, what, fails, edit):
    def forge(f):
        f.seal()
        f.bind()
        edit(f)

    CASES.append((kind, what, fails, forge))


for name in ("packageVersion", "controlBundle", "router", "link"):
    for value in ("nexus.attest/audit-package/v2", "", None, {}, [], 1.0):
        fails = None if value == {} and name == "link" else ("format", "run_bundle")
        CASES.append(
            (VERSION, f"{name} is {value!r}", fails, lambda f, n=name, v=value: canonical({**f.seal().package, n: v}))
        )
    edited(VERSION, f"no {name}", FORMAT, lambda f, n=name: f.package.pop(n))
for value in ("nexus.attest/control-bundle/v2", "nexus.attest/control-bundle/V1", ""):
    edited(VERSION, f"bundleVersion is {value!r}", FORMAT, lambda f, v=value: f.bundle.update(bundleVersion=v))
edited(VERSION, "no bundleVersion", FORMAT, lambda f: f.bundle.pop("bundleVersion"))
edited(VERSION, "no events", FORMAT, lambda f: f.bundle.pop("events"))
edited(VERSION, "an empty list of events", FORMAT, lambda f: f.bundle.update(events=[]))


# Defaults written out where a check compares or hashes them

EMPTY = "defaults written out, sealed"


def of_no_id(f):
    f.bundle["decisionId"] = ""


def of_no_id_in_the_events_either(f):
    of_no_id(f)
    f.seal()
    f.link["decisionId"] = ""
    f.bind()


def nobody_approved(f):
    f.drop(*(event for event in f.events if "approvalGranted" in event or "approvalRevoked" in event))
    f.seal()
    f.link["approvalDigests"] = []
    f.bind()


def no_media_type(f):
    f.outcome.pop("routerMediaType")
    f.seal()
    f.router["runBundleMediaType"] = ""
    f.bind()


def by_reference(f, name):
    f.seal()
    del f.router["runBundle"], f.router["runBundleMediaType"]
    f.router.update({"mode": "PACKAGE_MODE_REFERENCE", name: ""})
    f.bind()


def no_record(f):
    f.outcome.pop("routerDigest")
    f.seal()
    f.router["routerDigest"] = ""
    f.package["bindingDigest"] = digest(
        {name: f.package[name] for name in ("packageVersion", "controlDigest", "linkDigest")} | {"routerDigest": ""}
    )
    f.finished = True


CASES += [
    (EMPTY, "decision id of the bundle", frozenset({"proto_json"}), of_no_id),
    (EMPTY, "decision id of bundle and link", frozenset({"proto_json"}), of_no_id_in_the_events_either),
    (EMPTY, "approvals of the link", frozenset({"proto_json", "quorum_at_gate"}), nobody_approved),
    (EMPTY, "media type of the run bundle", frozenset({"proto_json"}), no_media_type),
    (EMPTY, "run bundle by reference", frozenset({"proto_json", "run_bundle"}), lambda f: by_reference(f, "runBundle")),
    (EMPTY, "its media type", frozenset({"proto_json", "run_bundle"}), lambda f: by_reference(f, "runBundleMediaType")),
    (EMPTY, "router digest", frozenset({"proto_json", "outcome"}), no_record),
]


def negative_zero(f):
    everything_optional(f)
    return replaced(b'"maxSteps":0,', b'"maxSteps":-0,')(f.text())


CASES.append((SAME, "-0", CANONICAL | OPTIONAL, negative_zero))

# Every field that is known, with every value that ProtoJSON does not write

NULLS, WRONG_TYPES, DEFAULTS = "nulls", "values of another JSON type", "defaults written out"
ENUMS, NUMBERS = "enum numbers and unknown names", "numbers out of bounds"
REQUIRED = "required fields missing"
TIMES, BASE64 = "times in other forms", "bad base64"
TIME_FORMS = (
    "2026-11-25T11:00:00.000Z 2026-11-25T11:00:00.5Z 2026-11-25T11:00:00.50Z 2026-11-25T11:00:00.500000Z "
    "2026-11-25T11:00:00.1234Z 2026-11-25T11:00:00.Z 2026-11-25T11:00:00+00:00 2026-11-25T12:00:00+01:00 "
    "2026-11-25t11:00:00Z 2026-11-25T11:00:00z 2026-11-25T11:00:00 2026-11-25T11:00Z 2026-11-25 "
    "20261125T110000Z 2026-11-25T24:00:00Z 2026-11-25T23:59:60Z 2026-11-25T11:60:00Z 2026-13-01T00:00:00Z "
    "2026-00-01T00:00:00Z 2026-11-00T00:00:00Z 2026-11-31T00:00:00Z 2027-02-29T00:00:00Z 2100-02-29T00:00:00Z "
    "0000-11-25T11:00:00Z 10000-01-01T00:00:00Z +002026-11-25T11:00:00Z -000001-01-01T00:00:00Z 1764061200 "
    "2026-11-25T1:00:00Z 2026-330T11:00:00Z 2026-11-25T11:00:00,500Z now"
).split()
TIME_FORMS += ["2026-11-25 11:00:00Z", " 2026-11-25T11:00:00Z", "2026-11-25T11:00:00Z\n", "\u0662026-11-25T11:00:00Z"]
TIMES_THAT_ARE = ["2026-11-25T11:00:00.001Z", "2028-02-29T00:00:00Z", "2000-02-29T23:59:59.999Z"]
TIMES_THAT_ARE += ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "0099-12-31T00:00:00Z", "1969-12-31T23:59:59Z"]
BASE64_FORMS = "A AA AAA AAA=A AA= A=== ==== = AB== AAB= AA==AA== AAAA= AAAA==== -_-_".split()
BASE64_FORMS += [" AAAA", "AAAA\n", "AA AA", "AAA\u0410", "AA\u0000A", "AAAA,AAA", "AAA\uff1d"]


def written_wrongly(spec: str):
    """Values of a field that are not written so, with the kind of forgery each is."""
    kind, optional = spec.strip("[]").rstrip("!?"), spec.endswith("?")
    yield NULLS, None
    if spec.startswith("["):
        yield DEFAULTS, []
        yield from ((WRONG_TYPES, value) for value in ({}, "x", 0.0, True))
        yield from ((how, [value]) for how, value in written_wrongly(kind) if (kind, value) != ("text", ""))
        return
    yield WRONG_TYPES, ["x"]
    if kind in MESSAGES:
        yield from ((WRONG_TYPES, value) for value in ("{}", 1.0, False, []))
        return
    yield WRONG_TYPES, {}
    if kind in ("number", "flag"):
        yield from ((WRONG_TYPES, value) for value in ("1", "true", ""))
        yield WRONG_TYPES, True if kind == "number" else 1.0
        if not optional:
            yield DEFAULTS, False if kind == "flag" else 0.0
        if kind == "number":
            yield from ((NUMBERS, value) for value in (-1.0, 1.5, 4294967296.0, 1e300, 5e-324))
        return
    yield WRONG_TYPES, True
    yield ENUMS if kind in NAMES else WRONG_TYPES, 1.0
    if not (kind == "text" and optional):
        yield DEFAULTS, ""
    if kind in NAMES:
        prefix = sorted(NAMES[kind])[0]
        yield from ((ENUMS, value) for value in (prefix.lower(), prefix + " ", "1", "MODE_UNSPECIFIED", "constructor"))
        yield from ((ENUMS, min(NAMES[other])) for other in NAMES if other != kind)
    if kind == "time":
        yield from ((TIMES, value) for value in TIME_FORMS)
    if kind == "bytes":
        yield from ((BASE64, value) for value in BASE64_FORMS)


def known_places(message: str, value: dict, path=()):
    """Where each known field of a package stands, once for each field of a message."""
    for name, given in value.items():
        spec = MESSAGES[message].get(name)
        if spec is None:
            continue
        yield (message, name), path + (name,), spec
        kind = spec.strip("[]").rstrip("!?")
        parts = enumerate(given) if isinstance(given, list) else [(None, given)]
        for index, part in parts if kind in MESSAGES else ():
            yield from known_places(kind, part, path + ((name,) if index is None else (name, index)))


def everything_and_failed(f):
    everything_optional(f)
    f.end("executionFailed", **{**f.outcome, "code": "ADAPTER_FAILED", "message": "exit code 1"})


def rejected(f):
    f.drop(*f.events[7:])
    f.add(None, "decisionRejected", {"reason": "no"}, human("grace"))


def cancelled(f):
    f.drop(*f.events[7:])
    f.add(None, "decisionCancelled", {"reason": "no"}, human("bob"))


MISSING = object()


def at_place(prepared, path, value):
    def forge(_):
        f = Forger(prepared)
        holder = f.package
        for step in path[:-1]:
            holder = holder[step]
        if value is MISSING:
            del holder[path[-1]]
            return canonical(f.rechain().package)
        holder[path[-1]] = value
        # Where the events can no longer be told apart by anything, the digests do not matter: format fails.
        if isinstance(f.package.get("controlBundle"), dict) and isinstance(f.bundle.get("events"), list) and f.events:
            f.rechain()
            holder[path[-1]] = value
        return canonical(f.package)

    return forge


def wrong_values(example):
    """The cases that need an example to know where fields stand: every known field in turn."""
    seen = set()
    for prepare in (everything_optional, everything_and_failed, rejected, cancelled):
        forger = Forger(example)
        prepare(forger)
        prepared = forger.seal().package
        for field, path, spec in known_places("Package", prepared):
            if field in seen:
                continue
            seen.add(field)
            if spec.endswith("!"):
                where = ".".join(map(str, path))
                fails = {"template"} | OPTIONAL if path[0] == "template" else {"event_schema"}
                yield REQUIRED, f"no {where}", frozenset(fails), at_place(prepared, path, MISSING)
            for kind, value in written_wrongly(spec):
                where = ".".join(map(str, path))
                yield kind, f"{where} is {value!r}", ("format", "proto_json"), at_place(prepared, path, value)
    # The trust policy's messages stand in no package.
    in_packages = [message for message in MESSAGES if not message.startswith("Trust")]
    assert seen == {(message, name) for message in in_packages for name in MESSAGES[message]}
    forger = Forger(example)
    everything_optional(forger)
    everything = forger.seal().package
    expires = ("controlBundle", "events", 2, "approvalGranted", "expiresAt")
    for value in TIMES_THAT_ARE:
        yield TIMES, f"a time that is one: {value}", None, at_place(everything, expires, value)
