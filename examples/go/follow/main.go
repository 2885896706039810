// Command follow is a program that follows everything: follow CURSOR_FILE
//
// It prints a line for each change of a decision, for ever. Where it is stands in the file, so that it goes on there when it is started again.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"

	"github.com/nexus-attest/nexus-attest/examples/go/connect"
)

func main() {
	if err := follow(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func follow(ctx context.Context, file string) error {
	cursor, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	follower, err := connect.ToServer()
	if err != nil {
		return err
	}
	defer follower.Close()
	for message, err := range follower.WatchAll(ctx, nil, string(cursor)) {
		if err != nil {
			return err
		}
		if change := message.GetChange(); change != nil {
			decision := change.GetDecision()
			fmt.Println(decision.GetDecisionId(), decision.GetState(), decision.GetGoal())
		}
		// Only what has been dealt with is behind us.
		if err := keep(file, cmp.Or(message.GetChange().GetCursor(), message.GetCaughtUp().GetCursor())); err != nil {
			return err
		}
	}
	return nil
}

// keep writes in one step, so that a crash leaves the old place or the new one.
func keep(file, cursor string) error {
	if err := os.WriteFile(file+".new", []byte(cursor), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
