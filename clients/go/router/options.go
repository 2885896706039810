package router

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Options say what a router is made of.
type Options struct {
	// Adapters are what it can carry steps out on, at least one.
	Adapters []Adapter
	// RunLog is the file of its runs: keep it as durably as what the runs change, and give no two routers the same one.
	RunLog string
	// SigningKeyFile holds the Ed25519 key (PKCS#8, PEM, mode 0600) that runs are signed with; empty: they are not.
	SigningKeyFile string
	// MaxOutputBytes bounds the output of a step, as JSON text; 0: 1 MiB.
	MaxOutputBytes int
	// MaxBundleBytes bounds the outputs and the request of a run together; 0: 8 MiB, at most 32 MiB.
	MaxBundleBytes int
	// Logger is told what the router's operator should know; nil: slog.Default().
	Logger *slog.Logger
}

const (
	mib           = 1 << 20
	largestBundle = 32 * mib
	// cancelGrace is how long cancelled steps get to end what they have started.
	cancelGrace = 15 * time.Second
)

// New opens a router. Runs that an earlier process left without an end are settled here.
func New(options Options) (*Router, error) {
	r := &Router{
		adapters:       map[string]*Adapter{},
		active:         map[string]*activeRun{},
		maxOutputBytes: orDefault(options.MaxOutputBytes, mib),
		maxBundleBytes: orDefault(options.MaxBundleBytes, 8*mib),
		logger:         options.Logger,
	}
	if r.logger == nil {
		r.logger = slog.Default()
	}
	// The server reads 64 MiB, and text in JSON may grow when it is written as JSON once more.
	if r.maxOutputBytes < 1 || r.maxOutputBytes > r.maxBundleBytes || r.maxBundleBytes > largestBundle {
		return nil, fmt.Errorf("limits: got %d and %d, wants 0 < MaxOutputBytes <= MaxBundleBytes <= %d", r.maxOutputBytes, r.maxBundleBytes, largestBundle)
	}
	if len(options.Adapters) == 0 {
		return nil, errors.New("a router needs an adapter")
	}
	for _, adapter := range options.Adapters {
		if err := adapter.problem(); err != nil {
			return nil, err
		}
		if r.adapters[adapter.ID] != nil {
			return nil, fmt.Errorf("adapter %s is there twice", adapter.ID)
		}
		r.adapters[adapter.ID] = &adapter
	}
	var err error
	if options.SigningKeyFile != "" {
		if r.signer, err = newSigner(options.SigningKeyFile); err != nil {
			return nil, err
		}
	}
	if r.log, err = openRunLog(options.RunLog); err != nil {
		return nil, err
	}
	if r.log.isNew {
		r.logger.Warn("a new run log was begun: what was run before now is not known here", "file", options.RunLog)
	}
	if r.log.dropped > 0 {
		r.logger.Warn("the end of the run log was a write that was cut short, and has been taken off", "file", options.RunLog, "bytes", r.log.dropped)
	}
	for _, id := range r.log.openRuns() {
		if _, err := r.find(id); err != nil {
			return nil, errors.Join(err, r.log.close())
		}
	}
	return r, nil
}

func orDefault(given, otherwise int) int {
	if given == 0 {
		return otherwise
	}
	return given
}
