package verify

import "fmt"

// unreadable says why an event cannot be read (event_schema).
func unreadable(seq int, event object) (wrong problems) {
	var found findings
	found.inspect(eventShape, event, nil)
	for _, each := range []struct {
		found problems
		is    string
	}{{found.values, "not written as ProtoJSON writes it"}, {found.missing, "missing"}, {found.labels, "not in order of key"}} {
		if each.found.any() {
			wrong.add("event %d: %s: %s", seq, each.is, each.found)
		}
	}
	count := 0
	for name := range bodies {
		if has(event, name) {
			count++
		}
	}
	if count != 1 {
		wrong.add("event %d: %d bodies, not one", seq, count)
	}
	if attached := messageIn(event, "policyAttached"); has(attached, "policy") {
		if outside := policyBounds(messageIn(attached, "policy")); outside.any() {
			wrong.add("event %d: %s", seq, outside)
		}
	}
	for _, name := range []string{"policyAttached", "executionRequested"} {
		if outside := guardrailBounds(listIn(messageIn(event, name), "guardrails")); outside.any() {
			wrong.add("event %d: %s", seq, outside)
		}
	}
	return wrong
}

const maxGroups, maxMinApprovals, maxGuardrails = 16, 100, 32

func policyBounds(policy object) (wrong problems) {
	if count := numberOf(policy, "minApprovals"); count < 1 || count > maxMinApprovals {
		wrong.add("minApprovals is not 1 to %d", maxMinApprovals)
	}
	wrong.addAll(groupBounds(listIn(policy, "groups")))
	return wrong
}

func guardrailBounds(uses []any) (wrong problems) {
	if len(uses) > maxGuardrails {
		wrong.add("%d guardrails are more than %d", len(uses), maxGuardrails)
		return wrong
	}
	for _, use := range uses {
		guardrail := messageIn(use.(object), "guardrail")
		if numberOf(guardrail, "minApprovals") > maxMinApprovals {
			wrong.add("minApprovals of a guardrail is more than %d", maxMinApprovals)
		}
		wrong.addAll(groupBounds(listIn(guardrail, "groups")))
	}
	return wrong
}

func groupBounds(groups []any) (wrong problems) {
	if len(groups) > maxGroups {
		wrong.add("%d groups are more than %d", len(groups), maxGroups)
		return wrong
	}
	seen := map[string]bool{}
	for _, group := range groups {
		group := group.(object)
		if seen[textOf(group, "group")] {
			wrong.add("two groups of the same name")
		}
		seen[textOf(group, "group")] = true
		if count := numberOf(group, "minApprovals"); count < 1 || count > maxMinApprovals {
			wrong.add("minApprovals of a group is not 1 to %d", maxMinApprovals)
		}
	}
	return wrong
}

// actorKey is who somebody is: the same id of another type is another actor.
type actorKey struct{ kind, id string }

func actorOf(given object) actorKey { return actorKey{textOf(given, "type"), textOf(given, "id")} }

// approval is an APPROVAL_GRANTED.
type approval struct {
	seq       int
	by        actorKey
	body      object
	givenAt   int64
	expiresAt *int64
	revokedBy int // the seq of the event that ended it; 0 if none did
}

func (a *approval) expired(at int64) bool { return a.expiresAt != nil && at >= *a.expiresAt }

func (a *approval) signed() bool { return has(a.body, "signature") }

// stands says whether it does at the moment of the event of that seq.
func (a *approval) stands(seq int, at int64) bool {
	return (a.revokedBy == 0 || a.revokedBy > seq) && !a.expired(at)
}

type phase int

const (
	impossible phase = iota
	none
	open
	rejected
	cancelled
	gated
	started
	unknown
	completedPhase
	failed
)

// steps is the table of docs/audit-package.md, "replay".
var steps = map[phase]map[string]phase{
	none: {"decisionCreated": open},
	open: {
		"policyAttached":     open,
		"approvalGranted":    open,
		"approvalRevoked":    open,
		"decisionRejected":   rejected,
		"decisionCancelled":  cancelled,
		"executionRequested": gated,
	},
	gated: {"executionStarted": started, "executionFailed": failed, "executionReviewed": gated},
	started: {
		"executionOutcomeUnknown": unknown,
		"executionCompleted":      completedPhase,
		"executionFailed":         failed,
		"executionReviewed":       started,
	},
	unknown:        {"executionCompleted": completedPhase, "executionFailed": failed, "executionReviewed": unknown},
	completedPhase: {"executionReviewed": completedPhase},
	failed:         {"executionReviewed": failed},
}

var needsPolicy = map[string]bool{"approvalGranted": true, "decisionRejected": true, "executionRequested": true}

// history is what the events tell when they are played in order. Fields are nil while what they are about has not happened.
type history struct {
	requester      object
	request        object // the body of DECISION_CREATED
	policyAttached object
	policy         object
	policySeq      int
	inForce        object // the policy as its guardrails raise it
	atGate         object // the policy as those of the gate raise it besides
	approvals      []*approval
	gateEvent      object
	gate           object // its body
	gateSeq        int
	gatedAt        int64
	started        bool
	reviews        []object        // events
	reviewers      map[string]bool // their ids
	lastBody       string
	last           object // the body of the last event that is no review
	lastAt         int64

	unrevoked map[actorKey][]*approval // the latest last
}

// replay plays the events, which can be read; it ends at the first that cannot have happened, and says why.
func replay(events []object, digests []string) (*history, string) {
	log := &history{unrevoked: map[actorKey][]*approval{}, reviewers: map[string]bool{}}
	now, before, beforeAt := none, "", int64(0)
	for seq, event := range events {
		at, _ := momentOf(event, "occurredAt")
		body := bodyOf(event)
		problem := ""
		switch {
		case numberOf(event, "seq") != float64(seq):
			problem = "seq is not its place"
		case textOf(event, "decisionId") != textOf(events[0], "decisionId"):
			problem = "of another decision than the first event"
		case textOf(event, "previousDigest") != before:
			problem = "previousDigest is not the digest of the event before"
		case seq > 0 && at < beforeAt:
			problem = "occurred before the event before it"
		case steps[now][body] == impossible:
			problem = fmt.Sprintf("%s cannot happen then", body)
		case needsPolicy[body] && log.policy == nil:
			problem = fmt.Sprintf("%s before a policy was attached", body)
		default:
			problem = log.take(seq, body, event, at)
		}
		if problem != "" {
			return nil, fmt.Sprintf("event %d: %s", seq, problem)
		}
		now, before, beforeAt = steps[now][body], digests[seq], at
		if body == "executionReviewed" {
			continue
		}
		log.lastBody, log.last, log.lastAt = body, messageIn(event, body), at
	}
	return log, ""
}

func bodyOf(event object) string {
	for name := range bodies {
		if has(event, name) {
			return name
		}
	}
	return ""
}

func (log *history) take(seq int, name string, event object, at int64) string {
	body := messageIn(event, name)
	switch name {
	case "decisionCreated":
		log.requester, log.request = messageIn(event, "actor"), body
	case "policyAttached":
		if log.policy != nil {
			return "a policy is attached already"
		}
		log.policyAttached, log.policy, log.policySeq = body, messageIn(body, "policy"), seq
		log.inForce = raised(log.policy, listIn(body, "guardrails"))
	case "approvalGranted":
		given := &approval{seq: seq, by: actorOf(messageIn(event, "actor")), body: body, givenAt: at}
		if end, there := momentOf(body, "expiresAt"); there {
			given.expiresAt = &end
		}
		log.approvals = append(log.approvals, given)
		log.unrevoked[given.by] = append(log.unrevoked[given.by], given)
	case "approvalRevoked":
		approver := actorOf(messageIn(body, "approver"))
		theirs := log.unrevoked[approver]
		if len(theirs) == 0 {
			return "there is no approval for it to end"
		}
		theirs[len(theirs)-1].revokedBy = seq
		log.unrevoked[approver] = theirs[:len(theirs)-1]
	case "executionRequested":
		log.gateEvent, log.gate, log.gateSeq, log.gatedAt = event, body, seq, at
		log.atGate = raised(log.inForce, listIn(body, "guardrails"))
	case "executionReviewed":
		return log.review(event)
	case "executionStarted":
		log.started = true
	}
	return ""
}

func (log *history) ended() bool {
	return log.lastBody == "executionCompleted" || log.lastBody == "executionFailed"
}

func (log *history) recordedRun() bool {
	return log.ended() && textOf(log.last, "runId") != "" && textOf(log.last, "routerDigest") != ""
}
