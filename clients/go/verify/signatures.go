package verify

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
)

const (
	payloadType            = "application/vnd.in-toto+json"
	maxSignatures          = 8
	maxApprovalPayload     = 32 << 10
	digestPrefix, hexCount = "sha256:", 64
)

// envelope is a DSSE envelope.
type envelope struct {
	readable    bool // its base64 is some
	payload     []byte
	payloadType string
	signatures  [][]byte
	hints       map[string]bool // the keyids; but for a server's, a hint says which key to try first and no more
}

func openEnvelope(given object) *envelope {
	made := &envelope{payloadType: textOf(given, "payloadType"), hints: map[string]bool{}}
	made.payload, made.readable = decodeBase64(textOf(given, "payload"))
	for _, each := range listIn(given, "signatures") {
		sig, ok := decodeBase64(textOf(each.(object), "sig"))
		made.readable = made.readable && ok
		made.signatures = append(made.signatures, sig)
		made.hints[textOf(each.(object), "keyid")] = true
	}
	return made
}

// misstates says why an envelope does not state that; empty if it does.
func (e *envelope) misstates(expected []byte) string {
	switch {
	case !e.readable:
		return "the envelope cannot be read"
	case e.payloadType != payloadType:
		return "another payload type"
	case !bytes.Equal(e.payload, expected):
		return "the payload is not the statement that follows from the log"
	case len(e.signatures) < 1 || len(e.signatures) > maxSignatures:
		return fmt.Sprintf("%d signatures, not 1 to %d", len(e.signatures), maxSignatures)
	default:
		return ""
	}
}

// signedBy gives the first of the keys that made one of the signatures. A single signature has one maker, so that the key that it names is tried first.
func (e *envelope) signedBy(keys []trustedKey) (trustedKey, bool) {
	signed := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(e.payloadType), e.payloadType, len(e.payload))
	signed = append(signed, e.payload...)
	if len(e.signatures) == 1 {
		keys = slices.Clone(keys)
		slices.SortStableFunc(keys, func(a, b trustedKey) int { return cmp.Compare(e.rank(a), e.rank(b)) })
	}
	for _, key := range keys {
		for _, signature := range e.signatures {
			if ed25519.Verify(key.public, signed, signature) {
				return key, true
			}
		}
	}
	return trustedKey{}, false
}

// rank is less for a key that the envelope names.
func (e *envelope) rank(key trustedKey) int {
	if e.hints[key.id] {
		return 0
	}
	return 1
}

// statement is an in-toto statement in canonical form. A predicate leaves out what is empty or 0.
func statement(kind, decision, subject string, predicate object) []byte {
	said := object{}
	for name, value := range predicate {
		if value != "" && value != float64(0) {
			said[name] = value
		}
	}
	text, err := canonical(object{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       []any{object{"name": decision, "digest": object{"sha256": strings.TrimPrefix(subject, digestPrefix)}}},
		"predicateType": "nexus-attest:" + kind + "/v1",
		"predicate":     said,
	})
	if err != nil {
		panic(err) // its texts come from a package that has a canonical form
	}
	return text
}

func isDigest(text string) bool {
	digits, ok := strings.CutPrefix(text, digestPrefix)
	return ok && len(digits) == hexCount && strings.Trim(digits, "0123456789abcdef") == ""
}

func believedAt(keys []trustedKey, moments ...int64) []trustedKey {
	return slices.DeleteFunc(slices.Clone(keys), func(key trustedKey) bool {
		return slices.ContainsFunc(moments, func(at int64) bool { return !key.bounds.hold(at) })
	})
}

func (v *verification) judgeServerSignature() {
	const check = "server_signature"
	given, signed := v.given["signature"].(object)
	if !signed {
		v.report.notChecked(check, "It carries no signature: it is consistent at best, not authentic.")
		return
	}
	decision := textOf(v.bundle, "decisionId")
	template := ""
	if has(v.given, "template") {
		template = digest(v.given["template"])
	}
	expected := statement("audit-package", decision, v.sealed, object{
		"decisionId":     decision,
		"packageVersion": packageVersion,
		"controlDigest":  v.controlDigest,
		"routerDigest":   textOf(v.router, "routerDigest"),
		"linkDigest":     v.linkDigest,
		"templateDigest": template,
	})
	envelope := openEnvelope(given)
	last, _ := momentOf(v.events[len(v.events)-1], "occurredAt")
	named := slices.DeleteFunc(slices.Clone(v.trust.serverKeys), func(key trustedKey) bool { return !envelope.hints[key.id] })
	var wrong problems
	switch {
	case envelope.readable && len(envelope.signatures) != 1:
		wrong.add("%d signatures, not one", len(envelope.signatures))
	case len(v.trust.serverKeys) > 0 && len(named) == 0 && envelope.misstates(expected) == "":
		wrong.add("by no key that it names and that the trust policy believes")
	}
	if wrong.any() {
		v.report.judge(check, wrong)
		return
	}
	v.judgeEnvelope(check, Server, envelope, [][]byte{expected}, named, last)
}

// judgeEnvelope is for a server's or a router's, which may state any of the statements; the keys are those for it.
func (v *verification) judgeEnvelope(check string, role Role, envelope *envelope, statements [][]byte, keys []trustedKey, at int64) {
	var wrong problems
	states := slices.ContainsFunc(statements, func(expected []byte) bool { return envelope.misstates(expected) == "" })
	if !states {
		wrong.add("%s", envelope.misstates(statements[0]))
		v.report.judge(check, wrong)
		return
	}
	if len(keys) == 0 {
		v.report.notChecked(check, fmt.Sprintf("It is signed; no trust policy names keys of a %s to believe it by.", strings.ToLower(string(role))))
		return
	}
	key, good := envelope.signedBy(believedAt(keys, at))
	if !good {
		wrong.add("no signature is by a key that the trust policy believes at that time")
	} else {
		v.report.Signers = append(v.report.Signers, Signer{role, key.name, key.id})
	}
	v.report.judge(check, wrong)
}

func (v *verification) judgeApproverSignatures() {
	const check = "approver_signatures"
	var wrong problems
	seqOf, seen := map[string]int{}, map[string]bool{}
	for seq, digest := range v.digests {
		seqOf[digest] = seq
	}
	for _, a := range v.log.approvals {
		if a.signed() {
			if why := v.approvalMisstated(a, seqOf, seen); why != "" {
				wrong.add("event %d: %s", a.seq, why)
			}
		}
	}
	if wrong.any() {
		v.report.judge(check, wrong)
		return
	}
	if len(v.trust.approverKeys) == 0 {
		v.report.notChecked(check, "No trust policy names keys of approvers.")
		return
	}
	counting := v.log.counting(v.digests)
	keysOf := map[actorKey][]trustedKey{}
	for _, key := range v.trust.approverKeys {
		keysOf[key.approver] = append(keysOf[key.approver], key)
	}
	var signers []Signer
	for _, a := range counting {
		if !a.signed() {
			continue
		}
		believed := believedAt(keysOf[a.by], a.givenAt, v.log.gatedAt)
		key, good := openEnvelope(messageIn(a.body, "signature")).signedBy(believed)
		if !good {
			wrong.add("event %d: by no key of its approver that is believed then", a.seq)
			continue
		}
		signers = append(signers, Signer{Approver, a.by.id, key.id})
	}
	if !v.report.judge(check, wrong) {
		return
	}
	if len(counting) == 0 || len(signers) < len(counting) {
		v.report.notChecked(check, "Not every approval that counted is signed.")
		return
	}
	v.report.Signers = append(v.report.Signers, signers...)
}

func (v *verification) approvalMisstated(a *approval, seqOf map[string]int, seen map[string]bool) string {
	envelope := openEnvelope(messageIn(a.body, "signature"))
	if !envelope.readable || len(envelope.signatures) != 1 {
		return "not one signature that can be read"
	}
	head := headIn(envelope.payload)
	if seq, there := seqOf[head]; !there || seq < v.log.policySeq || seq >= a.seq {
		return "no headDigest that its approver can have seen"
	}
	predicate := fieldsOf(a.body, "comment", "expiresAt")
	decision := textOf(v.events[0], "decisionId")
	predicate["decisionId"] = decision
	predicate["requestDigest"] = v.requestDigest
	predicate["policyDigest"] = v.policyDigest
	predicate["headDigest"] = head
	predicate["approver"] = object{"type": a.by.kind, "id": a.by.id}
	if why := envelope.misstates(statement("approval", decision, v.requestDigest, predicate)); why != "" {
		return why
	}
	if seen[string(envelope.payload)] {
		return "the payload of an earlier approval"
	}
	seen[string(envelope.payload)] = true
	return ""
}

// headIn is the head digest that an approval's payload names, or nothing.
func headIn(payload []byte) string {
	if len(payload) > maxApprovalPayload || beyondLimits(payload) != "" {
		return ""
	}
	value, _, err := parseJSON(payload)
	given, ok := value.(object)
	if err != nil || !ok {
		return ""
	}
	predicate, _ := given["predicate"].(object)
	if head := textOf(predicate, "headDigest"); isDigest(head) {
		return head
	}
	return ""
}

func (v *verification) judgeRouterSignature() {
	const check = "router_signature"
	log := v.log
	given, signed := log.last["routerSignature"].(object)
	if !signed {
		v.report.notChecked(check, "The router signed nothing.")
		return
	}
	subject := textOf(log.last, "routerDigest")
	if !isDigest(subject) {
		var wrong problems
		wrong.add("routerDigest is no digest")
		v.report.judge(check, wrong)
		return
	}
	states := []string{"RUN_STATE_SUCCEEDED"}
	if log.lastBody == "executionFailed" {
		states = []string{"RUN_STATE_FAILED"}
	}
	if log.tooManySteps() {
		states = append(states, "RUN_STATE_SUCCEEDED")
	}
	decision, adapter := textOf(v.events[0], "decisionId"), textOf(log.gate, "adapterId")
	var statements [][]byte
	for _, state := range states {
		statements = append(statements, statement("run", decision, subject, object{
			"decisionId":          decision,
			"adapterId":           adapter,
			"runId":               textOf(log.last, "runId"),
			"routerRequestDigest": textOf(log.gate, "routerRequestDigest"),
			"state":               state,
			"stepsExecuted":       numberOf(log.last, "stepsExecuted"),
		}))
	}
	keys := slices.DeleteFunc(slices.Clone(v.trust.routerKeys), func(key trustedKey) bool { return !key.adapters[adapter] })
	v.judgeEnvelope(check, Router, openEnvelope(given), statements, keys, log.lastAt)
}
