package webhook

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// vector is a case of the shared folder.
type vector struct {
	Name    string            `json:"name"`
	Secret  string            `json:"secret"`
	Signing string            `json:"signing_secret"`
	Payload string            `json:"payload"`
	Body    string            `json:"body"`
	Headers map[string]string `json:"headers"`
	Now     int64             `json:"now"`
	Valid   bool              `json:"valid"`
}

func (v vector) request() Request {
	r := Request{Method: http.MethodPost, URL: "https://stanna.example.com/in/src_1", Header: http.Header{}, Body: []byte(v.Payload + v.Body)}
	for name, value := range v.Headers {
		r.Header.Set(name, value)
	}
	return r
}

func vectors(t testing.TB, file string) []vector {
	t.Helper()
	var all struct{ Cases []vector }
	if err := json.Unmarshal(shared(t, "data/webhook-vectors/"+file), &all); err != nil {
		t.Fatal(err)
	}
	return all.Cases
}

func TestVectors(t *testing.T) {
	for _, c := range []struct {
		scheme Scheme
		file   string
		count  int
	}{
		{Standard, "standard_webhooks.json", 14},
		{Slack, "slack_signature.json", 7},
	} {
		list := vectors(t, c.file)
		if len(list) != c.count {
			t.Fatalf("%s has %d cases", c.file, len(list))
		}
		for _, v := range list {
			err := Verify(c.scheme, "", v.request(), []stanna.Secret{stanna.Secret(v.Secret + v.Signing)}, time.Unix(v.Now, 0))
			if (err == nil) != v.Valid {
				t.Errorf("%s, %s: %v", c.file, v.Name, err)
			}
			if err != nil && stanna.CodeOf(err) != stanna.Unauthenticated {
				t.Errorf("%s, %s: code %q", c.file, v.Name, stanna.CodeOf(err))
			}
		}
	}
}

// sample is a request that passes.
type sample struct {
	name    string
	scheme  Scheme
	header  string // chosen
	secret  stanna.Secret
	url     string
	body    string
	headers map[string]string
	at      int64
}

func (s sample) request() Request {
	r := Request{Method: http.MethodPost, URL: s.url, Header: http.Header{}, Body: []byte(s.body)}
	for name, value := range s.headers {
		r.Header.Set(name, value)
	}
	return r
}

// samples are one or more of each scheme: published where the tool, its
// library or an RFC publishes one, else made with openssl.
func samples() []sample {
	const clientSecret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
	const slackSecret, slackSignature = "8f742231b10e8888abcd99yyyzzz85a5", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	const slackBody = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	const dataHex, dataBase64 = "0278b1a603de4c561ac0feb960354d0d00e8846b74813d81bddb43ad45bff767", "AnixpgPeTFYawP65YDVNDQDohGt0gT2BvdtDrUW/92c="
	standard := map[string]string{"webhook-id": publishedID, "webhook-timestamp": "1614265330", "webhook-signature": publishedSignature}
	svix := map[string]string{"svix-id": publishedID, "svix-timestamp": "1614265330", "svix-signature": publishedSignature}
	return []sample{
		{"Standard Webhooks, published", Standard, "", publishedSecret, "", publishedBody, standard, publishedAt},
		{"Standard Webhooks, by the names of before", Standard, "", publishedSecret, "", publishedBody, svix, publishedAt},
		{"HubSpot, of its Python library", HubSpot, "", clientSecret, "https://www.example.com/webhook_uri", "{'example_field':'example_value'}",
			map[string]string{"X-HubSpot-Signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=", "X-HubSpot-Request-Timestamp": "1693657560000"}, 1693657560},
		{"HubSpot, of its Ruby library", HubSpot, "", clientSecret, "https://www.example.com/webhook_uri", "{'example_field':'example_value'}",
			map[string]string{"X-HubSpot-Signature-v3": "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=", "X-HubSpot-Request-Timestamp": "1700000300000"}, 1700000300},
		{"HubSpot, an address with encoded characters", HubSpot, "", clientSecret, "https://stanna.example.com/in/src_1?to=a%3Ab%2fc&x=%20%2B%40", "1[]",
			map[string]string{"X-HubSpot-Signature-v3": "r6czd98HEwhpIPFkFl4Q+oASRTC36A/NTV41uJJco+w=", "X-HubSpot-Request-Timestamp": "1700000300000"}, 1700000300},
		{"Slack, published", Slack, "", slackSecret, "", slackBody,
			map[string]string{"X-Slack-Signature": slackSignature, "X-Slack-Request-Timestamp": "1531420618"}, 1531420618},
		{"Intercom", Intercom, "", "f1a2b3c4-0000-1111-2222-333344445555", "", `{"type":"notification_event","topic":"user.created"}`,
			map[string]string{"X-Hub-Signature": "sha1=737a1eed2cfd0c08ca25b6da4ce26485e79f7b66"}, 0},
		{"Segment, RFC 2202", Segment, "", "Jefe", "", "what do ya want for nothing?",
			map[string]string{"X-Signature": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"}, 0},
		{"GitHub, published", GitHub, "", "It's a Secret to Everybody", "", "Hello, World!",
			map[string]string{"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}, 0},
		{"HMAC, hex in the usual header", HMAC, "", "secret", "", `{"body":"sample"}`, map[string]string{"X-Signature-256": dataHex}, 0},
		{"HMAC, upper case with the algorithm", HMAC, "X-Datasaur-Signature", "secret", "", `{"body":"sample"}`, map[string]string{"X-Datasaur-Signature": "sha256=" + strings.ToUpper(dataHex)}, 0},
		{"HMAC, base64", HMAC, "x-shop-hmac", "secret", "", `{"body":"sample"}`, map[string]string{"X-Shop-Hmac": dataBase64}, 0},
		{"HMAC, base64 for addresses", HMAC, "x-shop-hmac", "secret", "", `{"body":"sample"}`, map[string]string{"X-Shop-Hmac": strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(dataBase64), "=")}, 0},
		{"token, bearer", Token, "", "token-of-the-form", "", "a=1", map[string]string{"Authorization": "Bearer token-of-the-form"}, 0},
		{"token, usual header", Token, "", "token-of-the-form", "", "a=1", map[string]string{"X-Webhook-Token": "token-of-the-form"}, 0},
		{"token, chosen header", Token, "X-API-Key", "token-of-the-form", "", "a=1", map[string]string{"X-Api-Key": "token-of-the-form"}, 0},
		{"token, password", Token, "", "token-of-the-form", "", "a=1", map[string]string{"Authorization": "Basic c3Rhbm5hOnRva2VuLW9mLXRoZS1mb3Jt"}, 0},
		{"token, a wrong one beside it", Token, "", "token-of-the-form", "", "a=1", map[string]string{"X-Webhook-Token": "some-other-token", "Authorization": "bearer token-of-the-form"}, 0},
	}
}

func TestSchemes(t *testing.T) {
	other := NewSecret()
	seen := map[Scheme]bool{}
	for _, s := range samples() {
		seen[s.scheme] = true
		now := time.Unix(s.at, 0)
		check := func(r Request, now time.Time, secrets ...stanna.Secret) error {
			return Verify(s.scheme, s.header, r, secrets, now)
		}
		if err := check(s.request(), now, s.secret); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if err := check(s.request(), now, other, s.secret); err != nil {
			t.Errorf("%s, the old secret of two: %v", s.name, err)
		}
		wrong := "is wrong"
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"another secret":  {check(s.request(), now, other), wrong},
			"no secret":       {check(s.request(), now), "no secret"},
			"an empty secret": {check(s.request(), now, ""), "no secret"},
			"no header":       {check(Request{Header: http.Header{}}, now, s.secret), "it "},
			"nothing at all":  {check(Request{}, now, s.secret), "it "},
			"by no scheme":    {Verify("", s.header, s.request(), []stanna.Secret{s.secret}, now), "not known"},
		} {
			if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("%s, %s: %v, want %q", s.name, name, c.err, c.want)
			} else {
				says(t, s, c.err)
			}
		}
		if s.scheme != Token {
			r := s.request()
			r.Body = append(r.Body, ' ')
			if err := check(r, now, s.secret); err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%s, another body: %v", s.name, err)
			}
		}
		guide, _ := find(s.scheme)
		for skew, ok := range map[time.Duration]bool{
			5 * time.Minute: true, -5 * time.Minute: true, 5*time.Minute + time.Millisecond: !guide.Timed, -5*time.Minute - time.Millisecond: !guide.Timed,
			100 * 365 * 24 * time.Hour: !guide.Timed,
		} {
			if err := check(s.request(), now.Add(skew), s.secret); (err == nil) != ok {
				t.Errorf("%s, %v later: %v", s.name, skew, err)
			}
		}
	}
	for _, g := range Schemes() {
		if !seen[g.Scheme] || g.Name == "" || len(g.Setup) < 50 {
			t.Errorf("%s is not tested or has no guide", g.Scheme)
		}
	}
}

// says checks what an error may say.
func says(t testing.TB, s sample, err error) {
	t.Helper()
	if stanna.CodeOf(err) != stanna.Unauthenticated {
		t.Errorf("%s: code %q", s.name, stanna.CodeOf(err))
	}
	text := err.Error()
	if len(s.secret) > 6 && strings.Contains(text, s.secret.Reveal()) || len(s.body) > 6 && strings.Contains(text, s.body) {
		t.Errorf("%s: it is in %s", s.name, text)
	}
	for _, value := range s.headers {
		if strings.Contains(text, value) {
			t.Errorf("%s: it is in %s", s.name, text)
		}
	}
}

// HubSpot signs the method and the address as well.
func TestHubSpotAddress(t *testing.T) {
	s := samples()[slices.IndexFunc(samples(), func(s sample) bool { return s.scheme == HubSpot })]
	for name, change := range map[string]func(*Request){
		"http":      func(r *Request) { r.URL = strings.Replace(r.URL, "https", "http", 1) },
		"a slash":   func(r *Request) { r.URL += "/" },
		"a query":   func(r *Request) { r.URL += "?x" },
		"by put":    func(r *Request) { r.Method = http.MethodPut },
		"no method": func(r *Request) { r.Method = "" },
	} {
		r := s.request()
		change(&r)
		if err := Verify(HubSpot, "", r, []stanna.Secret{s.secret}, time.Unix(s.at, 0)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for encoded, want := range map[string]string{
		"%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B": ":/?@!$'()*,;",
		"%3a%2f%3f%2a%2c%3b":                   ":/?*,;",
		"?a=%20%26%3D%2B%25&b=%253A%E2%82%AC":  "?a=%20%26%3D%2B%25&b=%253A%E2%82%AC",
		"%3%3A%":                               "%3:%",
	} {
		if got := hubSpotAddress(encoded); got != want {
			t.Errorf("%s: %s, want %s", encoded, got, want)
		}
	}
}

func TestHostileHeaders(t *testing.T) {
	good := strings.TrimPrefix(publishedSignature, "v1,")
	for _, c := range []struct {
		name, id, stamp, signature, want string
	}{
		{"twenty signatures, the last is good", publishedID, "1614265330", strings.Repeat("v1,bad ", 19) + publishedSignature, ""},
		{"twenty-one", publishedID, "1614265330", strings.Repeat("v1,bad ", 20) + publishedSignature, "more than 20"},
		{"a million", publishedID, "1614265330", strings.Repeat("v1,bad ", 1e6), "longer than"},
		{"two spaces", publishedID, "1614265330", "  " + publishedSignature, ""},
		{"no version", publishedID, "1614265330", good, "no signature of version v1"},
		{"a public key's", publishedID, "1614265330", "v1a," + good, "no signature of version v1"},
		{"spaces alone", publishedID, "1614265330", "   ", "no signature of version v1"},
		{"not base64", publishedID, "1614265330", "v1,\x00\xff%%%", "is wrong"},
		{"no padding", publishedID, "1614265330", strings.TrimRight(publishedSignature, "="), "is wrong"},
		{"a tail", publishedID, "1614265330", publishedSignature + "A", "is wrong"},
		{"a huge id", strings.Repeat("m", 5000), "1614265330", publishedSignature, "longer than"},
		{"a time that is none", publishedID, "NaN", publishedSignature, "is no time"},
		{"infinity", publishedID, "Inf", publishedSignature, "is no time"},
		{"exponent", publishedID, "1.614265330e9", publishedSignature, "is no time"},
		{"hex", publishedID, "0x60381a32", publishedSignature, "is no time"},
		{"a plus", publishedID, "+1614265330", publishedSignature, "is wrong"},
		{"a space", publishedID, " 1614265330", publishedSignature, "is no time"},
		{"before 1970", publishedID, "-1614265330", publishedSignature, "is no time"},
		{"the end of time", publishedID, "9223372036854775807", publishedSignature, "is no time"},
		{"beyond", publishedID, strings.Repeat("9", 400), publishedSignature, "is no time"},
		{"far ahead", publishedID, "100000000000", publishedSignature, "ahead of this server's clock"},
		{"milliseconds", publishedID, "1614265330000", publishedSignature, "is no time"},
		{"1970", publishedID, "0", publishedSignature, "ago"},
	} {
		r := Request{Header: http.Header{"Webhook-Id": {c.id}, "Webhook-Timestamp": {c.stamp}, "Webhook-Signature": {c.signature}}, Body: []byte(publishedBody)}
		err := Verify(Standard, "", r, []stanna.Secret{publishedSecret}, time.Unix(publishedAt, 0))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("%s: an error of %d bytes", c.name, len(err.Error()))
		}
	}
	for name, h := range map[string]http.Header{
		"the id of one, the signature of the other": {"Svix-Id": {publishedID}, "Webhook-Timestamp": {"1614265330"}, "Webhook-Signature": {publishedSignature}},
		"no values": {"Webhook-Id": {}, "Webhook-Timestamp": nil, "Webhook-Signature": {""}},
	} {
		if err := Verify(Standard, "", Request{Header: h, Body: []byte(publishedBody)}, []stanna.Secret{publishedSecret}, time.Unix(publishedAt, 0)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := Verify(HMAC, "", Request{Header: http.Header{"X-Signature-256": {"sha256=zz"}}}, []stanna.Secret{"secret"}, time.Unix(0, 0)); err == nil || !strings.Contains(err.Error(), "holds no HMAC-SHA256") {
		t.Error(err)
	}
	for _, text := range []string{"Bearer", "Bearer ", "Basic", "Basic !!!", "Basic c3Rhbm5h", "Basic c3Rhbm5hOg==", "Digest token-of-the-form", "token-of-the-form"} {
		if err := Verify(Token, "", Request{Header: http.Header{"Authorization": {text}}}, []stanna.Secret{"token-of-the-form"}, time.Unix(0, 0)); err == nil || !strings.Contains(err.Error(), "has no token") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCheckScheme(t *testing.T) {
	for _, c := range []struct {
		scheme Scheme
		header string
		secret stanna.Secret
		field  string // that is wrong
	}{
		{Standard, "", NewSecret(), ""},
		{Standard, "", publishedSecret, ""},
		{Standard, "", "not-of-standard-webhooks", "secret"},
		{Standard, "X-Signature", NewSecret(), "header"},
		{HubSpot, "", "f1a2b3c4-0000-1111-2222-333344445555", ""},
		{HubSpot, "", " f1a2b3c4-0000-1111-2222-333344445555", "secret"},
		{HubSpot, "", "", "secret"},
		{Slack, "", "8f742231b10e8888abcd99yyyzzz85a5", ""},
		{Segment, "", "short", "secret"},
		{Segment, "", stanna.Secret(strings.Repeat("s", 501)), "secret"},
		{GitHub, "", "It's a Secret to Everybody", ""},
		{GitHub, "", "It's a Secret to Everybody\n", "secret"},
		{Token, "", "a token with spaces", "secret"},
		{HMAC, "", NewSecret(), ""},
		{HMAC, "X-Shopify-Hmac-Sha256", NewSecret(), ""},
		{HMAC, "X-Bad: header", NewSecret(), "header"},
		{HMAC, "X-Bäd", NewSecret(), "header"},
		{HMAC, "X\r\nY", NewSecret(), "header"},
		{HMAC, strings.Repeat("x", 101), NewSecret(), "header"},
		{Token, "X-API-Key", NewSecret(), ""},
		{"stripe", "", NewSecret(), "scheme"},
		{"", "", NewSecret(), "scheme"},
	} {
		err := CheckScheme(c.scheme, c.header, c.secret)
		if (err == nil) != (c.field == "") || err != nil && (!strings.HasPrefix(err.Error(), c.field+": ") || stanna.CodeOf(err) != stanna.Invalid) {
			t.Errorf("%s, %q: %v, want %q", c.scheme, c.header, err, c.field)
		}
	}
}
