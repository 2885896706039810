package verify

import "slices"

// raised is a policy with all that guardrails ask for besides.
func raised(policy object, uses []any) object {
	for _, use := range uses {
		policy = raisedBy(policy, messageIn(use.(object), "guardrail"))
	}
	return policy
}

func raisedBy(policy, guardrail object) object {
	made := object{}
	for name, value := range policy {
		made[name] = value
	}
	made["minApprovals"] = max(numberOf(policy, "minApprovals"), numberOf(guardrail, "minApprovals"))
	if modes := setOf(textsIn(guardrail, "allowedModes")); len(modes) > 0 {
		left := []any{}
		for _, mode := range textsIn(policy, "allowedModes") {
			if modes[mode] {
				left = append(left, mode)
			}
		}
		made["allowedModes"] = left
	}
	made["allowSelfApproval"] = flagOf(policy, "allowSelfApproval") && flagOf(guardrail, "allowSelfApproval")
	for _, name := range []string{"humansOnly", "requireSignedApprovals"} {
		made[name] = flagOf(policy, name) || flagOf(guardrail, name)
	}
	made["groups"] = largerGroups(listIn(policy, "groups"), listIn(guardrail, "groups"))
	const life = "maxApprovalLifetimeSeconds"
	if wanted := numberOf(guardrail, life); wanted != 0 && (numberOf(policy, life) == 0 || wanted < numberOf(policy, life)) {
		made[life] = wanted
	}
	return made
}

func setOf(texts []string) map[string]bool {
	made := make(map[string]bool, len(texts))
	for _, each := range texts {
		made[each] = true
	}
	return made
}

func largerGroups(some, others []any) []any {
	made := slices.Clone(some)
	for _, other := range others {
		other := other.(object)
		place := slices.IndexFunc(made, func(group any) bool { return textOf(group.(object), "group") == textOf(other, "group") })
		if place < 0 {
			made = append(made, other)
		} else if numberOf(other, "minApprovals") > numberOf(made[place].(object), "minApprovals") {
			made[place] = other
		}
	}
	return made
}

// guardrails are those of the policy and those of the gate.
func (log *history) guardrails() []any {
	return append(slices.Clone(listIn(log.policyAttached, "guardrails")), listIn(log.gate, "guardrails")...)
}

// labelsOf are the values that a request has of each key.
func labelsOf(request object) map[string]map[string]bool {
	made := map[string]map[string]bool{}
	for _, label := range listIn(request, "labels") {
		key := textOf(label.(object), "key")
		if made[key] == nil {
			made[key] = map[string]bool{}
		}
		made[key][textOf(label.(object), "value")] = true
	}
	return made
}

func hasLabel(labels map[string]map[string]bool, wanted object) bool {
	given, there := labels[textOf(wanted, "key")]
	values := textsIn(wanted, "values")
	return there && (len(values) == 0 || slices.ContainsFunc(values, func(value string) bool { return given[value] }))
}

func (log *history) unitedDuties(counting []*approval) (wrong problems) {
	executor := textOf(messageIn(log.gateEvent, "actor"), "id")
	apart := messageIn(log.gate, "separationOfDuties")
	if flagOf(apart, "executorIsNotRequester") && executor == textOf(log.requester, "id") {
		wrong.add("the requester executed it")
	}
	if flagOf(apart, "approverIsNotExecutor") && slices.ContainsFunc(counting, func(a *approval) bool { return a.by.id == executor }) {
		wrong.add("an approver executed it")
	}
	return wrong
}

func (v *verification) judgeGuardrails() {
	var wrong problems
	for name, uses := range map[string][]any{
		"policyAttached":     listIn(v.log.policyAttached, "guardrails"),
		"executionRequested": listIn(v.log.gate, "guardrails"),
	} {
		seen := map[string]bool{}
		for _, use := range uses {
			given := textOf(use.(object), "digest")
			if seen[given] {
				wrong.add("%s: a guardrail stands twice", name)
			}
			seen[given] = true
			wrong.differs(name+".guardrails", digest(messageIn(use.(object), "guardrail")), given)
		}
	}
	inForce := map[string]bool{}
	for _, use := range listIn(v.log.gate, "guardrails") {
		inForce[textOf(use.(object), "digest")] = true
	}
	for _, wanted := range v.trust.requiredGuardrails {
		if !inForce[wanted] {
			wrong.add("the guardrail %s was not in force", wanted)
		}
	}
	v.report.judge("guardrails", wrong)
}
