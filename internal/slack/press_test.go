package slack

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

const buttonPress = `{"type":"block_actions","user":{"id":"U1","username":"ana","name":"ana","team_id":"T1"},"api_app_id":"A1","token":"old",
 "container":{"type":"message","message_ts":"1764000000.000100","channel_id":"C1","is_ephemeral":false},
 "trigger_id":"12466734323.1395872398.abc","team":{"id":"T1","domain":"acme","enterprise_id":"E1","enterprise_name":"Group"},
 "enterprise":null,"is_enterprise_install":false,"channel":{"id":"C1","name":"alerts"},
 "message":{"type":"message","ts":"1764000000.000100","text":"Acme","blocks":[{"type":"of tomorrow","text":7}]},
 "state":{"values":{}},"response_url":"https://hooks.slack.com/actions/T1/1/x",
 "actions":[{"action_id":"snooze","block_id":"b1","text":{"type":"plain_text","text":"Snooze"},"value":"al_1:monday","style":"danger","type":"button","action_ts":"1764000001.000200"}]}`

func TestReadButton(t *testing.T) {
	got, err := ReadPress([]byte(buttonPress))
	if d := cmp.Diff(Press{Kind: PressAction, TeamID: "T1", EnterpriseID: "E1", AppID: "A1", UserID: "U1", UserTeamID: "T1",
		ActionID: "snooze", Value: "al_1:monday", ActionTS: "1764000001.000200", ChannelID: "C1", MessageTS: "1764000000.000100",
		TriggerID: "12466734323.1395872398.abc", ResponseURL: "https://hooks.slack.com/actions/T1/1/x"}, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if got.Key() != "T1/U1/1764000001.000200/snooze" {
		t.Error(got.Key())
	}
	org, err := ReadPress([]byte(strings.NewReplacer(`"team":{"id":"T1","domain":"acme","enterprise_id":"E1","enterprise_name":"Group"}`, `"team":null`,
		`"enterprise":null`, `"enterprise":{"id":"E2","name":"Group"}`).Replace(buttonPress)))
	if err != nil || org.TeamID != "" || org.EnterpriseID != "E2" || !strings.HasPrefix(org.Key(), "E2/U1/") {
		t.Errorf("%v %+v", err, org)
	}
}

// TestFirstCounts: of several actions, and of several fields in a block.
func TestFirstCounts(t *testing.T) {
	two := strings.Replace(buttonPress, `"actions":[`, `"actions":[{"action_id":"take","value":"al_1","action_ts":"1764000001.000100"},`, 1)
	two = strings.Replace(two, `{"values":{}}`, `{"values":{"b":{"z":{"value":"z"},"y":{"value":"y"},"x":{"value":""},"w":{"value":null}}}}`, 1)
	for range 20 {
		if got, err := ReadPress([]byte(two)); err != nil || got.ActionID != "take" || got.Fields["b"] != "y" {
			t.Fatalf("%v %+v", err, got)
		}
	}
}

// TestReadElement: what was chosen, of every element that we may use.
func TestReadElement(t *testing.T) {
	for element, want := range map[string]string{
		`"type":"static_select","selected_option":{"text":{"type":"plain_text","text":"Monday"},"value":"monday"}`: "monday",
		`"type":"overflow","selected_option":{"value":"too_late"}`:                                                 "too_late",
		`"type":"radio_buttons","selected_option":null`:                                                            "",
		`"type":"datepicker","selected_date":"2026-12-01","initial_date":"2026-11-23"`:                             "2026-12-01",
		`"type":"timepicker","selected_time":"09:30"`:                                                              "09:30",
		`"type":"datetimepicker","selected_date_time":1764000000`:                                                  "1764000000",
		`"type":"checkboxes","selected_options":[{"value":"a"},{"value":"b"}]`:                                     "a,b",
		`"type":"multi_users_select","selected_users":["U1","U2"]`:                                                 "U1,U2",
		`"type":"users_select","selected_user":"U7"`:                                                               "U7",
		`"type":"channels_select","selected_channel":"C7"`:                                                         "C7",
		`"type":"multi_channels_select","selected_channels":["C1"]`:                                                "C1",
		`"type":"conversations_select","selected_conversation":"D7"`:                                               "D7",
		`"type":"multi_conversations_select","selected_conversations":["D1","C1"]`:                                 "D1,C1",
		`"type":"plain_text_input","value":null`:                                                                   "",
		`"type":"plain_text_input","value":"they <b>called</b>, twice"`:                                            "they <b>called</b>, twice",
		`"type":"of tomorrow","selected_planet":{"value":"mars"}`:                                                  "",
	} {
		press, err := ReadPress([]byte(`{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":[{"action_id":"a","action_ts":"1.1",` + element + `}]}`))
		if err != nil || press.Value != want {
			t.Errorf("%s: %q %v", element, press.Value, err)
		}
		form, err := ReadPress([]byte(`{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"id":"V1","state":{"values":{"b":{"a":{` + element + `}}}}}}`))
		if got, ok := form.Fields["b"]; err != nil || got != want || !ok {
			t.Errorf("%s: %q %v", element, got, err)
		}
	}
}

const formPress = `{"type":"view_submission","team":{"id":"T1","domain":"acme"},"user":{"id":"U1","name":"ana","team_id":"T2"},"api_app_id":"A1",
 "trigger_id":"1.2.c","response_urls":[],"view":{"id":"V1","type":"modal","callback_id":"resolve","private_metadata":"al_1","hash":"156772938.1827394",
 "blocks":[{"type":"input"}],"state":{"values":{"outcome":{"o":{"type":"static_select","selected_option":{"value":"won"}}},
 "note":{"n":{"type":"plain_text_input","value":"All well"}},"two":{"b":{"type":"plain_text_input","value":"second"},"a":{"type":"plain_text_input","value":null}}}}}}`

func TestReadForm(t *testing.T) {
	got, err := ReadPress([]byte(formPress))
	if d := cmp.Diff(Press{Kind: PressForm, TeamID: "T1", AppID: "A1", UserID: "U1", UserTeamID: "T2", TriggerID: "1.2.c", ViewID: "V1", Form: "resolve", Meta: "al_1",
		Fields: map[string]string{"outcome": "won", "note": "All well", "two": "second"}}, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if got.Key() != "T1/U1/V1" {
		t.Error(got.Key())
	}
}

// TestFieldsOfMessage: a date picker beside a button in a message.
func TestFieldsOfMessage(t *testing.T) {
	got, err := ReadPress([]byte(strings.Replace(buttonPress, `{"values":{}}`, `{"values":{"when":{"d":{"type":"datepicker","selected_date":"2026-12-01"}}}}`, 1)))
	if err != nil || got.Fields["when"] != "2026-12-01" {
		t.Errorf("%v %+v", err, got)
	}
}

func TestReadOther(t *testing.T) {
	for _, kind := range []string{"view_closed", "shortcut", "message_action", "block_suggestion", "interactive_message", "of tomorrow"} {
		got, err := ReadPress([]byte(`{"type":"` + kind + `","user":"somebody","team":[],"actions":{}}`))
		if d := cmp.Diff(Press{Kind: PressOther}, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", kind, err, d)
		}
	}
}

// TestReadHostile: what is refused is refused whole, and not repeated.
func TestReadHostile(t *testing.T) {
	cut := func(old, put string) string { return strings.Replace(buttonPress, old, put, 1) }
	for _, payload := range []string{"", "null", "[]", `"secretnote"`, "{}", "secretnote", `{"type":""}`, `{"type":7}`, buttonPress + "{}", buttonPress[:len(buttonPress)-1],
		`{"type":"block_actions","user":"secretnote"}`, `{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":{"secretnote":1}}`,
		`{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":[]}`, strings.Repeat(`{"type":`, 20000),
		`{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"id":"V1","state":{"values":{"b":{"a":{"value":{"secretnote":1}}}}}}}`,
		`{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{}}`,
		cut(`"user":{"id":"U1"`, `"user":{"id":""`), cut(`"team":{"id":"T1","domain":"acme","enterprise_id":"E1"`, `"team":{"id":""`),
		cut(`"action_ts":"1764000001.000200"`, `"action_ts":1764000001`), cut(`"action_ts":"1764000001.000200"`, `"x":1`), cut(`"action_id":"snooze",`, ``),
	} {
		got, err := ReadPress([]byte(payload))
		if stanna.CodeOf(err) != stanna.Invalid || strings.Contains(err.Error(), "secretnote") || !cmp.Equal(got, Press{}) {
			t.Errorf("%.80s: %+v %v", payload, got, err)
		}
	}
}

func TestPressHidesItsURL(t *testing.T) {
	press, err := ReadPress([]byte(strings.Replace(buttonPress, "actions/T1/1/x", "actions/"+testTicket, 1)))
	if err != nil {
		t.Fatal(err)
	}
	hunt(t, "a press", press)
}

// FuzzReadPress: whatever comes, a press that is taken says who and what, and
// reads the same twice.
func FuzzReadPress(f *testing.F) {
	for _, seed := range []string{buttonPress, formPress, `{"type":"view_closed"}`, `{"type":"block_actions","actions":[{}]}`, "{", "null",
		`{"type":"view_submission","user":{"id":"U"},"team":{"id":"T"},"view":{"id":"V","state":{"values":{"":{"":{"selected_options":[null,{}]}}}}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		p, err := ReadPress(payload)
		again, err2 := ReadPress(payload)
		if !cmp.Equal(p, again) || (err == nil) != (err2 == nil) {
			t.Fatal("it reads otherwise the second time")
		}
		switch {
		case err != nil:
			if !cmp.Equal(p, Press{}) {
				t.Fatalf("%+v in spite of %v", p, err)
			}
		case !json.Valid(payload):
			t.Fatal("it is not JSON and was taken")
		case p.Kind == PressOther:
		case p.UserID == "" || p.TeamID+p.EnterpriseID == "" || p.Kind == PressAction && p.ActionTS == "" || p.Kind == PressForm && p.ViewID == "":
			t.Fatalf("nobody or nothing: %+v", p)
		}
	})
}
