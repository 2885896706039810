package router

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// keptBytes is what is kept of each stream of a program: its end. Size and digest are those of all of it.
const keptBytes = 64 << 10

// Command is a program to run for a step: without a shell, in a process group of its own.
type Command struct {
	// Path is the program, Args what it is given.
	Path string
	Args []string
	// Dir is its working directory; empty: the router's.
	Dir string
	// Env is given to it beside PATH, NEXUS_ATTEST_DECISION_ID and NEXUS_ATTEST_STEP_ID. It gets nothing else of the router's environment.
	Env map[string]string
	// Grace is how long it has between SIGTERM and SIGKILL when the run's time is over; 0: 5 seconds.
	Grace time.Duration
}

// CommandOutput is what came of a program, for the run bundle.
type CommandOutput struct {
	ExitCode int        `json:"exit_code"`
	Stdout   StreamTail `json:"stdout"`
	Stderr   StreamTail `json:"stderr"`
}

// StreamTail is the end of what a program wrote, with size and digest of all of it.
type StreamTail struct {
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest"`
	Tail   string `json:"tail"`
}

// RunCommand runs a program to its end; each line that it writes is told as progress. Its standard input is at its end.
//
// It fails with a *Failure that has what it wrote, if it cannot be started (SPAWN_FAILED), ends with another exit code than 0 (STEP_FAILED), is ended by a signal
// (STEP_KILLED), or the run's time is over (CANCELLED): then its process group gets SIGTERM and, after Grace, SIGKILL.
func RunCommand(ctx context.Context, step *Step, command Command) (*CommandOutput, error) {
	made := exec.CommandContext(ctx, command.Path, command.Args...)
	stdout, stderr := newStream(step), newStream(step)
	made.Dir, made.Stdout, made.Stderr = command.Dir, stdout, stderr
	environment := maps.Clone(command.Env)
	if environment == nil {
		environment = map[string]string{}
	}
	if _, given := environment["PATH"]; !given {
		environment["PATH"] = os.Getenv("PATH")
	}
	environment["NEXUS_ATTEST_DECISION_ID"], environment["NEXUS_ATTEST_STEP_ID"] = step.Request.GetDecisionId(), step.StepID
	made.Env = []string{}
	for name, value := range environment {
		made.Env = append(made.Env, name+"="+value)
	}
	made.WaitDelay = command.Grace
	if made.WaitDelay == 0 {
		made.WaitDelay = 5 * time.Second
	}
	inGroup(made)
	name := filepath.Base(command.Path)
	if err := made.Start(); err != nil {
		return nil, &Failure{Code: "SPAWN_FAILED", Message: fmt.Sprintf("%s could not be started: %s", name, rootOf(err))}
	}
	// Its exit code says how it ended; what Wait fails with beside that is that its pipes were held open by something that it left behind.
	_ = made.Wait()
	killGroup(made)
	output := &CommandOutput{ExitCode: made.ProcessState.ExitCode(), Stdout: stdout.kept(), Stderr: stderr.kept()}
	switch {
	case made.ProcessState.Success():
		return output, nil
	case ctx.Err() != nil:
		return nil, &Failure{Code: "CANCELLED", Message: name + " was ended before it had ended by itself; it may have done a part of its work.", Output: output}
	case output.ExitCode < 0:
		return nil, &Failure{Code: "STEP_KILLED", Message: fmt.Sprintf("%s was ended: %s.", name, made.ProcessState), Output: output}
	default:
		return nil, &Failure{Code: "STEP_FAILED", Message: fmt.Sprintf("%s ended with exit code %d.", name, output.ExitCode), Output: output}
	}
}

// rootOf leaves out what the step's function knows itself.
func rootOf(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// stream is read to its end whatever its size; a bounded part of it is kept.
type stream struct {
	step       *Step
	tail, line []byte
	digest     hash.Hash
	size       int64
}

var _ io.Writer = (*stream)(nil)

func newStream(step *Step) *stream { return &stream{step: step, digest: sha256.New()} }

// Write never fails.
func (s *stream) Write(chunk []byte) (int, error) {
	s.size += int64(len(chunk))
	s.digest.Write(chunk)
	s.tail = append(s.tail, chunk...)
	if extra := len(s.tail) - keptBytes; extra > 0 {
		s.tail = append(s.tail[:0], s.tail[extra:]...)
	}
	rest := chunk
	for {
		line, after, found := bytes.Cut(rest, []byte{'\n'})
		// A line without end is told as far as progress can tell it.
		s.line = append(s.line, line[:min(len(line), 4096-len(s.line))]...)
		if !found {
			return len(chunk), nil
		}
		s.step.Progress(string(s.line))
		s.line, rest = s.line[:0], after
	}
}

func (s *stream) kept() StreamTail {
	if len(s.line) > 0 {
		s.step.Progress(string(s.line))
	}
	return StreamTail{s.size, "sha256:" + hex.EncodeToString(s.digest.Sum(nil)), strings.ToValidUTF8(string(s.tail), "\uFFFD")}
}
