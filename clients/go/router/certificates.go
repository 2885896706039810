package router

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// tlsOf reads the files once, so that mistakes are found at the start, and anew for each connection.
func tlsOf(options ServeOptions) (*tls.Config, error) {
	config, err := readTLS(options)
	if err != nil {
		return nil, err
	}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return readTLS(options) }
	return config, nil
}

func readTLS(options ServeOptions) (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(options.CertFile, options.KeyFile)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, NextProtos: []string{"h2"}}
	if options.ClientCAFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(options.ClientCAFile)
	if err != nil {
		return nil, err
	}
	config.ClientCAs, config.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
	if !config.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", options.ClientCAFile)
	}
	return config, nil
}
