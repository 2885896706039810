package router

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const decision = "dddddddddddddddddddddddddddddddd"

func openedLog(t *testing.T, name string) *runLog {
	t.Helper()
	log, err := openRunLog(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.close() })
	return log
}

func written(t *testing.T, log *runLog, entries ...entry) {
	t.Helper()
	for _, each := range entries {
		if err := log.append(&each); err != nil {
			t.Fatal(err)
		}
	}
}

var wholeRun = []entry{
	{Kind: kindAccepted, DecisionID: decision, RunID: "run-1", Request: `{"goal":"<ü>"}`, At: 7},
	{Kind: kindBegun, DecisionID: decision},
	{Kind: kindStep, DecisionID: decision, Step: []byte(`{"outcome":"SUCCEEDED"}`)},
	{Kind: kindEnded, DecisionID: decision, Run: []byte("the run")},
	{Kind: kindRefused, DecisionID: "f", Reason: "no"},
}

func TestALogCutAnywhereKnowsWhatWasWholeAndGoesOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs")
	log := openedLog(t, name)
	ends := []int64{log.end}
	for _, each := range wholeRun {
		written(t, log, each)
		ends = append(ends, log.end)
	}
	log.close()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(content) + 1 {
		for _, tail := range []string{"", strings.Repeat("\x00", 9), "\x00\n", "\x00" + strings.Repeat("x", 2000) + "\n"} {
			if tail != "" && (int64(cut) < ends[0] || cut%7 > 0) {
				continue
			}
			at := filepath.Join(t.TempDir(), "runs")
			if err := os.WriteFile(at, append(bytes.Clone(content[:cut]), tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			again := openedLog(t, at)
			whole := 0
			for _, end := range ends[1:] {
				if end <= int64(cut) {
					whole++
				}
			}
			found, err := again.find(decision)
			if err != nil || (found != nil) != (whole >= 1) || found != nil && (found.open == nil) != (whole >= 4) {
				t.Fatalf("cut at %d, %q: %+v %v", cut, tail, found, err)
			}
			if whole == 3 && len(found.open.steps) != 1 || whole == 2 && !found.open.underWay {
				t.Fatalf("cut at %d: %+v", cut, found.open)
			}
			written(t, again, wholeRun[whole:]...)
			if found, _ = again.find(decision); found.open != nil {
				t.Fatalf("cut at %d: it did not go on", cut)
			}
			if run, err := again.endOf(found); err != nil || string(run) != "the run" {
				t.Fatalf("cut at %d: %q %v", cut, run, err)
			}
			again.close()
			third := openedLog(t, at)
			if found, _ := third.find("f"); found == nil || found.reason != "no" {
				t.Fatalf("cut at %d: what was written behind it cannot be read", cut)
			}
			third.close()
		}
	}
}

func TestADamagedLogOrNoneIsRefusedAndLeftAsItIs(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs")
	log := openedLog(t, name)
	written(t, log, wholeRun...)
	log.close()
	content, _ := os.ReadFile(name)
	changed := map[string][]byte{
		"text":              []byte("the list of people who may not be forgotten"),
		"a line":            []byte("a line\n"),
		"a byte at the end": append(bytes.Clone(content[:len(content)-3]), 'X', '}', '\n'),
		"a line twice":      append(bytes.Clone(content), content[strings.LastIndex(string(content[:len(content)-1]), "\n")+1:]...),
		"a newer version":   []byte("3f7a2f1e {\"kind\":\"log\",\"version\":2}\n"),
	}
	newer, _ := writeLine(&entry{Kind: kindLog, Version: 2})
	changed["a newer version"] = newer
	for at := 0; at < len(content)-200; at += 13 {
		damaged := bytes.Clone(content)
		damaged[at] ^= 1
		changed[fmt.Sprintf("bit of byte %d", at)] = damaged
	}
	for what, given := range changed {
		file := filepath.Join(t.TempDir(), "runs")
		if err := os.WriteFile(file, given, 0o600); err != nil {
			t.Fatal(err)
		}
		opened, err := openRunLog(file)
		if err == nil {
			opened.close()
			t.Errorf("%s: it was opened", what)
		}
		if left, _ := os.ReadFile(file); !bytes.Equal(left, given) {
			t.Errorf("%s: the file was changed", what)
		}
	}
}

func TestALogThatCannotBeWrittenAnswersNothingAnyMore(t *testing.T) {
	log := openedLog(t, filepath.Join(t.TempDir(), "runs"))
	written(t, log, wholeRun[0])
	log.file.Close()
	if err := log.append(&wholeRun[1]); err == nil {
		t.Fatal("it was written")
	}
	if _, err := log.find(decision); err == nil || !strings.Contains(err.Error(), "start the router anew") {
		t.Fatal(err)
	}
}

func TestALogIsForOneRouterAndItsOwnerOnly(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs")
	openedLog(t, name)
	if found, err := os.Stat(name); err != nil || found.Mode().Perm() != 0o600 {
		t.Fatal(found.Mode(), err)
	}
	if _, err := openRunLog(name); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Fatal(err)
	}
}

func TestARunWithoutAnEndEndsAsFarAsTheRecordSaysAndNotFurther(t *testing.T) {
	request := `{"plan":{"steps":[{"stepId":"a"},{"stepId":"b"}]}}`
	done, failed, unknown := []byte(`{"outcome":"SUCCEEDED"}`), []byte(`{"outcome":"FAILED","failure_code":"QUOTA"}`), []byte(`{"outcome":"UNKNOWN","failure_code":"QUOTA"}`)
	for _, each := range []struct {
		underWay, simulated bool
		steps               [][]byte
		state, code         string
	}{
		{false, false, nil, "RUN_STATE_FAILED", "RUN_ABANDONED"},
		{true, false, nil, "RUN_STATE_INTERRUPTED", "ROUTER_INTERRUPTED"},
		{true, true, nil, "RUN_STATE_FAILED", "RUN_ABANDONED"},
		{false, false, [][]byte{done}, "RUN_STATE_FAILED", "RUN_ABANDONED"},
		{true, false, [][]byte{done}, "RUN_STATE_INTERRUPTED", "ROUTER_INTERRUPTED"},
		{false, false, [][]byte{failed}, "RUN_STATE_FAILED", "QUOTA"},
		{false, false, [][]byte{unknown}, "RUN_STATE_INTERRUPTED", "QUOTA"},
		{false, false, [][]byte{done, done}, "RUN_STATE_SUCCEEDED", ""},
	} {
		open := &openRun{request: request, simulated: each.simulated, underWay: each.underWay}
		for _, step := range each.steps {
			open.steps = append(open.steps, step)
		}
		state, failure, err := endOfLost(open)
		if err != nil || state.String() != each.state || failure.GetCode() != each.code {
			t.Errorf("%+v: %s %s %v", each, state, failure, err)
		}
	}
}
