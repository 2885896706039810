package verify

import "slices"

func (v *verification) judgeOutcome() {
	log := v.log
	var wrong problems
	if !log.recordedRun() {
		wrong.add("there is no recorded run")
	}
	if !log.started {
		wrong.add("there is no EXECUTION_STARTED")
	}
	if log.ended() {
		if textOf(messageIn(log.last, "settlement"), "basis") == "SETTLEMENT_BASIS_OPERATOR_STATEMENT" {
			wrong.add("an operator stated the outcome")
		}
		most, executed := numberOf(log.policy, "maxSteps"), numberOf(log.last, "stepsExecuted")
		if most != 0 && executed > most && !log.tooManySteps() {
			wrong.add("%v steps were executed, the policy allows %v", executed, most)
		}
	}
	v.report.judge("outcome", wrong)
}

func (log *history) tooManySteps() bool {
	return log.lastBody == "executionFailed" && textOf(log.last, "code") == "MAX_STEPS_EXCEEDED"
}

// judgeRun is the checks that ask about the recorded run.
func (v *verification) judgeRun() {
	log := v.log
	var wrong problems
	wrong.differs("runId", textOf(log.last, "runId"), textOf(v.router, "runId"))
	wrong.differs("routerDigest", textOf(log.last, "routerDigest"), textOf(v.router, "routerDigest"))
	wrong.differs("adapterId", textOf(log.gate, "adapterId"), textOf(v.router, "adapterId"))
	v.report.judge("router_section", wrong)
	v.judgeRunBundle()
	v.judgeLink()
}

func (v *verification) judgeRunBundle() {
	var wrong problems
	recorded := textOf(v.log.last, "routerDigest")
	switch textOf(v.router, "mode") {
	case "PACKAGE_MODE_REFERENCE":
		if !has(v.router, "runBundle") && !has(v.router, "runBundleMediaType") {
			v.report.notChecked("run_bundle", "The run bundle is not in the package; its SHA-256 must be "+cut(recorded)+".")
			return
		}
		wrong.add("a package by reference has no run bundle")
	case "PACKAGE_MODE_EMBEDDED":
		bundle, readable := decodeBase64(textOf(v.router, "runBundle"))
		if len(bundle) == 0 || !readable {
			wrong.add("there is no run bundle that can be read")
			break
		}
		wrong.differs("runBundleMediaType", textOf(v.log.last, "routerMediaType"), textOf(v.router, "runBundleMediaType"))
		wrong.differs("digest of the run bundle", recorded, digestOfBytes(bundle))
	default:
		wrong.add("neither embedded nor by reference")
	}
	v.report.judge("run_bundle", wrong)
}

func (v *verification) judgeLink() {
	log := v.log
	expected := object{
		"requestDigest":            v.requestDigest,
		"policyDigest":             v.policyDigest,
		"executionRequestedDigest": v.digests[log.gateSeq],
	}
	for _, from := range []object{
		fieldsOf(v.bundle, "decisionId"),
		fieldsOf(log.last, "runId", "routerDigest"),
		fieldsOf(log.gate, "adapterId", "mode", "approvalDigests", "routerRequestDigest"),
	} {
		for name, value := range from {
			expected[name] = value
		}
	}
	var wrong problems
	for name, field := range linkShape {
		if !field.list {
			wrong.differs(name, textOf(expected, name), textOf(v.link, name))
		} else if !slices.Equal(textsIn(expected, name), textsIn(v.link, name)) {
			wrong.add("%s are others", name)
		}
	}
	v.report.judge("link", wrong)
}
