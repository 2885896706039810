package verify

import "strings"

// whiteSpace is what docs/audit-package.md calls so.
const whiteSpace = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

// ineligible says why an approval does not count under a policy; empty if it may.
func (log *history) ineligible(a *approval, policy object) string {
	lifetime := int64(numberOf(policy, "maxApprovalLifetimeSeconds")) * 1000
	switch {
	case a.by.id == textOf(log.requester, "id") && !flagOf(policy, "allowSelfApproval"):
		return "the requester's own"
	case flagOf(policy, "humansOnly") && a.by.kind != "ACTOR_TYPE_HUMAN":
		return "not by a human"
	case flagOf(policy, "requireComment") && strings.Trim(textOf(a.body, "comment"), whiteSpace) == "":
		return "without a comment"
	case lifetime != 0 && (a.expiresAt == nil || *a.expiresAt-a.givenAt > lifetime):
		return "lasts longer than the policy allows"
	case flagOf(policy, "requireSignedApprovals") && !a.signed():
		return "not signed"
	default:
		return ""
	}
}

func (v *verification) judgeApprovals() {
	var wrong problems
	unsigned := map[string][]*approval{} // by actor's id, those that stood when last looked at; what has ceased to stand never does again
	for _, a := range v.log.approvals {
		if why := v.log.ineligible(a, v.log.inForce); why != "" {
			wrong.add("event %d: %s", a.seq, why)
		}
		if a.expired(a.givenAt) {
			wrong.add("event %d: expired when it was given", a.seq)
		}
		earlier := unsigned[a.by.id]
		for len(earlier) > 0 && !earlier[len(earlier)-1].stands(a.seq, a.givenAt) {
			earlier = earlier[:len(earlier)-1]
		}
		if len(earlier) > 0 {
			wrong.add("event %d: given while an earlier one by the same actor stood", a.seq)
		}
		if !a.signed() {
			earlier = append(earlier, a)
		}
		unsigned[a.by.id] = earlier
	}
	v.report.judge("approvals_valid", wrong)
}

// counting are the approvals that counted at the gate, in order of seq.
func (log *history) counting(digests []string) []*approval {
	latest := map[string]*approval{}
	for _, a := range log.approvals {
		if log.ineligible(a, log.atGate) == "" && a.stands(log.gateSeq, log.gatedAt) {
			latest[a.by.id] = a
		}
	}
	reliedOn := map[string]bool{}
	for _, digest := range textsIn(log.gate, "approvalDigests") {
		reliedOn[digest] = true
	}
	var counting []*approval
	for _, a := range log.approvals {
		// The key of a signed one may have been revoked, which is no part of the package: of these the gate says which it relied on.
		if latest[a.by.id] == a && (!a.signed() || reliedOn[digests[a.seq]]) {
			counting = append(counting, a)
		}
	}
	return counting
}

// everySeatFilled says whether the groups can have all their seats at the same time, an approval taking one. Of each, members has the groups that it names.
//
// Approvals that name the same of these groups are alike, so they are counted, not matched one by one: a seat is filled along an augmenting path between
// groups, through approvals that are seated in one and could sit in the next.
func everySeatFilled(groups []any, members [][]string) bool {
	if len(groups) > maxGroups {
		return false
	}
	place := map[string]int{}
	for index, group := range groups {
		place[textOf(group.(object), "group")] = index
	}
	free := map[uint16]int{}
	for _, names := range members {
		var named uint16
		for _, name := range names {
			if index, there := place[name]; there {
				named |= 1 << index
			}
		}
		free[named]++
	}
	seated := make([]map[uint16]int, len(groups)) // by group, how many of each kind
	for index := range groups {
		seated[index] = map[uint16]int{}
	}
	for index, group := range groups {
		for range int(numberOf(group.(object), "minApprovals")) {
			if !fillSeat(index, free, seated) {
				return false
			}
		}
	}
	return true
}

func fillSeat(seat int, free map[uint16]int, seated []map[uint16]int) bool {
	type step struct {
		from  int    // the group that takes an approval
		named uint16 // of this kind
	}
	reached := map[int]step{seat: {from: -1}}
	used := map[uint16]bool{}
	for queue := []int{seat}; len(queue) > 0; queue = queue[1:] {
		group := queue[0]
		for named, count := range free {
			if named&(1<<group) == 0 || used[named] {
				continue
			}
			used[named] = true
			if count > 0 {
				free[named]--
				for taking := (step{group, named}); taking.from >= 0; taking = reached[taking.from] {
					seated[taking.from][taking.named]++
					if giver := reached[taking.from]; giver.from >= 0 {
						seated[taking.from][giver.named]--
					}
				}
				return true
			}
			for other := range seated {
				if _, there := reached[other]; !there && seated[other][named] > 0 {
					reached[other] = step{group, named}
					queue = append(queue, other)
				}
			}
		}
	}
	return false
}
