package verify

import "github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"

// canonical gives the canonical form (RFC 8785) of a value of parseJSON, or the reason why it has none.
func canonical(value any) ([]byte, error) { return jcs.Canonical(value) }

func digestOfBytes(data []byte) string { return jcs.Digest(data) }

// digest is that of a value that is known to have a canonical form: part of a package whose format was checked, or made of such parts.
func digest(value any) string {
	text, err := canonical(value)
	if err != nil {
		panic(err)
	}
	return digestOfBytes(text)
}
