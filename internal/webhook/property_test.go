package webhook

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

// signed makes a request as the other side would, with code of its own, and
// names the header with the signature.
func signed(t *rapid.T, scheme Scheme, secret stanna.Secret, body []byte, at time.Time) (r Request, signature string) {
	r = Request{Method: "POST", URL: "https://stanna.example.com/in/src_1", Header: http.Header{}, Body: body}
	mac := func(h func() hash.Hash, text string) []byte {
		m := hmac.New(h, []byte(secret.Reveal()))
		fmt.Fprint(m, text)
		return m.Sum(nil)
	}
	set := func(name, value string) { signature = name; r.Header.Set(name, value) }
	seconds, millis := fmt.Sprint(at.Unix()), fmt.Sprint(at.UnixMilli())
	switch scheme {
	case Standard:
		h, err := Sign("msg_1", at, body, secret)
		if err != nil {
			t.Fatal(err)
		}
		r.Header, signature = h, "Webhook-Signature"
	case HubSpot:
		r.Header.Set("X-HubSpot-Request-Timestamp", millis)
		set("X-Hubspot-Signature-V3", base64.StdEncoding.EncodeToString(mac(sha256.New, r.Method+r.URL+string(body)+millis)))
	case Slack:
		r.Header.Set("X-Slack-Request-Timestamp", seconds)
		set("X-Slack-Signature", "v0="+hex.EncodeToString(mac(sha256.New, "v0:"+seconds+":"+string(body))))
	case Intercom:
		set("X-Hub-Signature", "sha1="+hex.EncodeToString(mac(sha1.New, string(body))))
	case Segment:
		set("X-Signature", hex.EncodeToString(mac(sha1.New, string(body))))
	case GitHub:
		set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac(sha256.New, string(body))))
	case HMAC:
		set("X-Signature-256", hex.EncodeToString(mac(sha256.New, string(body))))
	case Token:
		set("X-Webhook-Token", secret.Reveal())
	default:
		t.Fatalf("%s cannot be signed by this test", scheme)
	}
	return r, signature
}

// What the other side signs is taken, whatever it says; after a turn of any
// single bit of what is signed, or of the signature, it is not.
func TestOneBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		guide := rapid.SampledFrom(Schemes()).Draw(t, "scheme")
		secret, other := NewSecret(), NewSecret()
		body := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "body")
		at := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at"))
		skew := time.Duration(rapid.Int64Range(int64(-4*time.Minute), int64(4*time.Minute)).Draw(t, "skew"))
		r, signature := signed(t, guide.Scheme, secret, body, at)
		now := at.Add(skew)
		if err := Verify(guide.Scheme, "", r, []stanna.Secret{other, secret}, now); err != nil {
			t.Fatal(err)
		}

		bit := func(in []byte) []byte {
			out := append([]byte(nil), in...)
			i := rapid.IntRange(0, 8*len(out)-1).Draw(t, "bit")
			out[i/8] ^= 1 << (i % 8)
			return out
		}
		what := slices.Sorted(maps.Keys(r.Header))
		if guide.Scheme != Token {
			what = append(what, "body")
		}
		if guide.Scheme == HubSpot {
			what = append(what, "url", "method")
		}
		changed := r
		changed.Header = r.Header.Clone()
		switch part := rapid.SampledFrom(what).Draw(t, "part"); part {
		case "body":
			changed.Body = bit(r.Body)
		case "url":
			changed.URL = string(bit([]byte(r.URL)))
		case "method":
			changed.Method = string(bit([]byte(r.Method)))
		case signature:
			if guide.Scheme == HMAC { // where two texts may stand for the same bytes
				raw, _ := hex.DecodeString(r.Header.Get(part))
				changed.Header.Set(part, hex.EncodeToString(bit(raw)))
				break
			}
			changed.Header.Set(part, string(bit([]byte(r.Header.Get(part)))))
		default:
			changed.Header.Set(part, string(bit([]byte(r.Header.Get(part)))))
		}
		if err := Verify(guide.Scheme, "", changed, []stanna.Secret{other, secret}, now); stanna.CodeOf(err) != stanna.Unauthenticated {
			t.Fatalf("taken with another bit: %v", err)
		}
	})
}
