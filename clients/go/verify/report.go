package verify

import (
	"fmt"
)

// Status says how a check ended.
type Status string

// A check passes, fails, or could not be judged, or had nothing to judge.
const (
	Pass       Status = "PASS"
	Fail       Status = "FAIL"
	NotChecked Status = "NOT_CHECKED"
)

// Verdict says what comes of all checks.
type Verdict string

// Broken: a check failed. Consistent: none did, which does not say who made the package. Authentic: a server that the trust policy names did.
const (
	Authentic  Verdict = "AUTHENTIC"
	Consistent Verdict = "CONSISTENT"
	Broken     Verdict = "BROKEN"
)

// Check is one question that was asked of a package. Detail, Expected and Actual are words for people, cut where they grow long.
type Check struct {
	Name, Description        string
	Status                   Status
	Expected, Actual, Detail string
}

// Role is what somebody signed as.
type Role string

// Servers sign packages, approvers their approvals, routers their runs.
const (
	Server   Role = "SERVER"
	Approver Role = "APPROVER"
	Router   Role = "ROUTER"
)

// Signer is somebody whose signature made a check pass, by the name that the trust policy gives them; an approver by their id.
type Signer struct {
	Role  Role
	Name  string
	KeyID string
}

// Report is all checks, in the order of docs/audit-package.md.
type Report struct {
	Verdict Verdict
	Checks  []Check
	// DecisionID is that of the control bundle; empty if it could not be read.
	DecisionID string
	// BindingDigest is the recomputed one; empty if it could not be.
	BindingDigest string
	Signers       []Signer
}

// Status gives that of a check by its name; empty if there is no such check.
func (r *Report) Status(name string) Status {
	if place, there := placeOf[name]; there {
		return r.Checks[place].Status
	}
	return ""
}

var checks = []struct{ name, description string }{
	{"format", "The file is a package of a version that this verifier knows."},
	{"canonical_form", "The file is in canonical form (RFC 8785), to the byte."},
	{"proto_json", "Every field is written as ProtoJSON writes it."},
	{"unknown_fields", "There is no field that this verifier does not know."},
	{"event_schema", "Every event can be read."},
	{"event_sequence", "The events are those of one decision, numbered from 0 without a gap, in order of time."},
	{"event_chain", "Every event names the digest of the one before."},
	{"head_digest", "The head digest is that of the last event."},
	{"replay", "The events can have happened in this order."},
	{"request_digest", "Every approval is a yes to exactly this request and this policy."},
	{"approvals_valid", "Every approval was allowed when it was given."},
	{"policy_digest", "The gate was judged by the policy that was attached."},
	{"template", "The policy is the template's, tightened by the overrides that were recorded."},
	{"approvals_relied_on", "The gate relied on exactly the approvals that counted at that moment."},
	{"quorum_at_gate", "The quorum held at the gate."},
	{"gate_conditions", "Mode, steps, labels, adapter and capabilities were as the policy and the guardrails want them."},
	{"guardrails", "The guardrails are those that their digests name, and all that the trust policy insists on were in force."},
	{"break_glass", "The gate was passed by its quorum, or without it as the trust policy accepts."},
	{"router_request_digest", "What the router was asked to run is what was approved."},
	{"outcome", "The run was started once and its outcome is within the policy."},
	{"control_digest", "The control digest is that of the control bundle."},
	{"router_section", "The run in the router section is the one that was recorded."},
	{"run_bundle", "The run bundle is, to the byte, the one that was recorded."},
	{"link", "The link between what was allowed and what was run follows from the events."},
	{"link_digest", "The link digest is that of the link."},
	{"binding_digest", "The binding digest binds all of it."},
	{"server_signature", "A trusted server signed the package."},
	{"approver_signatures", "Every approval that counted is signed by a trusted key of its approver."},
	{"router_signature", "A trusted router signed its run."},
	{"time_bounds", "The log is of the time that the trust policy allows."},
	{"required_checks", "Everything that the trust policy insists on holds."},
}

var placeOf = func() map[string]int {
	places := map[string]int{}
	for place, check := range checks {
		places[check.name] = place
	}
	return places
}()

func newReport() *Report {
	report := &Report{}
	for _, check := range checks {
		report.Checks = append(report.Checks, Check{Name: check.name, Description: check.description, Status: NotChecked})
	}
	return report
}

func (r *Report) check(name string) *Check { return &r.Checks[placeOf[name]] }

// judge passes a check if there is no problem, and says whether it did.
func (r *Report) judge(name string, wrong problems) bool {
	check := r.check(name)
	check.Status, check.Detail = Pass, ""
	if wrong.any() {
		check.Status, check.Detail = Fail, wrong.String()
	}
	return !wrong.any()
}

// compare passes a check if a digest is the one that was recomputed.
func (r *Report) compare(name, where, expected, actual string) {
	var wrong problems
	if expected != actual {
		wrong.add("%s", where)
	}
	r.judge(name, wrong)
	check := r.check(name)
	check.Expected, check.Actual = cut(expected), cut(actual)
}

func (r *Report) notChecked(name, why string) {
	check := r.check(name)
	check.Status, check.Detail = NotChecked, why
}

// because gives all checks that were not judged a reason, if they have none yet.
func (r *Report) because(why string) {
	for place := range r.Checks {
		if check := &r.Checks[place]; check.Status == NotChecked && check.Detail == "" {
			check.Detail = why
		}
	}
}

func (r *Report) conclude() {
	r.Verdict = Consistent
	if r.Status("server_signature") == Pass && r.Status("unknown_fields") == Pass {
		r.Verdict = Authentic
	}
	for _, check := range r.Checks {
		if check.Status == Fail {
			r.Verdict = Broken
		}
	}
}

// differs adds a problem if two values are not the same.
func (p *problems) differs(what string, expected, actual any) {
	if expected != actual {
		p.add("%s is %s, not %s", what, quoted(actual), quoted(expected))
	}
}

func quoted(value any) string {
	text, ok := value.(string)
	if !ok {
		return fmt.Sprint(value)
	}
	const most = 90
	if len(text) > most {
		text = text[:most]
	}
	return fmt.Sprintf("%q", text)
}
