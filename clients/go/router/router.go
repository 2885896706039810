package router

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// Router runs each decision at most once, and keeps its record of the run. Serve serves it; it is safe for use by many goroutines.
type Router struct {
	adapters                       map[string]*Adapter
	log                            *runLog
	signer                         *signer
	maxOutputBytes, maxBundleBytes int
	logger                         *slog.Logger

	// mutex is held from looking a decision up to having acted on it, so that fencing and accepting exclude each other.
	mutex  sync.Mutex
	active map[string]*activeRun
	closed bool
}

// begin puts a run on record and sets it going; or gives the run that there is, under way or as it ended. It fails with a refusal if this request is not run, and
// never will be.
func (r *Router) begin(request *attestv1.RunRequest, deadline time.Time) (*activeRun, *attestv1.Run, error) {
	text, err := canonicalMessage(request)
	if err != nil {
		return nil, nil, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	id := request.GetDecisionId()
	found, err := r.find(id)
	switch {
	case err != nil:
		return nil, nil, err
	case found != nil && found.reason != "":
		return nil, nil, refused("%s", found.reason)
	case found != nil && found.requestDigest != sha256.Sum256([]byte(text)):
		return nil, nil, refused("The decision has a run already, of another request.")
	case found != nil && found.open != nil:
		return r.active[id], nil, nil
	case found != nil:
		run, err := r.ended(found)
		return nil, run, err
	case r.closed:
		return nil, nil, errClosing
	}
	adapter, runID := r.adapters[request.GetAdapterId()], newRunID()
	if err = judge(request, adapter); err == nil {
		err = r.check(request, adapter, runID)
	}
	if err != nil {
		// A refusal says "never", so it is on record: nobody can have the same decision run after all.
		if problem := r.log.append(&entry{Kind: kindRefused, DecisionID: id, Request: text, Reason: cut(err.Error(), 1024), At: now()}); problem != nil {
			return nil, nil, problem
		}
		return nil, nil, err
	}
	simulated := request.GetMode() == attestv1.Mode_MODE_DRY_RUN && adapter.DryRun == nil
	accepted := &entry{Kind: kindAccepted, DecisionID: id, RunID: runID, Request: text, Simulated: simulated, At: now()}
	if err := r.log.append(accepted); err != nil {
		return nil, nil, err
	}
	if found, err = r.log.find(id); err != nil {
		return nil, nil, err
	}
	active := newActiveRun(r, found, proto.Clone(request).(*attestv1.RunRequest), adapter, deadline)
	r.active[id] = active
	go func() {
		active.carryOut()
		r.mutex.Lock()
		delete(r.active, id)
		r.mutex.Unlock()
		close(active.done)
	}()
	return active, nil, nil
}

// tell gives the run as it stands, with its bundle if it has ended; nil if there is none. With fence a decision without a run is refused for ever.
func (r *Router) tell(id string, fence bool) (*attestv1.Run, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	found, err := r.find(id)
	if err != nil {
		return nil, err
	}
	if found == nil {
		if !fence {
			return nil, nil
		}
		fenced := &entry{Kind: kindRefused, DecisionID: id, Reason: "The run was refused for ever before it was asked for.", At: now()}
		return &attestv1.Run{DecisionId: id, State: attestv1.RunState_RUN_STATE_NOT_STARTED}, r.log.append(fenced)
	}
	switch active := r.active[id]; {
	case found.reason != "":
		return &attestv1.Run{DecisionId: id, State: attestv1.RunState_RUN_STATE_NOT_STARTED}, nil
	case found.open == nil:
		return r.ended(found)
	default:
		active.mutex.Lock()
		defer active.mutex.Unlock()
		return &attestv1.Run{
			RunId:         found.runID,
			DecisionId:    id,
			AdapterId:     active.adapter.ID,
			State:         attestv1.RunState_RUN_STATE_RUNNING,
			StepsExecuted: active.executed,
		}, nil
	}
}

// find gives the record of a decision. A run that has no end, and that nobody carries out here, gets the end that the record allows.
func (r *Router) find(id string) (*record, error) {
	found, err := r.log.find(id)
	if err != nil || found == nil || found.open == nil || r.active[id] != nil {
		return found, err
	}
	state, failure, err := endOfLost(found.open)
	if err != nil {
		return nil, err
	}
	run, err := r.endedRun(found, found.open, state, failure)
	if err != nil {
		return nil, err
	}
	text, err := proto.Marshal(run)
	if err != nil {
		return nil, err
	}
	r.logger.Warn("a run had no end", "decision_id", id, "state", state, "code", failure.GetCode())
	if err := r.log.append(&entry{Kind: kindEnded, DecisionID: id, Run: text}); err != nil {
		return nil, err
	}
	return r.log.find(id)
}

func (r *Router) ended(found *record) (*attestv1.Run, error) {
	text, err := r.log.endOf(found)
	if err != nil {
		return nil, err
	}
	var run attestv1.Run
	return &run, proto.Unmarshal(text, &run)
}

// Close takes no more runs, waits for those under way until the context ends, then has them end, and frees everything.
//
// A step that does not end when it is cancelled is left behind: its run is INTERRUPTED when the log is opened again.
func (r *Router) Close(ctx context.Context) error {
	r.mutex.Lock()
	r.closed = true
	var under []*activeRun
	for _, each := range r.active {
		under = append(under, each)
	}
	r.mutex.Unlock()
	for _, each := range under {
		select {
		case <-each.done:
		case <-ctx.Done():
		}
	}
	grace, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	for _, each := range under {
		each.end(errors.New("the router was shut down"))
	}
	for _, each := range under {
		select {
		case <-each.done:
		case <-grace.Done():
		}
	}
	return r.log.close()
}

// newRunID makes a random UUID.
func newRunID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand ends the program instead
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
