// Package connect knows where the server is and who calls, by the environment: NEXUS_ATTEST_ADDRESS; NEXUS_ATTEST_TOKEN_FILE and NEXUS_ATTEST_CA_FILE, or a server with
// development identity.
package connect

import (
	"cmp"
	"os"

	attest "github.com/nexus-attest/nexus-attest/clients/go"
)

// ToServer connects.
func ToServer() (*attest.Client, error) {
	address := cmp.Or(os.Getenv("NEXUS_ATTEST_ADDRESS"), "http://127.0.0.1:7350")
	tokenFile := os.Getenv("NEXUS_ATTEST_TOKEN_FILE")
	if tokenFile == "" {
		return attest.Connect(address, attest.Options{DevelopmentActor: "system:pipeline"})
	}
	return attest.Connect(address, attest.Options{TokenFile: tokenFile, CAFile: os.Getenv("NEXUS_ATTEST_CA_FILE")})
}
