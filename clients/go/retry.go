package attest

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// mayRepeat says whether the server's contract says that repeating makes sense.
//
// Unavailable and Aborted: nothing was written. A write that was not confirmed: the call carries a request_id, so it is done once however often it arrives.
func mayRepeat(err *Error) bool {
	return err.Code == codes.Unavailable || err.Code == codes.Aborted || err.Reason == "WRITE_OUTCOME_UNKNOWN" || wasCut(err)
}

// wasCut says whether the connection broke under the call: no server said anything, and it was not this side that cancelled.
func wasCut(err *Error) bool {
	return err.Reason == "" && (err.Code == codes.Internal || err.Code == codes.Unknown || err.Code == codes.Canceled)
}

// endsWatch says whether a watch is over for good. After everything else it is taken up again where it was.
//
// heard says whether anything had come on the connection that failed: who was let in there and is not any more has a token that ran out, and may have a new one by now.
func endsWatch(err *Error, heard bool) bool {
	switch err.Code {
	case codes.Unauthenticated:
		return !heard
	case codes.NotFound, codes.PermissionDenied, codes.InvalidArgument, codes.OutOfRange, codes.DataLoss, codes.Unimplemented, codes.FailedPrecondition:
		return true
	default:
		return false
	}
}

// growing makes pauses that grow, with full jitter.
type growing struct{ failures int }

func (g *growing) reset() { g.failures = 0 }

func (g *growing) pause(asked time.Duration) time.Duration {
	longest := min(longestPause, firstPause<<g.failures)
	g.failures = min(g.failures+1, 10)
	return asked + mathrand.N(longest)
}

// sleep waits, or ends with the context.
func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// unary gives every call a deadline, a request_id where it takes one, typed errors, and another try where that is safe.
func unary(timeout time.Duration) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		if _, has := ctx.Deadline(); !has {
			limited, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			ctx = limited
		}
		deadline, _ := ctx.Deadline()
		if message, ok := request.(proto.Message); ok {
			request = withRequestID(message)
		}
		var pauses growing
		for {
			err := invoke(ctx, method, request, reply, conn, options...)
			if err == nil {
				return nil
			}
			failure := errorOf(err)
			if failure.Reason == "" && conn.GetState() == connectivity.Shutdown {
				failure.Code, failure.Message, failure.cause = codes.Canceled, ErrClosed.Error(), ErrClosed
				return failure
			}
			if failure.cause = ctx.Err(); failure.cause != nil {
				return failure
			}
			if failure.Code == codes.DeadlineExceeded {
				// The server's clock was ahead of this context's timer.
				failure.cause = context.DeadlineExceeded
			}
			pause := pauses.pause(failure.RetryDelay)
			if !mayRepeat(failure) || time.Now().Add(pause).After(deadline) {
				return failure
			}
			if sleep(ctx, pause) != nil {
				return failure
			}
		}
	}
}

// withRequestID gives the request an idempotency key of its own, where it takes one and has none: made once, so that all tries are the same command.
func withRequestID(request proto.Message) proto.Message {
	field := request.ProtoReflect().Descriptor().Fields().ByName("request_id")
	if field == nil || request.ProtoReflect().Get(field).String() != "" {
		return request
	}
	own := proto.Clone(request)
	own.ProtoReflect().Set(field, protoreflect.ValueOfString(newRequestID()))
	return own
}

// newRequestID makes a random UUID.
func newRequestID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand ends the program instead
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
