"""Forgeries of what happened: after each, the forger makes every digest fit again, so only judging it can tell.

Each names exactly the checks that have to fail; none means that the change is an honest one and the package CONSISTENT.
"""

from nexus_attest_client.verifier.audit_package import digest
from package_forger import NOBODY, at, human, put, system

CASES = []  # (kind, what, checks that fail, what is done to a Forger)


def forged(kind: str, *fails: str):
    def add(function):
        what = function.__name__.replace("_", " ")
        CASES.append((kind, what, frozenset(fails), function))
        return function

    return add


NOT_COUNTED = ("approvals_valid", "approvals_relied_on", "quorum_at_gate")


# Quorum

QUORUM = "quorum not held at the gate"


@forged(QUORUM, "quorum_at_gate")
def one_more_was_needed(f):
    put(f.policy, "minApprovals", 3)


@forged(QUORUM, "quorum_at_gate")
def one_did_not_approve(f):
    f.drop(f.approval("frank"))


@forged(QUORUM, *NOT_COUNTED)
def signed_approvals_were_wanted_and_none_is(f):
    put(f.policy, "requireSignedApprovals", True)


@forged(QUORUM, "quorum_at_gate")
def nobody_approved(f):
    f.drop(*(e for e in f.events if "approvalGranted" in e or "approvalRevoked" in e))


@forged(QUORUM)
def one_more_was_needed_and_came(f):
    put(f.policy, "minApprovals", 3)
    f.approve("grace", at("10:29:00"))


@forged(QUORUM, "event_schema")
def none_was_needed(f):
    put(f.policy, "minApprovals", 0)


@forged(QUORUM, "event_schema")
def more_were_needed_than_can_be(f):
    put(f.policy, "minApprovals", 101)


@forged(QUORUM, "quorum_at_gate")
def a_hundred_were_needed(f):
    put(f.policy, "minApprovals", 100)


GROUPS = "quorum of groups not met"


@forged(GROUPS, "quorum_at_gate")
def nobody_of_the_group(f):
    f.approval("erin")["approvalGranted"]["groups"] = ["operations"]


@forged(GROUPS, "quorum_at_gate")
def nobody_of_any_group(f):
    put(f.approval("erin")["approvalGranted"], "groups", [])


@forged(GROUPS, "quorum_at_gate")
def two_seats_of_a_group_and_one_member(f):
    f.policy["groups"][0]["minApprovals"] = 2.0


def two_groups(f, erin, frank, security=1.0, operations=1.0):
    f.policy["groups"] = [
        {"group": "security", "minApprovals": security},
        {"group": "operations", "minApprovals": operations},
    ]
    put(f.approval("erin")["approvalGranted"], "groups", erin)
    put(f.approval("frank")["approvalGranted"], "groups", frank)


@forged(GROUPS, "quorum_at_gate")
def one_member_in_two_seats(f):
    two_groups(f, ["operations", "security"], [])


@forged(GROUPS)
def the_first_has_to_take_the_second_seat(f):
    two_groups(f, ["operations", "security"], ["security"])


@forged(GROUPS)
def the_second_has_to_take_the_first_seat(f):
    two_groups(f, ["operations"], ["operations", "security"])


@forged(GROUPS, "quorum_at_gate")
def two_members_for_three_seats(f):
    two_groups(f, ["operations", "security"], ["operations", "security"], security=2.0)


@forged(GROUPS)
def a_chain_of_moves_fills_every_seat(f):
    names = [f"g{index:02d}" for index in range(16)]
    f.policy["groups"] = [{"group": name, "minApprovals": 1.0} for name in names]
    put(f.approval("erin")["approvalGranted"], "groups", names[:2])
    put(f.approval("frank")["approvalGranted"], "groups", names[:1])
    for index in range(2, 16):
        f.approve(f"member{index}", at("10:29:00"), groups=[names[index - 1], names[index]])


@forged(GROUPS, "quorum_at_gate")
def a_chain_of_moves_that_ends_nowhere(f):
    a_chain_of_moves_fills_every_seat(f)
    put(f.approval("frank")["approvalGranted"], "groups", ["g01"])
    put(f.approval("member2")["approvalGranted"], "groups", ["g01"])
    put(f.approval("member3")["approvalGranted"], "groups", ["g01", "g02"])


@forged(GROUPS, "event_schema")
def the_same_group_twice(f):
    f.policy["groups"] = [{"group": "security", "minApprovals": 1.0}] * 2


@forged(GROUPS, "event_schema")
def seventeen_groups(f):
    f.policy["groups"] = [{"group": f"g{index:02d}", "minApprovals": 1.0} for index in range(17)]


@forged(GROUPS, "event_schema")
def a_group_that_needs_nobody(f):
    del f.policy["groups"][0]["minApprovals"]


@forged(GROUPS, "event_schema")
def a_group_that_needs_too_many(f):
    f.policy["groups"][0]["minApprovals"] = 101.0


@forged(GROUPS, "quorum_at_gate")
def a_group_without_a_name(f):
    del f.policy["groups"][0]["group"]


@forged(GROUPS)
def a_group_without_a_name_and_its_member(f):
    del f.policy["groups"][0]["group"]
    f.approval("erin")["approvalGranted"]["groups"] = [""]


# Approvals

EXPIRED = "expired approval relied upon"


@forged(EXPIRED, "approvals_relied_on")
def at_the_very_instant(f):
    f.relied.append(f.approval("carol"))


@forged(EXPIRED, "approvals_relied_on", "quorum_at_gate")
def and_needed_for_the_quorum(f):
    f.relied.append(f.approval("carol"))
    f.drop(f.approval("frank"))


@forged(EXPIRED)
def a_millisecond_before_it_expires(f):
    f.relied.append(f.approval("carol"))
    f.gate_event["occurredAt"] = at("10:29:59.999")


@forged(EXPIRED, "approvals_relied_on")
def a_standing_one_is_left_out(f):
    f.gate_event["occurredAt"] = at("10:29:59.999")


@forged(EXPIRED, "approvals_valid")
def expired_when_it_was_given(f):
    f.approval("carol")["approvalGranted"]["expiresAt"] = f.approval("carol")["occurredAt"]


@forged(EXPIRED, "approvals_valid", "approvals_relied_on", "quorum_at_gate")
def expired_the_year_before(f):
    f.approval("erin")["approvalGranted"]["expiresAt"] = "2025-11-25T10:05:00Z"


SELF = "self-approval"


@forged(SELF, *NOT_COUNTED)
def by_the_requester(f):
    f.approval("erin")["actor"] = human("bob")


@forged(SELF, *NOT_COUNTED)
def by_the_requester_as_another_type(f):
    del f.policy["humansOnly"]
    f.approval("erin")["actor"] = system("bob")


@forged(SELF)
def where_the_policy_allows_it(f):
    f.policy["allowSelfApproval"] = True
    f.approval("erin")["actor"] = human("bob")


@forged(SELF, "approvals_valid")
def not_relied_on(f):
    f.approve("bob", at("10:29:00"), relied=False)


@forged(SELF)
def by_the_service_that_called_for_the_requester(f):
    f.approval("erin")["actor"] = human("release-bot")


REVOKED = "revoked approval relied upon"


@forged(REVOKED, "approvals_relied_on")
def revoked_long_before(f):
    f.relied.append(f.approval("dave"))


def revoke(f, name, before, by=None):
    approver = f.approval(name)["actor"]
    return f.add(before, "approvalRevoked", {"approver": approver}, by or approver)


@forged(REVOKED, "approvals_relied_on", "quorum_at_gate")
def revoked_right_before_the_gate(f):
    revoke(f, "erin", f.gate_event)


@forged(REVOKED, "approvals_relied_on", "quorum_at_gate")
def revoked_by_somebody_else(f):
    revoke(f, "erin", f.gate_event, by=human("bob"))


@forged(REVOKED, "replay")
def revoked_after_the_gate(f):
    revoke(f, "erin", f.events[-2])


@forged(REVOKED, "replay")
def nothing_left_to_revoke(f):
    revoke(f, "dave", f.gate_event)


@forged(REVOKED, "replay")
def revoked_under_another_type(f):
    f.event("approvalRevoked")["approvalRevoked"]["approver"] = system("dave")


@forged(REVOKED)
def an_expired_one_is_revoked(f):
    f.events[-3]["occurredAt"] = f.events[-2]["occurredAt"] = f.events[-1]["occurredAt"] = at("10:31:00")
    event = revoke(f, "carol", f.gate_event)
    event["occurredAt"] = at("10:30:30")


@forged(REVOKED, "approvals_relied_on")
def the_revocation_is_left_out_of_the_log(f):
    f.drop(f.event("approvalRevoked"))


@forged(REVOKED)
def approved_again_after_revoking(f):
    f.approve("dave", at("10:29:00"))


@forged(REVOKED, "approvals_valid", "approvals_relied_on")
def of_two_that_stood_the_later_is_revoked(f):
    f.approve("frank", at("10:29:00"))
    revoke(f, "frank", f.gate_event)


@forged(REVOKED, "approvals_valid")
def of_two_that_stood_the_earlier_is_relied_on(f):
    f.approve("frank", at("10:29:00"), relied=False)
    revoke(f, "frank", f.gate_event)


TWICE = "two approvals of one"


@forged(TWICE, "approvals_valid", "approvals_relied_on")
def both_relied_on(f):
    f.approve("frank", at("10:29:00"))


@forged(TWICE, "approvals_valid", "approvals_relied_on")
def the_earlier_relied_on(f):
    f.approve("frank", at("10:29:00"), relied=False)


@forged(TWICE, "approvals_valid")
def the_later_relied_on(f):
    f.relied.remove(f.approval("frank"))
    f.approve("frank", at("10:29:00"))


@forged(TWICE, "approvals_valid", "approvals_relied_on", "quorum_at_gate")
def as_a_human_and_as_a_system(f):
    del f.policy["humansOnly"]
    f.drop(f.approval("frank"))
    f.approve("erin", at("10:29:00"), actor=system("erin"))


@forged(TWICE)
def the_first_had_expired(f):
    f.approval("frank")["approvalGranted"]["expiresAt"] = at("10:29:00")
    f.relied.remove(f.approval("frank"))
    f.approve("frank", at("10:29:00"))


INELIGIBLE = "approval that the policy does not count"


@forged(INELIGIBLE, *NOT_COUNTED)
def not_by_a_human(f):
    f.approval("erin")["actor"] = system("erin")


@forged(INELIGIBLE, *NOT_COUNTED)
def without_a_comment(f):
    del f.approval("erin")["approvalGranted"]["comment"]


@forged(INELIGIBLE, *NOT_COUNTED)
def with_white_space_for_a_comment(f):
    blank = "\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
    f.approval("erin")["approvalGranted"]["comment"] = blank


@forged(INELIGIBLE)
def with_a_comment_that_only_looks_like_white_space(f):
    f.approval("erin")["approvalGranted"]["comment"] = "\u0085"
    f.approval("frank")["approvalGranted"]["comment"] = " \u200b "
    f.approve("grace", at("10:29:00"), comment="\u180e")
    f.approve("heidi", at("10:29:01"), comment="\x1c")


@forged(INELIGIBLE, *NOT_COUNTED)
def that_does_not_expire(f):
    del f.approval("erin")["approvalGranted"]["expiresAt"]


@forged(INELIGIBLE, *NOT_COUNTED)
def that_lasts_a_millisecond_too_long(f):
    f.approval("erin")["approvalGranted"]["expiresAt"] = "2026-11-26T10:05:00.001Z"


@forged(INELIGIBLE)
def that_lasts_as_long_as_it_may(f):
    f.approval("erin")["approvalGranted"]["expiresAt"] = "2026-11-26T10:05:00Z"


@forged(INELIGIBLE)
def that_need_not_expire(f):
    del f.policy["maxApprovalLifetimeSeconds"]
    del f.approval("erin")["approvalGranted"]["expiresAt"]


RELIED = "gate that relies on other approvals"


@forged(RELIED, "approvals_relied_on")
def in_another_order(f):
    f.seal()
    f.gate["approvalDigests"].reverse()
    f.seal("approvalDigests")


@forged(RELIED, "approvals_relied_on")
def one_twice(f):
    f.seal()
    f.gate["approvalDigests"].append(f.gate["approvalDigests"][-1])
    f.seal("approvalDigests")


@forged(RELIED, "approvals_relied_on")
def one_that_is_not_there(f):
    f.seal()
    f.gate["approvalDigests"].append(NOBODY)
    f.seal("approvalDigests")


@forged(RELIED, "approvals_relied_on")
def none(f):
    f.relied = []


@forged(RELIED, "approvals_relied_on")
def an_empty_text(f):
    f.seal()
    f.gate["approvalDigests"].append("")
    f.seal("approvalDigests")


@forged(RELIED, "approvals_relied_on")
def two_in_one_text(f):
    f.seal()
    f.gate["approvalDigests"] = [" ".join(f.gate["approvalDigests"])]
    f.seal("approvalDigests")


# Request, policy and run request

REQUEST = "other request or policy than was approved"


@forged(REQUEST, "request_digest")
def one_approval_is_for_another(f):
    f.seal()
    f.approval("erin")["approvalGranted"]["requestDigest"] = NOBODY
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def a_revoked_one_is_for_another(f):
    f.seal()
    f.approval("dave")["approvalGranted"]["requestDigest"] = NOBODY
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def an_approval_names_none(f):
    del f.approval("erin")["approvalGranted"]["requestDigest"]
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def another_goal_after_the_approvals(f):
    f.request["goal"] += "!"
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def another_plan_after_the_approvals(f):
    f.request["plan"]["steps"][0]["call"]["argumentsJson"] = "{}"
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def another_policy_after_the_approvals(f):
    put(f.policy, "maxSteps", 6)
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def another_template_after_the_approvals(f):
    f.package["template"]["name"] = f.use["name"] = "production"
    f.seal("requestDigest")


@forged(REQUEST, "request_digest")
def the_decision_of_another_request(f):
    f.bundle["decisionId"] = "f" * 32
    f.seal("requestDigest")


@forged(REQUEST)
def everything_anew_for_another_request(f):
    f.request["goal"] = "something else"
    f.bundle["decisionId"] = "f" * 32


POLICY = "wrong policy digest"


@forged(POLICY, "policy_digest")
def of_another_policy(f):
    f.gate["policyDigest"] = NOBODY
    f.seal("policyDigest")


@forged(POLICY, "policy_digest")
def of_none(f):
    del f.gate["policyDigest"]
    f.seal("policyDigest")


@forged(POLICY, "policy_digest")
def of_the_policy_before_it_was_changed(f):
    put(f.policy, "maxSteps", 4)
    f.seal("policyDigest")


@forged(POLICY, "policy_digest", "link")
def of_another_policy_in_the_link_too(f):
    f.gate["policyDigest"] = NOBODY
    f.seal("policyDigest")
    f.link["policyDigest"] = NOBODY
    f.bind()


RUN = "other run request"


@forged(RUN, "router_request_digest")
def of_nothing(f):
    f.gate["routerRequestDigest"] = NOBODY
    f.seal("routerRequestDigest")


def other_run(change):
    def forge(f):
        f.seal()
        request = f.run_request(f.gate, f.policy, f.link["requestDigest"])
        change(request)
        f.gate["routerRequestDigest"] = digest(request)
        f.seal("routerRequestDigest")

    return forge


OTHER_RUN = frozenset({"router_request_digest"})
for field, value in (
    ("goal", "drop the database"),
    ("plan", {}),
    ("labels", []),
    ("maxSteps", 0.0),
    ("mode", "MODE_DRY_RUN"),
    ("adapterId", "files-standby"),
    ("approvalDigests", []),
    ("decisionId", ""),
    ("requestDigest", NOBODY),
    ("policyDigest", NOBODY),
    ("extra", True),
):
    CASES.append((RUN, f"other {field}", OTHER_RUN, other_run(lambda r, n=field, v=value: r.update({n: v}))))
    if field != "extra":
        CASES.append((RUN, f"without {field}", OTHER_RUN, other_run(lambda r, n=field: r.pop(n))))


@forged(RUN)
def a_request_with_nothing_in_it(f):
    for name in ("goal", "plan", "labels"):
        del f.request[name]
    del f.policy["maxSteps"]


# The gate

STEPS = "more steps than allowed"


@forged(STEPS, "gate_conditions", "outcome")
def in_the_plan_and_in_the_run(f):
    put(f.policy, "maxSteps", 1)


@forged(STEPS, "gate_conditions")
def in_the_plan(f):
    put(f.policy, "maxSteps", 1)
    put(f.outcome, "stepsExecuted", 1)


@forged(STEPS)
def in_the_plan_just_as_many(f):
    put(f.policy, "maxSteps", 2)


@forged(STEPS, "outcome")
def in_the_run(f):
    put(f.outcome, "stepsExecuted", 6)


@forged(STEPS, "outcome")
def in_a_run_that_completed_with_the_code_of_a_failure(f):
    put(f.outcome, "stepsExecuted", 6)
    f.outcome["code"] = "MAX_STEPS_EXCEEDED"  # an unknown field there


@forged(STEPS, "outcome")
def in_a_failed_run(f):
    f.end("executionFailed", **{**f.outcome, "code": "ADAPTER_FAILED", "stepsExecuted": 6.0})


@forged(STEPS)
def in_a_run_that_failed_for_it(f):
    f.end("executionFailed", **{**f.outcome, "code": "MAX_STEPS_EXCEEDED", "stepsExecuted": 6.0})


@forged(STEPS)
def without_a_limit(f):
    del f.policy["maxSteps"]
    put(f.outcome, "stepsExecuted", 4_294_967_295)


CONDITIONS = "gate against the policy"


@forged(CONDITIONS, "gate_conditions")
def another_mode_than_asked(f):
    f.gate["mode"] = "MODE_DRY_RUN"


@forged(CONDITIONS, "gate_conditions")
def a_mode_that_is_not_allowed(f):
    f.policy["allowedModes"] = ["MODE_DRY_RUN"]


@forged(CONDITIONS, "gate_conditions")
def no_mode_is_allowed(f):
    del f.policy["allowedModes"]


@forged(CONDITIONS, "gate_conditions")
def an_adapter_that_is_not_allowed(f):
    f.gate["adapterId"] = "shell"


@forged(CONDITIONS)
def the_other_adapter_that_is_allowed(f):
    f.gate["adapterId"] = "files-standby"


@forged(CONDITIONS, "gate_conditions")
def another_adapter_than_asked(f):
    f.request["adapterId"] = "files"
    f.gate["adapterId"] = "files-standby"


@forged(CONDITIONS, "gate_conditions")
def an_adapter_asked_for_that_is_not_allowed(f):
    f.request["adapterId"] = f.gate["adapterId"] = "shell"


@forged(CONDITIONS)
def an_adapter_asked_for_and_any_allowed(f):
    del f.policy["allowedAdapters"]
    f.request["adapterId"] = f.gate["adapterId"] = "shell"


@forged(CONDITIONS, "gate_conditions")
def nobody_named_an_adapter(f):
    del f.policy["allowedAdapters"]


@forged(CONDITIONS, "gate_conditions")
def no_adapter_at_the_gate(f):
    del f.gate["adapterId"]


@forged(CONDITIONS, "gate_conditions")
def a_capability_is_lacking(f):
    f.gate["adapterCapabilities"].remove("timeout")


@forged(CONDITIONS, "gate_conditions")
def the_adapter_cannot_apply(f):
    f.gate["adapterCapabilities"].remove("apply")


@forged(CONDITIONS, "gate_conditions")
def no_capabilities(f):
    del f.gate["adapterCapabilities"]


@forged(CONDITIONS)
def a_dry_run_needs_no_apply(f):
    f.request["mode"] = f.gate["mode"] = "MODE_DRY_RUN"
    f.gate["adapterCapabilities"].remove("apply")


@forged(CONDITIONS)
def only_the_capabilities_that_are_needed(f):
    del f.policy["requireAdapterCapabilities"]
    f.gate["adapterCapabilities"] = ["apply"]


LISTS = "lists in another order"
IN_ORDER = [{}, {"key": "\U0001f6d2"}, {"key": "\ufb01"}, {"key": "\ufb01", "value": "again"}]  # as UTF-16 has it


def label_owners(f):
    """Whatever holds labels in the log."""
    f.template = "digest"
    return f.request, f.policy, f.use["templatePolicy"], f.use["overrides"]


@forged(LISTS)
def labels_in_order(f):
    for owner in (f.request, f.policy):
        owner["labels"] = IN_ORDER
    f.package["template"]["templateCreated"]["matchLabels"] = IN_ORDER


def labels_out_of_order(number):
    def forge(f):
        label_owners(f)[number]["labels"] = [IN_ORDER[2], IN_ORDER[1]]

    return forge


for number, owner in enumerate(("request", "policy", "template", "overrides")):
    CASES.append((LISTS, f"labels of the {owner}", frozenset({"event_schema"}), labels_out_of_order(number)))


@forged(LISTS)
def groups_of_an_approval(f):
    f.approval("erin")["approvalGranted"]["groups"] = ["security", "operations", "security", ""]


@forged(LISTS)
def modes_adapters_and_capabilities(f):
    f.policy["allowedModes"] = ["MODE_APPLY", "MODE_DRY_RUN", "MODE_APPLY"]
    f.policy["allowedAdapters"] = ["files-standby", "files", "files"]
    f.policy["requireAdapterCapabilities"] = ["timeout", "apply", "timeout"]
    f.gate["adapterCapabilities"] = ["timeout", "timeout", "apply"]


@forged(LISTS)
def groups_of_the_policy(f):
    two_groups(f, ["security"], ["operations"])
    f.policy["groups"].reverse()
