package router

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

func carryOutNothing(context.Context, *Step) (any, error) { return nil, nil }

func TestItDoesNotListenWhereEverybodyCouldHaveThingsRun(t *testing.T) {
	r := &Router{logger: slog.New(slog.DiscardHandler)}
	for _, each := range []struct {
		options ServeOptions
		message string
	}{
		{ServeOptions{Listen: "0.0.0.0:0", TokenFile: "t"}, "in the clear"},
		{ServeOptions{Listen: ":7400", TokenFile: "t"}, "in the clear"},
		{ServeOptions{Listen: "0.0.0.0:0", Plaintext: true}, "whoever reaches it"},
		{ServeOptions{Listen: "router.example.com:0"}, "in the clear"},
		{ServeOptions{Listen: "7400"}, "wants host:port"},
		{ServeOptions{Listen: "127.0.0.1:0", CertFile: "c"}, "belong together"},
		{ServeOptions{Listen: "127.0.0.1:0", ClientCAFile: "c"}, "needs CertFile"},
		{ServeOptions{Listen: "127.0.0.1:0", ClientNames: []string{"a"}}, "needs ClientCAFile"},
	} {
		if err := r.judgeListening(each.options); err == nil || !strings.Contains(err.Error(), each.message) {
			t.Errorf("%+v: %v", each.options, err)
		}
	}
	for _, options := range []ServeOptions{{Listen: "127.0.0.1:0"}, {Listen: "[::1]:0"}, {Listen: "0.0.0.0:0", Plaintext: true, Unauthenticated: true}} {
		if err := r.judgeListening(options); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatARouterCannotBeIsSaidAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs")
	good := Adapter{ID: "kit", CarryOut: carryOutNothing}
	for message, options := range map[string]Options{
		"needs an adapter": {RunLog: file},
		"an id has":        {RunLog: file, Adapters: []Adapter{{ID: "not an id", CarryOut: carryOutNothing}}},
		"no function":      {RunLog: file, Adapters: []Adapter{{ID: "kit"}}},
		"capability":       {RunLog: file, Adapters: []Adapter{{ID: "kit", CarryOut: carryOutNothing, Capabilities: []string{"Not A Name"}}}},
		"there twice":      {RunLog: file, Adapters: []Adapter{good, good}},
		"limits":           {RunLog: file, Adapters: []Adapter{good}, MaxBundleBytes: 64 << 20},
		"cannot be opened": {RunLog: filepath.Join(file, "runs"), Adapters: []Adapter{good}},
	} {
		if _, err := New(options); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v", message, err)
		}
	}
}
