// Package attest is the client of Nexus Attest: request, approve, execute and watch governed decisions.
//
// The messages and services are the generated ones of the schema, package attestv1.
package attest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// Client is a connection to a server, as one caller. Safe for use by many goroutines; closed by Close.
//
// The services are the generated clients, with every RPC under its own name. A call fails with an *Error; it has a deadline (30 seconds, unless its context
// has one or Options.Timeout says otherwise), carries a request_id where the RPC takes one, and is made again where the server's contract says that this is safe.
type Client struct {
	Decisions attestv1.DecisionServiceClient
	Templates attestv1.TemplateServiceClient
	Audit     attestv1.AuditServiceClient
	// ApproverKeys is the registry of the keys by which approvers sign.
	ApproverKeys attestv1.ApproverKeyServiceClient
	// Imported is evidence of decisions of others.
	Imported attestv1.ImportedDecisionServiceClient

	conn    *grpc.ClientConn
	silence time.Duration
}

// Options say as whom to connect and how. Exactly one identity at most: Token, TokenFile, CertFile with KeyFile, or DevelopmentActor.
type Options struct {
	// Token gives a bearer token for each call, so that it can be rotated.
	Token func() (string, error)
	// TokenFile holds a bearer token; it is read anew for each call.
	TokenFile string
	// CertFile and KeyFile hold a client certificate and its key, PEM.
	CertFile, KeyFile string
	// DevelopmentActor names the caller, such as human:alice@example.com, on a server with development identity; DevelopmentGroups its groups.
	DevelopmentActor  string
	DevelopmentGroups []string
	// CAFile holds the authorities that the server's certificate is checked by, PEM; empty: the system's.
	CAFile string
	// Plaintext allows http:// to other machines than this one.
	Plaintext bool
	// Timeout is how long a call may take, all its tries together, where its context has no deadline; 0: 30 seconds.
	Timeout time.Duration
	// Silence is after how long without a message, heartbeats included, a watch takes its connection for dead; 0: 45 seconds.
	Silence time.Duration
}

const (
	// Packages are up to 64 MiB.
	maxMessage     = 90 << 20
	defaultTimeout = 30 * time.Second
	// Three heartbeats of a server with its own settings.
	defaultSilence = 45 * time.Second
)

// Connect makes a client of https://host:port, or of http://host:port on this machine. The connection itself is made when it is needed.
func Connect(address string, options Options) (*Client, error) {
	target, secure, err := parseAddress(address, options)
	if err != nil {
		return nil, err
	}
	transport := insecure.NewCredentials()
	if secure {
		if transport, err = tlsOf(options); err != nil {
			return nil, err
		}
	}
	identity, err := identityOf(options, secure)
	if err != nil {
		return nil, err
	}
	timeout, silence := orDefault(options.Timeout, defaultTimeout), orDefault(options.Silence, defaultSilence)
	dial := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithKeepaliveParams(pings(silence)),
		// A server that comes back is found soon.
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: firstPause, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second}, MinConnectTimeout: 5 * time.Second}),
		// Retries are made here, with the server's own advice.
		grpc.WithDisableRetry(),
		grpc.WithChainUnaryInterceptor(unary(timeout)),
	}
	if identity != nil {
		dial = append(dial, grpc.WithPerRPCCredentials(identity))
	}
	conn, err := grpc.NewClient(target, dial...)
	if err != nil {
		return nil, err
	}
	return &Client{
		Decisions:    attestv1.NewDecisionServiceClient(conn),
		Templates:    attestv1.NewTemplateServiceClient(conn),
		Audit:        attestv1.NewAuditServiceClient(conn),
		ApproverKeys: attestv1.NewApproverKeyServiceClient(conn),
		Imported:     attestv1.NewImportedDecisionServiceClient(conn),
		conn:         conn,
		silence:      silence,
	}, nil
}

// Close ends what is under way and closes the connection.
func (c *Client) Close() error {
	return c.conn.Close()
}

func (c *Client) isClosed() bool {
	return c.conn.GetState() == connectivity.Shutdown
}

func parseAddress(address string, options Options) (target string, secure bool, err error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") || strings.Trim(parsed.Path, "/") != "" {
		return "", false, fmt.Errorf("address: got %q, wants https://host:port, or http://host:port on this machine", address)
	}
	secure = parsed.Scheme == "https"
	if !secure && (options.CAFile != "" || options.CertFile != "") {
		return "", false, fmt.Errorf("address: %s is without TLS, so CAFile and CertFile would go unheard", address)
	}
	if !secure && !options.Plaintext && !isLoopback(parsed.Hostname()) {
		return "", false, fmt.Errorf("address: %s would send everything in the clear; use https, or say Plaintext", address)
	}
	port := parsed.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[secure]
	}
	return "dns:///" + net.JoinHostPort(parsed.Hostname(), port), secure, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func tlsOf(options Options) (credentials.TransportCredentials, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if options.CAFile != "" {
		pem, err := os.ReadFile(options.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", options.CAFile)
		}
	}
	if (options.CertFile == "") != (options.KeyFile == "") {
		return nil, errors.New("CertFile and KeyFile belong together")
	}
	if options.CertFile != "" {
		own, err := tls.LoadX509KeyPair(options.CertFile, options.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("CertFile %s and KeyFile %s: %w", options.CertFile, options.KeyFile, err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	return credentials.NewTLS(config), nil
}

// pings finds out a connection that has died without a word before a watch would miss its heartbeats; the library pings every 10 seconds at most.
//
// Also where no call is under way: a watch that opens its stream anew on a dead connection would put the pings off every time.
func pings(silence time.Duration) keepalive.ClientParameters {
	return keepalive.ClientParameters{Time: min(20*time.Second, silence/2), Timeout: min(10*time.Second, silence/2), PermitWithoutStream: true}
}

func orDefault(given, otherwise time.Duration) time.Duration {
	if given == 0 {
		return otherwise
	}
	return given
}

// identity says of its caller with each call.
type identity struct {
	metadata func() (map[string]string, error)
	secure   bool
}

func (i identity) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return i.metadata()
}

func (i identity) RequireTransportSecurity() bool { return i.secure }

func identityOf(options Options, secure bool) (credentials.PerRPCCredentials, error) {
	given := 0
	for _, one := range []bool{options.Token != nil, options.TokenFile != "", options.DevelopmentActor != "", options.CertFile != ""} {
		if one {
			given++
		}
	}
	if given > 1 {
		return nil, errors.New("one identity: Token, TokenFile, CertFile or DevelopmentActor")
	}
	token := options.Token
	if options.TokenFile != "" {
		token = func() (string, error) {
			content, err := os.ReadFile(options.TokenFile)
			return string(content), err
		}
	}
	switch {
	case token != nil:
		return identity{secure: secure, metadata: func() (map[string]string, error) {
			bearer, err := token()
			if err != nil {
				return nil, err
			}
			bearer = strings.TrimSpace(bearer)
			return map[string]string{"authorization": "Bearer " + bearer}, sendable("the token", bearer)
		}}, nil
	case options.DevelopmentActor != "":
		named := map[string]string{"nexus-actor": options.DevelopmentActor}
		if len(options.DevelopmentGroups) > 0 {
			named["nexus-groups"] = strings.Join(options.DevelopmentGroups, ",")
		}
		for _, value := range named {
			if err := sendable("DevelopmentActor or DevelopmentGroups", value); err != nil {
				return nil, err
			}
		}
		return identity{metadata: func() (map[string]string, error) { return named, nil }}, nil
	default:
		return nil, nil
	}
}

// sendable refuses what the transport would leave out without a word, so that the call would be nobody's. It does not say the value, which may be a secret.
func sendable(what, value string) error {
	for _, char := range []byte(value) {
		if char < ' ' || char > '~' {
			return fmt.Errorf("%s holds characters that a header cannot: printable ASCII only", what)
		}
	}
	return nil
}
