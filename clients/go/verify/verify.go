// Package verify checks audit packages of Nexus Attest offline.
//
// It needs no server and nothing but the standard library. It was written from docs/audit-package.md and docs/signatures.md alone and shares no code with the
// server, so where the two agree on a package, two readings of those pages agree. Its checks bear the names of the pages, which say what each asks.
package verify

import (
	"bytes"
	"fmt"
)

const (
	packageVersion = "nexus.attest/audit-package/v1"
	bundleVersion  = "nexus.attest/control-bundle/v1"
)

// Package gives the report on a file of these bytes, whatever they are. Without a trust policy (nil) nothing is authentic.
//
// A file of more than 64 MiB is no package: whoever reads one from somewhere need not read on behind MaxBytes+1.
func Package(file []byte, trust *TrustPolicy) *Report {
	if trust == nil {
		trust = &TrustPolicy{}
	}
	report := newReport()
	v := &verification{report: report, trust: trust}
	if v.readFormat(file) {
		v.judgePackage(file)
		report.because("Nothing to judge: a check that comes before it did not pass.")
	}
	v.judgeRequired()
	report.because("Nothing to judge: the file is not a package.")
	report.conclude()
	return report
}

// MaxBytes is the size of the largest package.
const MaxBytes = maxBytes

// verification is one package under the checks. The fields from canonical on are known once its format was found right.
type verification struct {
	report *Report
	trust  *TrustPolicy

	canonical                         []byte
	given, bundle, router, link       object
	events                            []object
	digests                           []string // of the events
	controlDigest, linkDigest, sealed string   // as recomputed; sealed is the binding digest
	log                               *history // what the events tell, once they replay
	requestDigest, policyDigest       string   // as recomputed
}

func (v *verification) readFormat(file []byte) bool {
	var wrong problems
	if limit := beyondLimits(file); limit != "" {
		wrong.add("%s", limit)
		return v.report.judge("format", wrong)
	}
	value, _, err := parseJSON(file)
	if err == nil {
		v.canonical, err = canonical(value)
	}
	if err != nil {
		wrong.add("%s", err)
		return v.report.judge("format", wrong)
	}
	given, ok := value.(object)
	if !ok {
		wrong.add("not an object")
		return v.report.judge("format", wrong)
	}
	var found findings
	found.inspect(packageShape, given, nil)
	if found.types.any() {
		wrong.add("of the wrong JSON type: %s", found.types)
		return v.report.judge("format", wrong)
	}
	v.given, v.bundle, v.router, v.link = given, messageIn(given, "controlBundle"), messageIn(given, "router"), messageIn(given, "link")
	wrong.differs("packageVersion", packageVersion, textOf(given, "packageVersion"))
	wrong.differs("bundleVersion", bundleVersion, textOf(v.bundle, "bundleVersion"))
	for _, name := range []string{"controlBundle", "router", "link"} {
		if !has(given, name) {
			wrong.add("%s is missing", name)
		}
	}
	events := listIn(v.bundle, "events")
	if len(events) < 1 || len(events) > maxEvents {
		wrong.add("%d events, not 1 to %d", len(events), maxEvents)
	}
	if !v.report.judge("format", wrong) {
		return false
	}
	for _, event := range events {
		v.events = append(v.events, event.(object))
		v.digests = append(v.digests, digest(event))
	}
	v.judgeWriting(file, found)
	return true
}

func (v *verification) judgeWriting(file []byte, found findings) {
	var wrong problems
	if !bytes.Equal(v.canonical, file) {
		wrong.add("the file is not the canonical form of its value")
	}
	v.report.judge("canonical_form", wrong)
	v.canonical = nil
	wrong = problems{}
	if found.values.any() {
		wrong.add("not written as ProtoJSON writes it: %s", found.values)
	}
	v.report.judge("proto_json", wrong)
	v.report.judge("unknown_fields", problems{})
	if found.unknown.any() {
		v.report.notChecked("unknown_fields", "unknown: "+found.unknown.String())
	}
}

func (v *verification) judgePackage(file []byte) {
	report := v.report
	v.recompute()
	last := len(v.events) - 1
	report.compare("head_digest", "headDigest", v.digests[last], textOf(v.bundle, "headDigest"))
	report.compare("control_digest", "controlDigest", v.controlDigest, textOf(v.given, "controlDigest"))
	report.compare("link_digest", "linkDigest", v.linkDigest, textOf(v.given, "linkDigest"))
	report.compare("binding_digest", "bindingDigest", v.sealed, textOf(v.given, "bindingDigest"))
	var wrong problems
	for seq, event := range v.events {
		wrong.addAll(unreadable(seq, event))
	}
	if !report.judge("event_schema", wrong) {
		return
	}
	v.judgeSequence()
	v.judgeChain()
	v.judgeServerSignature()
	v.judgeTime()
	log, problem := replay(v.events, v.digests)
	wrong = problems{}
	if problem != "" {
		wrong.add("%s", problem)
	}
	if !report.judge("replay", wrong) {
		return
	}
	v.log = log
	v.judgeApprovals()
	v.judgeTemplate()
	v.judgeOutcome()
	if log.gate == nil {
		report.because("Nothing to judge: the decision did not pass the gate.")
		return
	}
	v.judgeGate()
	v.judgeApproverSignatures()
	if !log.recordedRun() {
		report.because("Nothing to judge: there is no recorded run.")
		return
	}
	v.judgeRun()
	v.judgeRouterSignature()
}

// recompute takes the digests that need no event to be readable.
func (v *verification) recompute() {
	v.controlDigest, v.linkDigest = digest(v.bundle), digest(v.link)
	binding := fieldsOf(v.router, "routerDigest")
	binding["packageVersion"] = packageVersion
	binding["controlDigest"] = v.controlDigest
	binding["linkDigest"] = v.linkDigest
	v.sealed = digest(binding)
	v.report.DecisionID, v.report.BindingDigest = textOf(v.bundle, "decisionId"), v.sealed
}

func (v *verification) judgeSequence() {
	var wrong problems
	seen := map[string]bool{}
	var before int64
	for seq, event := range v.events {
		where := fmt.Sprintf("events[%d]", seq)
		wrong.differs(where+".seq", float64(seq), numberOf(event, "seq"))
		wrong.differs(where+".decisionId", textOf(v.bundle, "decisionId"), textOf(event, "decisionId"))
		id := textOf(event, "eventId")
		if seen[id] {
			wrong.add("%s.eventId was there before", where)
		}
		seen[id] = true
		at, _ := momentOf(event, "occurredAt")
		if seq > 0 && at < before {
			wrong.add("%s occurred before the event before it", where)
		}
		before = at
	}
	v.report.judge("event_sequence", wrong)
}

func (v *verification) judgeChain() {
	var wrong problems
	before := ""
	for seq, event := range v.events {
		wrong.differs(fmt.Sprintf("events[%d].previousDigest", seq), before, textOf(event, "previousDigest"))
		before = v.digests[seq]
	}
	v.report.judge("event_chain", wrong)
}

func (v *verification) judgeTime() {
	if !v.trust.bounds.set() {
		v.report.notChecked("time_bounds", "No trust policy sets bounds of time.")
		return
	}
	var wrong problems
	first, _ := momentOf(v.events[0], "occurredAt")
	last, _ := momentOf(v.events[len(v.events)-1], "occurredAt")
	if v.trust.bounds.from != nil && first < *v.trust.bounds.from {
		wrong.add("the first event occurred before the trust policy's notBefore")
	}
	if v.trust.bounds.until != nil && last >= *v.trust.bounds.until {
		wrong.add("the last event did not occur before the trust policy's notAfter")
	}
	v.report.judge("time_bounds", wrong)
}

func (v *verification) judgeRequired() {
	if len(v.trust.requiredChecks) == 0 {
		v.report.notChecked("required_checks", "No trust policy insists on any check.")
		return
	}
	var wrong problems
	for _, name := range v.trust.requiredChecks {
		if status := v.report.Status(name); status != Pass {
			wrong.add("%s is %s", name, status)
		}
	}
	v.report.judge("required_checks", wrong)
}
