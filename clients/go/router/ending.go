package router

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"
	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

const (
	bundleVersion = "nexus.attest/router-run/v1"
	mediaType     = "application/vnd.nexus-attest.router-run+json"

	outcomeSucceeded, outcomeSimulated, outcomeFailed, outcomeUnknown = "SUCCEEDED", "SIMULATED", "FAILED", "UNKNOWN"
)

// stepEntry is a step's part of the run bundle.
type stepEntry struct {
	StepID        string  `json:"step_id"`
	Tool          string  `json:"tool"`
	Method        string  `json:"method"`
	ArgumentsJSON string  `json:"arguments_json"`
	Outcome       string  `json:"outcome"`
	StartedAt     string  `json:"started_at"`
	EndedAt       string  `json:"ended_at"`
	OutputJSON    *string `json:"output_json,omitempty"`
	OutputDigest  string  `json:"output_digest,omitempty"`
	Code          string  `json:"failure_code,omitempty"`
	Message       string  `json:"failure_message,omitempty"`
}

func (s *stepEntry) isDone() bool {
	return s.Outcome == outcomeSucceeded || s.Outcome == outcomeSimulated
}

func now() int64 { return time.Now().UnixMilli() }

func instant(milliseconds int64) string {
	return time.UnixMilli(milliseconds).UTC().Format("2006-01-02T15:04:05.000Z")
}

func newFailure(code, message, stepID string) *attestv1.RunFailure {
	return &attestv1.RunFailure{Code: code, Message: cut(message, 4096), StepId: stepID}
}

// endedRun is a run as it ended, with its bundle, and with the router's signature if it signs and there is an end to sign.
func (r *Router) endedRun(found *record, open *openRun, state attestv1.RunState, failure *attestv1.RunFailure) (*attestv1.Run, error) {
	var request attestv1.RunRequest
	if err := protojson.Unmarshal([]byte(open.request), &request); err != nil {
		return nil, err
	}
	requestDigest := jcs.Digest([]byte(open.request))
	steps, executed := []any{}, uint32(0)
	for _, each := range open.steps {
		var read stepEntry
		if err := json.Unmarshal(each, &read); err != nil {
			return nil, err
		}
		if read.isDone() {
			executed++
		}
		steps = append(steps, valueOf(each))
	}
	bundle := map[string]any{
		"bundle_version": bundleVersion,
		"run_id":         found.runID,
		"request":        valueOf([]byte(open.request)),
		"request_digest": requestDigest,
		"simulated":      open.simulated,
		"started_at":     instant(open.acceptedAt),
		"ended_at":       instant(max(now(), open.acceptedAt)),
		"outcome":        strings.TrimPrefix(state.String(), "RUN_STATE_"),
		"steps":          steps,
	}
	if failure != nil {
		bundle["failure"] = map[string]any{"code": failure.GetCode(), "message": failure.GetMessage(), "step_id": failure.GetStepId()}
	}
	text, err := jcs.Canonical(bundle)
	if err != nil {
		return nil, err
	}
	run := &attestv1.Run{
		RunId:              found.runID,
		DecisionId:         found.decisionID,
		AdapterId:          request.GetAdapterId(),
		State:              state,
		StepsExecuted:      executed,
		Failure:            failure,
		RunBundle:          text,
		RunBundleMediaType: mediaType,
	}
	if r.signer != nil && (state == attestv1.RunState_RUN_STATE_SUCCEEDED || state == attestv1.RunState_RUN_STATE_FAILED) {
		run.Signature, err = r.signer.sign(run, requestDigest)
	}
	return run, err
}

// endOfLost says how a run ended whose process did not live to say so: as far as the record says, and not further.
func endOfLost(open *openRun) (attestv1.RunState, *attestv1.RunFailure, error) {
	var request attestv1.RunRequest
	if err := protojson.Unmarshal([]byte(open.request), &request); err != nil {
		return 0, nil, err
	}
	planned, next := request.GetPlan().GetSteps(), ""
	if len(open.steps) < len(planned) {
		next = planned[len(open.steps)].GetStepId()
	}
	if open.underWay && !open.simulated {
		failure := newFailure("ROUTER_INTERRUPTED", fmt.Sprintf("The router's process ended during step %s.", next), next)
		return attestv1.RunState_RUN_STATE_INTERRUPTED, failure, nil
	}
	if count := len(open.steps); count > 0 {
		var last stepEntry
		if err := json.Unmarshal(open.steps[count-1], &last); err != nil {
			return 0, nil, err
		}
		if !last.isDone() {
			return stateAfter(&last), newFailure(last.Code, last.Message, last.StepID), nil
		}
	}
	if next == "" {
		return attestv1.RunState_RUN_STATE_SUCCEEDED, nil, nil
	}
	what := fmt.Sprintf("The router's process ended before step %s began; the steps before it had ended.", next)
	return attestv1.RunState_RUN_STATE_FAILED, newFailure("RUN_ABANDONED", what, ""), nil
}

// stateAfter is that of a run whose last step was not done.
func stateAfter(last *stepEntry) attestv1.RunState {
	if last.Outcome == outcomeFailed {
		return attestv1.RunState_RUN_STATE_FAILED
	}
	return attestv1.RunState_RUN_STATE_INTERRUPTED
}
