package router

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

func TestASignatureIsThatOfTheWorkedExample(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	page, err := os.ReadFile(filepath.Join(docs, "signatures.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(docs, "examples", "audit-package.embedded.json"))
	if err != nil {
		t.Fatal(err)
	}
	var given struct {
		Router struct {
			RunBundle []byte `json:"runBundle"`
		} `json:"router"`
		ControlBundle struct {
			DecisionID string `json:"decisionId"`
		} `json:"controlBundle"`
	}
	if err := json.Unmarshal(text, &given); err != nil {
		t.Fatal(err)
	}
	seed, _ := hex.DecodeString("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	signer, err := newSigner(file)
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := signer.sign(&attestv1.Run{
		RunId:         "run-0001",
		DecisionId:    given.ControlBundle.DecisionID,
		AdapterId:     "files",
		State:         attestv1.RunState_RUN_STATE_SUCCEEDED,
		StepsExecuted: 2,
		RunBundle:     given.Router.RunBundle,
	}, "sha256:975332fffaba52599dd4a7411b98039b5003239f8842595188a941efc443a8f9")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{string(envelope.GetPayload()), base64.StdEncoding.EncodeToString(envelope.GetSignatures()[0].GetSig())} {
		if !strings.Contains(string(page), part) {
			t.Errorf("docs/signatures.md has no %s", part)
		}
	}
}
