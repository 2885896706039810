// Command request-change is a service that may act only when somebody has approved: request-change TICKET
//
// It requests a change for a ticket, waits up to an hour until it is approved, has it carried out, and keeps the evidence. It may be started again at any time, with the
// same ticket: it goes on where it was.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	attest "github.com/nexus-attest/nexus-attest/clients/go"
	"github.com/nexus-attest/nexus-attest/examples/go/connect"
	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if err := run(ctx, os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, ticket string) error {
	service, err := connect.ToServer()
	if err != nil {
		return err
	}
	defer service.Close()
	call := &attestv1.PlanCall{Tool: "files", Method: "write", ArgumentsJson: `{"path": "release/limit.txt", "content": "250\n"}`}
	created, err := service.Decisions.CreateDecision(ctx, &attestv1.CreateDecisionRequest{
		// One ticket is one decision, however often this runs.
		RequestId: "change-" + ticket,
		Goal:      "raise the limit, as " + ticket + " asks",
		Labels:    []*attestv1.Label{{Key: "ticket", Value: ticket}},
		Mode:      attestv1.Mode_MODE_APPLY,
		AdapterId: cmp.Or(os.Getenv("NEXUS_ATTEST_ADAPTER"), "files"),
		Plan:      &attestv1.Plan{Steps: []*attestv1.PlanStep{{StepId: "limit", Intent: "put the new limit in place", Call: call}}},
		PolicySource: &attestv1.CreateDecisionRequest_Policy{Policy: &attestv1.Policy{
			MinApprovals: 1, AllowedModes: []attestv1.Mode{attestv1.Mode_MODE_APPLY},
		}},
	})
	if err != nil {
		return err
	}
	id := created.GetDecision().GetDecisionId()
	fmt.Println(id, "waits for an approval")
	if _, err = service.WaitUntilExecutable(ctx, id); err == nil {
		_, err = service.ExecuteAndWait(ctx, id, "")
	}
	// A wrong turn: rejected, or executed when this ran before.
	if err != nil && !errors.Is(err, attest.ErrWrongTurn) {
		return err
	}
	ended, err := service.WaitUntilTerminal(ctx, id)
	if err != nil {
		return err
	}
	if ended.GetState() != attestv1.DecisionState_DECISION_STATE_COMPLETED {
		return fmt.Errorf("%s %s", id, ended.GetState())
	}
	made, err := service.Audit.ExportAuditPackage(ctx, &attestv1.ExportAuditPackageRequest{
		DecisionId: id, Mode: attestv1.PackageMode_PACKAGE_MODE_EMBEDDED,
	})
	if err != nil {
		return err
	}
	file := id + ".audit.json"
	fmt.Println(id, ended.GetState(), file)
	return os.WriteFile(file, made.GetPackageJson(), 0o600)
}
