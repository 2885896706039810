package attest

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// Error is a call that failed. Programs look at Reason, not at Message: docs/errors.md explains every reason and says what to do.
type Error struct {
	Code codes.Code
	// Reason is a name of the schema's ErrorReason without its prefix, such as GATE_CLOSED; empty if no server said one, for the network failed.
	Reason  string
	Message string
	// Metadata holds facts that a program may want to go on with; docs/errors.md says which come with which reason.
	Metadata map[string]string
	// BlockingReasons say, with GATE_CLOSED, why the decision cannot be executed now.
	BlockingReasons []*attestv1.BlockingReason
	FieldViolations []FieldViolation
	// RetryDelay is how long the server would like to be left alone; 0 if it does not say.
	RetryDelay time.Duration

	cause error
}

// FieldViolation is a field of the request that breaks a constraint.
type FieldViolation struct {
	// Field is its path, such as policy.min_approvals.
	Field       string
	Description string
}

// Error gives reason and message.
func (e *Error) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("%s: %s", e.Reason, e.Message)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap gives what ended the call on this side, if that is known: the error of its context, or ErrClosed.
func (e *Error) Unwrap() error {
	return e.cause
}

// GRPCStatus lets status.Code and status.FromError see the code.
func (e *Error) GRPCStatus() *status.Status {
	return status.New(e.Code, e.Message)
}

// ErrWrongTurn says that a decision came to an end at which what was waited for cannot come any more.
var ErrWrongTurn = errors.New("the decision took another turn")

// ErrClosed ends calls, watches and waits of a client that was closed.
var ErrClosed = errors.New("the client is closed")

// ReasonOf gives the reason of an error of this package, and the empty string for any other.
func ReasonOf(err error) string {
	var found *Error
	if errors.As(err, &found) {
		return found.Reason
	}
	return ""
}

// errorOf reads what the status of a call and its details say.
func errorOf(err error) *Error {
	said := status.Convert(err)
	made := &Error{Code: said.Code(), Message: said.Message()}
	for _, detail := range said.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			made.Reason, made.Metadata = detail.GetReason(), detail.GetMetadata()
		case *attestv1.GateClosed:
			made.BlockingReasons = append(made.BlockingReasons, detail.GetBlockingReasons()...)
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				made.FieldViolations = append(made.FieldViolations, FieldViolation{violation.GetField(), violation.GetDescription()})
			}
		case *errdetails.RetryInfo:
			made.RetryDelay = detail.GetRetryDelay().AsDuration()
		}
	}
	return made
}
