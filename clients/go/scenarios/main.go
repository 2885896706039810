// Command scenarios runs the scenarios of clients/scenarios.md through the Go client. It is run by clients/harness/run.ts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	attest "github.com/nexus-attest/nexus-attest/clients/go"
	v1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

var (
	address = os.Getenv("NEXUS_ATTEST_ADDRESS")
	proxy   = os.Getenv("NEXUS_ATTEST_PROXY")
	control = os.Getenv("NEXUS_ATTEST_CONTROL")
	secure  = os.Getenv("NEXUS_ATTEST_SECURE")
)

type scenario struct {
	number int
	what   string
	run    func(context.Context)
}

// failure is what a check that does not hold throws; each scenario catches its own.
type failure string

func check(holds bool, found ...any) {
	if !holds {
		_, file, line, _ := runtime.Caller(1)
		panic(failure(fmt.Sprintf("%s:%d: %s", file, line, fmt.Sprintln(found...))))
	}
}

func must[Value any](value Value, err error) Value {
	if err != nil {
		_, file, line, _ := runtime.Caller(1)
		panic(failure(fmt.Sprintf("%s:%d: %v", file, line, err)))
	}
	return value
}

func refused(err error, reason string, code codes.Code) *attest.Error {
	var found *attest.Error
	if !errors.As(err, &found) || found.Reason != reason || found.Code != code {
		_, file, line, _ := runtime.Caller(1)
		panic(failure(fmt.Sprintf("%s:%d: %s was to come, not %v", file, line, reason, err)))
	}
	return found
}

func as(name string) *attest.Client { return at(address, name) }

func at(where, name string) *attest.Client {
	return must(attest.Connect(where, attest.Options{DevelopmentActor: "human:" + name}))
}

func told(what string) string {
	answer := must(http.Get(control + "/" + what))
	defer answer.Body.Close()
	body := string(must(io.ReadAll(answer.Body)))
	check(answer.StatusCode == http.StatusOK, body)
	return body
}

func plan(methods ...string) *v1.Plan {
	made := &v1.Plan{}
	for i, method := range methods {
		call := &v1.PlanCall{Tool: "tool", Method: method, ArgumentsJson: "{}"}
		made.Steps = append(made.Steps, &v1.PlanStep{StepId: fmt.Sprintf("step-%d", i), Call: call})
	}
	return made
}

func policy(approvals uint32) *v1.CreateDecisionRequest_Policy {
	return &v1.CreateDecisionRequest_Policy{Policy: &v1.Policy{MinApprovals: approvals, AllowedModes: []v1.Mode{v1.Mode_MODE_APPLY}}}
}

func request(change ...func(*v1.CreateDecisionRequest)) *v1.CreateDecisionRequest {
	made := &v1.CreateDecisionRequest{
		Goal: "raise the limit", Mode: v1.Mode_MODE_APPLY, AdapterId: "tool", Plan: plan("write"), PolicySource: policy(2),
	}
	for _, each := range change {
		each(made)
	}
	return made
}

func create(ctx context.Context, you *attest.Client, change ...func(*v1.CreateDecisionRequest)) string {
	return must(you.Decisions.CreateDecision(ctx, request(change...))).GetDecision().GetDecisionId()
}

func approve(ctx context.Context, id string, names ...string) {
	for _, name := range names {
		approver := as(name)
		must(approver.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: id}))
		approver.Close()
	}
}

func labelled(value string) func(*v1.CreateDecisionRequest) {
	return func(r *v1.CreateDecisionRequest) { r.Labels = []*v1.Label{{Key: "scenario", Value: value}} }
}

func oneApproval(methods ...string) func(*v1.CreateDecisionRequest) {
	return func(r *v1.CreateDecisionRequest) { r.PolicySource, r.Plan = policy(1), plan(methods...) }
}

// follow collects the messages of a watch; the returned function waits for its end.
func follow(ctx context.Context, watcher *attest.Client, id string) func() []*v1.WatchDecisionResponse {
	var messages []*v1.WatchDecisionResponse
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		for message, err := range watcher.Watch(ctx, id, 0) {
			if err != nil {
				failed = err
				return
			}
			messages = append(messages, message)
		}
	}()
	return func() []*v1.WatchDecisionResponse {
		<-done
		check(failed == nil, failed)
		return messages
	}
}

func seqs(messages []*v1.WatchDecisionResponse) []uint32 {
	var found []uint32
	for _, message := range messages {
		if event := message.GetEvent(); event != nil {
			found = append(found, event.GetEvent().GetSeq())
		}
	}
	return found
}

func isRow(found []uint32, from, count uint32) bool {
	for i, seq := range found {
		if seq != from+uint32(i) {
			return false
		}
	}
	return uint32(len(found)) == count
}

func listed(ctx context.Context, you *attest.Client, value string, pageSize int32, token string) []string {
	var ids []string
	ask := &v1.ListDecisionsRequest{
		Filter: &v1.DecisionFilter{Labels: []*v1.Label{{Key: "scenario", Value: value}}}, PageSize: pageSize, ConsistencyToken: token,
	}
	for {
		page := must(you.Decisions.ListDecisions(ctx, ask))
		for _, each := range page.GetDecisions() {
			ids = append(ids, each.GetDecisionId())
		}
		if ask.PageToken = page.GetNextPageToken(); ask.PageToken == "" {
			return ids
		}
	}
}

func credential(name string) string {
	return filepath.Join(os.Getenv("NEXUS_ATTEST_CREDENTIALS"), name)
}

// proven connects to the server that wants proof.
func proven(options attest.Options) *attest.Client {
	if options.CAFile == "" {
		options.CAFile = credential("ca.pem")
	}
	return must(attest.Connect(secure, options))
}

func service() *attest.Client {
	return proven(attest.Options{TokenFile: credential("pipeline.token")})
}

// counted is a token that says how often it was asked for: once for each try of a call.
func counted(give func() string) (token func() (string, error), asked *atomic.Int32) {
	asked = new(atomic.Int32)
	return func() (string, error) { asked.Add(1); return give(), nil }, asked
}

func tokenIn(name string) func() string {
	return func() string { return strings.TrimSpace(string(must(os.ReadFile(credential(name + ".token"))))) }
}

// issued gives tokens of the issuer, for ben, who approves.
func issued(seconds int) func() string {
	return func() string { return told(fmt.Sprintf("token?seconds=%d", seconds)) }
}

func always(token string) func() (string, error) {
	return func() (string, error) { return token, nil }
}

func until(what string, holds func() bool) {
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
		check(time.Now().Before(end), what)
	}
}

// rejected rejects a decision, which ends what follows it, and holds what came against what there is.
func rejected(ctx context.Context, id string, by *attest.Client, following func() []*v1.WatchDecisionResponse) {
	last := must(by.Decisions.RejectDecision(ctx, &v1.RejectDecisionRequest{DecisionId: id, Reason: "enough"})).GetEvent().GetEvent().GetSeq()
	messages := following()
	check(isRow(seqs(messages), 0, last+1), seqs(messages))
	caughtUp := 0
	for _, message := range messages {
		if message.GetCaughtUp() != nil {
			caughtUp++
		}
	}
	check(caughtUp == 1, caughtUp)
}

// ends gives the error with which a watch ends.
func ends(ctx context.Context, watcher *attest.Client, id string) (last error) {
	for _, err := range watcher.Watch(ctx, id, 0) {
		last = err
	}
	return last
}

// driven watches a decision from its beginning to its end, with trouble in the middle.
func driven(ctx context.Context, trouble func()) {
	you, watcher := as("you"), as("you")
	defer you.Close()
	defer watcher.Close()
	id := create(ctx, you)
	following := follow(ctx, watcher, id)
	approve(ctx, id, "ann")
	trouble()
	approve(ctx, id, "ben")
	done := must(you.ExecuteAndWait(ctx, id, ""))
	messages := following()
	check(isRow(seqs(messages), 0, done.GetHeadSeq()+1), seqs(messages))
	caughtUp, last := 0, v1.DecisionState_DECISION_STATE_UNSPECIFIED
	for _, message := range messages {
		if message.GetCaughtUp() != nil {
			caughtUp++
		}
		if update := message.GetLifecycle(); update != nil {
			last = update.GetLifecycle().GetState()
		}
	}
	check(caughtUp == 1 && last == v1.DecisionState_DECISION_STATE_COMPLETED, caughtUp, last)
}

const text = "héllo wörld 🛒🏳️‍🌈 שלום é e\u0301 \u200d 中文"

var scenarios = []scenario{
	{1, "a decision goes the whole way, and its package verifies", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		id := create(ctx, you)
		approve(ctx, id, "ann", "ben")
		done := must(you.ExecuteAndWait(ctx, id, ""))
		check(done.GetLifecycle().GetState() == v1.DecisionState_DECISION_STATE_COMPLETED, done)
		made := must(you.Audit.ExportAuditPackage(ctx, &v1.ExportAuditPackageRequest{DecisionId: id, Mode: v1.PackageMode_PACKAGE_MODE_EMBEDDED}))
		report := must(you.Audit.VerifyAuditPackage(ctx, &v1.VerifyAuditPackageRequest{PackageJson: made.GetPackageJson()})).GetReport()
		check(report.GetVerdict() == v1.Verdict_VERDICT_CONSISTENT || report.GetVerdict() == v1.Verdict_VERDICT_AUTHENTIC, report)
		check(report.GetBindingDigest() == made.GetBindingDigest(), report)
	}},
	{2, "a request_id does a thing once, and nothing else", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		named := func(r *v1.CreateDecisionRequest) { r.RequestId = "go-scenario-2" }
		first := create(ctx, you, named)
		check(create(ctx, you, named) == first)
		_, err := you.Decisions.CreateDecision(ctx, request(named, func(r *v1.CreateDecisionRequest) { r.Goal = "another" }))
		refused(err, "REQUEST_ID_REUSED", codes.AlreadyExists)
	}},
	{3, "a closed gate says why, in types", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		id := create(ctx, you)
		approve(ctx, id, "ann")
		_, err := you.Decisions.ExecuteDecision(ctx, &v1.ExecuteDecisionRequest{DecisionId: id})
		reasons := refused(err, "GATE_CLOSED", codes.FailedPrecondition).BlockingReasons
		check(len(reasons) == 1 && reasons[0].GetCode() == v1.BlockingCode_BLOCKING_CODE_MISSING_APPROVALS, reasons)
		missing := reasons[0].GetMissingApprovals()
		check(missing.GetRequired() == 2 && missing.GetHave() == 1 && missing.GetMissing() == 1, missing)
	}},
	{4, "a field that breaks a constraint is named", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		_, err := you.Decisions.CreateDecision(ctx, request(func(r *v1.CreateDecisionRequest) { r.PolicySource = policy(0) }))
		violations := refused(err, "INVALID_REQUEST", codes.InvalidArgument).FieldViolations
		check(len(violations) == 1 && violations[0].Field == "policy.min_approvals", violations)
	}},
	{5, "the requester cannot approve", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		_, err := you.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: create(ctx, you)})
		refused(err, "SELF_APPROVAL", codes.PermissionDenied)
	}},
	{6, "a decision that there is not is not found, nor watched", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		nowhere := strings.Repeat("0", 32)
		_, err := you.Decisions.GetDecision(ctx, &v1.GetDecisionRequest{DecisionId: nowhere})
		refused(err, "DECISION_NOT_FOUND", codes.NotFound)
		count := 0
		for message, err := range you.Watch(ctx, nowhere, 0) {
			count++
			check(message == nil)
			refused(err, "DECISION_NOT_FOUND", codes.NotFound)
		}
		check(count == 1, count)
	}},
	{7, "a deadline ends the call, not the run", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		id := create(ctx, you, oneApproval("slow", "slow"))
		approve(ctx, id, "ann")
		began := time.Now()
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		_, err := you.Decisions.ExecuteDecision(short, &v1.ExecuteDecisionRequest{DecisionId: id, Wait: durationpb.New(30 * time.Second)})
		var found *attest.Error
		check(errors.As(err, &found) && found.Code == codes.DeadlineExceeded, err)
		check(time.Since(began) < 2*time.Second, time.Since(began))
		check(must(you.WaitUntilTerminal(ctx, id)).GetState() == v1.DecisionState_DECISION_STATE_COMPLETED)
	}},
	{8, "cancelling ends a watch and a call within a second", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		id := create(ctx, you, oneApproval("slow", "slow", "slow"))
		approve(ctx, id, "ann")
		short, cancel := context.WithCancel(ctx)
		ended := make(chan error, 2)
		go func() {
			for _, err := range you.Watch(short, id, 0) {
				if err != nil {
					ended <- err
				}
			}
		}()
		go func() {
			_, err := you.Decisions.ExecuteDecision(short, &v1.ExecuteDecisionRequest{DecisionId: id, Wait: durationpb.New(30 * time.Second)})
			ended <- err
		}()
		time.Sleep(300 * time.Millisecond)
		began := time.Now()
		cancel()
		for range 2 {
			err := <-ended
			var found *attest.Error
			check(errors.Is(err, context.Canceled) || (errors.As(err, &found) && found.Code == codes.Canceled), err)
		}
		check(time.Since(began) < time.Second, time.Since(began))
		must(you.WaitUntilTerminal(ctx, id))
		leaving := as("you")
		endless := create(ctx, leaving)
		go func() {
			for _, err := range leaving.Watch(ctx, endless, 0) {
				if err != nil {
					ended <- err
				}
			}
		}()
		time.Sleep(300 * time.Millisecond)
		leaving.Close()
		err := <-ended
		check(errors.Is(err, attest.ErrClosed), err)
	}},
	{9, "a watch tells a decision from its beginning to its end, and ends", func(ctx context.Context) { driven(ctx, func() {}) }},
	{10, "a watch goes on through a restart of the server", func(ctx context.Context) {
		driven(ctx, func() {
			time.Sleep(300 * time.Millisecond)
			told("stop")
			time.Sleep(500 * time.Millisecond)
			told("start")
		})
	}},
	{11, "a watch goes on after the server was killed", func(ctx context.Context) {
		driven(ctx, func() {
			time.Sleep(300 * time.Millisecond)
			told("kill")
			time.Sleep(500 * time.Millisecond)
			told("start")
		})
	}},
	{12, "a watch through a proxy that cuts connections has no gap and no repeat", func(ctx context.Context) {
		you, ann, watcher := as("you"), as("ann"), at(proxy, "you")
		defer you.Close()
		defer ann.Close()
		defer watcher.Close()
		id := create(ctx, you)
		following := follow(ctx, watcher, id)
		told("cut-on?every=80")
		for i := 0; i < 600 || must(strconv.Atoi(told("cuts"))) < 50; i++ {
			must(ann.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: id}))
			must(ann.Decisions.RevokeApproval(ctx, &v1.RevokeApprovalRequest{DecisionId: id, Reason: "again"}))
		}
		told("cut-off")
		must(ann.Decisions.RejectDecision(ctx, &v1.RejectDecisionRequest{DecisionId: id, Reason: "enough"}))
		messages := following()
		head := must(you.Decisions.GetDecision(ctx, &v1.GetDecisionRequest{DecisionId: id})).GetDecision().GetHeadSeq()
		check(head > 1_000 && isRow(seqs(messages), 0, head+1), head, len(seqs(messages)))
	}},
	{13, "ten thousand events are watched without a gap", func(ctx context.Context) {
		const each, decisions = 625, 8
		you, watcher := as("you"), as("you")
		defer you.Close()
		defer watcher.Close()
		found := map[string][]uint32{}
		for range decisions {
			found[create(ctx, you, labelled("go-13"))] = nil
		}
		watching := make(chan error, 1)
		begun := make(chan struct{})
		go func() {
			open := decisions
			filter := &v1.DecisionFilter{Labels: []*v1.Label{{Key: "scenario", Value: "go-13"}}}
			for message, err := range watcher.WatchAll(ctx, filter, "") {
				if err != nil {
					watching <- err
					return
				}
				if message.GetCaughtUp() != nil {
					close(begun)
				}
				event := message.GetChange().GetEvent().GetEvent()
				if event == nil {
					continue
				}
				found[event.GetDecisionId()] = append(found[event.GetDecisionId()], event.GetSeq())
				if event.GetDecisionRejected() != nil {
					if open--; open == 0 {
						break
					}
				}
			}
			watching <- nil
		}()
		<-begun
		var driving sync.WaitGroup
		ids := listed(ctx, you, "go-13", 0, "")
		check(len(ids) == decisions, ids)
		for i, id := range ids {
			driving.Add(1)
			go func() {
				defer driving.Done()
				ann := as(fmt.Sprintf("ann-%d", i))
				defer ann.Close()
				for range each {
					must(ann.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: id}))
					must(ann.Decisions.RevokeApproval(ctx, &v1.RevokeApprovalRequest{DecisionId: id}))
				}
				must(ann.Decisions.RejectDecision(ctx, &v1.RejectDecisionRequest{DecisionId: id, Reason: "enough"}))
			}()
		}
		driving.Wait()
		err := <-watching
		check(err == nil, err)
		for id, seqs := range found {
			// The first two are there before the watch is, which begins with decisions as they stand.
			check(isRow(seqs, 2, 2*each+1), id, len(seqs))
		}
	}},
	{14, "waiting until a decision can be executed ends with the last approval, or in vain", func(ctx context.Context) {
		you, ann := as("you"), as("ann")
		defer you.Close()
		defer ann.Close()
		id := create(ctx, you)
		waited := make(chan error, 1)
		wait := func(id string) {
			_, err := you.WaitUntilExecutable(ctx, id)
			waited <- err
		}
		go wait(id)
		approve(ctx, id, "ann")
		select {
		case err := <-waited:
			check(false, err)
		case <-time.After(200 * time.Millisecond):
		}
		approve(ctx, id, "ben")
		err := <-waited
		check(err == nil, err)
		other := create(ctx, you)
		go wait(other)
		time.Sleep(200 * time.Millisecond)
		must(ann.Decisions.RejectDecision(ctx, &v1.RejectDecisionRequest{DecisionId: other, Reason: "no"}))
		check(errors.Is(<-waited, attest.ErrWrongTurn))
	}},
	{15, "a call made while the server is down is done once it is up, and once only", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		create(ctx, you)
		told("stop")
		made := make(chan string, 1)
		go func() { made <- create(ctx, you, labelled("go-15")) }()
		time.Sleep(time.Second)
		told("start")
		id := <-made
		check(slices.Equal(listed(ctx, you, "go-15", 0, ""), []string{id}))
	}},
	{16, "any text comes back as it was", func(ctx context.Context) {
		you, ann := as("you"), as("ann")
		defer you.Close()
		defer ann.Close()
		id := create(ctx, you, func(r *v1.CreateDecisionRequest) { r.Goal = text })
		must(ann.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: id, Comment: text}))
		found := must(you.Decisions.GetDecision(ctx, &v1.GetDecisionRequest{DecisionId: id})).GetDecision()
		check(found.GetGoal() == text && found.GetApprovals()[0].GetComment() == text, found)
	}},
	{17, "a plan of 1,000 steps is taken, one of 1,001 is a clear error", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		steps := func(count int) func(*v1.CreateDecisionRequest) {
			return func(r *v1.CreateDecisionRequest) { r.Plan = plan(slices.Repeat([]string{"write"}, count)...) }
		}
		id := create(ctx, you, steps(1_000))
		check(len(must(you.Decisions.GetDecision(ctx, &v1.GetDecisionRequest{DecisionId: id})).GetDecision().GetPlan().GetSteps()) == 1_000)
		_, err := you.Decisions.CreateDecision(ctx, request(steps(1_001)))
		violations := refused(err, "INVALID_REQUEST", codes.InvalidArgument).FieldViolations
		check(len(violations) == 1 && violations[0].Field == "plan.steps", violations)
	}},
	{18, "wrong credentials are refused at once, and so are connections that would be unsafe", func(ctx context.Context) {
		for _, actor := range []string{"", "nobody", "human:"} {
			nobody := must(attest.Connect(address, attest.Options{DevelopmentActor: actor}))
			began := time.Now()
			_, err := nobody.Decisions.CreateDecision(ctx, request())
			refused(err, "UNAUTHENTICATED", codes.Unauthenticated)
			for _, err := range nobody.Watch(ctx, strings.Repeat("0", 32), 0) {
				refused(err, "UNAUTHENTICATED", codes.Unauthenticated)
			}
			check(time.Since(began) < 2*time.Second)
			nobody.Close()
		}
		_, clear := attest.Connect("http://attest.example:7350", attest.Options{DevelopmentActor: "human:you"})
		_, two := attest.Connect(address, attest.Options{DevelopmentActor: "human:you", TokenFile: "token"})
		_, bare := attest.Connect("attest.example:7350", attest.Options{})
		check(clear != nil && two != nil && bare != nil, clear, two, bare)
	}},
	{19, "a list reads what was just written, page by page", func(ctx context.Context) {
		you := as("you")
		defer you.Close()
		var ids []string
		token := ""
		for range 5 {
			made := must(you.Decisions.CreateDecision(ctx, request(labelled("go-19"))))
			ids = append(ids, made.GetDecision().GetDecisionId())
			token = made.GetConsistencyToken()
		}
		slices.Reverse(ids)
		check(slices.Equal(listed(ctx, you, "go-19", 2, token), ids))
	}},
	{20, "a run tells how far it is", func(ctx context.Context) {
		you, watcher := as("you"), as("you")
		defer you.Close()
		defer watcher.Close()
		id := create(ctx, you, oneApproval("slow", "slow"))
		approve(ctx, id, "ann")
		following := follow(ctx, watcher, id)
		must(you.ExecuteAndWait(ctx, id, ""))
		var steps []uint32
		for _, message := range following() {
			if progress := message.GetRunProgress(); progress != nil {
				steps = append(steps, progress.GetStepsExecuted())
			}
		}
		check(len(steps) > 0 && slices.IsSorted(steps), steps)
	}},
	{21, "calls whose answers are lost are done once", func(ctx context.Context) {
		you, cut := as("you"), at(proxy, "you")
		defer you.Close()
		defer cut.Close()
		told("cut-on?every=80")
		var made []string
		for len(made) < 100 || must(strconv.Atoi(told("cuts"))) < 50 {
			made = append(made, create(ctx, cut, labelled("go-21")))
		}
		told("cut-off")
		token := must(you.Decisions.CreateDecision(ctx, request())).GetConsistencyToken()
		found := listed(ctx, you, "go-21", 200, token)
		slices.Sort(found)
		slices.Sort(made)
		check(slices.Equal(found, made), len(found), len(made))
	}},
	{23, "over TLS a server is known by its authority, and by no other", func(ctx context.Context) {
		you := service()
		defer you.Close()
		create(ctx, you)
		for _, ca := range []string{credential("other-ca.pem"), ""} {
			deceived := must(attest.Connect(secure, attest.Options{TokenFile: credential("pipeline.token"), CAFile: ca}))
			began := time.Now()
			short, cancel := context.WithTimeout(ctx, 2*time.Second)
			_, err := deceived.Decisions.CreateDecision(short, request())
			cancel()
			check(strings.Contains(refused(err, "", codes.Unavailable).Message, "certificate"), err)
			check(time.Since(began) < 3*time.Second)
			deceived.Close()
		}
	}},
	{24, "a token says who calls; one that is unknown or has expired is refused, and not tried again", func(ctx context.Context) {
		you := service()
		defer you.Close()
		made := must(you.Decisions.CreateDecision(ctx, request())).GetDecision()
		check(made.GetRequester().GetId() == "pipeline", made.GetRequester())
		for _, name := range []string{"unknown", "expired"} {
			token, asked := counted(tokenIn(name))
			nobody := proven(attest.Options{Token: token})
			_, err := nobody.Decisions.CreateDecision(ctx, request())
			refused(err, "UNAUTHENTICATED", codes.Unauthenticated)
			refused(ends(ctx, nobody, made.GetDecisionId()), "UNAUTHENTICATED", codes.Unauthenticated)
			check(asked.Load() == 2, asked.Load())
			nobody.Close()
		}
	}},
	{25, "a client certificate says who calls; one of another authority, and none, are refused", func(ctx context.Context) {
		you, ann := service(), proven(attest.Options{CertFile: credential("ann.pem"), KeyFile: credential("ann.key")})
		defer you.Close()
		defer ann.Close()
		granted := must(ann.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: create(ctx, you)}))
		check(granted.GetEvent().GetEvent().GetActor().GetId() == "ann@example.com", granted)
		for _, options := range []attest.Options{{CertFile: credential("stranger.pem"), KeyFile: credential("stranger.key")}, {}} {
			nobody := proven(options)
			began := time.Now()
			_, err := nobody.Decisions.CreateDecision(ctx, request())
			refused(err, "UNAUTHENTICATED", codes.Unauthenticated)
			check(time.Since(began) < 2*time.Second)
			nobody.Close()
		}
	}},
	{26, "what the roles do not allow is denied in types, and not tried again", func(ctx context.Context) {
		token, asked := counted(tokenIn("pipeline"))
		you, ben := proven(attest.Options{Token: token}), proven(attest.Options{Token: always(issued(60)())})
		defer you.Close()
		defer ben.Close()
		id := create(ctx, you)
		asked.Store(0)
		_, err := you.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: id})
		refused(err, "PERMISSION_DENIED", codes.PermissionDenied)
		check(asked.Load() == 1, asked.Load())
		_, err = ben.Decisions.CreateDecision(ctx, request())
		refused(err, "PERMISSION_DENIED", codes.PermissionDenied)
	}},
	{27, "a watch goes on with a new token when the old one has run out, and ends if there is none", func(ctx context.Context) {
		token, asked := counted(issued(3))
		you, ben, late := service(), proven(attest.Options{Token: token}), proven(attest.Options{Token: always(issued(3)())})
		defer you.Close()
		defer ben.Close()
		defer late.Close()
		id := create(ctx, you)
		following := follow(ctx, ben, id)
		refused(ends(ctx, late, id), "UNAUTHENTICATED", codes.Unauthenticated)
		until("the watch asks for new tokens", func() bool { return asked.Load() >= 3 })
		rejected(ctx, id, ben, following)
	}},
	{28, "a watch that hears nothing for too long asks anew, without a gap and without a repeat", func(ctx context.Context) {
		token, asked := counted(issued(60))
		you, ben, other := service(), proven(attest.Options{Token: token, Silence: 500 * time.Millisecond}), proven(attest.Options{Token: always(issued(60)())})
		defer you.Close()
		defer ben.Close()
		defer other.Close()
		id := create(ctx, you)
		following := follow(ctx, ben, id)
		until("the watch asks anew", func() bool { return asked.Load() >= 4 })
		rejected(ctx, id, other, following)
	}},
	{29, "a connection that goes silent without being closed is given up, and the watch goes on over another", func(ctx context.Context) {
		you, ann, watcher := as("you"), as("ann"), must(attest.Connect(proxy, attest.Options{DevelopmentActor: "human:you", Silence: 2 * time.Second}))
		defer you.Close()
		defer ann.Close()
		defer watcher.Close()
		id := create(ctx, you)
		begun := make(chan struct{})
		var messages []*v1.WatchDecisionResponse
		var failed error
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for message, err := range watcher.Watch(ctx, id, 0) {
				if failed = err; err != nil {
					return
				}
				messages = append(messages, message)
				if message.GetCaughtUp() != nil {
					close(begun)
				}
			}
		}()
		<-begun
		check(told("mute") != "0")
		rejected(ctx, id, ann, func() []*v1.WatchDecisionResponse {
			<-ended
			check(failed == nil, failed)
			return messages
		})
	}},
	{30, "a watch that is cut before it hears anything new waits longer each time", func(ctx context.Context) {
		you, ann, watcher := as("you"), as("ann"), at(proxy, "you")
		defer you.Close()
		defer ann.Close()
		defer watcher.Close()
		id := create(ctx, you)
		following := follow(ctx, watcher, id)
		told("cut-on?every=50")
		time.Sleep(6 * time.Second)
		cuts := must(strconv.Atoi(told("cuts")))
		told("cut-off")
		check(2 < cuts && cuts < 20, cuts)
		rejected(ctx, id, ann, following)
	}},
	{31, "a watch that is given another log than before ends, and says so", func(ctx context.Context) {
		you, ann := as("you"), as("ann")
		defer you.Close()
		defer ann.Close()
		id := create(ctx, you)
		change := func() {
			must(ann.Decisions.GrantApproval(ctx, &v1.GrantApprovalRequest{DecisionId: id}))
			must(ann.Decisions.RevokeApproval(ctx, &v1.RevokeApprovalRequest{DecisionId: id, Reason: "again"}))
		}
		told("keep")
		change()
		told("swap")
		change()
		begun, ended := make(chan struct{}), make(chan error, 1)
		var messages []*v1.WatchDecisionResponse
		go func() {
			for message, err := range you.Watch(ctx, id, 0) {
				if err != nil {
					ended <- err
					return
				}
				messages = append(messages, message)
				if message.GetCaughtUp() != nil {
					close(begun)
				}
			}
			ended <- nil
		}()
		<-begun
		told("swap")
		change()
		err := <-ended
		var lost *attest.Error
		check(errors.As(err, &lost) && lost.Code == codes.DataLoss, err)
		check(isRow(seqs(messages), 0, 4), seqs(messages))
	}},
	{32, "a connection that takes its time to be made is waited for", func(ctx context.Context) {
		told("slow?ms=3000")
		defer told("slow?ms=0")
		you, far := as("you"), at(proxy, "you")
		defer you.Close()
		defer far.Close()
		id := create(ctx, you)
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		found := must(far.Decisions.GetDecision(limited, &v1.GetDecisionRequest{DecisionId: id}))
		check(found.GetDecision().GetDecisionId() == id)
	}},
}

func main() {
	passed, failed := 0, 0
	for _, each := range scenarios {
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], strconv.Itoa(each.number)) {
			continue
		}
		began := time.Now()
		if problem := tried(each); problem == nil {
			passed++
			fmt.Printf("ok   %2d %s (%.1f s)\n", each.number, each.what, time.Since(began).Seconds())
		} else {
			failed++
			fmt.Printf("FAIL %2d %s: %v\n", each.number, each.what, problem)
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

func tried(each scenario) (problem any) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	defer func() { problem = recover() }()
	each.run(ctx)
	return nil
}
