package attest

import (
	"context"
	"fmt"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// WaitUntilExecutable gives the lifecycle of a decision once it can be executed; at once if it can be already. It fails with ErrWrongTurn if the decision ended,
// or passed the gate, before. The context's deadline bounds the wait.
func (c *Client) WaitUntilExecutable(ctx context.Context, decisionID string) (*attestv1.Lifecycle, error) {
	return c.waitUntil(ctx, decisionID, func(lifecycle *attestv1.Lifecycle) (bool, error) {
		if lifecycle.GetExecutable() {
			return true, nil
		}
		if state := lifecycle.GetState(); isPastGate(state) || isTerminal(state) {
			return false, fmt.Errorf("%w: it is %s and cannot be executed any more", ErrWrongTurn, state)
		}
		return false, nil
	})
}

// WaitUntilTerminal gives the lifecycle of a decision once it has come to its end; at once if it has already. The context's deadline bounds the wait.
func (c *Client) WaitUntilTerminal(ctx context.Context, decisionID string) (*attestv1.Lifecycle, error) {
	return c.waitUntil(ctx, decisionID, func(lifecycle *attestv1.Lifecycle) (bool, error) {
		return isTerminal(lifecycle.GetState()), nil
	})
}

// ExecuteAndWait executes a decision and gives it back as it is at its end: COMPLETED, FAILED, or OUTCOME_UNKNOWN if nobody can say how the run ended.
//
// It carries on through restarts of the server. The context's deadline bounds the wait; the run goes on then. adapterID names the adapter where the request
// names none.
func (c *Client) ExecuteAndWait(ctx context.Context, decisionID, adapterID string) (*attestv1.Decision, error) {
	if _, err := c.Decisions.ExecuteDecision(ctx, &attestv1.ExecuteDecisionRequest{DecisionId: decisionID, AdapterId: adapterID}); err != nil {
		return nil, err
	}
	for message, err := range c.Watch(ctx, decisionID, 0) {
		if err != nil {
			return nil, err
		}
		state := message.GetLifecycle().GetLifecycle().GetState()
		if isTerminal(state) || state == attestv1.DecisionState_DECISION_STATE_OUTCOME_UNKNOWN {
			break
		}
	}
	found, err := c.Decisions.GetDecision(ctx, &attestv1.GetDecisionRequest{DecisionId: decisionID})
	return found.GetDecision(), err
}

func (c *Client) waitUntil(ctx context.Context, decisionID string, holds func(*attestv1.Lifecycle) (bool, error)) (*attestv1.Lifecycle, error) {
	found, err := c.Decisions.GetDecision(ctx, &attestv1.GetDecisionRequest{DecisionId: decisionID, TimelineLimit: 1})
	if err != nil {
		return nil, err
	}
	last := found.GetDecision().GetLifecycle()
	if done, err := holds(last); done || err != nil {
		return last, err
	}
	for message, err := range c.Watch(ctx, decisionID, found.GetDecision().GetHeadSeq()+1) {
		if err != nil {
			return nil, err
		}
		if message.GetLifecycle() == nil {
			continue
		}
		last = message.GetLifecycle().GetLifecycle()
		if done, err := holds(last); done || err != nil {
			return last, err
		}
	}
	return nil, fmt.Errorf("%w: it is %s", ErrWrongTurn, last.GetState())
}

func isTerminal(state attestv1.DecisionState) bool {
	switch state {
	case attestv1.DecisionState_DECISION_STATE_COMPLETED, attestv1.DecisionState_DECISION_STATE_FAILED,
		attestv1.DecisionState_DECISION_STATE_REJECTED, attestv1.DecisionState_DECISION_STATE_CANCELLED:
		return true
	default:
		return false
	}
}

func isPastGate(state attestv1.DecisionState) bool {
	return state == attestv1.DecisionState_DECISION_STATE_EXECUTING || state == attestv1.DecisionState_DECISION_STATE_OUTCOME_UNKNOWN
}
