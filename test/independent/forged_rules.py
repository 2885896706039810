"""Gates under guardrails and by break-glass: each with a trust policy, and exactly the checks that have to fail."""

import copy

from nexus_attest_client.verifier.audit_package import digest
from package_forger import Forger, at, human, put, system

RULES = "guardrails and break-glass"
TRUST = {"policyVersion": "nexus.attest/trust-policy/v1"}
REVIEWED = {**TRUST, "acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_REVIEWED"}
ALL = {**TRUST, "acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_ALL"}
SECURITY = {"group": "security"}


def guarded(f: Forger, attached=False, **demands) -> str:
    """Puts the gate, or the policy as it was attached, under a guardrail; gives its digest."""
    guardrail = {"name": "floor", **demands}
    holder = f.event("policyAttached")["policyAttached"] if attached else f.gate
    holder.setdefault("guardrails", []).append({"digest": digest(guardrail), "guardrail": guardrail})
    return digest(guardrail)


def broken(f: Forger, least=0):
    f.gate_event["actor"] = human("heidi")
    f.gate["breakGlass"] = {"reason": "now", "reviewBy": at("20:00:00")}
    put(f.gate["breakGlass"], "minApprovals", least)


def reviewed(f: Forger, actor: dict, verdict="JUSTIFIED", **fields):
    f.add(None, "executionReviewed", {"verdict": f"REVIEW_VERDICT_{verdict}", **fields}, actor)


def by_review(*reviewers: dict, prepare=lambda f: None, approvals=3.0, least=0, verdict="JUSTIFIED", **fields):
    """A gate one approval short, by break-glass, and its reviews."""

    def forge(f):
        prepare(f)
        guarded(f, minApprovals=approvals)
        broken(f, least)
        for reviewer in reviewers:
            reviewed(f, reviewer, verdict, **fields)

    return forge


def of_anybody(f: Forger):
    f.policy.pop("humansOnly")


def of_humans_at_the_gate(f: Forger):
    of_anybody(f)
    guarded(f, humansOnly=True)


def of_requesters(f: Forger):
    f.policy["allowSelfApproval"] = True


def of_groups(f: Forger):
    guarded(f, groups=[{**SECURITY, "minApprovals": 2.0}])


def of_many_groups(f: Forger):
    for number in range(2):
        guarded(f, groups=[{"group": f"{number}-{index}", "minApprovals": 1.0} for index in range(9)])


GOOD, GLASS, QUORUM = frozenset(), frozenset({"break_glass"}), frozenset({"quorum_at_gate"})
NOT_VALID = frozenset({"approvals_valid", "approvals_relied_on", "quorum_at_gate"})
GRACE, BOB, ERIN = human("grace"), human("bob"), human("erin")

# (what, checks that fail, trust policy, what is done to a Forger)
CASES = [
    ("a floor that is met", GOOD, TRUST, lambda f: guarded(f, minApprovals=2.0)),
    ("a floor at the gate that is not met", QUORUM, TRUST, lambda f: guarded(f, minApprovals=3.0)),
    ("an attached floor that is not met", QUORUM, TRUST, lambda f: guarded(f, attached=True, minApprovals=3.0)),
    ("more of a group than there were", QUORUM, TRUST, of_groups),
    ("more groups than a policy may have", QUORUM, TRUST, of_many_groups),
    ("shorter lives at the gate", NOT_VALID - {"approvals_valid"}, TRUST, lambda f: guarded(f, maxApprovalLifetimeSeconds=60.0)),
    ("shorter lives from the beginning", NOT_VALID, TRUST, lambda f: guarded(f, attached=True, maxApprovalLifetimeSeconds=60.0)),
    ("longer lives than those of the policy", GOOD, TRUST, lambda f: guarded(f, attached=True, maxApprovalLifetimeSeconds=999999.0)),
    ("a mode that no guardrail leaves", frozenset({"gate_conditions"}), TRUST, lambda f: guarded(f, allowedModes=["MODE_DRY_RUN"])),
    ("not reviewed", GLASS, REVIEWED, by_review()),
    ("not reviewed, and accepted", GOOD, ALL, by_review()),
    ("reviewed, and not accepted", GLASS, TRUST, by_review(GRACE)),
    ("reviewed, and nobody asks", GOOD, None, by_review(GRACE)),
    ("reviewed", GOOD, REVIEWED, by_review(GRACE)),
    ("reviewed by one of two who were missing", GLASS, REVIEWED, by_review(GRACE, approvals=4.0)),
    ("reviewed by both who were missing", GOOD, REVIEWED, by_review(GRACE, human("ivan"), approvals=4.0)),
    ("reviewed as not justified", GLASS, REVIEWED, by_review(GRACE, verdict="UNJUSTIFIED")),
    ("reviewed as not justified, and accepted", GOOD, ALL, by_review(GRACE, verdict="UNJUSTIFIED")),
    ("reviewed by an approver who counted", GLASS, REVIEWED, by_review(ERIN)),
    ("reviewed by the requester", GLASS, REVIEWED, by_review(BOB)),
    ("reviewed by the requester, whom the guardrail forbids", GLASS, REVIEWED, by_review(BOB, prepare=of_requesters)),
    ("reviewed by a machine, where only humans approve", GLASS, REVIEWED, by_review(system("grace"))),
    ("reviewed by a machine", GOOD, REVIEWED, by_review(system("grace"), prepare=of_anybody)),
    ("reviewed by a machine, which a guardrail forbids", GLASS, REVIEWED, by_review(system("grace"), prepare=of_humans_at_the_gate)),
    ("reviewed by one who is in no group", GLASS, REVIEWED, by_review(GRACE, prepare=of_groups)),
    ("reviewed by one of the group", GOOD, REVIEWED, by_review(GRACE, prepare=of_groups, groups=["security"])),
    ("reviewed twice by one", frozenset({"replay"}), REVIEWED, by_review(GRACE, GRACE)),
    ("reviewed by who broke the glass", frozenset({"replay"}), REVIEWED, by_review(human("heidi"))),
    ("fewer approvals than even then", QUORUM, ALL, by_review(least=3)),
    ("reviewed without break-glass", frozenset({"replay"}), ALL, lambda f: reviewed(f, GRACE)),
]


def cases(example: dict):
    """(kind, what, checks that must fail, file, trust policy or None)"""
    for what, fails, trust, forge in CASES:
        forger = Forger(example)
        forge(forger)
        yield RULES, what, fails, forger.text(), trust
    for attached, fails in ((False, GOOD), (True, frozenset({"guardrails"}))):
        forger = Forger(example)
        required = guarded(forger, attached=attached, minApprovals=1.0)
        what = f"a required guardrail {'attached with the policy only' if attached else 'at the gate'}"
        yield RULES, what, fails, forger.text(), {**TRUST, "requiredGuardrails": [required]}
    forger = Forger(example)
    guarded(forger, minApprovals=1.0)
    forger.gate["guardrails"] += copy.deepcopy(forger.gate["guardrails"])
    yield RULES, "a guardrail twice", frozenset({"guardrails"}), forger.text(), None
