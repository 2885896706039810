//go:build unix

package router

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

func stepWith(report func(string)) *Step {
	return &Step{Request: &attestv1.RunRequest{DecisionId: decision}, StepID: "one", report: report}
}

func shell(script string, args ...string) Command {
	return Command{Path: "/bin/sh", Args: append([]string{"-c", script}, args...)}
}

func TestACommandGetsItsWordsAndNothingOfTheRoutersEnvironment(t *testing.T) {
	t.Setenv("ROUTER_SECRET", "hunter2")
	lines := make(chan string, 1000)
	command := shell(`printf '%s\n' "$1" "$NEXUS_ATTEST_STEP_ID"; env >&2; ! read -r line`, "sh", "$(id); `id` ünï")
	command.Env = map[string]string{"GIVEN": "yes"}
	output, err := RunCommand(t.Context(), stepWith(func(line string) { lines <- line }), command)
	if err != nil || output.Stdout.Tail != "$(id); `id` ünï\none\n" {
		t.Fatal(output, err)
	}
	if strings.Contains(output.Stderr.Tail, "hunter2") || !strings.Contains(output.Stderr.Tail, "GIVEN=yes") {
		t.Error(output.Stderr.Tail)
	}
	close(lines)
	if told := slices.Collect(func(yield func(string) bool) {
		for line := range lines {
			yield(line)
		}
	}); !slices.Contains(told, "$(id); `id` ünï") {
		t.Error(told)
	}
}

func TestACommandThatWritesWithoutMeasureIsKeptAsFarAsThereIsRoom(t *testing.T) {
	var lines []string
	output, err := RunCommand(t.Context(), stepWith(func(line string) { lines = append(lines, line) }), shell(`head -c 30000000 /dev/zero; printf '\377end'`))
	if err != nil || output.Stdout.Bytes != 30_000_004 || !strings.HasSuffix(output.Stdout.Tail, "\uFFFDend") || len(output.Stdout.Tail) > keptBytes+2 {
		t.Fatal(output.Stdout.Bytes, len(output.Stdout.Tail), err)
	}
	if len(lines) != 1 || len(lines[0]) > 4096 {
		t.Error(len(lines))
	}
}

func TestACommandThatFailsSaysHow(t *testing.T) {
	for _, each := range []struct {
		command       Command
		code, message string
	}{
		{shell("echo why >&2; exit 3"), "STEP_FAILED", "exit code 3"},
		{shell("kill -9 $$"), "STEP_KILLED", "killed"},
		{Command{Path: "/no/such/program"}, "SPAWN_FAILED", "no such file"},
	} {
		_, err := RunCommand(t.Context(), stepWith(nil), each.command)
		var failure *Failure
		if !errors.As(err, &failure) || failure.Code != each.code || !strings.Contains(failure.Message, each.message) {
			t.Errorf("%v: %v", each.command, err)
		}
		if each.code == "STEP_FAILED" && failure.Output.(*CommandOutput).Stderr.Tail != "why\n" {
			t.Error(failure.Output)
		}
	}
}

func TestACommandWhoseTimeIsOverIsEndedWithAllThatItStarted(t *testing.T) {
	for _, script := range []string{"sleep 300 & echo $!; wait", "trap '' TERM; sleep 300 & echo $!; wait; wait"} {
		ctx, cancel := context.WithCancel(t.Context())
		command := shell(script)
		command.Grace = 500 * time.Millisecond
		began := time.Now()
		_, err := RunCommand(ctx, stepWith(func(string) { cancel() }), command)
		var failure *Failure
		if !errors.As(err, &failure) || failure.Code != "CANCELLED" || time.Since(began) > 10*time.Second {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(failure.Output.(*CommandOutput).Stdout.Tail))
		if err != nil {
			t.Fatal(err)
		}
		for isAlive(pid) && time.Since(began) < 15*time.Second {
			time.Sleep(50 * time.Millisecond)
		}
		if isAlive(pid) {
			t.Errorf("%s left %d behind", script, pid)
		}
	}
}

func isAlive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(stat), ") ")
	return err != nil || !strings.HasPrefix(rest, "Z")
}

func TestWhatACommandLeavesBehindDoesNotKeepItsStepOpen(t *testing.T) {
	command := shell("setsid sleep 20 & echo done")
	command.Grace = time.Second
	began := time.Now()
	output, err := RunCommand(t.Context(), stepWith(nil), command)
	if err != nil || output.Stdout.Tail != "done\n" || time.Since(began) > 10*time.Second {
		t.Fatal(output, err)
	}
}
