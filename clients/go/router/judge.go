package router

import (
	"slices"

	"google.golang.org/protobuf/proto"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// judge fails with a refusal if a request must not be run on an adapter, which may be nil.
func judge(request *attestv1.RunRequest, adapter *Adapter) error {
	steps := request.GetPlan().GetSteps()
	wanted := map[attestv1.Mode]string{attestv1.Mode_MODE_APPLY: "apply", attestv1.Mode_MODE_DRY_RUN: "dry_run"}[request.GetMode()]
	seen := map[string]bool{}
	for _, step := range steps {
		seen[step.GetStepId()] = true
	}
	switch limit := int(request.GetMaxSteps()); {
	case adapter == nil:
		return refused("This router has no adapter %s.", request.GetAdapterId())
	case !isUnderstood(request):
		return refused("The request has fields that this router does not know: it is older than the server, and must not guess what they mean.")
	case len(steps) == 0:
		return refused("The request has no plan, and this router carries out plans, step by step.")
	case limit > 0 && len(steps) > limit:
		return refused("The plan has %d steps; %d are allowed.", len(steps), limit)
	case len(seen) < len(steps):
		return refused("Two steps of the plan have one step_id.")
	case !slices.Contains(adapter.capabilities(), wanted):
		return refused("Adapter %s does not declare %s.", adapter.ID, wanted)
	}
	for _, step := range steps {
		if err := readAlike(argumentsOf(step)); err != nil {
			return refused("The arguments of step %s are not JSON that every reader reads alike: %s.", step.GetStepId(), err)
		}
	}
	return nil
}

func argumentsOf(step *attestv1.PlanStep) string {
	if text := step.GetCall().GetArgumentsJson(); text != "" {
		return text
	}
	return "{}"
}

// isUnderstood says whether every field is known. One of a later schema may change what is to be run, so it must not be passed over.
func isUnderstood(request *attestv1.RunRequest) bool {
	text, err := proto.Marshal(request)
	if err != nil {
		return false
	}
	var known attestv1.RunRequest
	return proto.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(text, &known) == nil && proto.Size(&known) == len(text)
}

// check has the adapter look at every step.
func (r *Router) check(request *attestv1.RunRequest, adapter *Adapter, runID string) error {
	if adapter.Check == nil {
		return nil
	}
	for _, planned := range request.GetPlan().GetSteps() {
		if err := r.checkStep(newStep(request, runID, planned), adapter); err != nil {
			return err
		}
	}
	return nil
}

func (r *Router) checkStep(step *Step, adapter *Adapter) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			r.logger.Error("the check of a step panicked", "decision_id", step.Request.GetDecisionId(), "step_id", step.StepID, "panic", panicked)
			err = refused("Step %s: its check panicked. The router's log has the details.", step.StepID)
		}
	}()
	if problem := adapter.Check(step); problem != nil {
		return refused("Step %s: %s", step.StepID, problem)
	}
	return nil
}

func newStep(request *attestv1.RunRequest, runID string, planned *attestv1.PlanStep) *Step {
	call := planned.GetCall()
	return &Step{
		Request:       request,
		RunID:         runID,
		StepID:        planned.GetStepId(),
		Tool:          call.GetTool(),
		Method:        call.GetMethod(),
		Intent:        planned.GetIntent(),
		ArgumentsJSON: argumentsOf(planned),
		approved:      call.GetArgumentsJson(),
		DryRun:        request.GetMode() == attestv1.Mode_MODE_DRY_RUN,
	}
}
