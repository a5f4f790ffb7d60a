package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// appDouble is the app's interactivity URL.
type appDouble struct {
	mu      sync.Mutex
	got     []pressed
	answers []string      // bodies to answer with in turn; then empty
	status  int           // 0: 200
	slow    chan struct{} // not nil: answers only once it is closed
	url     string
}

type pressed struct {
	header  http.Header
	raw     string
	payload map[string]any
}

func newApp(t *testing.T) *appDouble {
	app := &appDouble{}
	srv := httptest.NewServer(app)
	t.Cleanup(srv.Close)
	app.url = srv.URL + "/interactions"
	return app
}

func (app *appDouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(raw))
	p := pressed{header: r.Header, raw: string(raw)}
	_ = json.Unmarshal([]byte(form.Get("payload")), &p.payload)
	app.mu.Lock()
	app.got = append(app.got, p)
	body, status, slow := "", app.status, app.slow
	if len(app.answers) > 0 {
		body, app.answers = app.answers[0], app.answers[1:]
	}
	app.mu.Unlock()
	if slow != nil {
		<-slow
	}
	if status != 0 {
		w.WriteHeader(status)
	}
	_, _ = io.WriteString(w, body)
}

func (app *appDouble) all() []pressed {
	app.mu.Lock()
	defer app.mu.Unlock()
	return append([]pressed{}, app.got...)
}

func (app *appDouble) last(t *testing.T) pressed {
	t.Helper()
	all := app.all()
	if len(all) == 0 {
		t.Fatal("the app was sent nothing")
	}
	return all[len(all)-1]
}

// withButtons is a stage whose app takes presses.
func withButtons(t *testing.T, app *appDouble, change func(*Config)) *stage {
	return newStage(t, func(cfg *Config) {
		cfg.App.Interactivity, cfg.App.InteractivityURL = true, app.url
		if change != nil {
			change(cfg)
		}
	})
}

const buttonBlocks = `[
 {"type":"section","block_id":"what","text":{"type":"mrkdwn","text":"*Acme* fell"},"accessory":{"type":"datepicker","action_id":"until","initial_date":"2026-11-30","placeholder":{"type":"plain_text","text":"Until"}}},
 {"type":"actions","block_id":"do","elements":[
  {"type":"button","action_id":"take","text":{"type":"plain_text","text":"I'm on it"},"value":"alert-1","style":"primary"},
  {"type":"button","action_id":"open","text":{"type":"plain_text","text":"Open"},"url":"https://stanna.example/clients/1"},
  {"type":"button","action_id":"close","text":{"type":"plain_text","text":"Resolve"},"value":"alert-1","style":"danger",
   "confirm":{"title":{"type":"plain_text","text":"Sure?"},"text":{"type":"mrkdwn","text":"It *closes*."},"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"}}},
  {"type":"static_select","action_id":"snooze","placeholder":{"type":"plain_text","text":"Snooze"},"option_groups":[
   {"label":{"type":"plain_text","text":"Soon"},"options":[{"text":{"type":"plain_text","text":"Tomorrow"},"value":"1d"}]},
   {"label":{"type":"plain_text","text":"Later"},"options":[{"text":{"type":"plain_text","text":"Monday"},"value":"mon"}]}]},
  {"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Not useful"},"value":"useless"},{"text":{"type":"plain_text","text":"Too late"},"value":"late"}]}]},
 {"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Nameless"}}]}]`

func (st *stage) postBlocks(channel, blocks string) string {
	st.t.Helper()
	r := st.call("chat.postMessage", map[string]string{"channel": channel, "text": "Acme fell", "blocks": blocks})
	st.want(r, "ok")
	return r.str("ts")
}

// press presses what must be there.
func (st *stage) press(p Press) Interaction {
	st.t.Helper()
	if p.Channel == "" {
		p.Channel = "C0HEALTH01"
	}
	if p.User == "" {
		p.User = "ana.silva@example.com"
	}
	in, err := st.Press(st.t.Context(), p)
	if err != nil {
		st.t.Fatal(err)
	}
	return in
}

func field(t *testing.T, value any, path ...string) any {
	t.Helper()
	for _, key := range path {
		obj, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no %v: %v is not an object", path, value)
		}
		value = obj[key]
	}
	return value
}

func TestAPressIsWhatSlackSends(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	st.clock.forward(time.Minute)
	in := st.press(Press{TS: ts, ActionID: "take"})
	diff(t, "outcome", []any{in.Sent[0].Status, in.Sent[0].Road, in.Warning}, []any{200, "http", ""})

	got := app.last(t)
	diff(t, "content type", got.header.Get("Content-Type"), "application/x-www-form-urlencoded")
	diff(t, "signature", got.header.Get("X-Slack-Signature"), Sign(st.cfg.App.SigningSecret, got.header.Get("X-Slack-Request-Timestamp"), []byte(got.raw)))
	p := got.payload
	diff(t, "payload", map[string]any{
		"type": p["type"], "user": p["user"], "team": p["team"], "api_app_id": p["api_app_id"], "token": p["token"], "enterprise": p["enterprise"],
		"is_enterprise_install": p["is_enterprise_install"], "channel": p["channel"], "container": p["container"], "actions": p["actions"], "state": p["state"],
	}, map[string]any{
		"type":       "block_actions",
		"user":       map[string]any{"id": "U0ANASILVA", "username": "ana-silva", "name": "ana-silva", "team_id": "T0SANDBOX1"},
		"team":       map[string]any{"id": "T0SANDBOX1", "domain": "acme-sandbox"},
		"api_app_id": "A0SANDBOX1", "token": verificationToken, "enterprise": nil, "is_enterprise_install": false,
		"channel":   map[string]any{"id": "C0HEALTH01", "name": "customer-health"},
		"container": map[string]any{"type": "message", "message_ts": ts, "channel_id": "C0HEALTH01", "is_ephemeral": false},
		"actions": []any{map[string]any{"type": "button", "action_id": "take", "block_id": "do", "value": "alert-1", "style": "primary",
			"text": map[string]any{"type": "plain_text", "text": "I'm on it"}, "action_ts": "1700000060.000000"}},
		"state": map[string]any{"values": map[string]any{
			"what": map[string]any{"until": map[string]any{"type": "datepicker", "selected_date": "2026-11-30"}},
			"do":   map[string]any{"snooze": map[string]any{"type": "static_select", "selected_option": nil}}}},
	})
	diff(t, "message", []any{field(t, p, "message", "ts"), field(t, p, "message", "text"), field(t, p, "message", "bot_id")}, []any{ts, "Acme fell", botID})
	blocks, _ := field(t, p, "message", "blocks").([]any)
	if made := field(t, blocks[2], "block_id"); made == "" || made == nil {
		t.Error("a block without an id was given none")
	}
	if trigger, _ := p["trigger_id"].(string); strings.Count(trigger, ".") != 2 {
		t.Errorf("trigger_id %q", trigger)
	}
	if to, _ := p["response_url"].(string); !strings.HasPrefix(to, st.url+"/sandbox/responses/T0SANDBOX1/") {
		t.Errorf("response_url %q", to)
	}
}

func TestEachElementSaysWhatWasChosen(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	for _, test := range []struct {
		press Press
		want  map[string]any
	}{
		{Press{ActionID: "snooze", Value: "mon"}, map[string]any{"selected_option": map[string]any{"text": map[string]any{"type": "plain_text", "text": "Monday"}, "value": "mon"}}},
		{Press{ActionID: "more", Value: "late"}, map[string]any{"selected_option": map[string]any{"text": map[string]any{"type": "plain_text", "text": "Too late"}, "value": "late"}}},
		{Press{ActionID: "until", Value: "2026-12-24"}, map[string]any{"selected_date": "2026-12-24", "initial_date": "2026-11-30"}},
		{Press{ActionID: "open"}, map[string]any{"url": "https://stanna.example/clients/1"}},
	} {
		test.press.TS = ts
		st.press(test.press)
		actions, _ := app.last(t).payload["actions"].([]any)
		for key, value := range test.want {
			diff(t, test.press.ActionID+" "+key, field(t, actions[0], key), value)
		}
	}
	st.press(Press{TS: ts, ActionID: "snooze", Value: "1d"})
	diff(t, "state", field(t, app.last(t).payload, "state", "values", "do", "snooze", "selected_option", "value"), any("1d"))
}

func TestOnlyWhatIsSeenCanBePressed(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	two := st.postBlocks("C0HEALTH01", `[{"type":"actions","block_id":"a","elements":[{"type":"button","action_id":"x","text":{"type":"plain_text","text":"1"}}]},
		{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"x","text":{"type":"plain_text","text":"2"}}]}]`)
	var said Message
	st.control("POST", "/sandbox/messages", `{"channel":"C0HEALTH01","user":"U0ANASILVA","text":"hello"}`, &said)
	for _, test := range []struct {
		name  string
		press Press
		says  string
	}{
		{"no such action", Press{TS: ts, ActionID: "delete"}, "take, open"},
		{"no such block", Press{TS: ts, ActionID: "take", BlockID: "nope"}, "no element"},
		{"ambiguous", Press{TS: two, ActionID: "x"}, "block_id"},
		{"no such option", Press{TS: ts, ActionID: "more", Value: "gone"}, "no option"},
		{"another value", Press{TS: ts, ActionID: "take", Value: "alert-2"}, `"alert-1"`},
		{"not a date", Press{TS: ts, ActionID: "until", Value: "soon"}, "2006-01-02"},
		{"no message", Press{TS: "1.000001", ActionID: "take"}, "no message"},
		{"a person's message", Press{TS: said.TS, ActionID: "take"}, "not the app's"},
		{"nobody", Press{TS: ts, ActionID: "take", User: "nobody@example.com"}, "no person"},
		{"nowhere", Press{Channel: "C0NOWHERE1", TS: ts, ActionID: "take"}, "no channel"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.press.Channel == "" {
				test.press.Channel = "C0HEALTH01"
			}
			if test.press.User == "" {
				test.press.User = "U0ANASILVA"
			}
			_, err := st.Press(t.Context(), test.press)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %s", err, test.says)
			}
		})
	}
	diff(t, "sent", len(app.all()), 0)
	diff(t, "over the control API", st.control("POST", "/sandbox/press", `{"channel":"C0HEALTH01","ts":"`+ts+`","action_id":"delete","user":"U0ANASILVA"}`, nil), 400)
	diff(t, "unknown key", st.control("POST", "/sandbox/press", `{"channel":"C0HEALTH01","ts":"`+ts+`","actionId":"take","user":"U0ANASILVA"}`, nil), 400)
	st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": ts, "text": "done"})
	if _, err := st.Press(t.Context(), Press{Channel: "C0HEALTH01", TS: ts, ActionID: "take", User: "U0ANASILVA"}); err == nil {
		t.Error("a button was pressed that an edit took away")
	}
}

func TestForgedStaleForeignAndRepeatedPresses(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	signed := func(p pressed) bool {
		return p.header.Get("X-Slack-Signature") == Sign(st.cfg.App.SigningSecret, p.header.Get("X-Slack-Request-Timestamp"), []byte(p.raw))
	}
	st.press(Press{TS: ts, ActionID: "take", Manner: Manner{Tamper: true}})
	diff(t, "forged", signed(app.last(t)), false)
	st.press(Press{TS: ts, ActionID: "take", Manner: Manner{AgeS: 301}})
	diff(t, "stale", []any{signed(app.last(t)), app.last(t).header.Get("X-Slack-Request-Timestamp")}, []any{true, "1699999699"})
	st.press(Press{TS: ts, ActionID: "take", Manner: Manner{AgeS: -301}})
	diff(t, "early", app.last(t).header.Get("X-Slack-Request-Timestamp"), "1700000301")
	st.press(Press{TS: ts, ActionID: "take", Manner: Manner{Team: "T0STRANGER"}})
	diff(t, "foreign", []any{field(t, app.last(t).payload, "team", "id"), field(t, app.last(t).payload, "user", "team_id")}, []any{"T0STRANGER", "T0STRANGER"})

	before := len(app.all())
	var out Interaction
	st.control("POST", "/sandbox/press", `{"channel":"C0HEALTH01","ts":"`+ts+`","action_id":"take","user":"U0ANASILVA","repeat":3}`, &out)
	all := app.all()
	diff(t, "repeats", []any{len(out.Sent), len(all) - before, all[before].raw == all[before+2].raw,
		all[before].header.Get("X-Slack-Signature") == all[before+2].header.Get("X-Slack-Signature")}, []any{3, 3, true, true})

	dry := st.press(Press{TS: ts, ActionID: "take", Manner: Manner{DryRun: true}})
	diff(t, "dry run", []any{len(app.all()), len(dry.Sent), len(dry.Payload) > 0}, []any{before + 3, 0, true})
	diff(t, "log", len(st.Interactions()), 5)
}

func TestWarningsStandBesideTheElement(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	app.status = 500
	in := st.press(Press{TS: ts, ActionID: "take"})
	diff(t, "status", []any{in.Sent[0].Status, in.Warning}, []any{500, "This app responded with Status Code 500."})
	_, _, page := st.page("/channels/C0HEALTH01")
	if !strings.Contains(page, "This app responded with Status Code 500.") {
		t.Error("the page does not warn")
	}
	app.status = 0
	st.press(Press{TS: ts, ActionID: "take"})
	if _, _, page = st.page("/channels/C0HEALTH01"); strings.Contains(page, "Status Code") {
		t.Error("the page warns of what went well since")
	}

	st.SetApp(AppChange{InteractivityURL: new("http://127.0.0.1:1/nobody")})
	diff(t, "unreachable", st.press(Press{TS: ts, ActionID: "take"}).Warning, "This app could not be reached.")
	before := len(app.all())
	st.control("POST", "/sandbox/app", `{"interactivity":false}`, nil)
	in = st.press(Press{TS: ts, ActionID: "take"})
	diff(t, "off", []any{len(app.all()), in.Warning, st.State().Interactivity}, []any{before, "This app is not configured to handle interactive responses.", false})
	diff(t, "bad URL", st.control("POST", "/sandbox/app", `{"interactivity_url":"example.com"}`, nil), 400)
}

func TestASlowAppIsWarnedAbout(t *testing.T) {
	app := newApp(t)
	app.slow = make(chan struct{})
	cfg := DefaultConfig()
	cfg.BotToken, cfg.Scopes, cfg.PostsPerSecond = pasted, allScopes(), 0
	cfg.App.Interactivity, cfg.App.InteractivityURL = true, app.url
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	s := New(cfg, Options{Now: c.now, AnswerWithin: 20 * time.Millisecond})
	t.Cleanup(s.Close)
	st := stageOf(t, s, c)
	in := st.press(Press{TS: st.postBlocks("C0HEALTH01", buttonBlocks), ActionID: "take"})
	close(app.slow)
	diff(t, "warning", []any{in.Sent[0].Status, in.Warning}, []any{0, "Operation timed out. Apps need to respond within 3 seconds."})
}

// form posts a form as a browser on the page does.
func (st *stage) form(path string, fields map[string]string, cookie string) (status int, location, body string) {
	st.t.Helper()
	form := url.Values{}
	for key, value := range fields {
		form.Set(key, value)
	}
	req, _ := http.NewRequest("POST", st.url+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		st.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	location = resp.Header.Get("Location")
	if set := resp.Header.Get("Set-Cookie"); set != "" {
		location += " " + set
	}
	return resp.StatusCode, location, string(text)
}

func TestThePageCanBePressedWithoutScript(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	_, _, page := st.page("/channels/C0HEALTH01")
	for _, text := range []string{`class="button primary">I&#39;m on it`, `<optgroup label="Later"><option value="mon">Monday</option>`, `<button name="value" value="late">Too late</button>`,
		`type="date" name="value" value="2026-11-30"`, `title="https://stanna.example/clients/1"`, `target="_blank"`, "You are", "Nameless"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	where := func(action string, more ...string) map[string]string {
		out := map[string]string{"channel": "C0HEALTH01", "ts": ts, "block_id": "do", "action_id": action}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	status, to, _ := st.form("/person", map[string]string{"user": "U0PRIYARAO", "back": "C0HEALTH01"}, "")
	diff(t, "who", []any{status, to}, []any{303, "/channels/C0HEALTH01 sandbox_person=U0PRIYARAO; Path=/; HttpOnly; SameSite=Lax"})

	status, to, _ = st.form("/press", where("snooze", "value", "mon"), "sandbox_person=U0PRIYARAO")
	diff(t, "select", []any{status, to, field(t, app.last(t).payload, "user", "id")}, []any{303, "/channels/C0HEALTH01#pm" + ts, "U0PRIYARAO"})

	status, _, body := st.form("/press", where("close"), "")
	diff(t, "asks first", []any{status, strings.Contains(body, "Sure?"), strings.Contains(body, "It <b>closes</b>."), len(app.all())}, []any{200, true, true, 1})
	st.form("/press", where("close", "confirmed", "1"), "")
	diff(t, "confirmed", len(app.all()), 2)

	status, to, _ = st.form("/press", where("open"), "")
	diff(t, "link", []any{status, to}, []any{303, "https://stanna.example/clients/1"})
	if err := st.WaitFor(t.Context(), func() bool { return len(st.Interactions()) == 3 }); err != nil {
		t.Fatal("the link sent no block_actions")
	}
	status, _, body = st.form("/press", where("gone"), "")
	diff(t, "gone", []any{status, strings.Contains(body, "changed since")}, []any{409, true})
}
