package router

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// runLog is the router's own durable record of its runs: a file to which lines are appended, each of them on the disk before the method that writes it returns.
// A line is the CRC-32C of its JSON text in hexadecimal, a space, and that text.
//
// Once a write has failed nobody knows what is on the disk, so nothing is written or answered any more until the file is opened anew.
type runLog struct {
	mutex   sync.Mutex
	file    *os.File
	end     int64
	records map[string]*record
	broken  error
	// isNew says that the file was made now; dropped is how many bytes of a write that was cut short were taken off its end.
	isNew   bool
	dropped int64
}

// record is what is known of a decision.
type record struct {
	decisionID, runID string
	// requestDigest is SHA-256 of the canonical JSON of the request; of nothing, where a decision was fenced off without one.
	requestDigest [sha256.Size]byte
	// reason says why it will never be run; empty if it was accepted.
	reason string
	// open is there until the run has ended, which endAt and endSize are then about: its line in the file.
	open           *openRun
	endAt, endSize int64
}

// openRun is a run that was accepted and has not ended.
type openRun struct {
	request    string
	simulated  bool
	acceptedAt int64
	underWay   bool
	steps      []json.RawMessage
}

func openRunLog(name string) (_ *runLog, err error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the run log cannot be opened: %w", err)
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	if err := lockFile(file); err != nil {
		return nil, err
	}
	log := &runLog{file: file, records: map[string]*record{}}
	if err := log.load(); err != nil {
		return nil, err
	}
	if log.end == 0 {
		log.isNew = true
		if err := log.append(&firstEntry); err != nil {
			return nil, err
		}
		return log, syncDirectory(filepath.Dir(name))
	}
	return log, nil
}

// apply has a line that is in the file count.
func (l *runLog) apply(e *entry, at, size int64) error {
	found := l.records[e.DecisionID]
	switch {
	case e.Kind == kindLog && at == 0 && e.Version == logVersion:
	case e.Kind == kindLog && at == 0:
		return fmt.Errorf("a newer version wrote it (%d, this one knows %d)", e.Version, logVersion)
	case at == 0:
		return errors.New("it does not say that it is a run log")
	case e.Kind == kindAccepted && found == nil:
		open := &openRun{request: e.Request, simulated: e.Simulated, acceptedAt: e.At}
		l.records[e.DecisionID] = &record{decisionID: e.DecisionID, runID: e.RunID, requestDigest: sha256.Sum256([]byte(e.Request)), open: open}
	case e.Kind == kindRefused && found == nil:
		l.records[e.DecisionID] = &record{decisionID: e.DecisionID, requestDigest: sha256.Sum256([]byte(e.Request)), reason: e.Reason}
	case e.Kind == kindBegun && found != nil && found.open != nil:
		found.open.underWay = true
	case e.Kind == kindStep && found != nil && found.open != nil:
		found.open.underWay = false
		found.open.steps = append(found.open.steps, e.Step)
	case e.Kind == kindEnded && found != nil && found.open != nil:
		found.open, found.endAt, found.endSize = nil, at, size
	default:
		return fmt.Errorf("%q makes no sense", e.Kind)
	}
	return nil
}

func (l *runLog) append(e *entry) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.broken != nil {
		return l.broken
	}
	line, err := writeLine(e)
	if err != nil {
		return err
	}
	if _, err = l.file.WriteAt(line, l.end); err == nil {
		err = l.file.Sync()
	}
	if err == nil {
		err = l.apply(e, l.end, int64(len(line)))
	}
	if err != nil {
		l.broken = fmt.Errorf("the run log cannot be written; start the router anew: %w", err)
		return l.broken
	}
	l.end += int64(len(line))
	return nil
}

// find gives what is known of a decision as it is now, or nil.
func (l *runLog) find(decisionID string) (*record, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.broken != nil {
		return nil, l.broken
	}
	found := l.records[decisionID]
	if found == nil {
		return nil, nil
	}
	made := *found
	if found.open != nil {
		open := *found.open
		made.open = &open
	}
	return &made, nil
}

// endOf gives the serialized Run of a record that has ended.
func (l *runLog) endOf(r *record) ([]byte, error) {
	line := make([]byte, r.endSize)
	if _, err := l.file.ReadAt(line, r.endAt); err != nil {
		return nil, err
	}
	read, whole := readLine(line)
	if !whole || read.Kind != kindEnded || read.DecisionID != r.decisionID {
		return nil, fmt.Errorf("the run log %s is damaged at byte %d", l.file.Name(), r.endAt)
	}
	return read.Run, nil
}

// openRuns gives the decisions whose runs were accepted and have not ended.
func (l *runLog) openRuns() (ids []string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for id, each := range l.records {
		if each.open != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (l *runLog) close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.broken == nil {
		l.broken = errors.New("the run log is closed")
	}
	return l.file.Close()
}

func syncDirectory(name string) error {
	directory, err := os.Open(name)
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}
