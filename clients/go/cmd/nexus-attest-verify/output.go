package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/nexus-attest/nexus-attest/clients/go/verify"
)

var marks = map[verify.Status]string{verify.Pass: "✓", verify.Fail: "✗", verify.NotChecked: "–"}

// writeText is the list of checks that a compliance officer can read.
func writeText(to io.Writer, report *verify.Report, trusting bool) error {
	out := bufio.NewWriter(to)
	fmt.Fprintf(out, "decision        %s\n", or(printable(report.DecisionID), "could not be read"))
	fmt.Fprintf(out, "binding digest  %s\n\n", or(printable(report.BindingDigest), "could not be recomputed"))
	width := 0
	for _, check := range report.Checks {
		width = max(width, len(check.Name))
	}
	indent := strings.Repeat(" ", width+17)
	for _, check := range report.Checks {
		status := strings.ReplaceAll(string(check.Status), "_", " ")
		fmt.Fprintf(out, "%s %-11s  %-*s  %s\n", marks[check.Status], status, width, check.Name, check.Description)
		if check.Status != verify.Pass && check.Detail != "" {
			fmt.Fprintf(out, "%s%s\n", indent, printable(check.Detail))
		}
		if check.Status == verify.Fail && (check.Expected != "" || check.Actual != "") {
			fmt.Fprintf(out, "%sexpected %s\n", indent, or(printable(check.Expected), "nothing"))
			fmt.Fprintf(out, "%sactual   %s\n", indent, or(printable(check.Actual), "nothing"))
		}
	}
	fmt.Fprintln(out)
	for _, signer := range report.Signers {
		fmt.Fprintf(out, "signed by %s %s, %s\n", strings.ToLower(string(signer.Role)), or(printable(signer.Name), "(without a name)"), signer.KeyID)
	}
	fmt.Fprintln(out, inWords(report, trusting))
	return out.Flush()
}

func inWords(report *verify.Report, trusting bool) string {
	switch report.Verdict {
	case verify.Authentic:
		server := ""
		for _, signer := range report.Signers {
			if signer.Role == verify.Server {
				server = signer.Name
			}
		}
		return fmt.Sprintf("%s: made by %s, whose key the trust policy names, and unchanged since.", report.Verdict, or(printable(server), "a server"))
	case verify.Consistent:
		why := "it carries no signature of a server that could be checked"
		if !trusting {
			why = "no trust policy says whose signature to believe (--trust FILE)"
		} else if report.Status("server_signature") == verify.Pass {
			why = "it holds fields that this verifier does not know, and cannot judge"
		}
		return fmt.Sprintf("%s: everything that could be recomputed agrees. Who made the package is not proven: %s.", report.Verdict, why)
	default:
		failed, plural := 0, "s"
		for _, check := range report.Checks {
			if check.Status == verify.Fail {
				failed++
			}
		}
		if failed == 1 {
			plural = ""
		}
		return fmt.Sprintf("%s: %d check%s failed. Do not rely on this package.", report.Verdict, failed, plural)
	}
}

// printable shows control characters and those that change the direction of writing, so that no package can rewrite what its reader sees.
func printable(text string) string {
	var made strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(bidirectional, r) {
			fmt.Fprintf(&made, `\u%04x`, r)
		} else {
			made.WriteRune(r)
		}
	}
	return made.String()
}

var bidirectional = &unicode.RangeTable{R16: []unicode.Range16{{0x200e, 0x200f, 1}, {0x202a, 0x202e, 1}, {0x2066, 0x2069, 1}}}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// The ProtoJSON of VerifyAuditPackageResponse.
type (
	jsonResponse struct {
		Report jsonReport `json:"report"`
	}
	jsonReport struct {
		Verdict       string       `json:"verdict"`
		Checks        []jsonCheck  `json:"checks"`
		DecisionID    string       `json:"decisionId,omitempty"`
		BindingDigest string       `json:"bindingDigest,omitempty"`
		Signers       []jsonSigner `json:"signers,omitempty"`
	}
	jsonCheck struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Status      string `json:"status"`
		Expected    string `json:"expected,omitempty"`
		Actual      string `json:"actual,omitempty"`
		Detail      string `json:"detail,omitempty"`
	}
	jsonSigner struct {
		Role  string `json:"role"`
		Name  string `json:"name,omitempty"`
		KeyID string `json:"keyId"`
	}
)

func writeJSON(out io.Writer, report *verify.Report, _ bool) error {
	made := jsonReport{Verdict: "VERDICT_" + string(report.Verdict), DecisionID: report.DecisionID, BindingDigest: report.BindingDigest}
	for _, check := range report.Checks {
		made.Checks = append(made.Checks, jsonCheck{
			check.Name, check.Description, "CHECK_STATUS_" + string(check.Status), check.Expected, check.Actual, check.Detail,
		})
	}
	for _, signer := range report.Signers {
		made.Signers = append(made.Signers, jsonSigner{"SIGNER_ROLE_" + string(signer.Role), signer.Name, signer.KeyID})
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(jsonResponse{made})
}
