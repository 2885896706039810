// Command audit is an auditor: audit [TRUST_POLICY]
//
// It takes the evidence of every decision that was carried out, and verifies it here, not there. With a trust policy only authentic packages will do. It ends with 1 if one
// will not.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/nexus-attest/nexus-attest/clients/go/verify"
	"github.com/nexus-attest/nexus-attest/examples/go/connect"
	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

func main() {
	if err := audit(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func audit(ctx context.Context) error {
	var trust *verify.TrustPolicy
	if len(os.Args) > 1 {
		policy, err := os.ReadFile(os.Args[1])
		if err != nil {
			return err
		}
		if trust, err = verify.ReadTrustPolicy(policy); err != nil {
			return err
		}
	}
	auditor, err := connect.ToServer()
	if err != nil {
		return err
	}
	defer auditor.Close()
	doubtful := 0
	request := &attestv1.ListDecisionsRequest{Filter: &attestv1.DecisionFilter{
		States: []attestv1.DecisionState{attestv1.DecisionState_DECISION_STATE_COMPLETED, attestv1.DecisionState_DECISION_STATE_FAILED},
	}}
	for {
		page, err := auditor.Decisions.ListDecisions(ctx, request)
		if err != nil {
			return err
		}
		for _, decision := range page.GetDecisions() {
			made, err := auditor.Audit.ExportAuditPackage(ctx, &attestv1.ExportAuditPackageRequest{
				DecisionId: decision.GetDecisionId(), Mode: attestv1.PackageMode_PACKAGE_MODE_EMBEDDED,
			})
			if err != nil {
				return err
			}
			report := verify.Package(made.GetPackageJson(), trust)
			fmt.Println(decision.GetDecisionId(), report.Verdict)
			if report.Verdict == verify.Broken || (trust != nil && report.Verdict != verify.Authentic) {
				doubtful++
			}
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			break
		}
	}
	if doubtful > 0 {
		return errors.New("not all of them will do")
	}
	return nil
}
