package sandbox

import (
	"html"
	"strings"
	"testing"
	"time"
)

const snoozeView = `{"type":"modal","callback_id":"snooze","private_metadata":"alert-1","notify_on_close":true,
 "title":{"type":"plain_text","text":"Snooze"},"submit":{"type":"plain_text","text":"Snooze"},"close":{"type":"plain_text","text":"Cancel"},
 "blocks":[
  {"type":"section","text":{"type":"mrkdwn","text":"*Acme* is quiet until then."}},
  {"type":"input","block_id":"until","label":{"type":"plain_text","text":"Until"},"element":{"type":"datepicker","action_id":"date","initial_date":"2026-11-30"}},
  {"type":"input","block_id":"why","label":{"type":"plain_text","text":"Why"},"hint":{"type":"plain_text","text":"One line."},"element":{"type":"plain_text_input","action_id":"text","multiline":true,"min_length":3,"max_length":20}},
  {"type":"input","block_id":"kind","optional":true,"label":{"type":"plain_text","text":"Kind"},"element":{"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"Known"},"value":"known"},{"text":{"type":"plain_text","text":"Other"},"value":"other"}]}}]}`

// opened presses, opens the modal, and returns its id.
func (st *stage) opened(app *appDouble) (id string) {
	st.t.Helper()
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	st.press(Press{TS: ts, ActionID: "take"})
	r := st.call("views.open", map[string]string{"trigger_id": st.trigger(app), "view": snoozeView})
	st.want(r, "ok")
	id, _ = field(st.t, r.body, "view", "id").(string)
	return id
}

func (st *stage) trigger(app *appDouble) string {
	id, _ := app.last(st.t).payload["trigger_id"].(string)
	return id
}

func TestATriggerOpensOneModalWithinThreeSeconds(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	open := func() result {
		return st.call("views.open", map[string]string{"trigger_id": st.trigger(app), "view": snoozeView})
	}
	st.press(Press{TS: ts, ActionID: "take"})
	st.clock.forward(triggerLifetime)
	r := open()
	st.want(r, "ok")
	diff(t, "view", []any{field(t, r.body, "view", "callback_id"), field(t, r.body, "view", "private_metadata"), field(t, r.body, "view", "type"),
		field(t, r.body, "view", "state", "values", "until", "date", "selected_date")}, []any{"snooze", "alert-1", "modal", "2026-11-30"})
	st.want(open(), "exchanged_trigger_id")
	st.press(Press{TS: ts, ActionID: "take"})
	st.clock.forward(triggerLifetime + time.Millisecond)
	st.want(open(), "expired_trigger_id")
	st.want(st.call("views.open", map[string]string{"trigger_id": "1.2.x", "view": snoozeView}), "invalid_trigger_id")
	st.want(st.call("views.open", map[string]string{"view": snoozeView}), "invalid_arguments")
}

func TestModalsAreChecked(t *testing.T) {
	const ok = `"title":{"type":"plain_text","text":"T"},"submit":{"type":"plain_text","text":"S"}`
	input := func(element string) string {
		return `{"type":"modal",` + ok + `,"blocks":[{"type":"input","label":{"type":"plain_text","text":"L"},"element":` + element + `}]}`
	}
	option := `{"text":{"type":"plain_text","text":"A"},"value":"a"}`
	for _, test := range []struct{ name, view, says string }{
		{"whole", snoozeView, ""},
		{"not JSON", `{`, "/view]"},
		{"a home tab", `{"type":"home",` + ok + `,"blocks":[]}`, "/view/type"},
		{"long title", `{"type":"modal","title":{"type":"plain_text","text":"` + strings.Repeat("x", 25) + `"},"blocks":[]}`, "less than 25 characters [json-pointer:/view/title/text]"},
		{"long submit", `{"type":"modal","title":{"type":"plain_text","text":"T"},"submit":{"type":"plain_text","text":"` + strings.Repeat("x", 25) + `"},"blocks":[]}`, "/view/submit/text"},
		{"no title", `{"type":"modal","blocks":[]}`, "missing required field: title"},
		{"no blocks", `{"type":"modal",` + ok + `}`, "missing required field: blocks"},
		{"metadata", `{"type":"modal",` + ok + `,"private_metadata":"` + strings.Repeat("x", 3001) + `","blocks":[]}`, "/view/private_metadata"},
		{"callback", `{"type":"modal",` + ok + `,"callback_id":"` + strings.Repeat("x", 256) + `","blocks":[]}`, "/view/callback_id"},
		{"101 blocks", `{"type":"modal",` + ok + `,"blocks":[` + strings.TrimSuffix(strings.Repeat(`{"type":"divider"},`, 101), ",") + `]}`, "no more than 100 items"},
		{"100 blocks", `{"type":"modal",` + ok + `,"blocks":[` + strings.TrimSuffix(strings.Repeat(`{"type":"divider"},`, 100), ",") + `]}`, ""},
		{"input without submit", `{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":[{"type":"input","label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input"}}]}`, "/view/submit"},
		{"button as input", input(`{"type":"button","text":{"type":"plain_text","text":"B"}}`), "unsupported type: button"},
		{"radio", input(`{"type":"radio_buttons","options":[` + option + `]}`), ""},
		{"no options", input(`{"type":"static_select"}`), "/element/options"},
		{"groups", input(`{"type":"static_select","option_groups":[{"label":{"type":"plain_text","text":"G"},"options":[` + option + `]}]}`), ""},
		{"both", input(`{"type":"static_select","options":[` + option + `],"option_groups":[{"label":{"type":"plain_text","text":"G"},"options":[` + option + `]}]}`), "only one of"},
		{"bad date", input(`{"type":"datepicker","initial_date":"30.11.2026"}`), "YYYY-MM-DD"},
		{"bad length", input(`{"type":"plain_text_input","max_length":3001}`), "/element/max_length"},
		{"unknown property", input(`{"type":"plain_text_input","maxlength":1}`), "invalid additional property: maxlength"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, refusal := checkView(test.view)
			if test.says == "" {
				if refusal != nil {
					t.Errorf("refused: %v", refusal)
				}
				return
			}
			if refusal == nil {
				t.Fatal("taken")
			}
			meta, _ := refusal.extra["response_metadata"].(map[string]any)
			messages, _ := meta["messages"].([]string)
			if refusal.code != "invalid_arguments" || !strings.Contains(strings.Join(messages, "\n"), test.says) {
				t.Errorf("%s %v, want %q", refusal.code, messages, test.says)
			}
		})
	}
	_, refusal := checkView(`{"x":"` + strings.Repeat("x", maxViewBytes) + `"}`)
	diff(t, "too large", refusal.code, "view_too_large")
}

// fill is what a person enters.
func fill(until, why string) map[string]map[string]string {
	return map[string]map[string]string{"until": {"date": until}, "why": {"text": why}}
}

func (st *stage) submit(order Submit) Interaction {
	st.t.Helper()
	order.User = "U0ANASILVA"
	in, err := st.Submit(st.t.Context(), order)
	if err != nil {
		st.t.Fatal(err)
	}
	return in
}

func TestASubmissionIsWhatSlackSends(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	id := st.opened(app)
	in := st.submit(Submit{ViewID: id, Values: fill("2026-12-01", "on holiday")})
	diff(t, "warning", in.Warning, "")
	p := app.last(t).payload
	diff(t, "payload", []any{p["type"], field(t, p, "user", "id"), field(t, p, "view", "id"), field(t, p, "view", "private_metadata"), field(t, p, "view", "state", "values"), p["response_urls"]},
		[]any{"view_submission", "U0ANASILVA", id, "alert-1", map[string]any{
			"until": map[string]any{"date": map[string]any{"type": "datepicker", "selected_date": "2026-12-01"}},
			"why":   map[string]any{"text": map[string]any{"type": "plain_text_input", "value": "on holiday"}},
			"kind":  map[string]any{"pick": map[string]any{"type": "static_select", "selected_option": nil}}}, []any{}})
	diff(t, "closed by an empty answer", len(st.Views()), 0)
	if _, err := st.Submit(t.Context(), Submit{User: "U0ANASILVA"}); err == nil {
		t.Error("a closed modal was submitted")
	}
}

func TestWhatTheAppAnswersToASubmission(t *testing.T) {
	next := strings.ReplaceAll(snoozeView, `"text":"Snooze"}`, `"text":"Really?"}`)
	for _, test := range []struct {
		name, answer string
		status       int
		open         bool
		errors       map[string]string
		warning      string
	}{
		{"empty", "", 0, false, nil, ""},
		{"clear", `{"response_action":"clear"}`, 0, false, nil, ""},
		{"errors", `{"response_action":"errors","errors":{"until":"Not in the past."}}`, 0, true, map[string]string{"until": "Not in the past."}, ""},
		{"errors of no input", `{"response_action":"errors","errors":{"nope":"x"}}`, 0, true, nil, troubled},
		{"update", `{"response_action":"update","view":` + next + `}`, 0, true, nil, ""},
		{"bad update", `{"response_action":"update","view":{"type":"modal"}}`, 0, true, nil, troubled},
		{"anything else", `{"ok":true}`, 0, true, nil, troubled},
		{"not JSON", "ok", 0, true, nil, troubled},
		{"status", "", 503, true, nil, troubled},
	} {
		t.Run(test.name, func(t *testing.T) {
			app := newApp(t)
			st := withButtons(t, app, nil)
			st.opened(app)
			app.answers, app.status = []string{test.answer}, test.status
			in := st.submit(Submit{Values: fill("2026-12-01", "on holiday")})
			views := st.Views()
			diff(t, "open", len(views) == 1, test.open)
			diff(t, "warning", in.Warning, test.warning)
			log := st.Interactions()
			diff(t, "warning in the log", log[len(log)-1].Warning, test.warning)
			if test.open {
				diff(t, "errors", views[0].Errors, test.errors)
				_, _, page := st.page("/channels/C0HEALTH01")
				for block, text := range test.errors {
					if !strings.Contains(page, text) || !strings.Contains(page, "on holiday") {
						t.Errorf("the page shows no error of %s, or lost what was typed", block)
					}
				}
				diff(t, "updated", strings.Contains(string(views[0].View), "Really?"), test.name == "update")
			}
		})
	}
}

func TestRequiredFieldsAreAskedForBeforeTheApp(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	st.opened(app)
	before := len(app.all())
	in := st.submit(Submit{Values: fill("", "no")})
	diff(t, "warning", []any{in.Warning, in.Payload == nil}, []any{missingAnswer, true})
	diff(t, "errors", st.Views()[0].Errors, map[string]string{"until": missingAnswer, "why": "Please enter at least 3 characters."})
	st.submit(Submit{Values: fill("2026-12-01", strings.Repeat("x", 21))})
	diff(t, "too long", st.Views()[0].Errors, map[string]string{"why": "Please enter no more than 20 characters."})
	diff(t, "sent", len(app.all()), before)
	for _, values := range []map[string]map[string]string{{"nope": {"x": "y"}}, {"until": {"other": "2026-12-01"}}, {"kind": {"pick": "third"}}, {"until": {"date": "soon"}}} {
		if _, err := st.Submit(t.Context(), Submit{User: "U0ANASILVA", Values: values}); err == nil {
			t.Errorf("%v was taken", values)
		}
	}
}

func TestFieldsOfTheFormKeepAnyName(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	st.press(Press{TS: ts, ActionID: "take"})
	odd := strings.NewReplacer(`"why"`, `"a/b %2F \"&\" c"`, `"action_id":"text"`, `"action_id":"x/y"`).Replace(snoozeView)
	st.want(st.call("views.open", map[string]string{"trigger_id": st.trigger(app), "view": odd}), "ok")
	name := fieldName(`a/b %2F "&" c`, "x/y")
	if _, _, page := st.page("/"); !strings.Contains(page, html.EscapeString(name)) {
		t.Errorf("the form lacks %s", name)
	}
	st.form("/submit", map[string]string{name: "odd"}, "")
	diff(t, "value", field(t, app.last(t).payload, "view", "state", "values", `a/b %2F "&" c`, "x/y", "value"), any("odd"))
}

func TestClosingAModal(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	id := st.opened(app)
	diff(t, "over the control API", st.control("POST", "/sandbox/submit", `{"user":"ana.silva@example.com","close":true}`, nil), 200)
	p := app.last(t).payload
	diff(t, "payload", []any{p["type"], field(t, p, "view", "id"), p["is_cleared"]}, []any{"view_closed", id, false})
	diff(t, "open", len(st.Views()), 0)
}

func TestViewsUpdate(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	id := st.opened(app)
	next := strings.ReplaceAll(snoozeView, "Why", "What for")
	st.want(st.call("views.update", map[string]string{"view_id": id, "view": next, "hash": "old"}), "hash_conflict")
	st.want(st.call("views.update", map[string]string{"view_id": id, "view": next}), "ok")
	st.want(st.call("views.update", map[string]string{"view_id": "V0NOWHERE", "view": next}), "not_found")
	_, _, page := st.page("/")
	for _, text := range []string{"What for", `role="dialog"`, `name="v/why/text"`, "(optional)", "One line.", `<b>Acme</b> is quiet`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	status, to, _ := st.form("/submit", map[string]string{"view_id": id, "back": "C0HEALTH01", "v/until/date": "2026-12-05", "v/why/text": "from the page", "v/kind/pick": "other"}, "")
	diff(t, "form", []any{status, to}, []any{303, "/channels/C0HEALTH01"})
	diff(t, "values", field(t, app.last(t).payload, "view", "state", "values", "kind", "pick", "selected_option", "value"), any("other"))
}
