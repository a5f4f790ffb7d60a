package stripe

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/gostanna/stanna"
)

func TestSignatureVectors(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Name, Secret, Payload, Header string
			Now                           int64
			Valid                         bool
		}
	}
	if err := json.Unmarshal(shared(t, "data/webhook-vectors/stripe_signature.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Cases) != 13 {
		t.Fatalf("%d vectors", len(vectors.Cases))
	}
	for _, c := range vectors.Cases {
		err := Verify([]byte(c.Payload), c.Header, []stanna.Secret{stanna.Secret(c.Secret)}, time.Unix(c.Now, 0))
		if (err == nil) != c.Valid {
			t.Errorf("%s: %v", c.Name, err)
		}
		if err != nil && stanna.CodeOf(err) != stanna.Unauthenticated {
			t.Errorf("%s: code %q", c.Name, stanna.CodeOf(err))
		}
		if strings.Contains(c.Name, "not JSON") {
			if _, err := ReadEvent([]byte(c.Payload)); stanna.CodeOf(err) != stanna.Invalid {
				t.Errorf("%s: it was read: %v", c.Name, err)
			}
		}
	}
}

// Stripe's own helper signs; the edges and the sentences around it.
func TestSignature(t *testing.T) {
	body := []byte(`{"id":"evt_1","object":"event"}`)
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: testSigning.Reveal(), Timestamp: noon})
	none, other := []stanna.Secret{}, stanna.Secret("whsec_of_another_endpoint")
	for name, c := range map[string]struct {
		header  string
		secrets []stanna.Secret
		now     time.Time
		want    string // "": it passes
	}{
		"now":                   {signed.Header, []stanna.Secret{testSigning}, noon, ""},
		"300 s old":             {signed.Header, []stanna.Secret{testSigning}, noon.Add(300 * time.Second), ""},
		"301 s old":             {signed.Header, []stanna.Secret{testSigning}, noon.Add(301 * time.Second), "check this server's clock"},
		"300 s ahead":           {signed.Header, []stanna.Secret{testSigning}, noon.Add(-300 * time.Second), ""},
		"301 s ahead":           {signed.Header, []stanna.Secret{testSigning}, noon.Add(-301 * time.Second), "check this server's clock"},
		"old and wrong":         {signed.Header, []stanna.Secret{other}, noon.Add(time.Hour), "another endpoint"},
		"the second secret":     {signed.Header, []stanna.Secret{other, testSigning}, noon, ""},
		"another's":             {signed.Header, []stanna.Secret{other}, noon, "another endpoint"},
		"no header":             {"", []stanna.Secret{testSigning}, noon, "no Stripe-Signature header"},
		"no form":               {"hello", []stanna.Secret{testSigning}, noon, "not of the form"},
		"no time":               {signed.Header[strings.Index(signed.Header, ",")+1:], []stanna.Secret{testSigning}, noon, "not of the form"},
		"odd time":              {"t=never,v1=00", []stanna.Secret{testSigning}, noon, "not of the form"},
		"the end of time":       {"t=9223372036854775807,v1=00", []stanna.Secret{testSigning}, noon, "another endpoint"},
		"no secret":             {signed.Header, none, noon, "no signing secret"},
		"an empty secret":       {signed.Header, []stanna.Secret{""}, noon, "no signing secret"},
		"a good after bad ones": {signed.Header + ",v1=00,v1=zz", []stanna.Secret{testSigning}, noon, ""},
		"the last time counts":  {"t=1," + signed.Header, []stanna.Secret{testSigning}, noon, ""},
	} {
		err := Verify(body, c.header, c.secrets, c.now)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		case err != nil && strings.Contains(err.Error(), "whsec_"):
			t.Errorf("%s: a secret is in %v", name, err)
		}
	}
	empty := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: "", Timestamp: noon})
	if Verify(body, empty.Header, []stanna.Secret{""}, noon) == nil {
		t.Error("a body signed with nothing passes")
	}
}
