package verify

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func example(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func trusted(t *testing.T) *TrustPolicy {
	t.Helper()
	trust, err := ReadTrustPolicy(example(t, "trust-policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func failing(report *Report) (names []string) {
	for _, check := range report.Checks {
		if check.Status == Fail {
			names = append(names, check.Name)
		}
	}
	return names
}

func TestTheExamplesEndAsTheirPageSays(t *testing.T) {
	for _, each := range []struct {
		file    string
		trust   *TrustPolicy
		verdict Verdict
		passed  map[string]Status
	}{
		{"audit-package.reference.json", nil, Consistent, map[string]Status{"run_bundle": NotChecked, "template": Pass}},
		{"audit-package.embedded.json", nil, Consistent, map[string]Status{"run_bundle": Pass, "server_signature": NotChecked}},
		{"audit-package.signed.json", nil, Consistent, map[string]Status{"server_signature": NotChecked}},
		{"audit-package.signed.json", trusted(t), Authentic, map[string]Status{"server_signature": Pass}},
		{"audit-package.embedded.json", trusted(t), Consistent, map[string]Status{"server_signature": NotChecked}},
	} {
		report := Package(example(t, each.file), each.trust)
		if report.Verdict != each.verdict {
			t.Errorf("%s: %s, not %s: %v", each.file, report.Verdict, each.verdict, failing(report))
		}
		for name, status := range each.passed {
			if report.Status(name) != status {
				t.Errorf("%s: %s is %s, not %s", each.file, name, report.Status(name), status)
			}
		}
	}
}

func TestAForgeryFailsTheChecksThatAskAboutIt(t *testing.T) {
	genuine := example(t, "audit-package.signed.json")
	for _, each := range []struct {
		what, from, to string
		fail           []string
	}{
		{"another text", "for the sale", "for the fail", []string{"event_chain", "replay", "control_digest", "binding_digest", "server_signature"}},
		{"another link", `"link":{"adapterId":"files"`, `"link":{"adapterId":"filez"`, []string{"link", "link_digest", "binding_digest", "server_signature"}},
		{"white space", `{"bindingDigest":`, `{ "bindingDigest":`, []string{"canonical_form"}},
		{"another signature", `"sig":"TsZQ`, `"sig":"TtZQ`, []string{"server_signature"}},
		{"a number for a text", `"linkDigest":"`, `"linkDigest":1,"x":"`, []string{"format"}},
		{"an empty text", `"linkDigest":"`, `"linkDigest":"","x":"`, []string{"canonical_form", "proto_json", "link_digest"}},
	} {
		forged := bytes.Replace(genuine, []byte(each.from), []byte(each.to), 1)
		if bytes.Equal(forged, genuine) {
			t.Fatalf("%s: nothing was forged", each.what)
		}
		if failed := failing(Package(forged, trusted(t))); !reflect.DeepEqual(failed, each.fail) {
			t.Errorf("%s: fails %v, not %v", each.what, failed, each.fail)
		}
	}
}

func TestWithAnUnknownFieldNothingIsAuthentic(t *testing.T) {
	genuine := example(t, "audit-package.signed.json")
	more := append(genuine[:len(genuine)-1:len(genuine)-1], `,"zzz":1}`...)
	if report := Package(more, trusted(t)); report.Verdict != Consistent || report.Status("server_signature") != Pass {
		t.Errorf("%s: %v", report.Verdict, failing(report))
	}
}

func TestWhatIsRequiredFailsWhateverTheFileIs(t *testing.T) {
	trust, err := ReadTrustPolicy([]byte(`{"policyVersion":"nexus.attest/trust-policy/v1","requiredChecks":["run_bundle"]}`))
	if err != nil {
		t.Fatal(err)
	}
	for file, failed := range map[string][]string{
		"no package at all": {"format", "required_checks"},
		string(example(t, "audit-package.reference.json")): {"required_checks"},
		string(example(t, "audit-package.embedded.json")):  nil,
	} {
		if found := failing(Package([]byte(file), trust)); !reflect.DeepEqual(found, failed) {
			t.Errorf("%.30s: fails %v, not %v", file, found, failed)
		}
	}
}

func TestHostileFilesAreRefusedAndNotFollowed(t *testing.T) {
	for what, file := range map[string]string{
		"nothing":            "",
		"deep":               strings.Repeat("[", 65) + strings.Repeat("]", 65),
		"very deep":          strings.Repeat(`{"a":`, 10_000_000),
		"wide":               "[" + strings.Repeat("1,", maxSeparators) + "1]",
		"large":              strings.Repeat(" ", maxBytes+1),
		"an open string":     `{"a`,
		"an open escape":     `{"a\`,
		"half a unit":        `{"a\u00`,
		"a lone surrogate":   `{"a":"\ud800"}`,
		"an infinite number": `{"a":1e400}`,
		"no UTF-8":           "{\"a\":\"\xff\"}",
		"a mark":             "\ufeff{}",
		"a list":             "[]",
		"two values":         "{}{}",
	} {
		if report := Package([]byte(file), nil); report.Verdict != Broken || report.Status("format") != Fail {
			t.Errorf("%s: %s", what, report.Verdict)
		}
	}
	if limit := beyondLimits([]byte(strings.Repeat("[", 64))); limit != "" {
		t.Errorf("64 deep: %s", limit)
	}
}

func TestNoFileMakesAReportLong(t *testing.T) {
	unknown := `{"` + strings.Repeat("x", 1_000_000) + `":1,"a":[` + strings.Repeat(`{"\u202e":1},`, 10_000) + `1]}`
	for _, check := range Package([]byte(unknown), nil).Checks {
		if len(check.Detail)+len(check.Expected)+len(check.Actual) > 3*(maxWords+100) {
			t.Errorf("%s says %d bytes", check.Name, len(check.Detail))
		}
	}
}

func TestTrustPoliciesThatAreNotUnderstoodAreRefused(t *testing.T) {
	const key = `{"publicKey":"PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="}`
	with := func(more string) string { return `{"policyVersion":"nexus.attest/trust-policy/v1"` + more + `}` }
	for _, taken := range []string{
		with(""), with(`,"serverKeys":[]`), with(`,"serverKeys":[` + key + `]`), "\n" + with(`,"requiredChecks":[ "format" ]`) + "\n",
		with(`,"serverKeys":[` + strings.Replace(key, "{", `{"name":"",`, 1) + `]`),
		with(`,"serverKeys":[` + strings.Replace(key, "{", `{"name":"`+strings.Repeat("é", maxName)+`",`, 1) + `]`),
	} {
		if _, err := ReadTrustPolicy([]byte(taken)); err != nil {
			t.Errorf("%s: %s", taken, err)
		}
	}
	for _, refused := range []string{
		"", "{}", "[]", "null", with(`,"policyVersion":"nexus.attest/trust-policy/v1"`), with(`,"more":1`), with(`,"serverKeys":null`),
		with(`,"serverKeys":[` + key + `,` + key + `]`), with(`,"serverKeys":[{}]`), with(`,"routerKeys":[` + key + `]`), with(`,"approverKeys":[` + key + `]`),
		with(`,"requiredChecks":["required_checks"]`), with(`,"requiredChecks":["none"]`), with(`,"requiredChecks":["link","link"]`),
		with(`,"notBefore":"2026-01-01"`), with(`,"notBefore":"2026-01-01T00:00:00Z","notAfter":"2026-01-01T00:00:00Z"`),
		with(`,"serverKeys":[` + strings.Replace(key, "{", `{"name":"`+strings.Repeat("é", maxName+1)+`",`, 1) + `]`),
		with(`,"serverKeys":[` + strings.Replace(key, "{", `{"notAfter":"2026-01-01T00:00:00Z","notBefore":"2026-01-02T00:00:00Z",`, 1) + `]`),
		with(`,"acceptedBreakGlass":""`), with(`,"acceptedBreakGlass":[]`), with(`,"notAfter":""`), with(`,"notAfter":[]`), with(`,"requiredGuardrails":""`),
		with(`,"requiredGuardrail":""`), with(`,"requiredGuardrail":[]`), with(`,"serverKeys":""`),
		with(`,"serverKeys":[` + strings.Replace(key, "{", `{"notAfter":"",`, 1) + `]`), with(`,"serverKeys":[` + strings.Replace(key, "{", `{"revokedAt":"",`, 1) + `]`),
		with(`,"routerKeys":[` + strings.Replace(key, "{", `{"adapterIds":[""],`, 1) + `]`),
		with("") + strings.Repeat(" ", MaxTrustPolicyBytes),
	} {
		if _, err := ReadTrustPolicy([]byte(refused)); err == nil {
			t.Errorf("taken: %.200s", refused)
		}
	}
}

func TestKeysThatNeedNoSecretAreNotBelieved(t *testing.T) {
	bytesOf := func(first byte) []byte { made := make([]byte, publicKeySize); made[0] = first; return made }
	nonCanonical := bytes.Repeat([]byte{0xff}, publicKeySize)
	nonCanonical[0], nonCanonical[publicKeySize-1] = 0xee, 0x7f // y = p + 1
	good, _ := base64.StdEncoding.DecodeString("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=")
	// The point (0, -1) is of order 2: added, it leaves x and y with their signs turned.
	order2 := point{big.NewInt(0), new(big.Int).Sub(fieldPrime, big.NewInt(1)), big.NewInt(1), big.NewInt(0)}
	p, _ := decodePoint(good)
	mixed := encodePoint(p.plus(order2))
	if _, ok := decodePoint(mixed); !ok {
		t.Fatal("the mixed key is no point")
	}
	minusZero := bytesOf(1)
	minusZero[publicKeySize-1] = 0x80
	for what, key := range map[string][]byte{
		"identity": bytesOf(1), "small order": bytesOf(0), "no point": bytesOf(2), "non-canonical": nonCanonical, "mixed": mixed,
		"minus zero": minusZero, "short": good[:31], "none": nil,
	} {
		if safeToBelieve(key) {
			t.Errorf("%s is believed", what)
		}
	}
	if !safeToBelieve(good) || !bytes.Equal(encodePoint(p), good) {
		t.Error("a key of RFC 8032 is not believed")
	}
}

func encodePoint(p point) []byte {
	inverse := new(big.Int).ModInverse(p.z, fieldPrime)
	x, y := product(p.x, inverse), product(p.y, inverse)
	made := y.FillBytes(make([]byte, publicKeySize))
	made[0] |= byte(x.Bit(0) << 7)
	for a, b := 0, publicKeySize-1; a < b; a, b = a+1, b-1 {
		made[a], made[b] = made[b], made[a]
	}
	return made
}
