package slack

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gostanna/stanna"
)

const (
	testToken        = stanna.Secret("xoxb-100-200-verySecretBotToken")
	testClientSecret = stanna.Secret("00112233445566778899aabbccddeeff")
	testCode         = "100.200.oneTimeCodeFromConsent"
	testRefresh      = stanna.Secret("xoxe-1-verySecretRefreshToken")
	testAppToken     = stanna.Secret("xapp-1-A1-verySecretAppToken")
	testTicket       = "verySecretTicket"
)

// fake is a Slack whose answers the test scripts.
type fake struct {
	*httptest.Server
	mu   sync.Mutex
	got  []url.Values // forms, in order
	path []string
}

// serve runs a Slack that answers every call with h, after its form was read.
func serve(t testing.TB, h http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		f.mu.Lock()
		f.got, f.path = append(f.got, r.PostForm), append(f.path, r.URL.Path)
		f.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// says answers with a body and status 200.
func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte(body))
	}
}

// status answers with a status and no sense.
func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte("<html>trouble</html>"))
	}
}

// reset takes the request and resets the connection.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.Close()
}

func (f *fake) calls() int { f.mu.Lock(); defer f.mu.Unlock(); return len(f.got) }

func (f *fake) last(t *testing.T) (string, url.Values) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.got) == 0 {
		t.Fatal("Slack was not called")
	}
	return f.path[len(f.path)-1], f.got[len(f.got)-1]
}

// quiet keeps what a test server complains of out of the output.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// dead is the address of a server that no longer runs.
func dead() string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

func pool(t testing.TB) *http.Client {
	hc := NewHTTPClient(nil)
	t.Cleanup(hc.CloseIdleConnections)
	return hc
}

func client(t testing.TB, url string) *Client { return NewClient(url, testToken, pool(t)) }

func app(t testing.TB, url string) App {
	return App{URL: url, ClientID: "11.22", ClientSecret: testClientSecret, SigningSecret: "sign-secret-1", HTTP: pool(t)}
}

// shared reads a file of the shared folder. Without the folder the test is
// skipped, except where it must run (CI=true).
func shared(t *testing.T, name string) []byte {
	t.Helper()
	root := os.Getenv("STANNA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v; set STANNA_SHARED to the shared folder", err)
		}
		t.Skip(err)
	}
	return b
}
