package verify

// What a trust policy may accept.
const (
	acceptReviewed = "ACCEPTED_BREAK_GLASS_REVIEWED"
	acceptAll      = "ACCEPTED_BREAK_GLASS_ALL"
)

// review takes an EXECUTION_REVIEWED, whose phase allows it.
func (log *history) review(event object) string {
	reviewer := textOf(messageIn(event, "actor"), "id")
	if !has(log.gate, "breakGlass") {
		return "a review, and no glass was broken"
	}
	if reviewer == textOf(messageIn(log.gateEvent, "actor"), "id") {
		return "reviewed by whoever executed it"
	}
	if log.reviewers[reviewer] {
		return "reviewed by the same person before"
	}
	log.reviewers[reviewer] = true
	log.reviews = append(log.reviews, event)
	return ""
}

func groupsOf(counting []*approval) [][]string {
	members := [][]string{}
	for _, a := range counting {
		members = append(members, textsIn(a.body, "groups"))
	}
	return members
}

// quorumLacks says what the quorum of a policy lacks, given the groups of each who counts.
func quorumLacks(policy object, members [][]string) (wrong problems) {
	if needed := numberOf(policy, "minApprovals"); float64(len(members)) < needed {
		wrong.add("%d approvals count, %v are needed", len(members), needed)
	}
	if !everySeatFilled(listIn(policy, "groups"), members) {
		wrong.add("not every seat of the groups can be filled")
	}
	return wrong
}

func (v *verification) judgeQuorum(counting []*approval) {
	wrong := quorumLacks(v.log.atGate, groupsOf(counting))
	glass := messageIn(v.log.gate, "breakGlass")
	if wrong.any() && has(v.log.gate, "breakGlass") && float64(len(counting)) >= numberOf(glass, "minApprovals") {
		v.report.notChecked("quorum_at_gate", "The gate was passed by break-glass: "+wrong.String())
		return
	}
	v.report.judge("quorum_at_gate", wrong)
}

func (v *verification) judgeBreakGlass(counting []*approval) {
	var wrong problems
	switch {
	case !has(v.log.gate, "breakGlass") || v.trust.acceptedBreakGlass == acceptAll:
	case !v.trust.given:
		v.report.notChecked("break_glass", "It was executed by break-glass; no trust policy says whether that is accepted.")
		return
	case v.trust.acceptedBreakGlass == acceptReviewed:
		wrong = v.log.reviewLacks(counting)
	default:
		wrong.add("executed by break-glass, which the trust policy does not accept")
	}
	v.report.judge("break_glass", wrong)
}

// reviewLacks says why a review does not make up for the quorum.
func (log *history) reviewLacks(counting []*approval) (wrong problems) {
	approvers := map[string]bool{}
	for _, a := range counting {
		approvers[a.by.id] = true
	}
	members := groupsOf(counting)
	for _, event := range log.reviews {
		who, body := actorOf(messageIn(event, "actor")), messageIn(event, "executionReviewed")
		if textOf(body, "verdict") == "REVIEW_VERDICT_UNJUSTIFIED" {
			wrong.add("%s found it unjustified", quoted(who.id))
			return wrong
		}
		isRequester := who.id == textOf(log.requester, "id") && !flagOf(log.atGate, "allowSelfApproval")
		isSystem := who.kind != "ACTOR_TYPE_HUMAN" && flagOf(log.atGate, "humansOnly")
		if !approvers[who.id] && !isRequester && !isSystem {
			members = append(members, textsIn(body, "groups"))
		}
	}
	return quorumLacks(log.atGate, members)
}
