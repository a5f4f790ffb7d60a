package webhook

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/gostanna/stanna"
)

func call(url string) Call {
	return Call{URL: stanna.Secret(url), ID: "msg_1", Body: []byte(`{"type":"test"}`), Secrets: []stanna.Secret{publishedSecret}, UserAgent: "Stanna/test", Now: time.Now}
}

// onLoopback is a client that may call the servers of a test.
func onLoopback(t *testing.T) *http.Client {
	client := NewHTTPClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func serve(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// What arrives is taken by the official library, and all of it is there.
func TestSend(t *testing.T) {
	older, newer := NewSecret(), NewSecret()
	var tries atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		tries.Add(1)
		body, _ := io.ReadAll(r.Body)
		for _, secret := range []stanna.Secret{older, newer} {
			wh, err := standardwebhooks.NewWebhook(secret.Reveal())
			if err != nil {
				t.Error(err)
			} else if err := wh.Verify(body, r.Header); err != nil {
				t.Error(err)
			}
		}
		if r.Method != http.MethodPost || r.URL.RawQuery != "token=abcdef" || r.Header.Get("Content-Type") != "application/json" ||
			r.Header.Get("User-Agent") != "Stanna/test" || len(r.Header["Accept-Encoding"]) != 0 || len(r.Header["Idempotency-Key"]) != 0 || r.ContentLength != int64(len(body)) {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, "taken, thank you")
	})
	c := call(url + "/hook?token=abcdef")
	c.Secrets = []stanna.Secret{newer, older}
	times := []time.Time{time.Now(), time.Now(), time.Now()}
	for i := range times {
		times[i] = times[0].Add(time.Duration(i) * 40 * time.Millisecond)
	}
	c.Now = func() time.Time { now := times[0]; times = times[1:]; return now }
	a := Send(t.Context(), onLoopback(t), c)
	if want := (Answer{Outcome: Delivered, Status: 202, Took: 80 * time.Millisecond, Body: "taken, thank you"}); a != want {
		t.Errorf("%+v, want %+v", a, want)
	}
	if tries.Load() != 1 {
		t.Errorf("%d calls", tries.Load())
	}
}

func TestAnswers(t *testing.T) {
	client := onLoopback(t)
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		status  int
		header  string // Name: value
		outcome Outcome
		after   time.Duration
		says    string
	}{
		{200, "", Delivered, 0, ""},
		{204, "Retry-After: 5", Delivered, 0, ""},
		{299, "", Delivered, 0, ""},
		{300, "", Retry, 0, "Redirects are not followed"},
		{301, "Location: https://new.example.com/x?token=abcdef", Retry, 0, `301 Moved Permanently. Redirects are not followed: it has moved to "https://new.example.com"; give`},
		{302, "Location: /login", Retry, 0, "another path of the same host"},
		{303, "Location: http://10.0.0.1:8500/v1/kv", Retry, 0, `"http://10.0.0.1:8500"`},
		{304, "", Retry, 0, "304 Not Modified"},
		{307, "Location: ://%zz", Retry, 0, ""},
		{308, "Location: mailto:a@b.example", Retry, 0, "to which it has moved"},
		{400, "", Retry, 0, "400 Bad Request"},
		{401, "", Retry, 0, "does not take the signature"},
		{404, "", Retry, 0, "check it"},
		{408, "", Retry, 0, "408 Request Timeout"},
		{410, "Retry-After: 5", Gone, 0, "wants no more webhooks"},
		{425, "", Retry, 0, "425 Too Early"},
		{429, "", Retry, 0, "sent less"},
		{429, "Retry-After: 120", Retry, 2 * time.Minute, "sent less"},
		{429, "Retry-After: Tue, 24 Nov 2026 09:00:00 GMT", Retry, time.Hour, ""},
		{429, "Retry-After: Tuesday, 24-Nov-26 09:00:00 GMT", Retry, time.Hour, ""},
		{429, "Retry-After: Mon, 23 Nov 2026 09:00:00 GMT", Retry, 0, ""},
		{429, "Retry-After: Tue, 24 Nov 2126 09:00:00 GMT", Retry, 10 * time.Hour, ""},
		{429, "Retry-After: 99999999999999999999999", Retry, 10 * time.Hour, ""},
		{429, "Retry-After: -5", Retry, 0, ""},
		{429, "Retry-After: NaN", Retry, 0, ""},
		{500, "", Retry, 0, "500 Internal Server Error"},
		{503, "Retry-After: 30", Retry, 30 * time.Second, "503 Service Unavailable"},
		{599, "", Retry, 0, "599"},
		{999, "", Retry, 0, "999"},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if name, value, ok := strings.Cut(c.header, ": "); ok {
				w.Header().Set(name, value)
			}
			w.WriteHeader(c.status)
		})
		k := call(url + "/hook")
		k.Now = func() time.Time { return now }
		a := Send(t.Context(), client, k)
		if a.Outcome != c.outcome || a.RetryAfter != c.after || !strings.Contains(a.Error, c.says) || (a.Error == "") != (c.outcome == Delivered) {
			t.Errorf("%d, %s: %+v, want %s, %v, %q", c.status, c.header, a, c.outcome, c.after, c.says)
		}
		if a.Status != c.status && c.status != 307 { // net/http takes an answer without a sensible Location for none
			t.Errorf("%d: status %d", c.status, a.Status)
		}
	}
}

// A redirect is not followed, though it leads to where a call would be
// allowed.
func TestRedirectIsNotFollowed(t *testing.T) {
	private := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, private, status) })
		if a := Send(t.Context(), onLoopback(t), call(url)); a.Outcome != Retry || a.Status != status {
			t.Errorf("%+v", a)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	client := onLoopback(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	hijack := func(say string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(c, say)
			_ = c.Close()
		}
	}
	unknown := newHTTPClient(nil, (&nameServer{answers: [][]netip.Addr{{}}}).resolver())
	for name, c := range map[string]struct {
		client *http.Client
		url    string
		says   string
	}{
		"nobody listens":     {client, closed.URL, "could not be reached: dial tcp"},
		"unknown name":       {unknown, "https://gone.example.com", "the name gone.example.com is not known"},
		"unknown authority":  {client, secure.URL, "certificate"},
		"it hangs up":        {client, serve(t, hijack("")), "closed the connection"},
		"it says nonsense":   {client, serve(t, hijack("SMTP ready\r\n")), "malformed HTTP"},
		"half a header":      {client, serve(t, hijack("HTTP/1.1 200 OK\r\nX")), "No answer came"},
		"a bomb of a header": {client, serve(t, hijack("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20)+"\r\n\r\n")), "headers exceeded"},
		"a bomb of headers":  {client, serve(t, hijack("HTTP/1.1 200 OK\r\n"+strings.Repeat("X: x\r\n", 1<<18)+"\r\n")), "headers exceeded"},
		"a bomb of promises": {client, serve(t, hijack(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: x\r\n\r\n", 1<<15))), "headers exceeded"},
	} {
		a := Send(t.Context(), c.client, call(c.url))
		if a.Outcome != Retry || a.Status != 0 || !strings.Contains(a.Error, c.says) || len(a.Error) > 500 {
			t.Errorf("%s: %+v, want %q", name, a, c.says)
		}
	}
	for name, c := range map[string]Call{
		"no address":        call(""),
		"no web address":    call("mailto:ops@example.com"),
		"an odd address":    call("https://a.example/\x7f?token=abcdef"),
		"no secret":         {URL: "https://a.example", ID: "msg_1", Now: time.Now},
		"a spoilt secret":   {URL: "https://a.example", ID: "msg_1", Now: time.Now, Secrets: []stanna.Secret{"spoilt-secret"}},
		"an id with a dot":  {URL: "https://a.example", ID: "msg.1", Now: time.Now, Secrets: []stanna.Secret{publishedSecret}},
		"a private address": call("http://192.168.0.1/?token=abcdef"),
	} {
		if a := Send(t.Context(), client, c); a.Outcome != Refused || a.Error == "" || strings.Contains(a.Error, "abcdef") || strings.Contains(a.Error, "spoilt") {
			t.Errorf("%s: %+v", name, a)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if a := Send(stopped, client, call(serve(t, func(http.ResponseWriter, *http.Request) {}))); a.Outcome != Retry || !strings.Contains(a.Error, "server was stopped") {
		t.Errorf("%+v", a)
	}
}

// An endpoint that takes its time gets four seconds in all, wherever it takes
// it. Time is the bubble's, so that the test takes none.
func TestSlow(t *testing.T) {
	drip := func(c net.Conn, begin string) {
		_, err := io.WriteString(c, begin)
		for ; err == nil; _, err = io.WriteString(c, "x") {
			time.Sleep(1500 * time.Millisecond)
		}
	}
	for name, c := range map[string]struct {
		endpoint func(net.Conn)
		outcome  Outcome
		status   int
		body     string
	}{
		"says nothing":        {func(net.Conn) {}, Retry, 0, ""},
		"drips its header":    {func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\nX: ") }, Retry, 0, ""},
		"drips its body":      {func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") }, Delivered, 200, "xx"},
		"drips why it failed": {func(c net.Conn) { drip(c, "HTTP/1.1 500 Oops\r\n\r\n") }, Retry, 500, "xx"},
		"never ends":          {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab") }, Delivered, 200, "ab"},
		"switches protocols": {func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
		}, Retry, 101, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			done := make(chan struct{})
			client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() {
					defer close(done)
					if r, err := http.ReadRequest(bufio.NewReader(there)); err == nil {
						_, _ = io.Copy(io.Discard, r.Body)
					}
					c.endpoint(there)
					_, _ = io.Copy(io.Discard, there) // until the other side hangs up
				}()
				return here, nil
			}}}
			a := Send(t.Context(), client, call("http://slow.example.com"))
			if a.Outcome != c.outcome || a.Status != c.status || a.Body != c.body || a.Took > sendTimeout {
				t.Errorf("%s: %+v", name, a)
			}
			if name != "switches protocols" && a.Took != sendTimeout {
				t.Errorf("%s: took %v", name, a.Took)
			}
			if a.Status == 0 && !strings.Contains(a.Error, "in time, which is 4 seconds") {
				t.Errorf("%s: %s", name, a.Error)
			}
			<-done
		})
	}
}

// Of ten megabytes, or of an answer without end, no more than the bound is
// read, and what is kept is short and can be stored.
func TestLargeAnswer(t *testing.T) {
	var written atomic.Int64
	stopped := make(chan struct{}, 1)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		line := bytes.Repeat([]byte("é\x00\xff\r\n"), 1000)
		for {
			n, err := w.Write(line)
			if written.Add(int64(n)); err != nil || written.Load() > 100<<20 {
				stopped <- struct{}{}
				return
			}
		}
	})
	a := Send(t.Context(), onLoopback(t), call(url))
	<-stopped
	if a.Outcome != Retry || a.Status != 500 || len(a.Body) > maxExcerpt || len(a.Body) < maxExcerpt/3 || !utf8.ValidString(a.Body) || strings.ContainsAny(a.Body, "\x00\r") || !strings.HasPrefix(a.Body, "é?\né") {
		t.Errorf("%d bytes: %.40q…", len(a.Body), a.Body)
	}
	if written.Load() > 20<<20 {
		t.Errorf("%d MB were let through", written.Load()>>20)
	}
}

// No part of the address's query and no secret reaches an error or what is
// kept of an answer, also when the endpoint says back what it was sent.
func TestNothingLeaks(t *testing.T) {
	const token = "tok-AbC/12+3="
	query := "?token=tok-AbC%2f12%2B3%3D&keyless-secret-1&a=1"
	client := onLoopback(t)
	echo := func(w http.ResponseWriter, r *http.Request) string {
		return fmt.Sprintf("%s %s %s %v %s", r.URL, r.URL.Query().Get("token"), r.URL.RawQuery, r.URL.Query(), r.URL.Query().Encode())
	}
	for name, h := range map[string]http.HandlerFunc{
		"as an answer": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, echo(w, r)) },
		"as an error":  func(w http.ResponseWriter, r *http.Request) { http.Error(w, echo(w, r), 500) },
		"as a status": func(w http.ResponseWriter, r *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(c, "POST %s\r\n\r\n", echo(w, r))
			c.Close()
		},
		"as a place": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://b.example/?"+r.URL.RawQuery, 301)
		},
		"as a bad one": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "://"+echo(w, r))
			w.WriteHeader(301)
		},
		"as a length": func(w http.ResponseWriter, r *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n", echo(w, r))
			c.Close()
		},
		"for a version": func(w http.ResponseWriter, r *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(c, "HTTP/%s 200 OK\r\n\r\n", echo(w, r))
			c.Close()
		},
	} {
		k := call(serve(t, h) + "/hook" + query)
		for what, text := range map[string]string{"the answer": fmt.Sprintf("%+v", Send(t.Context(), client, k)), "the call": fmt.Sprintf("%v %+v %#v", k, k, k)} {
			for _, secret := range []string{token, "tok-AbC", "keyless-secret-1", publishedSecret.Reveal()} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %q is in %s: %s", name, secret, what, text)
				}
			}
		}
	}
	for _, address := range []string{"https://127.0.0.1:1", "http://10.0.0.1", "https://no-such-name.invalid"} {
		a := Send(t.Context(), newHTTPClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, (&nameServer{answers: [][]netip.Addr{{}}}).resolver()), call(address+"/hook"+query))
		if a.Outcome == Delivered || strings.Contains(a.Error, "tok-AbC") || strings.Contains(a.Error, "/hook") {
			t.Errorf("%+v", a)
		}
	}
}

// A connection that the endpoint gives up just as it is used again is no
// reason to wait for the next try.
func TestConnectionGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(c)
			if r, err := http.ReadRequest(in); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				_, _ = http.ReadRequest(in)
			}
			_ = c.Close()
		}
	}()
	client := onLoopback(t)
	for range 3 {
		if a := Send(t.Context(), client, call("http://"+l.Addr().String())); a.Outcome != Delivered {
			t.Errorf("%+v", a)
		}
	}
}

// HTTP/2 is spoken, and its headers are bounded as well.
func TestHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bomb" {
			for i := range 2000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 100))
			}
		}
		fmt.Fprint(w, r.Proto)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	client := onLoopback(t)
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = roots
	if a := Send(t.Context(), client, call(s.URL)); a.Outcome != Delivered || a.Body != "HTTP/2.0" {
		t.Errorf("%+v", a)
	}
	if a := Send(t.Context(), client, call(s.URL+"/bomb")); a.Outcome != Retry || a.Status != 0 {
		t.Errorf("%+v", a)
	}
}
