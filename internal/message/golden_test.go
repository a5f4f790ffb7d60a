package message

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gostanna/stanna"
	"github.com/slack-go/slack"
)

var update = flag.Bool("update", false, "write the golden files anew")

// threads are what may be known of an alert, and how it ends.
func threads() map[string]ThreadView {
	thread := func(change func(*ThreadView)) ThreadView {
		v := fullView()
		change(&v)
		return v
	}
	return map[string]ThreadView{
		"full": fullView(),
		"missing_data": thread(func(v *ThreadView) {
			v.Client = stanna.Client{ID: "acme", Name: "Acme Corp"}
			v.State, v.Owner, v.Link = stanna.State{}, Owner{}, ""
			v.Alerts[0].Playbook, v.Alerts[0].Links, v.Alerts[0].Evidence.Factors = "", Links{}, nil
			v.Alerts[0].Evidence.Source = ""
		}),
		"first_seen": thread(func(v *ThreadView) {
			e := &v.Alerts[0].Evidence
			e.FirstSeen, e.BaseAt = true, monday.Add(-oneDay/12)
			v.State.Health = stanna.HistoryOf(stanna.Point{At: e.BaseAt, Value: 60}, stanna.Point{At: monday, Value: 38})
		}),
		"worsened": thread(func(v *ThreadView) {
			a := &v.Alerts[0]
			a.Severity, a.Why, a.Unstable = stanna.Critical, stanna.ReasonWorsened, true
			v.Now = monday.Add(2 * oneDay)
			a.Evidence.Value, a.Evidence.ValueAt, a.Evidence.Worst = 24, v.Now, 24
			v.State.Health.Add(v.Now, 24)
			v.State.Engagement.Add(monday.Add(8*oneDay/24), 120)
			v.State.Engagement.Add(monday.Add(oneDay), 90)
			a.Evidence.Factors[0] = stanna.Factor{Name: "Usage", Detail: "90 a day, usually 200", Impact: impact(-25)}
		}),
		"medium_named_owner": thread(func(v *ThreadView) {
			v.Alerts[0].Severity = stanna.Medium
			v.Alerts[0].Playbook = "Look at the last three tickets\nAsk for the sponsor, see https://wiki.example.com/sponsors\nBook a review"
		}),
		"recovered":     closedView(stanna.ReasonRecovered, 57),
		"not_recovered": closedView(stanna.ReasonNotRecovered, 41),
		"churned":       closedView(stanna.ReasonChurned, 38),
		"hostile": thread(func(v *ThreadView) {
			long := strings.Repeat(hostile, 5000/len(hostile)+1)
			v.Client.Name, v.Owner.Name, v.Alerts[0].Playbook = long, long, long
			v.Client.Contacts = []stanna.Contact{{Name: long, Title: long}}
			v.State.LastContactKind, v.State.LastContactAuthor, v.State.LastContactURL = long, long, "javascript:alert(1)"
			v.Alerts[0].RuleName = long
			for i := range v.Alerts[0].Evidence.Factors {
				f := &v.Alerts[0].Evidence.Factors[i]
				f.Name, f.Detail = long, long
			}
			v.Intended = Intended{Name: long, Why: long}
		}),
		"no_factors": thread(func(v *ThreadView) {
			v.Alerts[0].Evidence.Factors = nil
			v.State.Payment = stanna.PaymentStanding{FailedAt: daysBefore(2), Amount: stanna.MoneyOf(12400, "USD"), Attempt: 2, NextAttempt: "2026-11-26T10:00:00Z"}
			v.State.Sentiment = stanna.Reading{Value: -1.5, At: daysBefore(4)}
			v.State.Quote = "We are looking at others."
			v.State.Moods = []stanna.Mood{{At: daysBefore(4), Score: -1.5, Quote: v.State.Quote, Author: "Maria Costa", URL: "https://support.acme.test/tickets/118"}}
		}),
		"factors_do_not_add_up": thread(func(v *ThreadView) { v.Alerts[0].Evidence.Factors = v.Alerts[0].Evidence.Factors[:3] }),
		"many_factors": thread(func(v *ThreadView) {
			f := v.Alerts[0].Evidence.Factors
			for i := range 40 {
				f = append(f, stanna.Factor{Name: fmt.Sprintf("Minor reason %d", i+1), Impact: impact(-0.1)})
			}
			v.Alerts[0].Evidence.Factors = f
		}),
		"fallback": thread(func(v *ThreadView) {
			v.Intended = Intended{Name: "#old-channel", Why: archived}
		}),
		"two_alerts": thread(func(v *ThreadView) {
			second := drop()
			second.ID, second.RuleName, second.Severity = "al_2", "Any fall of an enterprise account", stanna.Critical
			second.Links.Alert = "https://stanna.example.com/alerts/al_2"
			third := closedView(stanna.ReasonRecovered, 57).Alerts[0]
			v.Alerts = []AlertView{drop(), second, third}
		}),
		"german_yen": thread(func(v *ThreadView) {
			v.Settings.Locale = "de"
			v.Client.MRR = stanna.MoneyOf(1240000, "JPY")
			v.Client.Name = "שלום 38"
		}),
	}
}

func TestGolden(t *testing.T) {
	for name, v := range threads() {
		checkGolden(t, name, Thread(v))
		if v.Settings.Locale == "" && name != "hostile" {
			v.Settings.Locale = "es"
			checkGolden(t, "es_"+name, Thread(v))
		}
	}
	checkGolden(t, "text_only", TextOnly(Thread(fullView())))
	sample := TestView{Settings: settings(), WorkspaceName: "Example Inc", By: "Ana Silva", Link: "https://stanna.example.com/settings/slack", Now: monday}
	checkGolden(t, "test", Test(sample))
	sample.Settings.Locale = "es"
	checkGolden(t, "es_test", Test(sample))
}

func checkGolden(t *testing.T, name string, r Rendered) {
	t.Run(name, func(t *testing.T) {
		checkLimits(t, r)
		file := filepath.Join("testdata", name+".golden")
		got := golden(t, r)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s differs (-want +got); if it is better now: go test ./internal/message -update\n%s", file, diff)
		}
	})
}

// golden shows a message three times: its text, roughly what a reader sees,
// and the blocks as Slack takes them.
func golden(t *testing.T, r Rendered) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "== text (%d)\n%s\n", written(r.Text), r.Text)
	b.WriteString("\n== as read\n" + readable(r))
	b.WriteString("\n== blocks\n")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	// Through Slack's own marshalling first, so that this is what is sent.
	raw, err := json.Marshal(r.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	var any []any
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(&any); err != nil {
		t.Fatal(err)
	}
	if err := enc.Encode(any); err != nil {
		t.Fatal(err)
	}
	if len(r.Foot) > 0 {
		b.WriteString("\n== foot\n")
		if err := enc.Encode(r.Foot); err != nil {
			t.Fatal(err)
		}
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// readable shows roughly what a reader sees.
func readable(r Rendered) string {
	var b strings.Builder
	readBlocks(&b, r.Blocks)
	for _, foot := range r.Foot {
		b.WriteString("| " + foot.Color + "\n")
		readBlocks(&b, foot.Blocks.BlockSet)
	}
	return b.String()
}

func readBlocks(b *strings.Builder, blocks []slack.Block) {
	for _, block := range blocks {
		switch x := block.(type) {
		case *slack.HeaderBlock:
			b.WriteString("# " + x.Text.Text + "\n")
		case *slack.SectionBlock:
			if x.Text != nil {
				b.WriteString(asRead(x.Text.Text) + "\n")
			}
			for i, f := range x.Fields {
				fmt.Fprintf(b, "%-40s", asRead(f.Text))
				if i%2 == 1 || i+1 == len(x.Fields) {
					b.WriteString("\n")
				}
			}
		case *slack.ContextBlock:
			for _, e := range x.ContextElements.Elements {
				switch x := e.(type) {
				case *slack.TextBlockObject:
					b.WriteString("~ " + asRead(x.Text) + "\n")
				case *slack.ImageBlockElement:
					b.WriteString("~ (image: " + x.AltText + ")\n")
				}
			}
		case *slack.ActionBlock:
			var row []string
			for _, e := range x.Elements.ElementSet {
				switch e := e.(type) {
				case *slack.ButtonBlockElement:
					row = append(row, "["+e.Text.Text+"]")
				case *slack.SelectBlockElement:
					row = append(row, "["+e.Placeholder.Text+" ▾]")
				}
			}
			b.WriteString(strings.Join(row, " ") + "\n")
		}
	}
}

var angle = regexp.MustCompile(`<([^|>]*)\|?([^>]*)>`)

// asRead shows mrkdwn roughly as Slack does.
func asRead(s string) string {
	s = angle.ReplaceAllStringFunc(s, func(x string) string {
		m := angle.FindStringSubmatch(x)
		if m[2] == "" {
			return m[1]
		}
		return "[" + m[2] + "]"
	})
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
