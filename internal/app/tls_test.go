package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes a certificate for loopback and its key into files.
func certificate(t *testing.T) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", cert), write("key.pem", "PRIVATE KEY", private), roots
}

// TestHTTPS serves by certificate and key: with what browsers need to keep to
// https, and without the old versions of TLS.
func TestHTTPS(t *testing.T) {
	certFile, keyFile, roots := certificate(t)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "https://" + door.Addr().String()
	var terminal strings.Builder
	a, err := New(context.Background(), Config{StoreConfig: StoreConfig{Data: t.TempDir()}, PublicURL: url, AdminEmail: "ana@acme.com", TLSCert: certFile, TLSKey: keyFile,
		SlackURL: "http://127.0.0.1:1", LogLevel: "warn"}, Environment{Version: "test", Log: io.Discard, Terminal: &terminal, Listener: door})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	client := func(version uint16) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: version}, DisableKeepAlives: true}}
	}
	resp, err := client(0).Get(url + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to keep to https")
	}
	if old, err := client(tls.VersionTLS11).Get(url + "/sign-in"); err == nil {
		old.Body.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

func TestConfigCheck(t *testing.T) {
	for name, c := range map[string]struct {
		config Config
		wrong  string // "" when it is right
	}{
		"nothing but the default": {Config{Listen: "127.0.0.1:8080"}, ""},
		"https":                   {Config{PublicURL: "https://stanna.acme.com/"}, ""},
		"http on loopback":        {Config{PublicURL: "http://localhost:8080"}, ""},
		"http elsewhere":          {Config{PublicURL: "http://stanna.acme.com"}, "would travel in clear"},
		"no address":              {Config{PublicURL: "stanna"}, "is no web address"},
		"with a path":             {Config{PublicURL: "https://acme.com/stanna"}, "only a scheme and a host"},
		"half a certificate":      {Config{TLSCert: "cert.pem"}, "both --tls-cert and --tls-key"},
		"negative pace":           {Config{Listen: "127.0.0.1:1", PostsPerSecond: -1}, "must not be negative"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.config.Check()
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("got %v, want %q", err, c.wrong)
			}
		})
	}
}

// TestForwarded: behind our proxy the visitor is whom the proxy saw, and what
// the visitor claims before it counts for nothing.
func TestForwarded(t *testing.T) {
	for given, want := range map[string]string{
		"":                      "192.0.2.1:1234",
		"203.0.113.7":           "203.0.113.7:0",
		"10.0.0.1, 203.0.113.7": "203.0.113.7:0",
		"2001:db8::1":           "[2001:db8::1]:0",
		"203.0.113.7, nonsense": "192.0.2.1:1234",
	} {
		var got string
		h := forwarded(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if given != "" {
			r.Header.Set("X-Forwarded-For", given)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != want {
			t.Errorf("X-Forwarded-For %q: the visitor is %s, want %s", given, got, want)
		}
	}
}
