package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A message as long as they get in practice, and Slack's echo of it.
func longMessage() (text string, blocks json.RawMessage, answer string) {
	section := `{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("Usage 118 a day, usually 200 (−11). ", 8) + `","verbatim":true}}`
	blocks = json.RawMessage("[" + strings.Repeat(section+",", 7) + section + "]")
	text = strings.Repeat("High: Acme Corp health fell 22 points to 38 (red) in 7 days. ", 5)
	return text, blocks, `{"ok":true,"channel":"C1","ts":"1503435956.000247","message":{"type":"message","blocks":` + string(blocks) + `}}`
}

type still struct{ answer string }

func (s still) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.answer)), Request: r}, nil
}

// BenchmarkPostOverhead is what Post itself costs, without a network.
func BenchmarkPostOverhead(b *testing.B) {
	text, blocks, answer := longMessage()
	c := NewClient("https://slack.com", testToken, &http.Client{Transport: still{answer}})
	b.ReportAllocs()
	for b.Loop() {
		if o := c.Post(b.Context(), "C1", Content{Text: text, Blocks: blocks}); o.Kind != Delivered {
			b.Fatalf("%+v", o)
		}
	}
}

// BenchmarkPost is a post to a server on loopback; BenchmarkBareHTTP is the
// same request without this package.
func BenchmarkPost(b *testing.B) {
	text, blocks, answer := longMessage()
	c := client(b, serveQuick(b, answer))
	for b.Loop() {
		if o := c.Post(b.Context(), "C1", Content{Text: text, Blocks: blocks}); o.Kind != Delivered {
			b.Fatalf("%+v", o)
		}
	}
}

func BenchmarkBareHTTP(b *testing.B) {
	text, blocks, answer := longMessage()
	u, hc := serveQuick(b, answer), pool(b)
	body := url.Values{"channel": {"C1"}, "text": {text}, "blocks": {string(blocks)}}.Encode()
	for b.Loop() {
		resp, err := hc.Post(u, "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

func serveQuick(b *testing.B, answer string) string {
	return serve(b, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(answer)) }).URL
}
