// Package router is a router of your own: write one function that carries a step out, and serve it.
//
// Everything that the contract of nexus.attest.v1.RouterService wants beside that function is here: a decision is run at most once, what became of it is told
// after a crash, and the record of the run is kept, digested and, if you like, signed.
package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// Adapter is one thing that a router can carry steps out on.
type Adapter struct {
	// ID names it: 1 to 63 letters, digits, '.', '_' or '-'.
	ID string
	// CarryOut carries one step out and returns its output, a JSON value for the run bundle (nil: there is none).
	//
	// It fails with a *Failure when it knows that the step has failed. Any other error, and a panic, says that nobody knows how the step ended. Its context ends
	// when the run's time is over.
	CarryOut func(ctx context.Context, step *Step) (any, error)
	// Check looks at each step before the run begins, quickly and changing nothing; nil: every step may be carried out. With an error nothing of the run is
	// begun, and nothing of it ever will be: the message reaches the decision.
	Check func(step *Step) error
	// DryRun does a step of a DRY_RUN. Without it a dry run is simulated: each step is checked, and nothing is called.
	DryRun func(ctx context.Context, step *Step) (any, error)
	// Capabilities are what it declares it can do; nil: apply and dry_run.
	Capabilities []string
	// Description is for people.
	Description string
}

// Failure is a step that is known to have failed.
type Failure struct {
	// Code is your own (A-Z0-9_, 1 to 64 characters) and stands in the decision, with Message.
	Code, Message string
	// Output is a JSON value for the run bundle; nil: there is none.
	Output any
}

// Error gives code and message.
func (f *Failure) Error() string { return f.Code + ": " + f.Message }

// Step is one step of a run: what to do, and how to say how it goes.
type Step struct {
	// Request is the whole request, of which this is a step. It must not be changed.
	Request *attestv1.RunRequest
	RunID   string
	// Tool and Method say what is to be done, Intent what for.
	StepID, Tool, Method, Intent string
	// ArgumentsJSON is the JSON text that was approved; {} where that is empty.
	ArgumentsJSON string
	DryRun        bool

	// approved is ArgumentsJSON as it stands in the plan.
	approved string
	report   func(message string)
}

// Arguments reads the arguments. A name that `into` has no field for is an error: what was approved must not be passed over.
func (s *Step) Arguments(into any) error {
	reader := json.NewDecoder(strings.NewReader(s.ArgumentsJSON))
	reader.DisallowUnknownFields()
	return reader.Decode(into)
}

// IdempotencyKey is the same for this step of this decision, and for no other: hand it to systems that take such a key.
func (s *Step) IdempotencyKey() string { return s.Request.GetDecisionId() + "/" + s.StepID }

// Progress tells whoever watches the decision a line, of which 1 KiB is kept.
func (s *Step) Progress(message string) {
	if s.report != nil {
		s.report(message)
	}
}

var (
	adapterID  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	capability = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,62}$`)
	code       = regexp.MustCompile(`^[A-Z0-9_]{1,64}$`)
)

func (a *Adapter) problem() error {
	if !adapterID.MatchString(a.ID) {
		return fmt.Errorf("adapter %q: an id has 1 to 63 letters, digits, '.', '_' or '-'", a.ID)
	}
	if a.CarryOut == nil {
		return fmt.Errorf("adapter %s: it has no function CarryOut", a.ID)
	}
	for _, each := range a.Capabilities {
		if !capability.MatchString(each) {
			return fmt.Errorf("adapter %s: the capability %q is no name in lower case such as apply", a.ID, each)
		}
	}
	return nil
}

func (a *Adapter) capabilities() []string {
	if a.Capabilities == nil {
		return []string{"apply", "dry_run"}
	}
	return a.Capabilities
}

// refusal says why a request is not run, and never will be.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

func refused(format string, values ...any) error { return &refusal{fmt.Sprintf(format, values...)} }

// errClosing is a router that takes no more runs; nothing follows from it for the decision.
var errClosing = errors.New("the router is shutting down")
