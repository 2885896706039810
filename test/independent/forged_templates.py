"""Forgeries of where a policy came from: template, overrides and the policy that was made of them, every digest made to fit.

Each names exactly the checks that have to fail; none means that the change is an honest one and the package CONSISTENT.
"""

import copy
import random

from nexus_attest_client.verifier.audit_package import canonical, tighten
from package_forger import Forger, put

CASES = []  # (kind, what, checks that fail, what is done to a Forger)

LOOSENED = "overrides that loosen"
APPLIED = "policies that are not what template and overrides make"
EXCHANGED = "templates exchanged"


def forged(kind: str, *fails: str, template="digest"):
    def add(function):
        def forge(f):
            f.template = template
            function(f)

        CASES.append((kind, function.__name__.replace("_", " "), frozenset(fails), forge))
        return function

    return add


def of_template(f):
    """The template's policy, as the log and as the template says it."""
    return f.use["templatePolicy"], f.package["template"]["templateCreated"]["policy"]


def override(f, field: str, value, applied: bool = True):
    f.use["overrides"][field] = value
    if applied:
        put(f.policy, field, copy.deepcopy(value))


def loosened(what: str, field: str, theirs, wanted, fails=("template",)):
    """The template says one thing, the override another, and the policy is what the override says."""

    def forge(f):
        f.template = "digest"
        for policy in of_template(f):
            put(policy, field, copy.deepcopy(theirs))
        override(f, field, wanted)

    CASES.append((LOOSENED, what, frozenset(fails), forge))


SECURITY = {"group": "security", "minApprovals": 1.0}
loosened("fewer approvals", "minApprovals", 3, 2.0)
loosened("as many approvals", "minApprovals", 2, 2.0, ())
loosened("a mode more", "allowedModes", ["MODE_APPLY"], ["MODE_DRY_RUN", "MODE_APPLY"])
loosened("a mode twice", "allowedModes", ["MODE_APPLY"], ["MODE_APPLY", "MODE_APPLY"])
loosened("a capability twice", "requireAdapterCapabilities", ["timeout"], ["timeout", "timeout"])
loosened("more steps", "maxSteps", 4, 5.0)
loosened("no limit of steps", "maxSteps", 5, 0.0)
loosened("no limit where there was none", "maxSteps", 0, 0.0, ())
loosened("a label with another value", "labels", [{"key": "owner", "value": "a"}], [{"key": "owner", "value": "b"}])
loosened("a label without its value", "labels", [{"key": "owner", "value": "a"}], [{"key": "owner"}])
loosened("a label twice", "labels", [], [{"key": "owner"}, {"key": "owner"}])
loosened("an adapter more", "allowedAdapters", ["files"], ["files", "shell"])
loosened("adapters where there were none", "allowedAdapters", [], ["files"])
loosened("an adapter twice", "allowedAdapters", ["files"], ["files", "files"])
loosened("self-approval", "allowSelfApproval", False, True)
loosened("no self-approval where it was allowed", "allowSelfApproval", True, False, ())
loosened("systems", "humansOnly", True, False)
loosened("people where anybody could", "humansOnly", False, True, ())
loosened("no comments", "requireComment", True, False)
loosened("no signatures", "requireSignedApprovals", True, False)
loosened("fewer of a group", "groups", [{"group": "security", "minApprovals": 2.0}], [SECURITY])
loosened("a longer life", "maxApprovalLifetimeSeconds", 86_399, 86_400.0)
loosened("a life without end", "maxApprovalLifetimeSeconds", 86_400, 0.0)
loosened("33 capabilities", "requireAdapterCapabilities", ["timeout"], [f"c{index}" for index in range(32)],
         ("template", "gate_conditions"))


@forged(LOOSENED, "template")
def a_group_twice(f):
    f.use["overrides"]["groups"] = [SECURITY, SECURITY]


@forged(APPLIED, "template")
def an_override_left_out_of_the_policy(f):
    override(f, "maxSteps", 4.0, applied=False)


@forged(APPLIED, "template")
def an_override_that_the_log_does_not_name(f):
    put(f.policy, "maxSteps", 4)


@forged(APPLIED, "template")
def no_overrides_at_all(f):
    del f.use["overrides"]


@forged(APPLIED)
def overrides_in_another_order_than_the_template(f):
    f.use["overrides"]["allowedAdapters"].reverse()


@forged(APPLIED, "template")
def the_policy_in_another_order_than_the_template(f):
    f.policy["allowedAdapters"].reverse()


@forged(APPLIED, "template")
def a_template_that_wants_nobody(f):
    for policy in of_template(f):
        del policy["minApprovals"]


@forged(APPLIED, "template")
def a_template_with_a_group_twice(f):
    for policy in of_template(f):
        policy["groups"].append(SECURITY)


@forged(APPLIED, "event_schema")
def no_policy_of_the_template(f):
    del f.use["templatePolicy"]


@forged(APPLIED)
def a_group_behind_the_template_s(f):
    groups = [{"group": "operations", "minApprovals": 1.0}, SECURITY]
    f.use["overrides"]["groups"] = groups
    f.policy["groups"] = groups[::-1]


@forged(APPLIED, "template")
def a_group_before_the_template_s(f):
    f.use["overrides"]["groups"] = f.policy["groups"] = [{"group": "operations", "minApprovals": 1.0}, SECURITY]


@forged(EXCHANGED, "template", template="leave")
def one_that_was_not_used(f):
    del f.event("policyAttached")["policyAttached"]["template"]


@forged(EXCHANGED, template="leave")
def none_used_and_none_there(f):
    del f.event("policyAttached")["policyAttached"]["template"], f.package["template"]


@forged(EXCHANGED, template="leave")
def none_there(f):
    del f.package["template"]


@forged(EXCHANGED, "template", template="leave")
def none_there_and_a_wrong_policy(f):
    del f.package["template"]
    put(f.policy, "maxSteps", 4)


@forged(EXCHANGED, "template")
def one_of_another_name(f):
    f.package["template"]["name"] = "production-change2"


@forged(EXCHANGED, "template")
def one_of_another_policy(f):
    f.package["template"]["templateCreated"]["policy"]["minApprovals"] = 2.0


@forged(EXCHANGED, "template", template="leave")
def one_of_another_digest(f):
    f.package["template"]["actor"]["id"] = "mallory@example.com"


@forged(EXCHANGED, "template", template="leave")
def one_with_an_unknown_field(f):
    f.package["template"]["note"] = "the same"


@forged(EXCHANGED)
def one_with_an_unknown_field_and_its_digest(f):
    f.package["template"]["note"] = "the same"


@forged(EXCHANGED, "template")
def labels_out_of_order(f):
    f.package["template"]["templateCreated"]["matchLabels"] = [{"key": "b"}, {"key": "a"}]


@forged(EXCHANGED, "template", template="leave")
def no_digest_on_record(f):
    del f.use["digest"]


@forged(EXCHANGED, "proto_json", "template")
def an_empty_description(f):
    f.package["template"]["templateCreated"]["description"] = ""


def without(path: str):
    def forge(f):
        f.template = "digest"
        *way, last = path.split(".")
        holder = f.package["template"]
        for name in way:
            holder = holder[name]
        del holder[last]

    return forge


for path in ("eventId", "occurredAt", "actor", "actor.id", "actor.type", "templateCreated", "templateCreated.policy", "name"):
    CASES.append((EXCHANGED, f"one without {path}", frozenset({"template"}), without(path)))
for path in ("requestId", "templateCreated.description", "templateCreated.matchLabels"):
    CASES.append((EXCHANGED, f"one without {path}", frozenset(), without(path)))


# By chance

NAMES = ("files", "shell", "timeout")
LABELS = [{"key": key, "value": value} for key in ("k", "l") for value in ("x", "y")]


def some(rng, values, most=3, distinct=False):
    chosen = [copy.deepcopy(rng.choice(values)) for _ in range(rng.randrange(most + 1))]
    return [value for index, value in enumerate(chosen) if not (distinct and value in chosen[:index])]


def policy_by_chance(rng, optional: bool) -> dict:
    """Part of a policy, or of overrides, which may also say 0 and false."""
    policy = {}
    for field, most in (("minApprovals", 3), ("maxSteps", 3), ("maxApprovalLifetimeSeconds", 3)):
        value = float(rng.randrange(most + 1))
        if rng.random() < 0.5 and (optional or value):
            policy[field] = value
    for field in ("allowSelfApproval", "humansOnly", "requireComment", "requireSignedApprovals"):
        value = rng.random() < 0.5
        if rng.random() < 0.3 and (optional or value):
            policy[field] = value
    groups = [{"group": name, "minApprovals": float(rng.choice((1, 2)))} for name in ("a", "b")]
    lists = {
        "allowedModes": some(rng, ["MODE_APPLY", "MODE_DRY_RUN"], 2),
        "requireAdapterCapabilities": some(rng, NAMES, 2),
        "allowedAdapters": some(rng, NAMES, 2),
        "labels": sorted(some(rng, LABELS, 2), key=lambda label: label["key"]),
        "groups": some(rng, groups, 2, distinct=not optional or rng.random() < 0.8),
    }
    for field, items in lists.items():
        if rng.random() < (0.3 if optional else 0.7):
            put(policy, field, items)
    return policy


def template_by_chance(rng: random.Random, example: dict) -> bytes:
    """The example with another template, other overrides, and the policy that comes of them, or nearly so."""
    forger = Forger(example)
    theirs = {"minApprovals": 1.0, **policy_by_chance(rng, optional=False)}
    overrides = policy_by_chance(rng, optional=True)
    policy, _ = tighten(theirs, overrides)
    attached = forger.event("policyAttached")["policyAttached"]
    attached["policy"] = {**copy.deepcopy(policy), "minApprovals": policy.get("minApprovals", 1.0)}
    attached["template"].update(templatePolicy=theirs, overrides=overrides)
    if not overrides or rng.random() < 0.1:
        del attached["template"]["overrides"]
    if rng.random() < 0.15:
        attached["policy"].update(policy_by_chance(rng, optional=False))
    forger.package["template"]["templateCreated"]["policy"] = copy.deepcopy(theirs)
    forger.template = "digest"
    if rng.random() < 0.1:
        del forger.package["template"]
    return canonical(forger.seal().package)
