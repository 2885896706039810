package attest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// nobody is an address at which a connection is taken and nothing is ever said.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return "http://" + listener.Addr().String()
}

func connect(t *testing.T, address string) *Client {
	t.Helper()
	client, err := Connect(address, Options{DevelopmentActor: "human:me"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func get(ctx context.Context, client *Client) error {
	_, err := client.Decisions.GetDecision(ctx, &attestv1.GetDecisionRequest{DecisionId: strings.Repeat("0", 32)})
	return err
}

func TestAClosedClientSaysSoAtOnce(t *testing.T) {
	client := connect(t, nobody(t))
	client.Close()
	began := time.Now()
	err := get(context.Background(), client)
	if !errors.Is(err, ErrClosed) || status.Code(err) != codes.Canceled {
		t.Errorf("a call: got %v", err)
	}
	if _, err := client.WaitUntilTerminal(context.Background(), strings.Repeat("0", 32)); !errors.Is(err, ErrClosed) {
		t.Errorf("a wait: got %v", err)
	}
	for _, err := range client.Watch(context.Background(), strings.Repeat("0", 32), 0) {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("a watch: got %v", err)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s to say so", took)
	}
}

func TestClosingAClientEndsACallThatIsUnderWay(t *testing.T) {
	client := connect(t, nobody(t))
	time.AfterFunc(100*time.Millisecond, func() { client.Close() })
	if err := get(context.Background(), client); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestTheErrorOfACallIsThatOfItsContextToo(t *testing.T) {
	client := connect(t, nobody(t))
	late, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := get(late, client); !errors.Is(err, context.DeadlineExceeded) || status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("late: got %v", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	var typed *Error
	if err := get(cancelled, client); !errors.Is(err, context.Canceled) || !errors.As(err, &typed) || typed.Code != codes.Canceled {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestATokenIsSentWithoutWhatSurroundsItAndRefusedIfNoHeaderHoldsIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(" abc\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, options := range []Options{{TokenFile: file}, {Token: func() (string, error) { return "abc\n", nil }}} {
		made, err := identityOf(options, false)
		if err != nil {
			t.Fatal(err)
		}
		if said, err := made.GetRequestMetadata(context.Background()); err != nil || said["authorization"] != "Bearer abc" {
			t.Errorf("got %v, %v", said, err)
		}
	}
	made, err := identityOf(Options{Token: func() (string, error) { return "secret\nx", nil }}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := made.GetRequestMetadata(context.Background()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	if _, err := Connect("http://127.0.0.1:9", Options{DevelopmentActor: "human:me\n"}); err == nil {
		t.Error("an actor with a line break is taken")
	}
}

func TestFilesThatAreNoCertificateAndKeyAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, options := range []Options{{CAFile: file}, {CertFile: file, KeyFile: file}} {
		if _, err := Connect("https://127.0.0.1:9", options); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("got %v", err)
		}
	}
}
