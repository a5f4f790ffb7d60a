package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// respond posts JSON to a response_url.
func (st *stage) respond(to, body string) result {
	st.t.Helper()
	req, err := http.NewRequest("POST", to, strings.NewReader(body))
	if err != nil {
		st.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return st.do(req)
}

// pressedAt presses "take" and returns where the app may answer.
func (st *stage) pressedAt(app *appDouble, ts, user string) string {
	st.t.Helper()
	st.press(Press{TS: ts, ActionID: "take", User: user})
	to, _ := app.last(st.t).payload["response_url"].(string)
	return to
}

func TestResponsesAreEphemeralUnlessTheAppSaysOtherwise(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	to := st.pressedAt(app, ts, "U0PRIYARAO")
	st.want(st.respond(to, `{"text":"Only Ana may do that."}`), "ok")
	diff(t, "posted", st.Posted(), int64(1))
	var got []map[string]any
	st.control("GET", "/sandbox/ephemerals?user=priya.rao@example.com", "", &got)
	diff(t, "ephemeral", []any{len(got), got[0]["text"], got[0]["ephemeral"], got[0]["visible_to"], got[0]["channel"]}, []any{1, "Only Ana may do that.", true, "U0PRIYARAO", "C0HEALTH01"})
	diff(t, "somebody else's", len(st.Ephemerals("C0HEALTH01", "U0ANASILVA")), 0)
	st.want(st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": got[0]["ts"].(string), "text": "x"}), "message_not_found")

	if _, _, page := st.page("/channels/C0HEALTH01"); strings.Contains(page, "Only Ana may") {
		t.Error("the page shows Ana what only Priya may see")
	}
	req, _ := http.NewRequest("GET", st.url+"/channels/C0HEALTH01", nil)
	req.AddCookie(&http.Cookie{Name: personCookie, Value: "U0PRIYARAO"})
	if page := body(t, req); !strings.Contains(page, "Only visible to you") || !strings.Contains(page, "Only Ana may do that.") {
		t.Error("the page does not show Priya what only she sees")
	}

	st.want(st.respond(to, `{"text":"All can read this.","response_type":"in_channel","thread_ts":"`+ts+`"}`), "ok")
	m := st.Messages()[1]
	diff(t, "in the channel", []any{m.Text, m.ThreadTS, m.User}, []any{"All can read this.", ts, botUserID})
	st.want(st.respond(to, `{"replace_original":true,"text":"Priya is on it"}`), "ok")
	m = st.Messages()[0]
	diff(t, "replaced", []any{m.Text, string(m.Blocks), m.Edits}, []any{"Priya is on it", "[]", 1})
	st.want(st.respond(to, `{"delete_original":"true"}`), "ok")
	diff(t, "deleted", st.Messages()[0].Deleted, true)
	gone := st.respond(to, `{"replace_original":true,"text":"x"}`)
	diff(t, "gone", []any{gone.status, gone.error()}, []any{404, "message_not_found"})
	diff(t, "log", st.Stats().Outcomes["response_url"], map[string]int64{"ok": 4, "message_not_found": 1})
}

func body(t *testing.T, req *http.Request) string {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out strings.Builder
	if err := resp.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAButtonInAnEphemeralMessage(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	to := st.pressedAt(app, st.postBlocks("C0HEALTH01", buttonBlocks), "")
	st.want(st.respond(to, `{"text":"Until when?","blocks":`+buttonBlocks+`}`), "ok")
	ts := st.Ephemerals("", "")[0].TS
	st.press(Press{TS: ts, ActionID: "take"})
	p := app.last(t).payload
	diff(t, "payload", []any{field(t, p, "container", "is_ephemeral"), p["message"]}, []any{true, nil})
	if _, err := st.Press(t.Context(), Press{Channel: "C0HEALTH01", TS: ts, ActionID: "take", User: "U0PRIYARAO"}); err == nil {
		t.Error("somebody pressed what only another sees")
	}
	st.want(st.respond(p["response_url"].(string), `{"replace_original":true,"text":"Snoozed."}`), "ok")
	diff(t, "replaced", st.Ephemerals("", "")[0].Text, "Snoozed.")
	st.want(st.respond(p["response_url"].(string), `{"delete_original":true}`), "ok")
	diff(t, "deleted", st.Ephemerals("", "")[0].Deleted, true)
}

func TestAResponseURLHasAnEnd(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	to := st.pressedAt(app, ts, "")
	bad := st.respond(to, `{"blocks":[{"type":"nonsense"}]}`)
	diff(t, "bad blocks", []any{bad.status, bad.error()}, []any{400, "invalid_blocks"})
	for range responseUses {
		st.want(st.respond(to, `{"text":"x"}`), "ok")
	}
	used := st.respond(to, `{"text":"x"}`)
	diff(t, "sixth", []any{used.status, used.error()}, []any{404, "used_url"})

	to = st.pressedAt(app, ts, "")
	st.clock.forward(responseLifetime - time.Second)
	st.want(st.respond(to, `{"text":"x"}`), "ok")
	st.clock.forward(time.Second)
	expired := st.respond(to, `{"text":"x"}`)
	diff(t, "expired", []any{expired.status, expired.error()}, []any{404, "expired_url"})
	diff(t, "unknown", st.respond(st.url+"/sandbox/responses/T0SANDBOX1/nope", `{"text":"x"}`).error(), "invalid_url")

	to = st.pressedAt(app, ts, "")
	if _, err := st.SetFault(Fault{Kind: FaultStatus, Method: "response_url", Count: 1}); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(to, "application/json", strings.NewReader(`{"text":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	diff(t, "a fault", resp.StatusCode, 500)
}
