// Command verify-many verifies many packages with the verifier in Go, by the protocol of clients/verifiers.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/nexus-attest/nexus-attest/clients/go/verify"
)

type answer struct {
	Verdict verify.Verdict `json:"verdict"`
	Checks  statuses       `json:"checks"`
	Signers []string       `json:"signers"`
	KeyIDs  []string       `json:"keyIds"`
}

// statuses are written as an object in the order of the report, which a map would forget.
type statuses []verify.Check

func (all statuses) MarshalJSON() ([]byte, error) {
	members := make([]string, len(all))
	for index, check := range all {
		members[index] = fmt.Sprintf("%q:%q", check.Name, check.Status)
	}
	return []byte("{" + strings.Join(members, ",") + "}"), nil
}

func main() {
	policies := map[string]*verify.TrustPolicy{"-": nil}
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		file, trust, _ := strings.Cut(lines.Text(), "\t")
		policy, there := policies[trust]
		if !there {
			var err error
			if policy, err = verify.ReadTrustPolicy(read(trust)); err != nil {
				log.Fatalf("%s: %s", trust, err)
			}
			policies[trust] = policy
		}
		if err := out.Encode(answerOf(verify.Package(read(file), policy))); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}

func answerOf(report *verify.Report) answer {
	made := answer{report.Verdict, report.Checks, []string{}, []string{}}
	for _, signer := range report.Signers {
		made.Signers = append(made.Signers, fmt.Sprintf("%s %s", signer.Role, signer.Name))
		made.KeyIDs = append(made.KeyIDs, signer.KeyID)
	}
	return made
}

func read(file string) []byte {
	data, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	return data
}
