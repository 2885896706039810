package router

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

const (
	// freely is how many messages a watcher is told as they come. After that it hears the newest every few seconds: the server listens to 100,000 of a run, and no
	// more.
	freely    = 20_000
	sparingly = 10 * time.Second
)

var decisionID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Register adds the router to a gRPC server of yours. admit looks at a call and says why it must not be answered; nil: every call is.
func (r *Router) Register(server grpc.ServiceRegistrar, admit func(context.Context) error) {
	if admit == nil {
		admit = func(context.Context) error { return nil }
	}
	attestv1.RegisterRouterServiceServer(server, &service{router: r, admit: admit})
}

// service is RouterService over gRPC: what the router says, in the contract's terms.
type service struct {
	attestv1.UnimplementedRouterServiceServer
	router *Router
	admit  func(context.Context) error
}

func (s *service) DescribeAdapter(ctx context.Context, request *attestv1.DescribeAdapterRequest) (*attestv1.DescribeAdapterResponse, error) {
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	adapter := s.router.adapters[request.GetAdapterId()]
	if adapter == nil {
		return nil, status.Error(codes.NotFound, "this router has no such adapter")
	}
	capabilities := slices.Clone(adapter.capabilities())
	slices.Sort(capabilities)
	described := &attestv1.Adapter{AdapterId: adapter.ID, Capabilities: slices.Compact(capabilities), Description: adapter.Description}
	return &attestv1.DescribeAdapterResponse{Adapter: described}, nil
}

func (s *service) Run(request *attestv1.RunRequest, stream grpc.ServerStreamingServer[attestv1.RunResponse]) error {
	ctx := stream.Context()
	if err := s.admit(ctx); err != nil {
		return err
	}
	mode := request.GetMode()
	if !decisionID.MatchString(request.GetDecisionId()) || (mode != attestv1.Mode_MODE_DRY_RUN && mode != attestv1.Mode_MODE_APPLY) {
		return status.Error(codes.InvalidArgument, "a run needs a decision_id of 32 hexadecimal digits, and a mode")
	}
	deadline, _ := ctx.Deadline()
	active, run, err := s.router.begin(request, deadline)
	if err != nil {
		return s.failure(err)
	}
	if active == nil {
		if err := stream.Send(accepted(run.GetRunId())); err != nil {
			return err
		}
		return stream.Send(finished(run))
	}
	watcher, leave := active.watch()
	defer leave()
	if err := stream.Send(accepted(active.record.runID)); err != nil {
		return err
	}
	told := 0
	for isOver := false; !isOver; {
		select {
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		case <-watcher.bell:
		case <-active.done:
			isOver = true
		}
		taken := active.take(watcher)
		if told >= freely && len(taken) > 0 {
			taken = taken[len(taken)-1:]
			select {
			case <-time.After(sparingly):
			case <-ctx.Done():
			case <-active.done:
			}
		}
		told += len(taken)
		for _, progress := range taken {
			if err := stream.Send(&attestv1.RunResponse{Kind: &attestv1.RunResponse_Progress{Progress: progress}}); err != nil {
				return err
			}
		}
	}
	if active.err != nil {
		return status.Error(codes.Unavailable, "the run's end cannot be put on record: ask what became of it")
	}
	return stream.Send(finished(active.run))
}

func (s *service) GetRun(ctx context.Context, request *attestv1.GetRunRequest) (*attestv1.GetRunResponse, error) {
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	if !decisionID.MatchString(request.GetDecisionId()) {
		return nil, status.Error(codes.InvalidArgument, "a decision_id has 32 hexadecimal digits")
	}
	run, err := s.router.tell(request.GetDecisionId(), request.GetFence())
	if err != nil {
		return nil, s.failure(err)
	}
	if run == nil {
		return nil, status.Error(codes.NotFound, "there is no run of this decision")
	}
	if !request.GetIncludeBundle() {
		run.RunBundle, run.RunBundleMediaType = nil, ""
	}
	return &attestv1.GetRunResponse{Run: run}, nil
}

// failure is the status of an error. Only a refusal may have one that says "never".
func (s *service) failure(err error) error {
	var refusal *refusal
	switch {
	case errors.As(err, &refusal):
		// A status travels in headers, whose room is small.
		return status.Error(codes.FailedPrecondition, cut(refusal.reason, 1024))
	case errors.Is(err, errClosing):
		return status.Error(codes.Unavailable, err.Error())
	default:
		s.router.logger.Error("the run log cannot be read or written", "error", err)
		return status.Error(codes.Unavailable, "the router's record cannot be read or written")
	}
}

func accepted(runID string) *attestv1.RunResponse {
	return &attestv1.RunResponse{Kind: &attestv1.RunResponse_Accepted{Accepted: &attestv1.RunAccepted{RunId: runID}}}
}

func finished(run *attestv1.Run) *attestv1.RunResponse {
	return &attestv1.RunResponse{Kind: &attestv1.RunResponse_Finished{Finished: &attestv1.RunFinished{Run: run}}}
}
