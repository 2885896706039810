package router

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"
)

// maxFailureMessage is in bytes; the schema takes 4 KiB, and the kit may have to add why an output is not kept.
const maxFailureMessage = 3 << 10

// function is CarryOut or DryRun of an adapter.
type function = func(context.Context, *Step) (any, error)

// callStep calls the function that carries a step out, and says how the step ended: whatever that function did not say on purpose, nobody knows.
func (r *Router) callStep(ctx context.Context, carryOut function, step *Step) *stepEntry {
	began := now()
	output, err := r.called(ctx, carryOut, step)
	entry := &stepEntry{StepID: step.StepID, Tool: step.Tool, Method: step.Method, ArgumentsJSON: step.approved}
	entry.StartedAt, entry.EndedAt = instant(began), instant(max(now(), began))
	var failure *Failure
	switch {
	case err == nil:
		entry.Outcome = outcomeSucceeded
		if problem, why := r.keepOutput(entry, output); problem != "" {
			entry.Outcome, entry.Code = outcomeUnknown, problem
			entry.Message = fmt.Sprintf("Step %s returned, but %s, so there is no record of how it ended.", step.StepID, why)
		}
	case errors.As(err, &failure) && code.MatchString(failure.Code):
		entry.Outcome, entry.Code, entry.Message = outcomeFailed, failure.Code, cut(failure.Message, maxFailureMessage)
		if problem, why := r.keepOutput(entry, failure.Output); problem != "" {
			entry.Message += fmt.Sprintf(" (its output is not kept: %s)", why)
		}
	case ctx.Err() != nil:
		entry.Outcome, entry.Code = outcomeUnknown, "CANCELLED"
		entry.Message = fmt.Sprintf("Step %s was cancelled (%s) and did not say how it ended.", step.StepID, context.Cause(ctx))
		r.logger.Error("a step was cancelled and did not say how it ended", "decision_id", step.Request.GetDecisionId(), "step_id", step.StepID, "error", err)
	default:
		r.logger.Error("a step ended in a way that nobody foresaw", "decision_id", step.Request.GetDecisionId(), "step_id", step.StepID, "error", err)
		entry.Outcome, entry.Code = outcomeUnknown, "STEP_UNEXPLAINED"
		// Only the kind: what an error says may hold a secret, and this becomes evidence. The router's own log has it all.
		entry.Message = fmt.Sprintf("Step %s ended with %T, which is not a Failure with a code: nobody can say how it ended. The router's log has the details.", step.StepID, err)
	}
	return entry
}

// called runs the function in a goroutine of its own, so that whatever it does ends no other.
func (r *Router) called(ctx context.Context, carryOut function, step *Step) (output any, err error) {
	ended := make(chan struct{})
	err = errors.New("the function ended its goroutine")
	go func() {
		defer close(ended)
		defer func() {
			if panicked := recover(); panicked != nil {
				output, err = nil, &stepPanic{panicked, debug.Stack()}
			}
		}()
		output, err = carryOut(ctx, step)
	}()
	<-ended
	return output, err
}

type stepPanic struct {
	value any
	stack []byte
}

func (p *stepPanic) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// keepOutput puts an output into the entry, or says what is wrong with it, as a code and in words.
func (r *Router) keepOutput(entry *stepEntry, output any) (problem, why string) {
	if output == nil {
		return "", ""
	}
	text, err := outputText(output)
	if err != nil {
		return "OUTPUT_NOT_JSON", fmt.Sprintf("its output (%T) is not a JSON value", output)
	}
	if limit := r.maxOutputBytes; len(text) > limit {
		return "OUTPUT_TOO_LARGE", fmt.Sprintf("its output has %d bytes, and %d are allowed", len(text), limit)
	}
	entry.OutputJSON, entry.OutputDigest = &text, jcs.Digest([]byte(text))
	return "", ""
}

// dropOutput is for a run without room for it; a success of which there is no record is none that anybody can prove.
func (s *stepEntry) dropOutput(why string) {
	s.OutputJSON, s.OutputDigest = nil, ""
	if s.Outcome == outcomeFailed {
		s.Message += fmt.Sprintf(" (its output is not kept: %s)", why)
		return
	}
	s.Outcome, s.Code = outcomeUnknown, "OUTPUT_TOO_LARGE"
	s.Message = fmt.Sprintf("Step %s returned, but %s, so there is no record of how it ended.", s.StepID, why)
}
