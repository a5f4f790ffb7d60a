package connect

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"image"
	"image/png"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// gallery is a site with images and other things, which a reader takes for
// public under the name example.com.
type gallery struct {
	reader logoReader
	asked  atomic.Int32
	port   string
}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	g := &gallery{}
	mux := http.NewServeMux()
	picture := func(w http.ResponseWriter, _ *http.Request) { w.Write(logo.Bytes()) }
	mux.HandleFunc("/logo.png", picture)
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png") // its word is not enough
		w.Write([]byte("<!doctype html><title>Our logo</title>"))
	})
	mux.HandleFunc("/logo.svg", func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`))
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) {
		w.Write(logo.Bytes())
		for part := make([]byte, 64<<10); r.Context().Err() == nil; {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/exactly", func(w http.ResponseWriter, _ *http.Request) {
		w.Write(append(logo.Bytes(), make([]byte, maxLogo-logo.Len())...))
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/stalls", func(w http.ResponseWriter, r *http.Request) {
		w.Write(logo.Bytes())
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/inside", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://inside.example.com:"+g.port+"/logo.png", http.StatusFound)
	})
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.com/logo.png", http.StatusFound)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/logo.png", http.StatusFound) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.asked.Add(1)
		mux.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a certificate that is refused
	server.StartTLS()
	t.Cleanup(server.Close)
	_, g.port, _ = strings.Cut(server.Listener.Addr().String(), ":")
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	here := netip.MustParseAddr("127.0.0.1")
	g.reader = logoReader{patience: 3 * time.Second, tls: &tls.Config{RootCAs: trusted},
		public: func(ip netip.Addr) bool { return ip == here },
		resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
			switch host {
			case "inside.example.com":
				return []netip.Addr{netip.MustParseAddr("10.0.0.7")}, nil
			case "both.example.com":
				return []netip.Addr{here, netip.MustParseAddr("::1")}, nil
			case "nowhere.example.com":
				return nil, nil
			case "example.com", "example.org":
				return []netip.Addr{here}, nil
			}
			ip, err := netip.ParseAddr(host)
			return []netip.Addr{ip}, err
		}}
	return g
}

func TestLogo(t *testing.T) {
	g := newGallery(t)
	at := func(path string) string { return "https://example.com:" + g.port + path }
	for name, c := range map[string]struct {
		address string
		asked   int32  // how often the site was asked
		says    string // "": taken
	}{
		"an image":                {at("/logo.png"), 1, ""},
		"moved":                   {at("/moved"), 2, ""},
		"a megabyte":              {at("/exactly"), 1, ""},
		"more than a megabyte":    {at("/huge"), 1, "larger than 1 MB"},
		"a page":                  {at("/page"), 1, "no image that Slack draws but text/html"},
		"a drawing":               {at("/logo.svg"), 1, "no image that Slack draws but text/xml"},
		"nothing there":           {at("/none"), 1, "answers 404"},
		"passed on inside":        {at("/inside"), 1, "inside.example.com leads to a private address"},
		"passed on without https": {at("/plain"), 1, "without https"},
		"passed on for ever":      {at("/round"), 4, "more than 3 times"},
		"without https":           {"http://example.com/logo.png", 0, "https"},
		"a password":              {"https://me:secret@example.com/logo.png", 0, "https"},
		"inside by name":          {"https://inside.example.com:" + g.port + "/logo.png", 0, "private address"},
		"inside by one of two":    {"https://both.example.com:" + g.port + "/logo.png", 0, "private address"},
		"inside by number":        {"https://10.0.0.7/logo.png", 0, "private address"},
		"loopback in version 6":   {"https://[::1]:" + g.port + "/logo.png", 0, "private address"},
		"version 4 in version 6":  {"https://[::ffff:10.0.0.7]/logo.png", 0, "private address"},
		"no such name":            {"https://nowhere.example.com/logo.png", 0, "no such name"},
		"under another name":      {"https://example.org:" + g.port + "/logo.png", 0, "its certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			g.asked.Store(0)
			err := g.reader.check(t.Context(), c.address)
			if n := g.asked.Load(); n != c.asked {
				t.Errorf("the site was asked %d times, want %d", n, c.asked)
			}
			var e *stanna.Error
			switch {
			case c.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.says != "" && (!errors.As(err, &e) || !strings.Contains(e.Fields[logoField], c.says)):
				t.Errorf("it says %v, want %q", err, c.says)
			}
		})
	}
}

func TestSlowLogo(t *testing.T) {
	g := newGallery(t)
	g.reader.patience = 50 * time.Millisecond
	for _, path := range []string{"/slow", "/stalls"} {
		var e *stanna.Error
		err := g.reader.check(t.Context(), "https://example.com:"+g.port+path)
		if !errors.As(err, &e) || !strings.Contains(e.Fields[logoField], "within 0.05 seconds") {
			t.Errorf("%s: %v", path, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.reader.check(gone, "https://example.com:"+g.port+"/logo.png"); !errors.Is(err, context.Canceled) {
		t.Errorf("when nobody waits: %v", err)
	}
}

// The real check takes public addresses only.
func TestLogoFromInside(t *testing.T) {
	for _, address := range []string{"https://127.0.0.1/logo.png", "https://169.254.169.254/latest/meta-data", "https://localhost/logo.png"} {
		var e *stanna.Error
		if err := (&Line{}).CheckLogo(t.Context(), address); !errors.As(err, &e) || !strings.Contains(e.Fields[logoField], "private address") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
