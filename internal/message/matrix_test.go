package message

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

// cell is one message of the matrix: a type, in a language, with or without a
// brand, with much or little known, with or without buttons.
type cell struct {
	name string
	Rendered
}

// matrix is every message type in a language.
func matrix(language string) (cells []cell) {
	add := func(r Rendered, name ...string) {
		cells = append(cells, cell{strings.Join(name, " "), r}, cell{strings.Join(append(name, "branded"), " "), Brand(r, acmeBrand())})
	}
	bare := fullView()
	bare.Client, bare.State, bare.Owner, bare.Link = stanna.Client{ID: "acme", Name: "Acme Corp"}, stanna.State{}, Owner{}, ""
	bare.Alerts[0].Links, bare.Alerts[0].Playbook, bare.Alerts[0].Evidence = Links{}, "", stanna.Evidence{Trigger: stanna.ReasonFellFar, Base: 60, Opened: 38, Value: 38, Worst: 38}
	threads := func(kind stanna.AlertType, full, missing ThreadView) {
		for _, data := range []struct {
			name string
			ThreadView
		}{{"full", full}, {"missing", missing}} {
			v := data.ThreadView
			v.Settings.Locale, v.Alerts = language, slices.Clone(v.Alerts)
			add(Thread(v), string(kind), data.name)
			add(Thread(pressable(v)), string(kind), data.name, "buttons")
		}
	}
	threads(stanna.HealthDrop, fullView(), bare)
	for _, s := range stories() {
		threads(s.kind, s.view(), s.bare())
	}
	little := fullView()
	little.Settings.Locale, little.Client.MRR, little.Client.RenewalDate, little.State.Engagement = language, stanna.Money{}, "", stanna.History{}
	add(Thread(little), string(stanna.HealthDrop), "little")
	for _, name := range []string{"health_drop", "payment_issue", "milestone"} {
		v := closedView(stanna.ReasonRecovered, 57)
		if i := slices.IndexFunc(stories(), func(s story) bool { return string(s.kind) == name }); i >= 0 {
			v = stories()[i].closed()
		}
		v.Settings.Locale = language
		add(Thread(v), name, "closed")
	}
	for name, v := range histories() {
		v.Settings.Locale = language
		add(History(v), name)
	}
	for name, open := range map[string]int{"redacted": 2, "redacted closed": 0} {
		v := RedactedView{Settings: settings(), Open: open, Worst: stanna.High, Link: "https://stanna.example.com/alerts?status=open", Now: monday}
		v.Settings.Locale = language
		add(Redacted(v), name)
	}
	for name, v := range summaries() {
		v.Settings.Locale = language
		add(Summary(v), name)
	}
	for name, v := range digestGoldens() {
		v.Settings.Locale = language
		add(Summary(v), name)
	}
	for name, v := range notices() {
		v.Settings.Locale = language
		add(Notice(v), name)
	}
	for name, v := range portraits() {
		v.Settings.Locale = language
		add(Portrait(v), name)
	}
	budget := BudgetView{Settings: settings(), Told: 20, Held: 12, Until: monday.Add(oneDay), Now: monday, Link: "https://stanna.example.com/notifications?status=held"}
	budget.Settings.Locale = language
	add(Budget(budget), "budget")
	sample := TestView{Settings: settings(), WorkspaceName: "Example Inc", By: "Ana Silva", Link: "https://stanna.example.com/settings/slack", Now: monday}
	sample.Settings.Locale = language
	add(Test(sample), "test")
	slices.SortStableFunc(cells, func(a, b cell) int { return strings.Compare(a.name, b.name) })
	return cells
}

// pressable is the thread in a workspace with buttons.
func pressable(v ThreadView) ThreadView {
	v.Settings.Buttons, v.Message, v.Revision, v.Alerts = true, longMessage, 3, slices.Clone(v.Alerts)
	v.Alerts[0].ID = longAlert
	if v.Alerts[0].Links.Alert != "" {
		v.Alerts[0].Links.Alert = "https://stanna.example.com/alerts/" + longAlert
	}
	return v
}

// histories are what a thread says of what people and time did, quietly, and
// of a rise in severity, in the channel as well.
func histories() map[string]HistoryView {
	full := fullView()
	view := func(value float64, entries ...stanna.Entry) HistoryView {
		alerts := slices.Clone(full.Alerts)
		alerts[0].Evidence.Value = value
		for i := range entries {
			if entries[i].AlertID = alerts[0].ID; entries[i].Severity == "" {
				entries[i].Severity = stanna.High
			}
			if entries[i].At.IsZero() {
				entries[i].At = monday.Add(2 * time.Hour)
			}
		}
		return HistoryView{Settings: full.Settings, Client: full.Client, State: full.State, Alerts: alerts, Owner: full.Owner, People: team(),
			Now: monday.Add(3 * time.Hour), Entries: entries}
	}
	taken := stanna.Entry{At: monday.Add(time.Hour), What: stanna.ReasonTakenUp, By: "ana@example.com"}
	given := stanna.Entry{At: monday.Add(time.Hour), What: stanna.ReasonAssigned, By: "ana@example.com", To: "ben@example.com"}
	return map[string]HistoryView{
		"history": view(38, taken, given, stanna.Entry{At: monday.Add(2 * time.Hour), What: stanna.ReasonSnoozed, By: "ben@example.com", Until: monday.Add(oneDay)}),
		"history of time": view(31, stanna.Entry{Event: stanna.Opened}, stanna.Entry{Event: stanna.Worsened}, stanna.Entry{Event: stanna.Reminded},
			stanna.Entry{Event: stanna.Escalated}, stanna.Entry{Event: stanna.Resolved}, stanna.Entry{What: stanna.ReasonAssigned}, stanna.Entry{}),
		"history broadcast": view(24, stanna.Entry{At: monday.Add(3 * time.Hour), Event: stanna.Worsened, Severity: stanna.Critical, Rose: true, Broadcast: true}),
	}
}

// TestMatrix holds every type in every language, with and without all that a
// workspace may set, against two files a language: as it reads, and as it is
// sent.
func TestMatrix(t *testing.T) {
	for _, language := range []string{"en", "es"} {
		t.Run(language, func(t *testing.T) {
			var read, sent strings.Builder
			sent.WriteString("[\n")
			seen := map[string]bool{}
			cells := matrix(language)
			for i, c := range cells {
				if seen[c.name] {
					t.Errorf("%s comes twice", c.name)
				}
				seen[c.name] = true
				checkLimits(t, c.Rendered)
				read.WriteString("=== " + c.name + "\n" + readable(c.Rendered) + "\n")
				blocks, foot, err := c.Layout()
				if err != nil {
					t.Fatal(err)
				}
				line, err := json.Marshal(map[string]any{"name": language + " " + c.name, "text": c.Text, "blocks": blocks, "attachments": foot})
				if err != nil {
					t.Fatal(err)
				}
				sent.Write(line)
				if i < len(cells)-1 {
					sent.WriteString(",")
				}
				sent.WriteString("\n")
			}
			sent.WriteString("]\n")
			checkFile(t, filepath.Join("testdata", "matrix", language+".golden.txt"), strings.ReplaceAll(read.String(), " \n", "\n"))
			checkFile(t, filepath.Join("testdata", "matrix", language+".json"), sent.String())
		})
	}
}

func checkFile(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if it is better now: go test ./internal/message -update\n%s", file, diff)
	}
}
