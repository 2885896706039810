"""Packages by chance, from a seed: mutations of an example, and decisions made up whole.

Nothing is known of how a verifier should judge one, but that verifiers agree; and that a file of which one byte was
changed is BROKEN.
"""

import copy
import json
import random

from nexus_attest_client.verifier.audit_package import MESSAGES, History, NotJson, canonical, digest, parse
from forged_records import NAMES, VALUES, objects
from forged_signatures import trust
from package_forger import NOBODY, Forger, at, put

PIECES = [bytes([sign]) for sign in b'"\\{}[],:01-. \nA\xff'] + [b"e9", b"null", b"true", b"\xc3\xa9"]


def byte_mutation(rng: random.Random, text: bytes) -> bytes:
    """One byte replaced, left out, doubled, swapped with the next, or something put before it.

    Not in the name of the package's template: under another name it is an unknown field, and the template not there.
    """
    name = text.rfind(b'"template":')
    while True:
        place = rng.randrange(len(text))
        before, byte, after = text[:place], text[place : place + 1], text[place + 1 :]
        changed = rng.choice(
            (
                before + bytes([byte[0] ^ (1 << rng.randrange(8))]) + after,
                before + rng.choice(PIECES) + after,
                before + after,
                before + byte + byte + after,
                before + after[:1] + byte + after[1:],
                before + rng.choice(PIECES) + byte + after,
                text[: max(place, 1)],
            )
        )
        if changed != text and not name <= place < name + len(b'"template"') + 1:
            return changed


INTERESTING = [*VALUES, False, 1.0, 2.0, 7.0, 101.0, 4294967296.0, NOBODY, "bob@example.com", "\ud800", " "]
INTERESTING += ["MODE_APPLY", "MODE_DRY_RUN", "ACTOR_TYPE_SYSTEM", "PACKAGE_MODE_REFERENCE"]
INTERESTING += [at("10:29:59.999"), at("10:30:00"), ["apply"], ["files"], [""]]


def one_change(rng: random.Random, package: dict):
    """Changes one field or element, anywhere."""
    holder = rng.choice([each for each in containers(package) if each])
    key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    how = rng.randrange(6)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(holder, dict):
        holder[rng.choice(NAMES + tuple(name for fields in MESSAGES.values() for name in fields))] = holder.pop(key)
    elif how == 1:
        holder.reverse()
    elif how == 2 and isinstance(holder, dict):
        other = rng.choice(list(holder))
        holder[key], holder[other] = holder[other], holder[key]
    elif how == 2:
        holder.append(copy.deepcopy(holder[key]))
    elif how == 3:
        donor = rng.choice([each for each in containers(package) if each])
        holder[key] = copy.deepcopy(rng.choice(list(donor.values()) if isinstance(donor, dict) else donor))
    else:
        holder[key] = copy.deepcopy(rng.choice(INTERESTING))


def containers(value):
    if isinstance(value, (dict, list)):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from containers(part)


def field_mutation(rng: random.Random, example: dict) -> bytes:
    """One to three changes, after which the forger makes more or less fit again."""
    forger = Forger(example)
    forger.template = rng.choice(("refit", "digest", "leave"))
    before = canonical(forger.package)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        one_change(rng, forger.package)
    as_changed = copy.deepcopy(forger.package)
    how = rng.choice(("leave", "bind", "rechain", "seal", "seal"))
    forger.finished = True
    try:
        if how != "leave":
            getattr(forger, how)()
            forger.finished = True
        changed = forger.text()
    except (NotJson, AttributeError, IndexError, KeyError, RecursionError, StopIteration, TypeError, ValueError):
        # Some changes leave nothing that a forger could make fit, or a value without a canonical form.
        changed = lenient_text(as_changed)
    return changed if changed != before else field_mutation(rng, example)


def lenient_text(package) -> bytes:
    return json.dumps(package, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()


# Decisions made up: each part is mostly as it should be, so that the rare deviation is judged among parts that are fine

PEOPLE = ("ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jim")
GROUPS = ("security", "operations", "finance")
MOMENTS = [at(f"10:{minute:02d}:00") for minute in range(0, 60, 5)]


def some(rng, values, least=0):
    return rng.sample(list(values), rng.randrange(least, len(values) + 1))


def mostly(rng, usual, *others):
    return usual if rng.random() < 0.9 else rng.choice(others)


def policy_by_chance(rng) -> dict:
    policy = {"minApprovals": float(rng.choice((1, 1, 2, 3)))}
    put(policy, "allowedModes", mostly(rng, ["MODE_DRY_RUN", "MODE_APPLY"], ["MODE_APPLY"], ["MODE_DRY_RUN"], []))
    put(policy, "requireAdapterCapabilities", rng.choice(([], ["timeout"], ["timeout", "apply"])))
    put(policy, "maxSteps", rng.choice((0, 0, 2, 3)))
    put(policy, "allowedAdapters", mostly(rng, ["files", "shell"], [], ["files"], ["shell"]))
    for flag in ("allowSelfApproval", "humansOnly", "requireComment"):
        put(policy, flag, rng.random() < 0.2)
    put(policy, "maxApprovalLifetimeSeconds", rng.choice((0, 0, 0, 1800)))
    names = some(rng, GROUPS) if rng.random() < 0.5 else []
    put(policy, "groups", [{"group": name, "minApprovals": float(rng.choice((1, 1, 2)))} for name in names])
    return policy


def actor_by_chance(rng) -> dict:
    return {"type": mostly(rng, "ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM"), "id": rng.choice(PEOPLE)}


def approval_by_chance(rng) -> dict:
    approval = {}
    put(approval, "comment", mostly(rng, "yes", "", " \u2003", "\u200b"))
    put(approval, "expiresAt", rng.choice([None, *MOMENTS[6:], at("10:50:00.001")]))
    put(approval, "groups", some(rng, GROUPS, least=1))
    return approval


def log_by_chance(rng) -> list:
    """Bodies with their actors, after the policy."""
    bodies = [("approvalGranted", approval_by_chance(rng), actor_by_chance(rng)) for _ in range(rng.randrange(1, 7))]
    for _ in range(rng.choice((0, 0, 1, 2))):
        place = rng.randrange(len(bodies) + 1)
        earlier = [actor for name, _, actor in bodies[:place] if name == "approvalGranted"]
        approver = mostly(rng, rng.choice(earlier or [actor_by_chance(rng)]), actor_by_chance(rng))
        bodies.insert(place, ("approvalRevoked", {"approver": dict(approver)}, actor_by_chance(rng)))
    gate = {"mode": mostly(rng, "MODE_APPLY", "MODE_DRY_RUN")}
    put(gate, "adapterId", mostly(rng, "files", "shell", ""))
    put(gate, "adapterCapabilities", mostly(rng, ["apply", "timeout"], ["apply"], ["timeout"], []))
    bodies.append(("executionRequested", gate, actor_by_chance(rng)))
    if rng.random() < 0.97:
        claim = {}
        put(claim, "serverId", mostly(rng, "5e27e500-0000-4000-8000-000000000001", ""))
        bodies.append(("executionStarted", claim, actor_by_chance(rng)))
    if rng.random() < 0.1:
        bodies.append(("executionOutcomeUnknown", {"reason": "no answer"}, actor_by_chance(rng)))
    return [*bodies, outcome_by_chance(rng)]


def outcome_by_chance(rng) -> tuple:
    outcome = {}
    put(outcome, "runId", mostly(rng, "run-1", ""))
    put(outcome, "routerDigest", mostly(rng, NOBODY, ""))
    put(outcome, "stepsExecuted", rng.choice((0, 1, 2, 2, 3)))
    if rng.random() < 0.2:
        answer, word = "SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT"
        outcome["settlement"] = {"basis": mostly(rng, answer, word)}
        put(outcome["settlement"], "overruled", mostly(rng, "", "OVERRULED_RUNNING", "OVERRULED_NOT_ASKED", "OVERRULED_BY_NOBODY"))
    if rng.random() < 0.7:
        return "executionCompleted", outcome, actor_by_chance(rng)
    put(outcome, "code", rng.choice(("MAX_STEPS_EXCEEDED", "ADAPTER_FAILED", "")))
    return "executionFailed", outcome, actor_by_chance(rng)


# What operators demand beyond the policy


def guardrail_by_chance(rng) -> dict:
    """Mostly one that the decisions made up can meet, in which about half of the fields are absent."""
    guardrail = {}
    put(guardrail, "name", rng.choice(("", "production", "__proto__")))
    put(guardrail, "minApprovals", rng.choice((0, 0, 1, 2, 2, 3, 4)))
    names = some(rng, GROUPS) if rng.random() < 0.3 else []
    put(guardrail, "groups", [{"group": name, "minApprovals": float(rng.choice((1, 1, 2)))} for name in names])
    put(guardrail, "allowSelfApproval", rng.random() < 0.7)
    for flag in ("humansOnly", "requireSignedApprovals"):
        put(guardrail, flag, rng.random() < 0.1)
    put(guardrail, "allowedModes", mostly(rng, [], ["MODE_APPLY"], ["MODE_DRY_RUN"], ["MODE_APPLY", "MODE_DRY_RUN"]))
    put(guardrail, "maxApprovalLifetimeSeconds", mostly(rng, 0, 1800, 3600, 4294967295))
    wanted = ({"key": "env"}, {"key": "env", "values": ["a", "b"]}, {"key": "env", "values": [""]}, {"key": "team"}, {})
    put(guardrail, "requiredLabels", [dict(label) for label in rng.sample(wanted, rng.choice((0, 0, 0, 1, 2)))])
    if rng.random() < 0.2:
        guardrail["match"] = rng.choice(({}, {"modes": ["MODE_DRY_RUN"]}, {"adapters": ["*"], "labels": [{"key": "env"}]}))
    if rng.random() < 0.05:
        guardrail[rng.choice(NAMES)] = copy.deepcopy(rng.choice(VALUES))
    return guardrail


def rules_by_chance(rng, attached: dict, gate: dict):
    """Puts guardrails into both lists, some of them into both, keeps duties apart, and breaks the glass."""
    known = [guardrail_by_chance(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    for body in (attached, gate):
        uses = [{"guardrail": copy.deepcopy(guardrail)} for guardrail in some(rng, known)]
        put(body, "guardrails", uses + [{"guardrail": guardrail_by_chance(rng)}] * (rng.random() < 0.1))
    if rng.random() < 0.3:
        apart = gate["separationOfDuties"] = {}
        for flag in MESSAGES["SeparationOfDuties"]:
            put(apart, flag, rng.random() < 0.5)
    if rng.random() < 0.6:
        gate["breakGlass"] = {"reviewBy": rng.choice(MOMENTS)}
        put(gate["breakGlass"], "minApprovals", rng.choice((0, 0, 1, 2)))
        put(gate["breakGlass"], "reason", mostly(rng, "urgent", ""))


def review_by_chance(rng) -> tuple:
    body = {"verdict": mostly(rng, "REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED")}
    put(body, "groups", some(rng, GROUPS))
    put(body, "comment", rng.choice(("", "it was urgent")))
    return "executionReviewed", body, actor_by_chance(rng)


def reviews_by_chance(rng, bodies: list):
    """Puts reviews behind the gate, mostly by people who did not execute it and have not reviewed it; seldom before the gate."""
    gate = next(index for index, (name, *_) in enumerate(bodies) if name == "executionRequested")
    glass_is_broken = "breakGlass" in bodies[gate][1]
    seen = {bodies[gate][2]["id"]}
    for _ in range(rng.choice((0, 1, 1, 2, 3)) if glass_is_broken else int(rng.random() < 0.03)):
        made = review_by_chance(rng)
        if made[2]["id"] in seen and rng.random() < 0.9:
            continue
        seen.add(made[2]["id"])
        place = rng.randrange(gate + 1, len(bodies) + 1) if rng.random() < 0.97 else rng.randrange(1, gate + 1)
        gate += place <= gate
        bodies.insert(place, made)


def flaws_by_chance(rng, forger: Forger) -> tuple:
    """Puts an odd value into a guardrail or another rule, or the wrong digest on one; mostly neither. Gives what seal has to leave then."""
    uses = [use for body in ("policyAttached", "executionRequested") for use in forger.event(body)[body].get("guardrails", [])]
    odd = [(use["guardrail"], "Guardrail") for use in uses]
    odd += [(forger.gate[name], name[0].upper() + name[1:]) for name in ("separationOfDuties", "breakGlass") if name in forger.gate]
    if odd and rng.random() < 0.05:
        message, kind = rng.choice(odd)
        message[rng.choice(list(MESSAGES[kind]))] = copy.deepcopy(rng.choice([each for each in INTERESTING if each != "\ud800"]))
    if not uses or rng.random() < 0.9:
        return ()
    forger.seal()
    one = rng.choice(uses)
    put(one, "digest", rng.choice(("", NOBODY, rng.choice(uses).get("digest"), digest(guardrail_by_chance(rng)))))
    return ("guardrails",)


def trust_by_chance(rng, text: bytes) -> dict | None:
    """What a verifier may insist on of the package, by which nobody is believed."""
    if rng.random() < 0.2:
        return None
    demands = {}
    put(demands, "acceptedBreakGlass", rng.choice(("", "ACCEPTED_BREAK_GLASS_REVIEWED", "ACCEPTED_BREAK_GLASS_REVIEWED", "ACCEPTED_BREAK_GLASS_ALL")))
    if rng.random() < 0.3:
        events = parse(text)["controlBundle"]["events"]
        uses = [use for event in events for body in event.values() if isinstance(body, dict) for use in body.get("guardrails", [])]
        names = sorted({use.get("digest", "") for use in uses} - {""}) + [NOBODY] * (rng.random() < 0.1)
        put(demands, "requiredGuardrails", some(rng, names))
    if rng.random() < 0.2:
        put(demands, "requiredChecks", some(rng, ("guardrails", "break_glass", "quorum_at_gate")))
    return trust(**demands)


def decision_by_chance(rng: random.Random, ruled: bool = False) -> bytes:
    """A whole decision, sealed, whose gate relies on what counted there, or mostly so; `ruled`: with what operators demand beyond the policy."""
    steps = [{"stepId": f"s{index}", "call": {"tool": "t"}} for index in range(mostly(rng, 2, 1, 3, 4))]
    request = {"mode": mostly(rng, "MODE_APPLY", "MODE_DRY_RUN"), "plan": {"steps": steps}}
    put(request, "adapterId", rng.choice(("files", "")))
    start = [("decisionCreated", request), ("policyAttached", {"policy": policy_by_chance(rng)})]
    bodies = [(name, body, actor_by_chance(rng)) for name, body in start] + log_by_chance(rng)
    if ruled:
        labels = some(rng, [{"key": "env", "value": "a"}, {"key": "env", "value": "c"}, {"key": "team"}])
        put(request, "labels", sorted(labels, key=lambda label: label["key"]))
        gate = next(body for name, body, _ in bodies if name == "executionRequested")
        rules_by_chance(rng, start[1][1], gate)
        reviews_by_chance(rng, bodies)
    moments = sorted(rng.choice(MOMENTS) for _ in bodies)
    events = [
        {"eventId": f"e{seq}", "occurredAt": moment, "actor": actor, name: body}
        for seq, ((name, body, actor), moment) in enumerate(zip(bodies, moments))
    ]
    bundle = {"bundleVersion": "nexus.attest/control-bundle/v1", "decisionId": "made-up", "events": events}
    forger = Forger(
        {
            "packageVersion": "nexus.attest/audit-package/v1",
            "controlBundle": bundle,
            "router": {"mode": "PACKAGE_MODE_REFERENCE"},
            "link": {},
        }
    ).seal()
    history = History(forger.events, [digest(event) for event in forger.events])
    if history.gate is not None:
        forger.relied = [forger.events[approval.seq] for approval in history.standing()]
        if rng.random() < 0.1:
            forger.relied = some(rng, [event for event in forger.events if "approvalGranted" in event])
    forger.seal(*(flaws_by_chance(rng, forger) if ruled else ()))
    return canonical(forger.package)


def unknown_fields(rng: random.Random, example: dict) -> bytes:
    """Unknown fields in several places, sealed."""
    forger = Forger(example)
    for _ in range(rng.randrange(1, 6)):
        place = rng.choice(list(objects(forger.package)))
        place[rng.choice(NAMES) + rng.choice(("", "x"))] = copy.deepcopy(rng.choice(VALUES))
    return forger.text()
