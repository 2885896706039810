"""Forgeries of what operators demand beyond the policy: guardrails, duties kept apart, break-glass and its review.

Each names exactly the checks that have to fail (a frozenset; none means that the change is an honest one), or some of which at
least one has to (a tuple). `cases` gives those that come with a trust policy, `unusable` the trust policies that nobody may take.
"""

import copy

from forged_signatures import SERVER, envelope, server_key, server_statement, trust
from nexus_attest_client.verifier.audit_package import canonical, digest
from package_forger import NOBODY, Forger, at, human, put, system

CASES = []  # (kind, what, checks that fail, what is done to a Forger)

RAISED = "guardrails that raise the policy"
BOUNDS = "guardrails in and out of bounds"
DIGESTS = "digests of guardrails"
APART = "duties kept apart"
GLASS = "executions by break-glass"
REVIEWS = "reviews"
CHANGED = "rules changed afterwards"
MANY = "rules to keep a verifier busy"
DEMANDED = "guardrails that are insisted on"
ACCEPTED = "break-glass that is accepted, or not"

BOTH = ("policyAttached", "executionRequested")
COUNTED = frozenset({"approvals_relied_on", "quorum_at_gate"})
JUSTIFIED, UNJUSTIFIED = "REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED"


def case(kind, what, fails, forge):
    CASES.append((kind, what, frozenset(fails), forge))


def group(name, least):
    made = {}
    put(made, "group", name)
    put(made, "minApprovals", least)
    return made


# Guardrails, in force with the policy or at the gate


def guarded(kind, what, fails, *guardrails, policy=None, before=None, bodies=BOTH, only_later=()):
    """The guardrails, each time in one of the two lists; `only_later` fails as well where they were in force when approvals were given."""
    for body in bodies:

        def forge(f, body=body):
            f.policy.update(copy.deepcopy(policy or {}))
            if before is not None:
                before(f)
            f.guard(*copy.deepcopy(guardrails), body=body)

        more = only_later if body == "policyAttached" else ()
        case(kind, f"{what}, {'with the policy' if body == 'policyAttached' else 'at the gate'}", {*fails, *more}, forge)


def of_system(f):
    del f.policy["humansOnly"]
    f.approval("frank")["actor"]["type"] = "ACTOR_TYPE_SYSTEM"


def of_requester(f):
    f.policy["allowSelfApproval"] = True
    f.approval("frank")["actor"] = human("bob")


def without_comments(f):
    del f.policy["requireComment"]
    f.approval("frank")["approvalGranted"].pop("comment")


LATER = {"only_later": ("approvals_valid",)}
guarded(RAISED, "that says nothing", (), {})
guarded(RAISED, "as many approvals", (), {"minApprovals": 2.0})
guarded(RAISED, "one approval more", ("quorum_at_gate",), {"minApprovals": 3.0})
guarded(RAISED, "fewer approvals than the policy", (), {"minApprovals": 1.0})
guarded(RAISED, "a group that somebody is of", (), {"groups": [group("operations", 1)]})
guarded(RAISED, "a group that nobody is of", ("quorum_at_gate",), {"groups": [group("compliance", 1)]})
guarded(RAISED, "a group without a name", ("quorum_at_gate",), {"groups": [group("", 1)]})
guarded(RAISED, "a group named like what objects have", ("quorum_at_gate",), {"groups": [group("__proto__", 1), group("constructor", 1)]})
guarded(RAISED, "more of the policy's group", ("quorum_at_gate",), {"groups": [group("security", 2)]})
guarded(RAISED, "fewer of the policy's group", ("quorum_at_gate",), {"groups": [group("security", 1)]}, policy={"groups": [group("security", 2)]})
guarded(RAISED, "people only", COUNTED, {"humansOnly": True}, before=of_system, **LATER)
guarded(RAISED, "signed approvals only", COUNTED, {"requireSignedApprovals": True}, **LATER)
guarded(RAISED, "no self-approval", COUNTED, {"name": "x"}, before=of_requester, **LATER)
guarded(RAISED, "self-approval where the policy has it", (), {"allowSelfApproval": True}, before=of_requester)
guarded(RAISED, "self-approval, but not by another", COUNTED, {"allowSelfApproval": True}, {}, before=of_requester, **LATER)
guarded(RAISED, "comments, of which none says anything", (), {"name": "comments"}, before=without_comments)
guarded(RAISED, "a life that is just long enough", (), {"maxApprovalLifetimeSeconds": 86_400.0})
guarded(RAISED, "a life that is a second too short", COUNTED, {"maxApprovalLifetimeSeconds": 86_399.0}, **LATER)
guarded(RAISED, "a life that is longer than the policy's", (), {"maxApprovalLifetimeSeconds": 4294967295.0})
guarded(RAISED, "the mode", (), {"allowedModes": ["MODE_APPLY"]})
guarded(RAISED, "another mode", ("gate_conditions",), {"allowedModes": ["MODE_DRY_RUN"]})
guarded(RAISED, "two modes, none of them in common", ("gate_conditions",), {"allowedModes": ["MODE_DRY_RUN"]}, {"allowedModes": ["MODE_APPLY"]})
guarded(RAISED, "the modes that the policy has not", ("gate_conditions",), {"allowedModes": ["MODE_DRY_RUN"]}, policy={"allowedModes": ["MODE_APPLY"]})
guarded(RAISED, "a mode twice", (), {"allowedModes": ["MODE_APPLY", "MODE_APPLY"]})
for what, fails, *wanted in (
    ("a label that is there", (), {"key": "env"}),
    ("a label that is not there", ("gate_conditions",), {"key": "change"}),
    ("a label of one of two values", (), {"key": "env", "values": ["staging", "production"]}),
    ("a label of another value", ("gate_conditions",), {"key": "env", "values": ["staging"]}),
    ("a label with the value of another", ("gate_conditions",), {"key": "env", "values": ["OPS-1042"]}),
    ("a label of an empty value", ("gate_conditions",), {"key": "env", "values": [""]}),
    ("a label without a key", ("gate_conditions",), {}),
    ("one label that is there and one that is not", ("gate_conditions",), {"key": "env"}, {"key": "Env"}),
):
    guarded(RAISED, what, fails, {"requiredLabels": list(wanted)})
guarded(RAISED, "decisions of another adapter", (), {"match": {"adapters": ["shell"], "modes": ["MODE_DRY_RUN"]}})


def one_of_two_groups(f):
    f.approval("erin")["approvalGranted"]["groups"] = ["compliance", "security"]


guarded(RAISED, "one approver for two groups", ("quorum_at_gate",), {"groups": [group("compliance", 1)]}, before=one_of_two_groups)


def of_groups(count):
    """One approver of each of the groups g0, g1 and so on, and what the policy and both lists of guardrails say of them together."""

    def forge(f):
        names = [f"g{index}" for index in range(count - 1)]  # and security, which the policy has
        for index, name in enumerate(names):
            f.approve(f"member-{index}", at("10:29:00"), groups=[name])
        f.guard({"groups": [group(name, 1) for name in names[:8]]}, body="policyAttached")
        f.guard({"groups": [group(name, 1) for name in names[8:]]})

    return forge


case(RAISED, "16 groups together", (), of_groups(16))
case(RAISED, "17 groups together", ("quorum_at_gate",), of_groups(17))

for least, fails in ((0.0, {"proto_json", "event_schema"}), (100.0, {"quorum_at_gate"}), (101.0, {"event_schema"})):
    guarded(BOUNDS, f"{least:.0f} approvals", fails, {"minApprovals": least})
    guarded(BOUNDS, f"{least:.0f} of a group", fails, {"groups": [{"group": "x", "minApprovals": least}]})
guarded(BOUNDS, "a group with no number", ("event_schema",), {"groups": [group("security", 0)]})
guarded(BOUNDS, "the largest number of approvals", ("event_schema",), {"minApprovals": 4294967295.0})
guarded(BOUNDS, "a group twice", ("event_schema",), {"groups": [group("security", 1), group("security", 1)]})
guarded(BOUNDS, "two groups without a name", ("event_schema",), {"groups": [group("", 1), group("", 2)]})
guarded(BOUNDS, "16 groups", ("quorum_at_gate",), {"groups": [group(f"g{index}", 1) for index in range(16)]})
guarded(BOUNDS, "17 groups", ("event_schema",), {"groups": [group(f"g{index}", 1) for index in range(17)]})
guarded(BOUNDS, "32 of them", (), *({"name": f"g{index}"} for index in range(32)))
guarded(BOUNDS, "33 of them", ("event_schema",), *({"name": f"g{index}"} for index in range(33)))
guarded(BOUNDS, "labels out of order", ("event_schema",), {"match": {"labels": [{"key": "b"}, {"key": "a"}]}})
guarded(BOUNDS, "33 labels wanted", ("gate_conditions",), {"requiredLabels": [{"key": f"k{index}"} for index in range(33)]})
guarded(BOUNDS, "empty messages within", ("gate_conditions",), {"match": {}, "requiredLabels": [{}]})
guarded(BOUNDS, "unknown fields within", (), {"name": "x", "match": {"more": None}, "stricter": {"minApprovals": 99.0}})
guarded(BOUNDS, "unknown fields named like known ones", (), {"min_approvals": 99.0, "guardrail": {"minApprovals": 99.0}})


# Their digests


def with_digests(what, fails, change):
    """Sealed, but for the digests, which `change` is to set."""

    def forge(f):
        change(f)
        f.seal("guardrails")

    case(DIGESTS, what, fails, forge)


def use(guardrail, named=None):
    return {"digest": digest(guardrail if named is None else named), "guardrail": guardrail}


STRICT, LAX = {"minApprovals": 3.0}, {"name": "lax"}
for body in BOTH:

    def put_in(*uses, body=body):
        return lambda f: f.event(body)[body].update(guardrails=copy.deepcopy(list(uses)))

    where = "with the policy" if body == "policyAttached" else "at the gate"
    with_digests(f"right, {where}", (), put_in(use(LAX)))
    with_digests(f"of another, {where}", ("guardrails",), put_in(use(LAX, STRICT)))
    with_digests(f"none, {where}", ("guardrails",), put_in({"guardrail": LAX}))
    with_digests(f"none of two, {where}", ("guardrails",), put_in({"guardrail": LAX}, {"guardrail": {"name": "other"}}))
    with_digests(f"in capitals, {where}", ("guardrails",), put_in({**use(LAX), "digest": digest(LAX).upper()}))
    with_digests(f"without its algorithm, {where}", ("guardrails",), put_in({**use(LAX), "digest": digest(LAX)[7:]}))
    with_digests(f"the same twice, {where}", ("guardrails",), put_in(use(LAX), use(LAX)))
    with_digests(f"of what is known only, {where}", ("guardrails",), put_in(use({**LAX, "stricter": True}, LAX)))
    with_digests(f"of the use, {where}", ("guardrails",), put_in(use(LAX, use(LAX))))
    with_digests(f"of a strict one in the name of a lax one, {where}", ("guardrails", "quorum_at_gate"), put_in(use(STRICT, LAX)))
    with_digests(f"of one that is empty, {where}", (), put_in(use({})))


def in_both(first, second):
    def change(f):
        f.event("policyAttached")["policyAttached"]["guardrails"] = [copy.deepcopy(first)]
        f.gate["guardrails"] = [copy.deepcopy(second)]

    return change


for what, fails, change in (
    ("the same in both lists", (), in_both(use(LAX), use(LAX))),
    ("the policy's on a stricter one at the gate", ("guardrails", "quorum_at_gate"), in_both(use(LAX), use(STRICT, LAX))),
    ("the stricter one's on a lax one of the policy", ("guardrails", "quorum_at_gate"), in_both(use(LAX, STRICT), use(STRICT))),
    ("the policy's on one at the gate that wants a label", ("guardrails", "gate_conditions"), in_both(use(LAX), use({"requiredLabels": [{"key": "no"}]}, LAX))),
    ("the policy's on one at the gate of another mode", ("guardrails", "gate_conditions"), in_both(use(LAX), use({"allowedModes": ["MODE_DRY_RUN"]}, LAX))),
    ("the policy's on one at the gate that wants signatures", ("guardrails", *COUNTED), in_both(use(LAX), use({"requireSignedApprovals": True}, LAX))),
    ("none in both lists", ("guardrails", "quorum_at_gate"), in_both({"guardrail": LAX}, {"guardrail": STRICT})),
):
    with_digests(what, fails, change)

FULL = {
    "name": "production",
    "match": {"adapters": ["files*"], "labels": [{"key": "env", "value": "production"}], "modes": ["MODE_APPLY"]},
    "minApprovals": 2.0,
    "groups": [group("security", 1)],
    "humansOnly": True,
    "allowedModes": ["MODE_APPLY"],
    "maxApprovalLifetimeSeconds": 86_400.0,
    "requiredLabels": [{"key": "env", "values": ["production"]}],
    "allowSelfApproval": True,
}
GATE_RULES = {
    "separationOfDuties": {"executorIsNotRequester": True, "approverIsNotExecutor": True},
    "breakGlass": {"reason": "the sale is on", "minApprovals": 1.0, "reviewBy": at("20:00:00")},
}


def full(f):
    f.guard(copy.deepcopy(FULL), body="policyAttached")
    f.guard({**copy.deepcopy(FULL), "name": "at the gate"})
    f.gate.update(copy.deepcopy(GATE_RULES))
    f.gate_event["actor"] = human("heidi")
    f.add(None, "executionReviewed", {"verdict": JUSTIFIED, "comment": "burning", "groups": ["security"]}, human("grace"))


def places(value, path=()):
    """Every field and element within, as the way there."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


def changed_at(start, path, change, fit):
    def forge(f):
        full(f)
        f.seal()
        holder = start(f)
        for step in path[:-1]:
            holder = holder[step]
        change(holder, path[-1])
        if fit:
            f.seal("guardrails")
        else:
            f.bind()

    return forge


def drop(holder, key):
    del holder[key]


def another(holder, key):
    kept = holder[key]
    if isinstance(kept, list):
        kept.append(copy.deepcopy(kept[0]))
    elif isinstance(kept, dict):
        kept["zzz"] = "more"
    elif isinstance(kept, bool):
        del holder[key]
    else:
        holder[key] = kept + 1.0 if isinstance(kept, float) else kept + "x"


CASES.append((CHANGED, "nothing", frozenset(), full))
for body in BOTH:

    def guardrail_of(f, body=body):
        return f.event(body)[body]["guardrails"][0]["guardrail"]

    for path in places(FULL):
        for how, change in (("dropped", drop), ("changed", another)):
            what = f"{'.'.join(map(str, path))} of a guardrail in {body} {how}, its digest left"
            CASES.append((CHANGED, what, ("guardrails", "event_schema", "format"), changed_at(guardrail_of, path, change, True)))
for path in places(GATE_RULES):
    for how, change in (("dropped", drop), ("changed", another)):
        what = f"{'.'.join(path)} of the gate {how}, the chain left"
        CASES.append((CHANGED, what, ("event_chain", "event_schema", "format"), changed_at(lambda f: f.gate, path, change, False)))
for field in ("verdict", "comment", "groups"):
    for how, change in (("dropped", drop), ("changed", another)):
        forge = changed_at(lambda f: f.events[-1]["executionReviewed"], (field,), change, False)
        CASES.append((CHANGED, f"{field} of a review {how}, the head left", ("head_digest",), forge))


# Duties kept apart


def apart(what, fails, duties, executor=human("bob"), change=lambda f: None):
    def forge(f):
        change(f)
        f.gate["separationOfDuties"] = dict(duties)
        f.gate_event["actor"] = dict(executor)

    case(APART, what, fails, forge)


NOT_REQUESTER, NOT_APPROVER = {"executorIsNotRequester": True}, {"approverIsNotExecutor": True}
apart("nothing said", (), {})
apart("the requester executes", ("gate_conditions",), NOT_REQUESTER)
apart("the requester executes, as a system", ("gate_conditions",), NOT_REQUESTER, system("bob"))
apart("somebody else executes", (), NOT_REQUESTER, human("heidi"))
apart("an approver executes", ("gate_conditions",), NOT_APPROVER, human("erin"))
apart("an approver executes, as a system", ("gate_conditions",), NOT_APPROVER, system("erin"))
apart("an approver executes and nobody minds", (), NOT_REQUESTER, human("erin"))
apart("one executes whose approval had expired", (), NOT_APPROVER, human("carol"))
apart("one executes who took the approval back", (), NOT_APPROVER, human("dave"))
apart("the requester executes, both kept apart", ("gate_conditions",), {**NOT_REQUESTER, **NOT_APPROVER})
apart("a rule that nobody knows", (), {"nobodyExecutes": True})


# Break-glass and reviews


def broken(f, least=0, **fields):
    f.gate["breakGlass"] = {"reason": "the sale is on", "reviewBy": at("20:00:00"), **fields}
    put(f.gate["breakGlass"], "minApprovals", least)


def alone(f, *who):
    """Leaves out the approvals of those."""
    f.drop(*(f.approval(name) for name in who))


def review(f, actor, verdict=JUSTIFIED, before=None, groups=("security", "operations"), clock=None):
    body = {"verdict": verdict, "comment": "it was burning"}
    put(body, "groups", list(groups))
    return f.add(before, "executionReviewed", body, actor, clock)


def glass(what, fails, least=0, missing=(), change=lambda f: None):
    def forge(f):
        broken(f, least)
        alone(f, *missing)
        change(f)

    case(GLASS, what, fails, forge)


glass("nobody was missing", ())
glass("more were needed than there were, by the glass", (), 3)
glass("one was missing", (), 0, ("frank",))
glass("one was missing, and one was needed", (), 1, ("frank",))
glass("one was missing, and two were needed", ("quorum_at_gate",), 2, ("frank",))
glass("the one was missing", ("quorum_at_gate",), 1, ("erin", "frank"))
glass("nobody was there", (), 0, ("erin", "frank"))
glass("a group was missing, and as many as needed there", (), 2, (), lambda f: f.approval("erin")["approvalGranted"].pop("groups"))
glass("more groups than can be judged", (), 2, (), lambda f: f.guard({"groups": [group(f"g{i}", 1) for i in range(16)]}))
glass("the mode was not allowed", ("gate_conditions",), 0, (), lambda f: f.policy.update(allowedModes=["MODE_DRY_RUN"]))
glass("a guardrail's label was missing", ("gate_conditions",), 0, ("frank",), lambda f: f.guard({"requiredLabels": [{"key": "no"}]}))
glass("an approval that was not valid", ("approvals_valid", "approvals_relied_on"), 0, (), lambda f: f.approval("frank").update(actor=human("bob")))
glass("to be reviewed in the past", (), 0, ("frank",), lambda f: f.gate["breakGlass"].update(reviewBy=at("01:00:00")))
glass("without a time to review it", ("event_schema",), 0, ("frank",), lambda f: f.gate["breakGlass"].pop("reviewBy"))
glass("without a reason", (), 0, ("frank",), lambda f: f.gate["breakGlass"].pop("reason"))
glass("4294967295 were needed", ("quorum_at_gate",), 4294967295, ("frank",))


def reviewed(what, fails, change, break_it=True):
    def forge(f):
        if break_it:
            broken(f)
        alone(f, "frank")
        change(f)

    case(REVIEWS, what, fails, forge)


reviewed("one", (), lambda f: review(f, human("grace")))
reviewed("an objection", (), lambda f: review(f, human("grace"), UNJUSTIFIED))
reviewed("by the requester", (), lambda f: review(f, human("bob")) and f.gate_event.update(actor=human("heidi")))
reviewed("by an approver", (), lambda f: review(f, human("erin")))
reviewed("by a system", (), lambda f: review(f, system("grace")))
reviewed("by one who had approved and taken it back", (), lambda f: review(f, human("dave")))
reviewed("by whoever executed it", ("replay",), lambda f: review(f, human("bob")))
reviewed("by whoever executed it, as a system", ("replay",), lambda f: review(f, system("bob")))
reviewed("twice by one", ("replay",), lambda f: (review(f, human("grace")), review(f, human("grace"))))
reviewed("twice by one, once as a system", ("replay",), lambda f: (review(f, human("grace")), review(f, system("grace"), UNJUSTIFIED)))
reviewed("once by each of three", (), lambda f: [review(f, human(f"reviewer-{index}")) for index in range(3)])
reviewed("behind the gate", (), lambda f: review(f, human("grace"), before=f.events[-2]))
reviewed("before the outcome", (), lambda f: review(f, human("grace"), before=f.events[-1]))
reviewed("before the gate", ("replay",), lambda f: review(f, human("grace"), before=f.gate_event))
reviewed("before the policy", ("replay",), lambda f: review(f, human("grace"), before=f.events[1]))
reviewed("long after", (), lambda f: review(f, human("grace"), clock="2031-01-01T00:00:00Z"))
reviewed("earlier than the outcome, behind it", ("event_sequence", "replay"), lambda f: review(f, human("grace"), clock=at("10:30:00.500")))
reviewed("where no glass was broken", ("quorum_at_gate",), lambda f: None, break_it=False)
reviewed("one where no glass was broken", ("replay",), lambda f: review(f, human("grace")), break_it=False)
reviewed("without a verdict", ("event_schema",), lambda f: review(f, human("grace"))["executionReviewed"].pop("verdict"))
reviewed("of a run that failed", (), lambda f: (f.end("executionFailed", **{**f.outcome, "code": "X"}), review(f, human("grace"))))
reviewed("of a run whose outcome is unknown", (), lambda f: (f.add(f.events[-1], "executionOutcomeUnknown", {}, human("bob")), review(f, human("grace"), before=f.events[-1])))
reviewed("started after a review of the end", ("replay",), lambda f: (review(f, human("grace")), f.add(None, "executionStarted", {}, human("bob"))))
reviewed("completed again after a review", ("replay",), lambda f: f.add(None, "executionCompleted", dict(f.outcome), human("bob")) and review(f, human("grace"), before=f.events[-1]))
reviewed("only reviews behind the gate", ("outcome",), lambda f: (f.drop(*f.events[-2:]), review(f, human("grace"))))
reviewed("an unknown verdict", ("proto_json", "event_schema"), lambda f: review(f, human("grace"), "REVIEW_VERDICT_UNDECIDED"))


# As much as fits into a file, of what a verifier must not go through once for each of each


def many(what, fails, *, policy=None, gate=None, change=lambda f: None):
    def forge(f):
        change(f)
        f.policy.update(policy or {})
        f.gate.update(gate or {})

    case(MANY, what, fails, forge)


def named(prefix, count=50_000):
    return [f"{prefix}{index:06d}" for index in range(count)]


def labels_wanted_and_there(f):
    f.request["labels"] = [{"key": key} for key in named("a")]
    f.guard({"requiredLabels": [{"key": key} for key in named("b")]})


def values_wanted_and_there(f):
    f.request["labels"] = [{"key": "k", "value": value} for value in named("a")]
    f.guard({"requiredLabels": [{"key": "k", "values": named("b")}, {"key": "k", "values": named("c")}]})


def modes_of_both(f):
    f.policy["allowedModes"] = ["MODE_APPLY"] * 80_000
    f.guard({"allowedModes": ["MODE_DRY_RUN"] * 80_000})


def reviewers(f):
    broken(f, 100)
    del f.policy["humansOnly"]
    f.guard({"groups": [group(f"g{index}", 100) for index in range(16)]})
    for index in range(9_900):
        review(f, human(f"r{index}"), groups=[f"g{index % 15}", "x"], clock=at("11:00:00"))


def approvers_under_many(f):
    broken(f)
    for index in range(2_000):
        f.approve(f"a{index}", at("10:29:00"), groups=[f"g{other}" for other in range(15)])
    for body in BOTH:
        f.guard(*({"name": f"{body}{place}", "groups": [group(f"g{index}", 100) for index in range(15)]} for place in range(32)), body=body)


many("labels that are wanted, and others that are there", ("gate_conditions",), change=labels_wanted_and_there)
many("values that are wanted, and others that are there", ("gate_conditions",), change=values_wanted_and_there)
many("modes", ("gate_conditions",), change=modes_of_both)
many("reviewers", ("quorum_at_gate",), change=reviewers)
many("approvers under 64 guardrails", (), change=approvers_under_many)


# With trust policies


def signed(f) -> bytes:
    """The file, signed by the server."""
    f.seal()
    f.package["signature"] = envelope(canonical(server_statement(f.package)), SERVER)
    return canonical(f.package)


def believed(**parts) -> dict:
    return trust(serverKeys=[server_key(SERVER)], **parts)


REVIEWED, ALL = "ACCEPTED_BREAK_GLASS_REVIEWED", "ACCEPTED_BREAK_GLASS_ALL"
# (what, whether the review makes up for the quorum, what is done)
ENOUGH = (
    ("nobody was missing", True, lambda f: None),
    ("one was missing", False, lambda f: alone(f, "frank")),
    ("one was missing, and one found it justified", True, lambda f: (alone(f, "frank"), review(f, human("grace")))),
    ("one was missing, and one found it unjustified", False, lambda f: (alone(f, "frank"), review(f, human("grace"), UNJUSTIFIED))),
    ("one was missing; justified and unjustified", False, lambda f: (alone(f, "frank"), review(f, human("grace")), review(f, human("ivan"), UNJUSTIFIED))),
    ("nobody was missing, and one found it unjustified", False, lambda f: review(f, human("grace"), UNJUSTIFIED)),
    ("nobody was missing, and the requester found it unjustified", False, lambda f: (f.gate_event.update(actor=human("heidi")), review(f, human("bob"), UNJUSTIFIED))),
    ("reviewed by an approver", False, lambda f: (alone(f, "frank"), review(f, human("erin")))),
    ("reviewed by an approver, as a system", False, lambda f: (alone(f, "frank"), f.policy.pop("humansOnly"), review(f, system("erin")))),
    ("reviewed by one whose approval had expired", True, lambda f: (alone(f, "frank"), review(f, human("carol")))),
    ("reviewed by one who took the approval back", True, lambda f: (alone(f, "frank"), review(f, human("dave")))),
    ("reviewed by the requester", False, lambda f: (alone(f, "frank"), f.gate_event.update(actor=human("heidi")), review(f, human("bob")))),
    ("reviewed by the requester, who may", True, lambda f: (alone(f, "frank"), f.policy.update(allowSelfApproval=True), f.gate_event.update(actor=human("heidi")), review(f, human("bob")))),
    ("reviewed by the requester, who may but for a guardrail", False, lambda f: (alone(f, "frank"), f.policy.update(allowSelfApproval=True), f.guard({}), f.gate_event.update(actor=human("heidi")), review(f, human("bob")))),
    ("reviewed by a system", False, lambda f: (alone(f, "frank"), review(f, system("grace")))),
    ("reviewed by a system, which may", True, lambda f: (alone(f, "frank"), f.policy.pop("humansOnly"), review(f, system("grace")))),
    ("reviewed by a system, which may but for a guardrail of the gate", False, lambda f: (alone(f, "frank"), f.policy.pop("humansOnly"), f.guard({"humansOnly": True}), review(f, system("grace")))),
    ("reviewed without a group that is missing", False, lambda f: (alone(f, "erin"), review(f, human("grace"), groups=["operations"]))),
    ("reviewed with the group that is missing", True, lambda f: (alone(f, "erin"), review(f, human("grace"), groups=["security"]))),
    ("reviewed by too few for a guardrail of the policy", False, lambda f: (alone(f, "frank"), f.guard({"minApprovals": 3.0}, body="policyAttached"), review(f, human("grace")))),
    ("reviewed by too few for a guardrail of the gate", False, lambda f: (alone(f, "frank"), f.guard({"minApprovals": 3.0}), review(f, human("grace")))),
    ("reviewed by enough for a guardrail of the gate", True, lambda f: (alone(f, "frank"), f.guard({"minApprovals": 3.0}), review(f, human("grace")), review(f, human("ivan")))),
    ("reviewed by one for two groups", False, lambda f: (alone(f, "frank", "erin"), f.policy.update(minApprovals=1.0), f.guard({"groups": [group("operations", 1)]}), review(f, human("grace")))),
    ("nobody can review for 17 groups", False, lambda f: (f.guard({"groups": [group(f"g{index}", 1) for index in range(16)]}), [review(f, human(f"r{index}"), groups=[f"g{index}"]) for index in range(16)])),
    ("reviewed before the outcome", True, lambda f: (alone(f, "frank"), review(f, human("grace"), before=f.events[-1]))),
    ("reviewed too late", True, lambda f: (alone(f, "frank"), review(f, human("grace"), clock="2031-01-01T00:00:00Z"))),
    ("the run failed, reviewed", True, lambda f: (alone(f, "frank"), f.end("executionFailed", **{**f.outcome, "code": "X"}), review(f, human("grace")))),
)


def cases(example: dict):
    """(kind, what, checks that must fail, file, trust policy or None)"""
    for what, enough, change in ENOUGH:
        f = Forger(example)
        broken(f)
        change(f)
        text = signed(f)
        not_done = frozenset() if enough else frozenset({"break_glass"})
        yield ACCEPTED, f"{what}; nobody says", frozenset(), text, None
        yield ACCEPTED, f"{what}; none is", frozenset({"break_glass"}), text, believed()
        yield ACCEPTED, f"{what}; reviewed ones are", not_done, text, believed(acceptedBreakGlass=REVIEWED)
        yield ACCEPTED, f"{what}; all are", frozenset(), text, believed(acceptedBreakGlass=ALL)
    whole = signed(Forger(example))
    for accepted in ({}, {"acceptedBreakGlass": REVIEWED}, {"acceptedBreakGlass": ALL}):
        yield ACCEPTED, f"no glass was broken; {accepted or 'none is'}", frozenset(), whole, believed(**accepted)
        demanding = believed(**accepted, requiredChecks=["break_glass", "quorum_at_gate", "guardrails"])
        yield ACCEPTED, f"no glass was broken; {accepted or 'none is'}, and that is insisted on", frozenset(), whole, demanding
    f = Forger(example)
    broken(f)
    alone(f, "frank")
    insisted = believed(acceptedBreakGlass=ALL, requiredChecks=["quorum_at_gate"])
    yield ACCEPTED, "all are, but the quorum is insisted on", frozenset({"required_checks"}), signed(f), insisted
    yield from demanded(example)


def demanded(example: dict):
    rules = [{"name": f"rule {index}"} for index in range(3)]
    names = [digest(rule) for rule in rules]
    missing = frozenset({"guardrails"})
    for body in BOTH:
        f = Forger(example)
        f.guard(*rules, body=body)
        text = signed(f)
        where = "with the policy" if body == "policyAttached" else "at the gate"
        there = frozenset() if body == "executionRequested" else missing
        yield DEMANDED, f"one, which was in force {where}", there, text, believed(requiredGuardrails=names[1:2])
        yield DEMANDED, f"all, which were in force {where}", there, text, believed(requiredGuardrails=names[::-1])
        yield DEMANDED, f"one that was not, of those {where}", missing, text, believed(requiredGuardrails=[*names, NOBODY])
        yield DEMANDED, f"none, of those {where}", frozenset(), text, believed(requiredGuardrails=[])
        yield DEMANDED, f"32, of those {where}", missing, text, believed(requiredGuardrails=[*names, *(digest(float(i)) for i in range(29))])
        insisted = believed(requiredGuardrails=names, requiredChecks=["guardrails"])
        failed = frozenset() if body == "executionRequested" else missing | {"required_checks"}
        yield DEMANDED, f"all, in force {where}, and the check", failed, text, insisted
    yield DEMANDED, "one, and none was in force", missing, signed(Forger(example)), believed(requiredGuardrails=names[:1])
    f = Forger(example)
    f.gate["guardrails"] = [use({"name": "lax"}, rules[0])]
    f.seal("guardrails")
    f.package["signature"] = envelope(canonical(server_statement(f.package)), SERVER)
    yield DEMANDED, "one, and another went by its name", missing, canonical(f.package), believed(requiredGuardrails=names[:1])
    f = Forger(example)
    f.guard(*({"name": f"g{index}"} for index in range(32)))
    all_of_them = [digest({"name": f"g{index}"}) for index in range(32)]
    yield DEMANDED, "32, which were all in force", frozenset(), signed(f), believed(requiredGuardrails=all_of_them)
    f = Forger(example)
    f.drop(*f.events[7:])
    f.add(None, "decisionCancelled", {}, human("bob"))
    yield DEMANDED, "one, and the gate was not passed", ("outcome",), f.text(), believed(requiredGuardrails=names[:1])


def unusable():
    """(what, trust policy): no verifier may look at a package by them. What is empty must not be taken for absent where it is no text and no list."""
    names = [digest(float(index)) for index in range(33)]
    yield "33 guardrails", trust(requiredGuardrails=names)
    yield "a guardrail twice", trust(requiredGuardrails=[*names[:2], names[0]])
    yield "a guardrail that is a name", trust(requiredGuardrails=["production"])
    yield "a guardrail that is an empty text", trust(requiredGuardrails=[""])
    yield "a guardrail whose digest has a line break", trust(requiredGuardrails=[names[0] + "\n"])
    yield "guardrails that are an empty text", trust(requiredGuardrails="")
    for what, value in {"a name that there is not": "ACCEPTED_BREAK_GLASS_NONE", "an empty text": "", "a number that there is not": 7, "an empty list": []}.items():
        yield f"break-glass accepted that is {what}", trust(acceptedBreakGlass=value)
    for what, value in {"an empty text": "", "an empty list": []}.items():
        yield f"a field that nobody knows, {what}", trust(requiredGuardrail=value)
        yield f"a bound that is {what}", trust(notAfter=value)
    yield "a bound of a key that is an empty text", trust(serverKeys=[server_key(SERVER, notAfter="")])
    yield "a field of a key that nobody knows, an empty text", trust(serverKeys=[server_key(SERVER, revokedAt="")])
