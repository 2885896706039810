// Command gateterraform is a gate in front of terraform: what is applied is the plan that was approved, to the byte, or nothing.
//
//	go run ./gateterraform propose release-7 > plan.json    makes a plan, shows it, and writes the steps to request
//	go run ./gateterraform serve                            the router that applies it once it is approved
//
// The digest of the plan's file is an argument of the step, so it is part of what people approve. Before it applies anything the router takes a copy of the file
// that nobody else can change, and compares the copy's digest with the one that was approved.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/nexus-attest/nexus-attest/clients/go/router"
)

var (
	terraform = cmp.Or(os.Getenv("TERRAFORM"), "terraform")
	workspace = cmp.Or(os.Getenv("WORKSPACE"), ".")

	name   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,40}$`)
	digest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// passedOn is what the real terraform needs of the environment, such as its credentials; by default a command gets nothing of it.
var passedOn = []string{"HOME", "AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS", "TF_DATA_DIR"}

// approval is what the step's arguments say: which plan, and what it was when people approved it.
type approval struct {
	Plan       string `json:"plan"`
	PlanDigest string `json:"plan_digest"`
}

func propose(plan string) error {
	if !name.MatchString(plan) {
		return fmt.Errorf("a plan's name has to match %s", name)
	}
	file, err := filepath.Abs(fileOf(plan))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	planning := exec.Command(terraform, "plan", "-input=false", "-no-color", "-out="+file)
	planning.Dir, planning.Stdout, planning.Stderr = workspace, os.Stderr, os.Stderr
	if err := planning.Run(); err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	call := map[string]any{"tool": "terraform", "method": "apply", "arguments": approval{plan, digestOf(content)}}
	step := map[string]any{"stepId": "apply", "intent": "apply the plan " + plan, "call": call}
	writer := json.NewEncoder(os.Stdout)
	writer.SetIndent("", "  ")
	return writer.Encode(map[string]any{"steps": []any{step}})
}

// check is asked before the run begins: it refuses what is no approved plan of this workspace. Nothing has been done then, and nothing will be.
func check(step *router.Step) error {
	if step.Tool != "terraform" || step.Method != "apply" {
		return fmt.Errorf("%s/%s is not terraform/apply", step.Tool, step.Method)
	}
	_, err := readApproved(step)
	return err
}

func apply(ctx context.Context, step *router.Step) (any, error) {
	return onApprovedPlan(ctx, step, "apply", "-input=false", "-no-color")
}

// show is for a dry run: it shows the plan that was approved, and changes nothing.
func show(ctx context.Context, step *router.Step) (any, error) {
	return onApprovedPlan(ctx, step, "show", "-no-color")
}

func onApprovedPlan(ctx context.Context, step *router.Step, words ...string) (any, error) {
	// Between the check and now somebody may have put another file in its place.
	plan, err := readApproved(step)
	if err != nil {
		return nil, &router.Failure{Code: "PLAN_CHANGED", Message: err.Error()}
	}
	private, err := os.MkdirTemp("", "approved-")
	if err != nil {
		return nil, &router.Failure{Code: "NO_ROOM", Message: "there is no place for a copy of the plan"}
	}
	defer os.RemoveAll(private)
	copied := filepath.Join(private, "approved.tfplan")
	if err := os.WriteFile(copied, plan, 0o600); err != nil {
		return nil, &router.Failure{Code: "NO_ROOM", Message: "there is no room for a copy of the plan"}
	}
	env := map[string]string{}
	for _, each := range passedOn {
		if value, given := os.LookupEnv(each); given {
			env[each] = value
		}
	}
	output, err := router.RunCommand(ctx, step, router.Command{
		Path: terraform, Args: append(words, copied), Dir: workspace, Env: env, Grace: time.Minute,
	})
	if err != nil {
		return nil, err
	}
	return struct {
		PlanDigest string `json:"plan_digest"`
		*router.CommandOutput
	}{digestOf(plan), output}, nil
}

// readApproved gives the bytes of the plan, if they are those that were approved.
func readApproved(step *router.Step) ([]byte, error) {
	var given approval
	if err := step.Arguments(&given); err != nil || !name.MatchString(given.Plan) || !digest.MatchString(given.PlanDigest) {
		return nil, errors.New("terraform/apply takes exactly plan and plan_digest")
	}
	plan, err := os.ReadFile(fileOf(given.Plan))
	if err != nil {
		return nil, fmt.Errorf("there is no plan %s", given.Plan)
	}
	if found := digestOf(plan); found != given.PlanDigest {
		return nil, fmt.Errorf("the plan %s is %s, and %s was approved", given.Plan, found, given.PlanDigest)
	}
	return plan, nil
}

func fileOf(plan string) string { return filepath.Join(workspace, "plans", plan+".tfplan") }

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func serve() error {
	made, err := router.New(router.Options{
		Adapters:       []router.Adapter{{ID: "terraform", CarryOut: apply, Check: check, DryRun: show, Description: "applies approved plans in " + workspace}},
		RunLog:         cmp.Or(os.Getenv("RUN_LOG"), "terraform-runs.log"),
		SigningKeyFile: os.Getenv("SIGNING_KEY_FILE"),
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return made.Serve(ctx, router.ServeOptions{Listen: cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:7400"), TokenFile: os.Getenv("TOKEN_FILE")})
}

func main() {
	err := errors.New("usage: gateterraform propose NAME | serve")
	switch words := os.Args[1:]; {
	case len(words) == 2 && words[0] == "propose":
		err = propose(words[1])
	case len(words) == 1 && words[0] == "serve":
		err = serve()
	}
	if err != nil {
		log.Fatal(err)
	}
}
