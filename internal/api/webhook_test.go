package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// endpoints adds what examples of webhooks name: the endpoint ep_one, and the
// delivery dlv_one to it, which failed.
func (st *stage) endpoints() {
	st.Helper()
	now := st.now()
	st.must(st.store.Update(context.Background(), func(tx *store.Tx) error {
		e := stanna.Endpoint{Workspace: acme, ID: "ep_one", Name: "Warehouse", Address: "https://127.0.0.1:1/stanna", Types: []stanna.EventType{stanna.AlertOpened, stanna.AlertClosed},
			Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", CreatedAt: now, UpdatedAt: now}
		if err := tx.PutEndpoint(e); err != nil {
			return err
		}
		d := stanna.Delivery{Workspace: acme, ID: "dlv_one", EndpointID: e.ID, Event: stanna.SampleOf(stanna.AlertOpened, acme, now), State: stanna.DeliveryLost, Tried: 8, CreatedAt: now, EndedAt: now,
			Attempts: []stanna.Attempt{{At: now, Status: 500, Took: 31 * time.Millisecond, Answer: "out of memory", Error: "The endpoint answered 500 Internal Server Error"}}}
		return tx.AddDelivery(d)
	}))
}

func TestWebhooks(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		type got struct {
			header http.Header
			body   []byte
		}
		came := make(chan got, 10)
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			came <- got{r.Header, b}
		}))
		defer receiver.Close()

		draft := map[string]any{"name": "Warehouse", "address": receiver.URL + "/in?token=abcdef", "types": []string{"alert.opened"}}
		var made webhookView
		a := st.ask("POST", "/api/webhooks", draft).want(201, &made)
		if !strings.HasPrefix(made.Secret, "whsec_") || a.header.Get("ETag") != `"1"` || made.Status != "working" || strings.Contains(string(a.body), "abcdef") {
			st.Fatalf("%s", a.body)
		}
		path := "/api/webhooks/" + made.ID
		for _, where := range []string{path, "/api/webhooks", "/api/audit"} {
			if b := string(st.ask("GET", where, nil).want(200).body); strings.Contains(b, "whsec_") || strings.Contains(b, "abcdef") {
				st.Errorf("%s shows a secret: %s", where, b)
			}
		}

		// Tried, and verified by the official library.
		var sent sentDetail
		st.ask("POST", path+"/test", nil).want(200, &sent)
		one := <-came
		official, err := standard.NewWebhook(made.Secret)
		st.must(err)
		if err := official.Verify(one.body, one.header); err != nil || sent.State != stanna.DeliveryArrived || sent.Type != stanna.EndpointTest {
			st.Errorf("%v %+v", err, sent)
		}
		if sent.Body != string(one.body) || sent.Headers["Webhook-Id"] != one.header.Get("webhook-id") || sent.Headers["Webhook-Timestamp"] != one.header.Get("webhook-timestamp") || sent.Attempts[0].Status == nil {
			st.Errorf("as sent: %+v", sent)
		}

		// Two people at once.
		draft["name"] = "Lake"
		draft["address"] = made.Address
		st.ask("PUT", path, draft, header("If-Match", `"1"`)).want(200)
		st.ask("PUT", path, draft, header("If-Match", `"1"`)).problem(412, preconditionFailed)
		draft["version"] = 1
		st.ask("PUT", path, draft).problem(409, conflict)
		delete(draft, "version")
		st.ask("DELETE", path, nil, header("If-Match", `"1"`)).problem(412, preconditionFailed)

		var rotated webhookView
		st.ask("POST", path+"/rotate", nil).want(200, &rotated)
		if rotated.Secret == made.Secret || rotated.PreviousUntil == nil || rotated.PreviousUntil.Sub(st.now()) < 23*time.Hour {
			st.Errorf("%+v", rotated)
		}
		st.ask("POST", path+"/rotate", map[string]any{"overlapHours": 0}).want(200, &rotated)
		if rotated.PreviousUntil != nil {
			st.Errorf("%+v", rotated)
		}

		// An alert, while it is paused and then resumed.
		st.ask("POST", path+"/pause", nil).want(200)
		st.client("c1")
		st.ask("POST", "/api/signals", []any{scored("a", "c1", 80, st.now().Add(-time.Hour)), scored("b", "c1", 20, st.now())}).want(200)
		var log struct {
			Deliveries []SentView
			NextBefore *string
		}
		st.ask("GET", "/api/webhooks/deliveries?state=waiting&webhook="+made.ID, nil).want(200, &log)
		if len(log.Deliveries) != 1 || log.Deliveries[0].Type != stanna.AlertOpened || len(came) != 0 {
			st.Fatalf("%+v", log)
		}
		st.ask("POST", path+"/resume", nil).want(200)
		one = <-came
		var body struct {
			Data struct{ Client struct{ ID string } }
		}
		st.must(json.Unmarshal(one.body, &body))
		if body.Data.Client.ID != "c1" {
			st.Errorf("%s", one.body)
		}
		st.until("the delivery", func() bool {
			st.ask("GET", "/api/webhooks/deliveries?state=delivered&limit=1", nil).want(200, &log)
			return log.Deliveries[0].Type == stanna.AlertOpened
		})
		if log.NextBefore == nil {
			st.Fatal("there is no second page")
		}
		next := *log.NextBefore
		st.ask("GET", "/api/webhooks/deliveries?before="+next, nil).want(200, &log)
		if len(log.Deliveries) != 1 || log.Deliveries[0].Type != stanna.EndpointTest {
			st.Errorf("%+v", log)
		}
		st.ask("POST", "/api/webhooks/deliveries/"+next+"/resend", nil).want(202)
		if again := <-came; string(again.body) != string(one.body) || again.header.Get("webhook-id") != one.header.Get("webhook-id") {
			st.Errorf("%s", again.body)
		}
		st.ask("POST", path+"/resend", map[string]any{"since": st.now().Add(-time.Hour)}).want(202)

		// Who may.
		bo := st.member("bo@acme.com", stanna.Director)
		st.ask("GET", "/api/webhooks", nil, signedIn(bo)).problem(403, forbidden)
		st.ask("GET", "/api/webhooks/event-types", nil, signedIn(bo)).want(200)
		foreign := st.newKey(other, stanna.ScopeAdmin)
		for _, x := range [][2]string{{"GET", path}, {"POST", path + "/test"}, {"POST", path + "/rotate"}, {"POST", path + "/pause"}, {"DELETE", path},
			{"GET", "/api/webhooks/deliveries/" + sent.ID}, {"POST", "/api/webhooks/deliveries/" + sent.ID + "/resend"}} {
			st.ask(x[0], x[1], nil, as(foreign)).problem(404, resourceNotFound)
		}
		st.ask("DELETE", path, nil).want(200)
		st.ask("GET", path, nil).problem(404, resourceNotFound)
	})
}

func TestWebhooksThatAreRefused(t *testing.T) {
	st := newStage(t, openStore(t), nil)
	for _, bad := range []map[string]any{
		{"address": "https://10.0.0.1/", "types": []string{"alert.opened"}},
		{"address": "https://hooks.example.com/", "types": []string{"alert.exploded"}},
		{"address": "https://hooks.example.com/", "types": []string{}},
		{"address": "mailto:ops@acme.com", "types": []string{"alert.opened"}},
		{"address": "ftp://hooks.example.com", "types": []string{"alert.opened"}},
		{"types": []string{"alert.opened"}},
	} {
		st.ask("POST", "/api/webhooks", bad).problem(400, validationError)
	}
}
