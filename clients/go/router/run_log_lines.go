package router

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// entry is one line.
type entry struct {
	Kind       string `json:"kind"`
	Version    int    `json:"version,omitempty"`
	DecisionID string `json:"decision_id,omitempty"`
	RunID      string `json:"run_id,omitempty"`
	Request    string `json:"request,omitempty"`
	Simulated  bool   `json:"simulated,omitempty"`
	At         int64  `json:"at,omitempty"`
	Reason     string `json:"reason,omitempty"`
	// Step is the entry of a step that has ended.
	Step json.RawMessage `json:"step,omitempty"`
	// Run is the serialized Run, with bundle and signature.
	Run []byte `json:"run,omitempty"`
}

const (
	kindLog, kindAccepted, kindRefused, kindBegun, kindStep, kindEnded = "log", "accepted", "refused", "step_begun", "step_ended", "ended"

	logVersion = 1
)

var firstEntry = entry{Kind: kindLog, Version: logVersion}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// load reads the whole file. What follows the last good line is taken off if it is a write that was cut short, of which nobody was told; anything else is damage.
func (l *runLog) load() error {
	reader := bufio.NewReaderSize(l.file, 1<<20)
	for {
		line, err := reader.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		read, whole := readLine(line)
		if !whole {
			rest, err := io.ReadAll(reader)
			if err != nil {
				return err
			}
			return l.cutOff(append(line, rest...))
		}
		if err := l.apply(read, l.end, int64(len(line))); err != nil {
			return fmt.Errorf("the run log %s cannot be used: %w at byte %d", l.file.Name(), err, l.end)
		}
		l.end += int64(len(line))
	}
}

func (l *runLog) cutOff(tail []byte) error {
	torn := !bytes.HasSuffix(tail, []byte{'\n'}) || bytes.IndexByte(tail, 0) >= 0
	if l.end == 0 {
		// Somebody else's file is not cut: all that can be here is the beginning of a log's first line.
		first, _ := writeLine(&firstEntry)
		torn = bytes.HasPrefix(first, tail)
	}
	for _, line := range bytes.SplitAfter(tail, []byte{'\n'})[1:] {
		if _, whole := readLine(line); whole {
			torn = false
		}
	}
	if !torn {
		return fmt.Errorf("the run log %s is damaged at byte %d, or no run log: restore it from a backup. It was not changed", l.file.Name(), l.end)
	}
	l.dropped = int64(len(tail))
	if err := l.file.Truncate(l.end); err != nil {
		return err
	}
	return l.file.Sync()
}

func writeLine(e *entry) ([]byte, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return append(fmt.Appendf(nil, "%08x ", crc32.Checksum(text, castagnoli)), append(text, '\n')...), nil
}

func readLine(line []byte) (*entry, bool) {
	sum, text, found := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{' '})
	if !found || !bytes.HasSuffix(line, []byte{'\n'}) || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(text, castagnoli)) {
		return nil, false
	}
	var read entry
	return &read, json.Unmarshal(text, &read) == nil
}
