package message

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

const (
	longAlert   = "alr_01933f2a7c8e7b52a4d10f3e9c6b8a70"
	longMessage = "msg_01933f2a7c8e7b52a4d10f3e9c6b8a71"
)

// pressView is a thread with one alert in a workspace with buttons.
func pressView(change func(*ThreadView)) ThreadView {
	v := fullView()
	v.Settings.Buttons, v.Message, v.Revision, v.Alerts[0].ID = true, longMessage, 3, longAlert
	v.Alerts[0].Links.Alert = "https://stanna.example.com/alerts/" + longAlert
	if change != nil {
		change(&v)
	}
	return v
}

func TestGoldenButtons(t *testing.T) {
	spanish := func(v *ThreadView) { v.Settings.Locale = "es" }
	another := func(v *ThreadView) {
		second := drop()
		second.ID, second.RuleName, second.Severity = "alr_2", "Any fall of an enterprise account", stanna.Medium
		v.Alerts = append(v.Alerts, second)
	}
	for name, v := range map[string]ThreadView{
		"buttons":         pressView(nil),
		"buttons_es":      pressView(spanish),
		"buttons_several": pressView(another),
		"buttons_taken": pressView(func(v *ThreadView) {
			a := &v.Alerts[0]
			a.Status, a.TakenBy, a.TakenAt = stanna.AlertTaken, "ana.silva@example.com", monday
		}),
	} {
		checkGolden(t, name, Thread(v))
	}
}

// elementsOf are what can be pressed in a message.
func elementsOf(r Rendered) (list []slack.BlockElement) {
	for _, b := range r.Blocks {
		if x, ok := b.(*slack.ActionBlock); ok {
			list = append(list, x.Elements.ElementSet...)
		}
	}
	return list
}

// deedsOf are the deeds that a message offers, all about one alert of one
// message.
func deedsOf(t *testing.T, r Rendered, alert, message string) (deeds []Deed) {
	t.Helper()
	for _, value := range valuesOf(r) {
		m, ok := ParseMark(value)
		if !ok || m.Alert != alert || m.Message != message {
			t.Errorf("%q is not about %s in %s", value, alert, message)
		}
		deeds = append(deeds, m.Deed)
	}
	return deeds
}

func valuesOf(r Rendered) (values []string) {
	for _, e := range elementsOf(r) {
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			values = append(values, e.Value)
		case *slack.SelectBlockElement:
			for _, g := range e.OptionGroups {
				for _, o := range g.Options {
					values = append(values, o.Value)
				}
			}
		}
	}
	return values
}

func TestWhatCanBePressed(t *testing.T) {
	all := []Deed{DeedTake, DeedOpen, DeedReached, DeedTomorrow, DeedMonday, DeedDate, DeedOf(stanna.VerdictUseful), DeedOf(stanna.VerdictNotUseful),
		DeedOf(stanna.VerdictKnown), DeedOf(stanna.VerdictTooLate), DeedResolve}
	for name, c := range map[string]struct {
		change func(*ThreadView)
		want   []Deed
	}{
		"open":     {nil, all},
		"taken up": {func(v *ThreadView) { v.Alerts[0].Status = stanna.AlertTaken }, all[1:]},
		"snoozed":  {func(v *ThreadView) { v.Alerts[0].Status = stanna.AlertSnoozed }, all},
		"closed":   {func(v *ThreadView) { v.Alerts[0].Status = stanna.AlertResolved }, nil},
		"off":      {func(v *ThreadView) { v.Settings.Buttons = false }, nil},
		"no pages": {func(v *ThreadView) { v.Link, v.Alerts[0].Links = "", Links{} }, slices.Concat(all[:1], all[3:])},
		"odd id":   {func(v *ThreadView) { v.Alerts[0].ID = "a|b" }, nil},
	} {
		v := pressView(c.change)
		if got := deedsOf(t, Thread(v), v.Alerts[0].ID, longMessage); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Slack keeps what somebody chose in a block of the same id.
func TestANewRevisionHasANewBlock(t *testing.T) {
	id := func(revision int64) string {
		for _, b := range Thread(pressView(func(v *ThreadView) { v.Revision = revision })).Blocks {
			if x, ok := b.(*slack.ActionBlock); ok {
				return x.BlockID
			}
		}
		return ""
	}
	if id(1) == "" || id(1) == id(2) {
		t.Errorf("%q and %q", id(1), id(2))
	}
}

func TestMark(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[A-Za-z0-9_-]{1,50}`)
		m := Mark{rapid.SampledFrom([]Deed{DeedTake, DeedTomorrow, DeedOf(stanna.VerdictNotUseful), DeedResolve}).Draw(t, "deed"), id.Draw(t, "alert"), id.Draw(t, "message")}
		if got, ok := ParseMark(m.String()); !ok || got != m {
			t.Errorf("%q was read as %v", m, got)
		}
		if n := len(m.String()); n > 150 {
			t.Errorf("%d characters", n)
		}
		if got, ok := ParseMark(anyText().Draw(t, "text")); ok {
			t.Errorf("read %v", got)
		}
	})
	for _, s := range []string{"", "v1", "v2|take|a|b", "v1|take|a", "v1||a|b", "v1|take||b", "v1|take|a|b|c", "v1|take|a b|c", "v1|take|a|" + strings.Repeat("b", 51)} {
		if m, ok := ParseMark(s); ok {
			t.Errorf("%q was read as %v", s, m)
		}
	}
}

func TestVerdictOfADeed(t *testing.T) {
	for _, v := range stanna.Verdicts() {
		if got, ok := DeedOf(v).Verdict(); !ok || got != v {
			t.Errorf("%s: %s", v, got)
		}
	}
	for _, d := range []Deed{DeedTake, "verdict:", "verdict:great", "verdict", "not_useful"} {
		if v, ok := d.Verdict(); ok {
			t.Errorf("%s gives %s", d, v)
		}
	}
}

func TestButtonsWithinLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := ThreadView{Settings: anySettings(t), Client: anyClient().Draw(t, "client"), State: anyState(t), Owner: anyOwner(t), People: anyTeam(t),
			Link: anyAddress().Draw(t, "link"), Intended: anyIntended(t), Now: monday}
		for range rapid.IntRange(1, 3).Draw(t, "alerts") {
			v.Alerts = append(v.Alerts, AlertView{Alert: anyAlert().Draw(t, "alert"), Playbook: anyText().Draw(t, "playbook"),
				Links: Links{Alert: anyAddress().Draw(t, "alert link"), Rule: anyAddress().Draw(t, "rule link")}})
		}
		v.Settings.Buttons, v.Message, v.Revision = true, longMessage, rapid.Int64Min(1).Draw(t, "revision")
		for i := range v.Alerts {
			if rapid.Bool().Draw(t, "plain id") {
				v.Alerts[i].ID = longAlert
			}
		}
		v.Settings.Locale = rapid.SampledFrom([]string{"en", "es", "de"}).Draw(t, "locale")
		checkLimits(t, Thread(v))
	})
}

func TestForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := FormView{Client: anyClient().Draw(t, "client"), Alert: anyAlert().Draw(t, "alert"), Page: anyAddress().Draw(t, "page"), Now: monday,
			Mark: Mark{rapid.SampledFrom([]Deed{DeedDate, DeedResolve}).Draw(t, "deed"), longAlert, longMessage}}
		v.Settings.Locale = rapid.SampledFrom([]string{"en", "es", "de"}).Draw(t, "locale")
		var form struct {
			Type                 string `json:"type"`
			Title, Submit, Close struct{ Type, Text string }
			Meta                 string           `json:"private_metadata"`
			Callback             string           `json:"callback_id"`
			Blocks               []map[string]any `json:"blocks"`
		}
		if err := json.Unmarshal(Form(v), &form); err != nil {
			t.Fatal(err)
		}
		if form.Type != "modal" || form.Callback != string(v.Mark.Deed) || form.Meta != v.Mark.String() || len(form.Blocks) != 3 {
			t.Errorf("%+v", form)
		}
		for _, s := range []string{form.Title.Text, form.Submit.Text, form.Close.Text} {
			if n := units(s); n == 0 || n > 24 {
				t.Errorf("%q has %d characters", s, n)
			}
		}
		about := form.Blocks[0]["text"].(map[string]any)
		if s := about["text"].(string); strings.TrimSpace(s) == "" || units(s) > 3000 || about["verbatim"] != true {
			t.Errorf("%v", about)
		}
	})
	if form := Form(FormView{Mark: Mark{DeedTake, "a", "b"}}); form != nil {
		t.Errorf("a form that nobody needs: %s", form)
	}
}

// A reply names no more than it must, and its marks are Slack's.
func TestReplies(t *testing.T) {
	v := ReplyView{Settings: settings(), Client: acme(), Alert: drop().Alert, Before: "ben@example.com", Now: monday,
		Page: "https://stanna.example.com/alerts/" + longAlert, Verdict: stanna.VerdictKnown}
	v.Alert.Status, v.Alert.TakenBy, v.Alert.TakenAt, v.Alert.Why = stanna.AlertTaken, "ana.silva@example.com", monday, stanna.ReasonTakenUp
	for r, want := range map[Reply]string{
		ReplyNoted:    "Noted as already known. The alert stays open. <https://stanna.example.com/alerts/" + longAlert + "|Open the alert>",
		ReplyRelieved: "You are on it now, in place of ben@example.com. <https://stanna.example.com/alerts/" + longAlert + "|Open the alert>",
	} {
		if got := r.Say(v, false); got != want {
			t.Errorf("%s: %s", r, got)
		}
	}
	if got := ReplyTaken.Say(v, true); !strings.HasPrefix(got, "Nothing was changed: ana.silva@example.com is on it") || strings.Contains(got, "<") {
		t.Error(got)
	}
	v.Alert.Status, v.Alert.Why, v.Alert.Outcome, v.Alert.ClosedBy = stanna.AlertResolved, stanna.ReasonResolvedByPerson, stanna.Lost, "<!channel> & co"
	if got := ReplyClosed.Say(v, false); !strings.Contains(got, "Acme Corp: lost, says &lt;!channel&gt; &amp; co.") {
		t.Error(got)
	}
	v.Settings.Locale = "es"
	for _, r := range []Reply{ReplyNoted, ReplyRelieved, ReplyTaken, ReplyForeign, ReplyStale, ReplyOff, ReplyNobody, ReplyUnverified, ReplyStranger, ReplyBlind, ReplyRole,
		ReplyNotTheirs, ReplyLate, ReplyDay, ReplyOutcome, ReplySlow, ReplyTrouble} {
		said, english := r.Say(v, false), v
		english.Settings.Locale = "en"
		if said == "" || said == r.Say(english, false) {
			t.Errorf("%s in Spanish: %s", r, said)
		}
	}
}
