package main

import (
	"errors"
	"fmt"
	"strings"
)

type arguments struct {
	file, trust string
	json        bool
}

var errHelp = errors.New("help was asked for")

// readArguments takes options before and behind the file, as `nexus-attest verify` does and package flag does not.
func readArguments(given []string) (asked arguments, err error) {
	var files []string
	for at := 0; at < len(given); at++ {
		argument := given[at]
		trust, isTrust := strings.CutPrefix(argument, "--trust=")
		switch {
		case argument == "--help" || argument == "-h":
			return asked, errHelp
		case argument == "--json":
			asked.json = true
		case argument == "--trust":
			if at++; at == len(given) {
				return asked, errors.New("--trust needs a file")
			}
			asked.trust = given[at]
		case isTrust:
			asked.trust = trust
		case argument == "--":
			files = append(files, given[at+1:]...)
			at = len(given)
		case len(argument) > 1 && argument[0] == '-':
			return asked, fmt.Errorf("there is no option %s", argument)
		default:
			files = append(files, argument)
		}
		if asked.trust == "" && (argument == "--trust" || isTrust) {
			return asked, errors.New("--trust needs a file")
		}
	}
	if len(files) != 1 {
		return asked, fmt.Errorf("exactly one file, not %d", len(files))
	}
	asked.file = files[0]
	if asked.file == "-" && asked.trust == "-" {
		return asked, errors.New("file and trust policy cannot both be standard input")
	}
	return asked, nil
}
