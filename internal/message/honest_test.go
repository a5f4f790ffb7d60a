package message

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

var (
	days    = regexp.MustCompile(`\d+ (Nov|Dec|Jan|Feb)( \d{4})?`)
	figures = regexp.MustCompile(`[$€%?]|\d`)
)

// Of what is not known nothing is said: a message about an alert without
// evidence has no figure in it but days to act by.
func TestNothingIsInvented(t *testing.T) {
	for _, s := range stories() {
		for _, status := range []stanna.AlertStatus{stanna.AlertOpen, stanna.AlertResolved} {
			v := s.bare()
			v.Alerts[0].RuleName, v.Alerts[0].Status, v.Alerts[0].Why = "Rule", status, ""
			if status == stanna.AlertResolved {
				v.Alerts[0].Why = s.why
			}
			text := days.ReplaceAllString(Thread(v).Text, "")
			if x := figures.FindString(text); x != "" {
				t.Errorf("%s, %s: says %q: %s", s.kind, status, x, text)
			}
			v.Alerts[0].Evidence = stanna.Evidence{}
			if text := days.ReplaceAllString(Thread(v).Text, ""); figures.MatchString(text) {
				t.Errorf("%s, %s, without a trigger: %s", s.kind, status, text)
			}
		}
	}
}

// What there is no room for is counted, or its text ends in an ellipsis.
func TestNothingIsCutInSilence(t *testing.T) {
	long := strings.Repeat("every word of this is needed ", 80) + "END"
	for _, s := range stories() {
		v := s.view()
		a := &v.Alerts[0]
		e := &a.Evidence
		e.Quote, e.Subject, e.Was, e.Is = long, long, long, long
		e.Factors, e.Actions, e.Moves = nil, nil, nil
		for i := range 50 {
			e.Factors = append(e.Factors, stanna.Factor{Name: fmt.Sprintf("factor %d", i), Detail: long, Impact: impact(-1)})
			e.Actions = append(e.Actions, long)
			e.Moves = append(e.Moves, stanna.Move{Name: fmt.Sprintf("client %d", i), Amount: 1, Why: stanna.ReasonEnteredRed})
		}
		e.Moved = 60
		for range 30 {
			other := drop()
			other.Severity = stanna.Info
			v.Alerts = append(v.Alerts, other)
		}
		r := Thread(v)
		checkLimits(t, r)
		seen := golden(t, r)
		for _, want := range []string{"more step", "more alerts"} {
			if !strings.Contains(seen, want) {
				t.Errorf("%s: %q is missing", s.kind, want)
			}
		}
		if strings.Contains(seen, "every word") && !strings.Contains(seen, "…") {
			t.Errorf("%s: cut without a sign", s.kind)
		}
		switch s.kind {
		case stanna.ChurnRisk, stanna.KeyAccountUpdate:
			if !strings.Contains(seen, "more reasons") {
				t.Errorf("%s: reasons are not counted", s.kind)
			}
		case stanna.RevenueAtRisk:
			if !strings.Contains(seen, "more clients: ") {
				t.Errorf("%s: moves are not counted", s.kind)
			}
		}
	}
}

// Whatever is shown of the moves adds up to the change of the sum.
func TestMovesAddUp(t *testing.T) {
	v := stories()[4].view()
	c := v.chapter(v.Alerts[0])
	for shown, want := range []string{"and 17 more clients: +$32,000", "and 16 more clients: +$19,600", "and 15 more clients: +$8,600",
		"and 14 more clients: −$600", "and 13 more clients: +$5,400", "and 12 more clients: +$3,400"} {
		if got := c.moves(c.alert.Evidence).more(shown)[:1].write(plain, 99); got != want {
			t.Errorf("after %d: %q, want %q", shown, got, want)
		}
	}
	e := c.alert.Evidence
	e.Moved = 5
	lines := c.moves(e).lines
	if got := lines[len(lines)-1].write(plain, 99); got != "other changes: +$3,400" {
		t.Errorf("nobody else moved it: %q", got)
	}
	e.Value = e.Base + 28_600
	if got := len(c.moves(e).lines); got != 5 {
		t.Errorf("it adds up, and yet there are %d lines", got)
	}
}

// What a customer said stands in quotation marks, and only once in a pair.
func TestAQuoteIsAQuote(t *testing.T) {
	for in, want := range map[string]string{
		"I am done":             "“I am done”",
		"“I am done”":           "“I am done”",
		"\"I am done\"":         "“I am done”",
		"\n“I am done”\u200b\n": "“I am done”",
		"  ":                    "",
		"he said \"no\" & left": "“he said \"no\" &amp; left”",
	} {
		if got := quoted(in, 100).write(mrkdwn, 200); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A portrait has a field for everything, and Slack takes ten.
func TestAPortraitHasRoomForEverything(t *testing.T) {
	v := PortraitView{Settings: settings(), Client: acme(), State: falling(), Now: monday}
	everythingKnown(&v)
	c := chapter{tongue: inEnglish().tongue, client: v.Client, state: v.State}
	if facts, missing := c.standings(); len(facts) != maxFields || missing != "" {
		t.Errorf("%d fields, missing %q", len(facts), missing)
	}
}
