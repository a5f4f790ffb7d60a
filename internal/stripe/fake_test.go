package stripe

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// fake is a Stripe whose answers the test scripts.
type fake struct {
	*httptest.Server
	mu  sync.Mutex
	got []*http.Request // in order; a form was read
}

// serve runs a Stripe that answers every call with h.
func serve(t testing.TB, h http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		f.mu.Lock()
		f.got = append(f.got, r)
		f.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// calls are the methods and addresses that were asked for.
func (f *fake) calls() (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.got {
		query, _ := url.QueryUnescape(r.URL.RequestURI())
		all = append(all, r.Method+" "+query)
	}
	return all
}

func (f *fake) last() *http.Request { f.mu.Lock(); defer f.mu.Unlock(); return f.got[len(f.got)-1] }

// says answers with a status and a body.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// answers gives each path its body, and 404 to others.
func answers(paths map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := paths[r.URL.Path]
		if !ok {
			says(404, `{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such object"}}`)(w, r)
			return
		}
		says(200, body)(w, r)
	}
}

// half promises more than it sends, and breaks off.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"object":"list","data":[`))
}

// dead is the address of a server that no longer runs.
func dead() string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

// api is Stripe at an address, with connections of its own.
func api(t testing.TB, address string) API {
	line := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(line.CloseIdleConnections)
	return API{Base: address, HTTP: line, Key: testKey}
}
