package stripe

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// seeds gives every object of the shared folder's files, where it is there.
func seeds(f *testing.F, add func(object []byte)) {
	root := os.Getenv("STANNA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	_ = filepath.WalkDir(filepath.Join(root, "data/stripe-events"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return nil
		}
		var v any
		if raw, err := os.ReadFile(path); err != nil || json.Unmarshal(raw, &v) != nil {
			f.Fatal(path)
		}
		var found []map[string]any
		objectsIn(v, &found)
		for _, o := range found {
			object, _ := json.Marshal(o)
			add(object)
		}
		return nil
	})
}

// FuzzEvent reads whatever might be posted as an event, and holds what every
// news promise.
func FuzzEvent(f *testing.F) {
	seeds(f, func(object []byte) {
		for _, kind := range []string{"invoice.payment_failed", "customer.subscription.updated", "charge.dispute.created", "charge.failed", "customer.updated"} {
			f.Add([]byte(`{"id":"evt_1","object":"event","type":"` + kind + `","created":1795514400,"livemode":true,"data":{"object":` + string(object) + `}}`))
		}
	})
	f.Add([]byte(`{"id":"evt_1","object":"v2.core.event","type":"v1.x","created":"2024-09-17T06:20:52.246Z"}`))
	f.Add([]byte(`{"id":"evt_1","object":"event","type":"invoice.paid","created":"1","data":{"object":null}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := ReadEvent(body)
		if err != nil {
			if stanna.CodeOf(err) != stanna.Invalid {
				t.Fatal(err)
			}
			return
		}
		n, err := e.News()
		if err != nil && stanna.CodeOf(err) != stanna.Invalid {
			t.Fatal(err)
		}
		checkNews(t, e.Type, n, err)
		if len(e.Object) > 0 {
			read, err := NewsOf(e.Object, noon)
			checkNews(t, "read", read, err)
		}
	})
}

// FuzzSignature: nothing passes but what was signed with the secret, and
// within its time.
func FuzzSignature(f *testing.F) {
	f.Add([]byte(`{}`), "t=1614265330,v1=af4ead0627a34a8cca29808e8de9ada8e41a92e6237c63cef6eacf51d36cca34", int64(1614265330))
	f.Add([]byte(``), "t=,v1=", int64(0))
	f.Add([]byte(`x`), "v1,t=1", int64(-1))
	f.Add([]byte(`x`), "t=9223372036854775807,v1=00,v0=00", int64(1))
	f.Fuzz(func(t *testing.T, body []byte, header string, now int64) {
		at := time.Unix(now%1e11, 0)
		if err := Verify(body, header, []stanna.Secret{testSigning}, at); err == nil {
			t.Fatalf("%q passes", header)
		} else if stanna.CodeOf(err) != stanna.Unauthenticated {
			t.Fatal(err)
		}
		if Verify(body, sign(body, at), []stanna.Secret{"whsec_old", testSigning}, at) != nil {
			t.Fatal("what was signed does not pass")
		}
	})
}
