package verify

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// testdata/audit-packages/README.md says what is in expected.json.
func TestThePackagesThatEveryVerifierHasToJudgeAlike(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "testdata", "audit-packages")
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var expected struct {
		Packages []struct {
			File    string
			Reports map[string]struct {
				Verdict   Verdict
				NotPassed map[string]Status
				Signers   []string
			}
		}
	}
	if err := json.Unmarshal(read("expected.json"), &expected); err != nil || len(expected.Packages) == 0 {
		t.Fatal("nothing is expected", err)
	}
	for _, given := range expected.Packages {
		file := read(given.File)
		for who, report := range given.Reports {
			var trust *TrustPolicy
			if who != "nobody" {
				var err error
				if trust, err = ReadTrustPolicy(read(filepath.Join("trust", who+".json"))); err != nil {
					t.Fatal(err)
				}
			}
			found := Package(file, trust)
			notPassed, signers := map[string]Status{}, []string{}
			for _, check := range found.Checks {
				if check.Status != Pass {
					notPassed[check.Name] = check.Status
				}
			}
			for _, signer := range found.Signers {
				signers = append(signers, string(signer.Role)+" "+signer.Name)
			}
			if found.Verdict != report.Verdict || !reflect.DeepEqual(notPassed, report.NotPassed) || !reflect.DeepEqual(signers, report.Signers) {
				t.Errorf("%s by %s: %s %v %v, not %s %v %v", given.File, who, found.Verdict, notPassed, signers, report.Verdict, report.NotPassed, report.Signers)
			}
		}
	}
}
