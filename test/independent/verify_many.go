// Verifies every file named in a list on standard input, as verify-many.ts does, with the verifier in Go.
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

func main() {
	policies := map[string]*verify.TrustPolicy{"": nil}
	out := bufio.NewWriter(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		file, trust, _ := strings.Cut(lines.Text(), "\t")
		policy, there := policies[trust]
		if !there {
			var err error
			if policy, err = verify.ReadTrustPolicy(read(trust)); err != nil {
				log.Fatalf("%s: %s", trust, err)
			}
			policies[trust] = policy
		}
		report := verify.Package(read(file), policy)
		statuses := make([]string, len(report.Checks))
		for index, check := range report.Checks {
			statuses[index] = fmt.Sprintf("%s:%s", quoted(check.Name), quoted(string(check.Status)))
		}
		signers := make([]string, len(report.Signers))
		for index, signer := range report.Signers {
			signers[index] = fmt.Sprintf("{\"role\":%s,\"name\":%s,\"keyId\":%s}", quoted(string(signer.Role)), quoted(signer.Name), quoted(signer.KeyID))
		}
		fmt.Fprintf(out, "{\"verdict\":%s,\"statuses\":{%s},\"signers\":[%s]}\n",
			quoted(string(report.Verdict)), strings.Join(statuses, ","), strings.Join(signers, ","))
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func read(file string) []byte {
	data, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	return data
}

func quoted(text string) string {
	made, _ := json.Marshal(text)
	return string(made)
}
