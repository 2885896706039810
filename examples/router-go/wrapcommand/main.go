// Command wrapcommand is a router that runs commands from a short list, and nothing else.
//
//	ARCHIVES=/srv/archives go run ./wrapcommand
//
// A step names an entry of the list, and the arguments that it takes; each has to match its pattern. There is no shell, so an argument is an argument whatever is
// in it. What the command writes is seen by who watches the decision, and its end stands in the run bundle, with the exit code.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/nexus-attest/nexus-attest/clients/go/router"
)

// command is the program and its arguments; {name} stands for the step's argument of that name.
type command struct {
	words []string
	takes map[string]*regexp.Regexp
}

// It does not let through what begins with "-": tar would take that for an option.
var name = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,40}$`)

var commands = map[string]command{
	"archive/create": {
		words: []string{"tar", "--create", "--verbose", "--file", "{name}.tar", "--", "{folder}"},
		takes: map[string]*regexp.Regexp{"name": name, "folder": name},
	},
	"archive/list": {
		words: []string{"tar", "--list", "--file", "{name}.tar"},
		takes: map[string]*regexp.Regexp{"name": name},
	},
}

func wordsOf(step *router.Step) ([]string, error) {
	called := step.Tool + "/" + step.Method
	listed, ok := commands[called]
	if !ok {
		return nil, fmt.Errorf("%s is not on the list of commands", called)
	}
	var arguments map[string]string
	if err := step.Arguments(&arguments); err != nil || len(arguments) != len(listed.takes) {
		return nil, fmt.Errorf("%s takes exactly %d texts as arguments", called, len(listed.takes))
	}
	var replacements []string
	for argument, pattern := range listed.takes {
		if !pattern.MatchString(arguments[argument]) {
			return nil, fmt.Errorf("%s has to match %s", argument, pattern)
		}
		replacements = append(replacements, "{"+argument+"}", arguments[argument])
	}
	fill := strings.NewReplacer(replacements...)
	words := make([]string, len(listed.words))
	for index, word := range listed.words {
		words[index] = fill.Replace(word)
	}
	return words, nil
}

// check is asked before the run begins: a request with one step that is not allowed changes nothing at all.
func check(step *router.Step) error {
	_, err := wordsOf(step)
	return err
}

func carryOut(ctx context.Context, step *router.Step) (any, error) {
	words, err := wordsOf(step)
	if err != nil {
		return nil, err
	}
	return router.RunCommand(ctx, step, router.Command{Path: words[0], Args: words[1:], Dir: cmp.Or(os.Getenv("ARCHIVES"), "archives")})
}

func main() {
	made, err := router.New(router.Options{
		Adapters:       []router.Adapter{{ID: "archives", CarryOut: carryOut, Check: check, Description: "packs folders into archives"}},
		RunLog:         cmp.Or(os.Getenv("RUN_LOG"), "archives-runs.log"),
		SigningKeyFile: os.Getenv("SIGNING_KEY_FILE"),
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options := router.ServeOptions{Listen: cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:7400"), TokenFile: os.Getenv("TOKEN_FILE")}
	if err := made.Serve(ctx, options); err != nil {
		log.Fatal(err)
	}
}
