package router

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	"github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"
	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

const payloadType = "application/vnd.in-toto+json"

// signer signs runs as docs/signatures.md has it.
type signer struct {
	key   ed25519.PrivateKey
	keyID string
}

// newSigner reads an Ed25519 key: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it, for its owner only.
func newSigner(file string) (*signer, error) {
	content, err := readPrivate(file, "the private key")
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("the private key %s cannot be used: it is no private key in PEM without a passphrase", file)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, right := parsed.(ed25519.PrivateKey)
	if err != nil || !right {
		return nil, fmt.Errorf("the private key %s cannot be used: it is not an Ed25519 key; make one by openssl genpkey -algorithm ed25519", file)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	return &signer{key, jcs.Digest(public)}, nil
}

// sign gives the envelope for a run that has ended, with its bundle.
func (s *signer) sign(run *attestv1.Run, requestDigest string) (*attestv1.DsseEnvelope, error) {
	predicate := map[string]any{
		"decisionId":          run.GetDecisionId(),
		"adapterId":           run.GetAdapterId(),
		"runId":               run.GetRunId(),
		"routerRequestDigest": requestDigest,
		"state":               run.GetState().String(),
	}
	// ProtoJSON leaves out what is 0.
	if executed := run.GetStepsExecuted(); executed > 0 {
		predicate["stepsExecuted"] = float64(executed)
	}
	subject := sha256.Sum256(run.GetRunBundle())
	payload, err := jcs.Canonical(map[string]any{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       []any{map[string]any{"name": run.GetDecisionId(), "digest": map[string]any{"sha256": hex.EncodeToString(subject[:])}}},
		"predicateType": "nexus-attest:run/v1",
		"predicate":     predicate,
	})
	if err != nil {
		return nil, err
	}
	encoded := append(fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload)), payload...)
	signature := &attestv1.DsseSignature{Keyid: s.keyID, Sig: ed25519.Sign(s.key, encoded)}
	return &attestv1.DsseEnvelope{Payload: payload, PayloadType: payloadType, Signatures: []*attestv1.DsseSignature{signature}}, nil
}
