package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const examples = "../../../../docs/examples/"

func TestExitCodesAndVerdicts(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte(`{"controlBundle":{"decisionId":"a\u001b[2Jb\u202e"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	signed, trust := examples+"audit-package.signed.json", examples+"trust-policy.json"
	for _, each := range []struct {
		arguments []string
		code      int
		says      string
	}{
		{[]string{signed}, 0, "CONSISTENT: "},
		{[]string{signed, "--trust", trust}, 0, "AUTHENTIC: made by the example's server"},
		{[]string{"--trust=" + trust, "--json", signed}, 0, `"verdict": "VERDICT_AUTHENTIC"`},
		{[]string{examples + "audit-package.embedded.json", "--trust", trust}, 9, "it carries no signature of a server that could be checked"},
		{[]string{broken}, 7, "BROKEN: 1 check failed."},
		{[]string{"-"}, 7, "BROKEN: 1 check failed."},
		{[]string{broken, "--trust", broken}, 2, "is no trust policy that can be used"},
		{[]string{"none.json"}, 2, "none.json cannot be read: there is no such file"},
		{[]string{"."}, 2, "cannot be read"},
		{nil, 2, "exactly one file"},
		{[]string{"a", "b"}, 2, "exactly one file"},
		{[]string{"a", "--trust"}, 2, "--trust needs a file"},
		{[]string{"a", "--trust="}, 2, "--trust needs a file"},
		{[]string{"a", "--turst", "b"}, 2, "there is no option --turst"},
		{[]string{"--help"}, 0, "usage: "},
	} {
		var out, complaints bytes.Buffer
		code := run(each.arguments, strings.NewReader("no package"), &out, &complaints)
		if code != each.code || !strings.Contains(out.String()+complaints.String(), each.says) {
			t.Errorf("%v: exit code %d, not %d: %s%s", each.arguments, code, each.code, out.String(), complaints.String())
		}
		if code == 2 && out.Len() > 0 {
			t.Errorf("%v: says %s on standard output", each.arguments, out.String())
		}
	}
}

func TestWhatAPackageSaysIsShownAndNotObeyed(t *testing.T) {
	if shown := printable("a\x1b[2J\u202eb\u0085\u200fé🛒"); shown != `a\u001b[2J\u202eb\u0085\u200fé🛒` {
		t.Error(shown)
	}
}
