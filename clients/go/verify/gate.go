package verify

import "slices"

// judgeGate is the checks that ask about the EXECUTION_REQUESTED.
func (v *verification) judgeGate() {
	log := v.log
	approved := fieldsOf(v.bundle, "decisionId")
	approved["decisionCreated"], approved["policyAttached"] = log.request, log.policyAttached
	v.requestDigest, v.policyDigest = digest(approved), digest(log.policy)

	var wrong problems
	for _, a := range log.approvals {
		if given := textOf(a.body, "requestDigest"); given != v.requestDigest {
			wrong.add("event %d: requestDigest is %s, not %s", a.seq, quoted(given), v.requestDigest)
		}
	}
	v.report.judge("request_digest", wrong)
	v.report.compare("policy_digest", "policyDigest of the gate", v.policyDigest, textOf(log.gate, "policyDigest"))

	counting := log.counting(v.digests)
	expected := []string{}
	for _, a := range counting {
		expected = append(expected, v.digests[a.seq])
	}
	wrong = problems{}
	if !slices.Equal(expected, textsIn(log.gate, "approvalDigests")) {
		wrong.add("approvalDigests are not the digests of the %d approvals that counted, in their order", len(expected))
	}
	v.report.judge("approvals_relied_on", wrong)

	v.judgeQuorum(counting)
	wrong = log.brokenConditions()
	wrong.addAll(log.unitedDuties(counting))
	v.report.judge("gate_conditions", wrong)
	v.judgeGuardrails()
	v.judgeBreakGlass(counting)

	request := fieldsOf(v.bundle, "decisionId")
	for _, from := range []object{
		fieldsOf(log.gate, "adapterId", "mode", "approvalDigests"),
		fieldsOf(log.request, "goal", "plan", "labels"),
		fieldsOf(log.policy, "maxSteps"),
		{"requestDigest": v.requestDigest, "policyDigest": v.policyDigest},
	} {
		for name, value := range from {
			request[name] = value
		}
	}
	v.report.compare("router_request_digest", "routerRequestDigest of the gate", digest(request), textOf(log.gate, "routerRequestDigest"))
}

func (log *history) brokenConditions() (wrong problems) {
	mode, adapter := textOf(log.gate, "mode"), textOf(log.gate, "adapterId")
	wrong.differs("mode", textOf(log.request, "mode"), mode)
	if !slices.Contains(textsIn(log.atGate, "allowedModes"), mode) {
		wrong.add("the policy does not allow the mode")
	}
	allowed := textsIn(log.policy, "allowedAdapters")
	if asked := textOf(log.request, "adapterId"); asked != "" {
		wrong.differs("adapterId", asked, adapter)
	} else if len(allowed) == 0 {
		wrong.add("neither the request nor the policy names an adapter")
	}
	if len(allowed) > 0 && !slices.Contains(allowed, adapter) {
		wrong.add("the policy does not allow the adapter")
	}
	most, steps := numberOf(log.policy, "maxSteps"), len(listIn(messageIn(log.request, "plan"), "steps"))
	if most != 0 && float64(steps) > most {
		wrong.add("the plan has %d steps, the policy allows %v", steps, most)
	}
	capabilities := map[string]bool{}
	for _, each := range textsIn(log.gate, "adapterCapabilities") {
		capabilities[each] = true
	}
	for _, each := range textsIn(log.policy, "requireAdapterCapabilities") {
		if !capabilities[each] {
			wrong.add("the adapter lacks the capability %s", quoted(each))
		}
	}
	if mode == "MODE_APPLY" && !capabilities["apply"] {
		wrong.add("the adapter lacks the capability apply")
	}
	labels := labelsOf(log.request)
	for _, use := range log.guardrails() {
		for _, wanted := range listIn(messageIn(use.(object), "guardrail"), "requiredLabels") {
			if !hasLabel(labels, wanted.(object)) {
				wrong.add("a guardrail wants the label %s", quoted(textOf(wanted.(object), "key")))
			}
		}
	}
	return wrong
}
