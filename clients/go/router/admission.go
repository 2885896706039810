package router

import (
	"bytes"
	"context"
	"crypto/subtle"
	"crypto/x509"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

const scheme = "bearer "

// admission says of a call why it is not answered. The token's file is read anew for each call, so that it can be changed.
func admission(options ServeOptions, logger *slog.Logger) (func(context.Context) error, error) {
	if options.TokenFile != "" {
		if _, err := readToken(options.TokenFile); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context) error {
		if len(options.ClientNames) > 0 && !isNamed(ctx, options.ClientNames) {
			return status.Error(codes.Unauthenticated, "the client's certificate has none of the names that may call")
		}
		if options.TokenFile == "" {
			return nil
		}
		token, err := readToken(options.TokenFile)
		if err != nil {
			logger.Error("nobody is let in", "error", err)
			return status.Error(codes.Unauthenticated, "the router cannot tell who calls")
		}
		given := metadata.ValueFromIncomingContext(ctx, "authorization")
		if len(given) == 1 && len(given[0]) > len(scheme) && strings.EqualFold(given[0][:len(scheme)], scheme) &&
			subtle.ConstantTimeCompare([]byte(given[0][len(scheme):]), token) == 1 {
			return nil
		}
		return status.Error(codes.Unauthenticated, "it takes the router's bearer token")
	}, nil
}

func readToken(file string) ([]byte, error) {
	content, err := readPrivate(file, "the token's file")
	if err != nil {
		return nil, err
	}
	token := bytes.TrimSpace(content)
	if len(token) < 16 {
		return nil, fmt.Errorf("the token's file %s is not used: it holds less than 16 characters; make one by openssl rand -hex 32", file)
	}
	return token, nil
}

func isNamed(ctx context.Context, names []string) bool {
	from, _ := peer.FromContext(ctx)
	if from == nil {
		return false
	}
	info, ok := from.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.VerifiedChains) == 0 {
		return false
	}
	return slices.ContainsFunc(namesIn(info.State.PeerCertificates[0]), func(name string) bool { return slices.Contains(names, name) })
}

// namesIn gives the subject alternative names.
func namesIn(certificate *x509.Certificate) []string {
	names := append(slices.Clone(certificate.DNSNames), certificate.EmailAddresses...)
	for _, each := range certificate.URIs {
		names = append(names, each.String())
	}
	for _, each := range certificate.IPAddresses {
		names = append(names, each.String())
	}
	return names
}
