package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// waitingProgress is how many messages are kept for a watcher that reads slowly; the oldest go first.
const waitingProgress = 1000

var errTimeOver = errors.New("its time was over")

// activeRun is a run under way: its steps in order, each on record before it begins and after it has ended. It goes on whether anybody watches or not.
type activeRun struct {
	router  *Router
	record  *record
	request *attestv1.RunRequest
	adapter *Adapter
	ctx     context.Context
	end     context.CancelCauseFunc
	// done is closed when the run has ended: then run is there, or err says why its end is not on record.
	done chan struct{}
	run  *attestv1.Run
	err  error

	mutex    sync.Mutex
	executed uint32
	last     *attestv1.RunProgress
	watchers map[*watcher]struct{}
}

// watcher has the progress that was not told yet, and a bell.
type watcher struct {
	waiting []*attestv1.RunProgress
	bell    chan struct{}
}

func newActiveRun(r *Router, found *record, request *attestv1.RunRequest, adapter *Adapter, deadline time.Time) *activeRun {
	ctx, end := context.WithCancelCause(context.Background())
	if !deadline.IsZero() {
		limited, cancel := context.WithDeadlineCause(ctx, deadline, errTimeOver)
		ctx = limited
		context.AfterFunc(ctx, cancel)
	}
	return &activeRun{
		router: r, record: found, request: request, adapter: adapter, ctx: ctx, end: end,
		done: make(chan struct{}), watchers: map[*watcher]struct{}{},
	}
}

func (a *activeRun) carryOut() {
	a.run, a.err = a.steps()
	if a.err != nil {
		a.router.logger.Error("the end of a run cannot be put on record", "decision_id", a.record.decisionID, "error", a.err)
	}
	a.end(errors.New("it has ended"))
}

func (a *activeRun) steps() (*attestv1.Run, error) {
	log, id := a.router.log, a.record.decisionID
	open := &openRun{request: a.record.open.request, simulated: a.record.open.simulated, acceptedAt: a.record.open.acceptedAt}
	state, size := attestv1.RunState_RUN_STATE_SUCCEEDED, len(open.request)
	var failure *attestv1.RunFailure
	for _, planned := range a.request.GetPlan().GetSteps() {
		if a.ctx.Err() != nil {
			state = attestv1.RunState_RUN_STATE_FAILED
			failure = newFailure("CANCELLED", fmt.Sprintf("The run was ended before step %s began: %s.", planned.GetStepId(), context.Cause(a.ctx)), "")
			break
		}
		step := newStep(a.request, a.record.runID, planned)
		step.report = func(message string) { a.report(step.StepID, message) }
		step.Progress(fmt.Sprintf("step %s begins", step.StepID))
		if err := log.append(&entry{Kind: kindBegun, DecisionID: id}); err != nil {
			return nil, err
		}
		ended := a.call(step)
		text, err := json.Marshal(ended)
		if err != nil {
			return nil, err
		}
		if limit := a.router.maxBundleBytes; size+len(text) > limit && ended.OutputJSON != nil {
			ended.dropOutput(fmt.Sprintf("the outputs of the run would exceed %d bytes", limit))
			if text, err = json.Marshal(ended); err != nil {
				return nil, err
			}
		}
		size += len(text)
		open.steps = append(open.steps, text)
		if err := log.append(&entry{Kind: kindStep, DecisionID: id, Step: text}); err != nil {
			return nil, err
		}
		if !ended.isDone() {
			state, failure = stateAfter(ended), newFailure(ended.Code, ended.Message, ended.StepID)
			break
		}
		a.mutex.Lock()
		a.executed++
		a.mutex.Unlock()
		step.Progress(fmt.Sprintf("step %s ended", step.StepID))
	}
	run, err := a.router.endedRun(a.record, open, state, failure)
	if err != nil {
		return nil, err
	}
	text, err := proto.Marshal(run)
	if err != nil {
		return nil, err
	}
	return run, log.append(&entry{Kind: kindEnded, DecisionID: id, Run: text})
}

func (a *activeRun) call(step *Step) *stepEntry {
	carryOut := a.adapter.CarryOut
	if step.DryRun {
		carryOut = a.adapter.DryRun
	}
	if carryOut == nil {
		at := instant(now())
		return &stepEntry{
			StepID: step.StepID, Tool: step.Tool, Method: step.Method, ArgumentsJSON: step.approved, Outcome: outcomeSimulated, StartedAt: at, EndedAt: at,
		}
	}
	return a.router.callStep(a.ctx, carryOut, step)
}

func (a *activeRun) report(stepID, message string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.last = &attestv1.RunProgress{
		RunId:         a.record.runID,
		StepId:        stepID,
		StepsExecuted: a.executed,
		StepsTotal:    uint32(len(a.request.GetPlan().GetSteps())),
		Message:       cut(message, 1024),
	}
	for each := range a.watchers {
		if len(each.waiting) == waitingProgress {
			each.waiting = each.waiting[1:]
		}
		each.waiting = append(each.waiting, a.last)
		each.ring()
	}
}

func (w *watcher) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// watch has a new watcher told of the progress from now on, and of the last message before, until leave is called.
func (a *activeRun) watch() (made *watcher, leave func()) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	made = &watcher{bell: make(chan struct{}, 1)}
	if a.last != nil {
		made.waiting = append(made.waiting, a.last)
		made.ring()
	}
	a.watchers[made] = struct{}{}
	return made, func() {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		delete(a.watchers, made)
	}
}

// take gives what the watcher was not told yet.
func (a *activeRun) take(w *watcher) []*attestv1.RunProgress {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	taken := w.waiting
	w.waiting = nil
	return taken
}
