package attest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// Watch follows a decision: each event from fromSeq once and in order, through broken connections and restarts, until it has come to its end.
//
// Heartbeats are kept back, and so is what a new connection says again: a second caught_up, and a first lifecycle that says nothing new. The last pair has an
// error if the watch cannot go on (an *Error), or if the context ended (its error).
func (c *Client) Watch(ctx context.Context, decisionID string, fromSeq uint32) iter.Seq2[*attestv1.WatchDecisionResponse, error] {
	return func(yield func(*attestv1.WatchDecisionResponse, error) bool) {
		next, caughtUp, last := fromSeq, false, ""
		var known *attestv1.Lifecycle
		var pauses growing
		open := func(ctx context.Context) (grpc.ServerStreamingClient[attestv1.WatchDecisionResponse], error) {
			return c.Decisions.WatchDecision(ctx, &attestv1.WatchDecisionRequest{DecisionId: decisionID, FromSeq: next})
		}
		isNew := func(message *attestv1.WatchDecisionResponse) (bool, error) {
			switch kind := message.GetKind().(type) {
			case *attestv1.WatchDecisionResponse_Event:
				seq := kind.Event.GetEvent().GetSeq()
				if seq > next {
					return false, &Error{Code: codes.DataLoss, Message: fmt.Sprintf("event %d was to come, and %d came", next, seq)}
				}
				if seq < next {
					return false, nil
				}
				if last != "" && kind.Event.GetEvent().GetPreviousDigest() != last {
					return false, &Error{Code: codes.DataLoss, Message: fmt.Sprintf("event %d does not follow the one before it that came: the server has another log than before", seq)}
				}
				next, last = seq+1, kind.Event.GetDigest()
			case *attestv1.WatchDecisionResponse_Lifecycle:
				before := known
				known = judgement(kind.Lifecycle.GetLifecycle())
				return kind.Lifecycle.GetCause() != attestv1.LifecycleCause_LIFECYCLE_CAUSE_INITIAL || !proto.Equal(before, known), nil
			case *attestv1.WatchDecisionResponse_CaughtUp:
				again := caughtUp
				caughtUp = true
				return !again, nil
			case *attestv1.WatchDecisionResponse_Heartbeat:
				pauses.reset()
				return false, nil
			}
			return true, nil
		}
		follow(ctx, c.silence, c.isClosed, open, isNew, &pauses, yield)
	}
}

// WatchAll follows all decisions that match: as they stand, then each change, until the context ends. Go on later with the last cursor of a message.
func (c *Client) WatchAll(ctx context.Context, filter *attestv1.DecisionFilter, cursor string) iter.Seq2[*attestv1.WatchDecisionsResponse, error] {
	return func(yield func(*attestv1.WatchDecisionsResponse, error) bool) {
		caughtUp := cursor != ""
		var pauses growing
		open := func(ctx context.Context) (grpc.ServerStreamingClient[attestv1.WatchDecisionsResponse], error) {
			return c.Decisions.WatchDecisions(ctx, &attestv1.WatchDecisionsRequest{Filter: filter, Cursor: cursor})
		}
		isNew := func(message *attestv1.WatchDecisionsResponse) (bool, error) {
			switch kind := message.GetKind().(type) {
			case *attestv1.WatchDecisionsResponse_Change:
				cursor = kind.Change.GetCursor()
			case *attestv1.WatchDecisionsResponse_CaughtUp:
				cursor = kind.CaughtUp.GetCursor()
				again := caughtUp
				caughtUp = true
				return !again, nil
			case *attestv1.WatchDecisionsResponse_Heartbeat:
				pauses.reset()
				return false, nil
			}
			return true, nil
		}
		// It has no end of its own: a server that ends it is asked again.
		for ctx.Err() == nil {
			if !follow(ctx, c.silence, c.isClosed, open, isNew, &pauses, yield) {
				return
			}
			if sleep(ctx, pauses.pause(0)) != nil {
				break
			}
		}
		yield(nil, ctx.Err())
	}
}

// errSilent says that nothing was heard on a connection for too long.
var errSilent = &Error{Code: codes.Unavailable, Message: "nothing was heard for too long"}

// follow reads a stream, and opens it again when it breaks, until the server ends it (true), or the reader does or nothing can be done (false).
//
// Only news and heartbeats make the pauses short again: a connection that always breaks once it has said what was known is not asked for it many times a second.
func follow[Message any](
	ctx context.Context,
	silence time.Duration,
	isClosed func() bool,
	open func(context.Context) (grpc.ServerStreamingClient[Message], error),
	isNew func(*Message) (bool, error),
	pauses *growing,
	yield func(*Message, error) bool,
) bool {
	for {
		heard := false
		failure, goOn := read(ctx, silence, open, func(message *Message) (bool, error) {
			heard = true
			wanted, err := isNew(message)
			if wanted {
				pauses.reset()
			}
			return wanted, err
		}, yield)
		switch {
		case !goOn:
			return false
		case failure == nil:
			return true
		case ctx.Err() != nil:
			yield(nil, ctx.Err())
			return false
		case isClosed():
			yield(nil, ErrClosed)
			return false
		case endsWatch(failure, heard):
			yield(nil, failure)
			return false
		}
		if err := sleep(ctx, pauses.pause(failure.RetryDelay)); err != nil {
			yield(nil, err)
			return false
		}
	}
}

// read reads one connection to its end. Not to go on: the reader has left.
func read[Message any](
	ctx context.Context,
	silence time.Duration,
	open func(context.Context) (grpc.ServerStreamingClient[Message], error),
	isNew func(*Message) (bool, error),
	yield func(*Message, error) bool,
) (failure *Error, goOn bool) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alarm := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer alarm.Stop()
	stream, err := open(ctx)
	for err == nil {
		var message *Message
		if message, err = stream.Recv(); err != nil {
			break
		}
		// What the reader takes its time for is no silence.
		alarm.Stop()
		wanted, broken := isNew(message)
		if broken != nil {
			return errorFrom(broken), true
		}
		if wanted && !yield(message, nil) {
			return nil, false
		}
		alarm.Reset(silence)
	}
	if errors.Is(err, io.EOF) {
		return nil, true
	}
	if context.Cause(ctx) == error(errSilent) {
		return errSilent, true
	}
	return errorOf(err), true
}

func errorFrom(err error) *Error {
	var found *Error
	if errors.As(err, &found) {
		return found
	}
	return errorOf(err)
}

// judgement is what a lifecycle says, apart from when it was judged.
func judgement(lifecycle *attestv1.Lifecycle) *attestv1.Lifecycle {
	copied := proto.CloneOf(lifecycle)
	copied.EvaluatedAt = nil
	return copied
}
