package router

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	attestv1 "github.com/nexus-attest/nexus-attest/gen/go/nexus/attest/v1"
)

// ServeOptions say where to serve, and whom. Whoever reaches a router has things run without any approval, so what lets too many in has to be asked for by name.
type ServeOptions struct {
	// Listen is host:port.
	Listen string
	// CertFile and KeyFile (PEM) serve over TLS. They are read anew for each connection, so that they can be renewed.
	CertFile, KeyFile string
	// ClientCAFile lets in only clients with a certificate of these authorities (PEM); ClientNames only those with one of these subject alternative names.
	ClientCAFile string
	ClientNames  []string
	// TokenFile holds what every call has to carry as authorization: Bearer; mode 0600. It is read anew for each call.
	TokenFile string
	// Plaintext serves other machines without TLS; Unauthenticated serves whoever calls from them.
	Plaintext, Unauthenticated bool
	// Drain is how long runs under way are waited for when the context has ended; 0: 30 seconds.
	Drain time.Duration
	// Ready is called with the address once calls are taken; nil: nobody is told.
	Ready func(net.Addr)
}

// Serve serves until the context ends; then it takes no more runs, waits for those under way, has the rest end, and closes the router.
//
// The standard health service answers everybody; it says NOT_SERVING once the router drains.
func (r *Router) Serve(ctx context.Context, options ServeOptions) (err error) {
	defer func() {
		err = errors.Join(err, r.closeWithin(options.Drain))
	}()
	if err := r.judgeListening(options); err != nil {
		return err
	}
	admit, err := admission(options, r.logger)
	if err != nil {
		return err
	}
	server, err := r.newServer(options)
	if err != nil {
		return err
	}
	r.Register(server, admit)
	healthy := health.NewServer()
	healthy.SetServingStatus(attestv1.RouterService_ServiceDesc.ServiceName, grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(server, healthy)
	listener, err := net.Listen("tcp", options.Listen)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if options.Ready != nil {
		options.Ready(listener.Addr())
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		healthy.Shutdown()
		// The calls stay open meanwhile: whoever waits for a run hears how it ended.
		err = r.closeWithin(options.Drain)
	}
	late := time.AfterFunc(time.Second, server.Stop)
	defer late.Stop()
	server.GracefulStop()
	return err
}

// closeWithin closes the router, if it is not closed yet.
func (r *Router) closeWithin(drain time.Duration) error {
	r.mutex.Lock()
	closed := r.closed
	r.mutex.Unlock()
	if closed {
		return nil
	}
	if drain == 0 {
		drain = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return r.Close(ctx)
}

func (r *Router) newServer(options ServeOptions) (*grpc.Server, error) {
	made := []grpc.ServerOption{
		grpc.MaxSendMsgSize(64 * mib),
		// The server pings every 10 seconds while a run says nothing; by itself this library takes that for an attack after three times.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
	}
	if options.CertFile != "" {
		config, err := tlsOf(options)
		if err != nil {
			return nil, err
		}
		made = append(made, grpc.Creds(credentials.NewTLS(config)))
	}
	return grpc.NewServer(made...), nil
}

func (r *Router) judgeListening(options ServeOptions) error {
	host, _, err := net.SplitHostPort(options.Listen)
	if err != nil {
		return fmt.Errorf("Listen: got %q, wants host:port", options.Listen)
	}
	ip := net.ParseIP(host)
	here := host == "localhost" || (ip != nil && ip.IsLoopback())
	anybody := options.ClientCAFile == "" && options.TokenFile == ""
	switch {
	case (options.CertFile == "") != (options.KeyFile == ""):
		return errors.New("CertFile and KeyFile belong together")
	case options.ClientCAFile != "" && options.CertFile == "":
		return errors.New("ClientCAFile needs CertFile and KeyFile: client certificates are asked for over TLS")
	case len(options.ClientNames) > 0 && options.ClientCAFile == "":
		return errors.New("ClientNames needs ClientCAFile, by which the certificates with these names are checked")
	case options.CertFile == "" && !here && !options.Plaintext:
		return fmt.Errorf("Listen: %s would serve in the clear; give CertFile and KeyFile, or say Plaintext", options.Listen)
	case anybody && !here && !options.Unauthenticated:
		return fmt.Errorf("Listen: %s would run things for whoever reaches it; give ClientCAFile or TokenFile, or say Unauthenticated", options.Listen)
	}
	if anybody {
		r.logger.Warn("whoever reaches the router can have things run without an approval: there is neither ClientCAFile nor TokenFile", "listen", options.Listen)
	}
	return nil
}
