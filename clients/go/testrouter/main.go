// Command testrouter is a router whose steps do what a test wants, for clients/harness/router.ts: testrouter OPTIONS.json
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nexus-attest/nexus-attest/clients/go/router"
)

type options struct {
	Directory      string `json:"directory"`
	Listen         string `json:"listen"`
	SigningKeyFile string `json:"signing_key_file"`
	Serving        struct {
		CertFile     string   `json:"cert_file"`
		KeyFile      string   `json:"key_file"`
		ClientCAFile string   `json:"client_ca_file"`
		ClientNames  []string `json:"client_names"`
		TokenFile    string   `json:"token_file"`
		Drain        float64  `json:"drain"`
	} `json:"serving"`
}

type arguments struct {
	// Pace is after how many lines there is a pause of a millisecond; 0: never.
	Lines, Bytes, Pace int
	Cancelled          string
}

// kit is what the steps are carried out on.
type kit struct {
	directory string
	mutex     sync.Mutex
}

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var given options
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	k := &kit{directory: given.Directory}
	made, err := router.New(router.Options{
		Adapters: []router.Adapter{
			{ID: "kit", CarryOut: k.carryOut, Check: check, Description: "does what a test wants"},
			{ID: "rehearsed", CarryOut: k.carryOut, DryRun: k.rehearse, Capabilities: []string{"timeout", "apply", "dry_run"}},
			{ID: "apply-only", CarryOut: k.carryOut, Capabilities: []string{"apply"}},
		},
		RunLog:         filepath.Join(given.Directory, "runs"),
		SigningKeyFile: given.SigningKeyFile,
		MaxOutputBytes: 1 << 20,
		MaxBundleBytes: 1 << 21,
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	serving := given.Serving
	return made.Serve(ctx, router.ServeOptions{
		Listen:       given.Listen,
		CertFile:     serving.CertFile,
		KeyFile:      serving.KeyFile,
		ClientCAFile: serving.ClientCAFile,
		ClientNames:  serving.ClientNames,
		TokenFile:    serving.TokenFile,
		Drain:        time.Duration(serving.Drain * float64(time.Second)),
	})
}

func check(step *router.Step) error {
	switch step.Method {
	case "forbidden":
		return errors.New("it is forbidden")
	case "broken-check":
		panic("the secret hunter2")
	}
	return nil
}

func (k *kit) carryOut(ctx context.Context, step *router.Step) (any, error) {
	if err := k.record(step); err != nil {
		return nil, err
	}
	var given arguments
	_ = json.Unmarshal([]byte(step.ArgumentsJSON), &given)
	switch step.Method {
	case "answer":
		return json.RawMessage(step.ArgumentsJSON), nil
	case "nothing":
		return nil, nil
	case "wait":
		return k.wait(ctx, step, given.Cancelled)
	case "chatter":
		for line := range given.Lines {
			step.Progress(fmt.Sprintf("line %d", line))
			if given.Pace > 0 && line%given.Pace == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		return nil, nil
	case "fail":
		return nil, fmt.Errorf("wrapped: %w", &router.Failure{Code: "QUOTA", Message: "no room", Output: map[string]int{"free": 0}})
	case "raise":
		panic("the secret hunter2")
	case "exit":
		runtime.Goexit()
	case "garbage":
		return func() {}, nil
	case "no-number":
		return map[string]float64{"value": math.NaN()}, nil
	case "huge":
		return strings.Repeat("x", given.Bytes), nil
	case "bad-code":
		return nil, &router.Failure{Code: "not a code", Message: "the secret hunter2"}
	}
	return nil, &router.Failure{Code: "NO_SUCH_METHOD", Message: step.Method}
}

func (k *kit) wait(ctx context.Context, step *router.Step, cancelled string) (any, error) {
	step.Progress("waiting")
	for {
		if _, err := os.Stat(filepath.Join(k.directory, "go-"+step.Request.GetDecisionId())); err == nil {
			return map[string]bool{"waited": true}, nil
		}
		if ctx.Err() != nil && cancelled == "tidy" {
			return nil, &router.Failure{Code: "CANCELLED", Message: "stopped and cleaned up", Output: map[string]bool{"cleaned": true}}
		}
		if ctx.Err() != nil && cancelled != "stubborn" {
			return nil, ctx.Err()
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (k *kit) rehearse(_ context.Context, step *router.Step) (any, error) {
	return map[string]string{"would": step.Method}, k.record(step)
}

func (k *kit) record(step *router.Step) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	file, err := os.OpenFile(filepath.Join(k.directory, "calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	mode := map[bool]string{true: "dry", false: "apply"}[step.DryRun]
	_, err = fmt.Fprintf(file, "%s %s %s %s\n", step.Request.GetDecisionId(), step.StepID, step.Method, mode)
	return errors.Join(err, file.Sync())
}
