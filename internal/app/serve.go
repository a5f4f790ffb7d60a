package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// Serve answers on a listener until ctx ends, and then finishes the requests
// that are under way.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	return serveTLS(ctx, l, h, "", "")
}

func serveTLS(ctx context.Context, l net.Listener, h http.Handler, cert, key string) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
		defer cancel()
		done <- server.Shutdown(grace)
	}()
	var err error
	if cert != "" {
		err = server.ServeTLS(l, cert, key)
	} else {
		err = server.Serve(l)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-done; err != nil {
		return errors.Join(errors.New("some requests were cut off after 15 seconds of grace"), server.Close())
	}
	return nil
}

// workspaceOf is the workspace of a person: the domain of their e-mail.
func workspaceOf(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return strings.ToLower(domain)
}
