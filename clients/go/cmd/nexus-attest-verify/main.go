// Command nexus-attest-verify checks an audit package of Nexus Attest offline, as `nexus-attest verify` does: the same checks, verdicts and exit codes.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nexus-attest/nexus-attest/clients/go/verify"
)

const usage = `usage: nexus-attest-verify FILE [--trust FILE] [--json]

Checks an audit package; needs no server. FILE - is standard input.

  --trust FILE   trust policy: whose signatures to believe; then only an authentic package exits with 0
  --json         the report as JSON

Exit codes: 0 nothing disagrees (with --trust: authentic), 9 with --trust: nothing disagrees, and nobody who is
believed signed all of it, 7 a check failed, 2 a file cannot be read, or a mistake in what was typed.
`

// The exit codes of `nexus-attest verify`.
const (
	exitOK           = 0
	exitUsage        = 2
	exitBroken       = 7
	exitNotAuthentic = 9
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(arguments []string, in io.Reader, out, complaints io.Writer) int {
	asked, err := readArguments(arguments)
	if errors.Is(err, errHelp) {
		fmt.Fprint(out, usage)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(complaints, "error: %s\n%s", err, usage)
		return exitUsage
	}
	code, err := verifyFile(asked, in, out)
	if err != nil {
		fmt.Fprintf(complaints, "error: %s\n", printable(err.Error()))
	}
	return code
}

func verifyFile(asked arguments, in io.Reader, out io.Writer) (int, error) {
	var trust *verify.TrustPolicy
	if asked.trust != "" {
		data, err := readAtMost(asked.trust, verify.MaxTrustPolicyBytes, in)
		if err != nil {
			return exitUsage, err
		}
		if trust, err = verify.ReadTrustPolicy(data); err != nil {
			return exitUsage, fmt.Errorf("%s is no trust policy that can be used: %w. docs/signatures.md says what one is", asked.trust, err)
		}
	}
	file, err := readAtMost(asked.file, verify.MaxBytes, in)
	if err != nil {
		return exitUsage, err
	}
	report := verify.Package(file, trust)
	write := writeText
	if asked.json {
		write = writeJSON
	}
	if err := write(out, report, trust != nil); err != nil {
		return 1, err
	}
	switch {
	case report.Verdict == verify.Broken:
		return exitBroken, nil
	case trust == nil || report.Verdict == verify.Authentic:
		return exitOK, nil
	default:
		return exitNotAuthentic, nil
	}
}

// readAtMost reads one byte more than is allowed, so that what is too large is seen to be, and never more.
func readAtMost(file string, most int64, in io.Reader) ([]byte, error) {
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, unreadable(file, err)
		}
		defer opened.Close()
		in = opened
	}
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	return data, nil
}

func unreadable(file string, err error) error {
	var failed *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s cannot be read: there is no such file", file)
	case errors.As(err, &failed):
		return fmt.Errorf("%s cannot be read: %w", file, failed.Err)
	default:
		return fmt.Errorf("%s cannot be read: %w", file, err)
	}
}
