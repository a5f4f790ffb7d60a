package message

import (
	"slices"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// The four figures that matter for a type come first, in the order in which
// one asks for them.
func TestTheFourFigures(t *testing.T) {
	want := map[stanna.AlertType][]string{
		stanna.HealthDrop:           {"MRR", "Renews", "Engagement", "Last contact"},
		stanna.ChurnRisk:            {"MRR", "Renews", "Health", "Expected loss"},
		stanna.PaymentIssue:         {"Owed", "MRR", "Next try", "Contact"},
		stanna.EngagementDrop:       {"Weekly use", "MRR", "Renews", "Last contact"},
		stanna.SentimentNegative:    {"Mood", "Said in", "Last contact", "MRR"},
		stanna.RevenueAtRisk:        {"MRR at risk", "Share of MRR", "Expected loss", "Clients at risk"},
		stanna.ExpansionOpportunity: {"In use", "MRR", "Renews", "Contact"},
		stanna.Milestone:            {"MRR", "Renews", "Health", "Last contact"},
		stanna.RenewalUpcoming:      {"Renews", "MRR", "Health", "Last contact"},
		stanna.KeyAccountUpdate:     {"MRR", "Renews", "Engagement", "Last contact"},
		stanna.Custom:               {"MRR", "Renews", "Health", "Last contact"},
	}
	views := map[stanna.AlertType]ThreadView{stanna.HealthDrop: fullView()}
	for _, s := range stories() {
		views[s.kind] = s.view()
	}
	for kind, v := range views {
		c := v.chapter(v.Alerts[0])
		var got []string
		for _, f := range c.facts(c.tell()) {
			got = append(got, f.label)
		}
		if len(got) < 4 || len(got) > maxFigures || !slices.Equal(got[:4], want[kind]) {
			t.Errorf("%s: %q, want first %q", kind, got, want[kind])
		}
	}
}

// What is not known is named, at most three of it, and nothing else.
func TestTheHintNamesWhatIsMissing(t *testing.T) {
	hint := func(v ThreadView) string {
		var lines []string
		for _, line := range strings.Split(golden(t, Thread(v)), "\n") {
			if strings.HasPrefix(line, "~ Not known yet") || strings.HasPrefix(line, "~ Aún no se conoce") {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "|")
	}
	known := stories()
	for _, s := range known {
		if got := hint(s.view()); got != "" {
			t.Errorf("%s: all is known, and it says %q", s.kind, got)
		}
		if got := hint(s.closed()); got != "" {
			t.Errorf("%s: it is closed and asks for something: %q", s.kind, got)
		}
		if got := hint(s.bare()); strings.Count(got, ",") > 2 || (got == "") != (s.kind == stanna.RevenueAtRisk) {
			t.Errorf("%s: %q", s.kind, got)
		}
	}
	v := fullView()
	if got := hint(v); got != "" {
		t.Errorf("all is known, and it says %q", got)
	}
	v.Client.MRR = stanna.Money{}
	if got := hint(v); got != "~ Not known yet: MRR · [Add them]" {
		t.Errorf("without an MRR: %q", got)
	}
	v.Client.RenewalDate, v.State.Engagement, v.State.LastContact = "", stanna.History{}, stanna.State{}.LastContact
	if got := hint(v); got != "~ Not known yet: MRR, renewal date, usage · [Add them]" {
		t.Errorf("without anything: %q", got)
	}
	if text := Thread(v).Text; !strings.Contains(text, " Not known yet: MRR, renewal date, usage. Open: ") {
		t.Errorf("the text says %q", text)
	}
	v.Settings.Locale = "es"
	if got := hint(v); got != "~ Aún no se conoce: MRR, fecha de renovación, uso · [Añadir los datos]" {
		t.Errorf("in Spanish: %q", got)
	}
}

// Every type says what to do, and what the source blames decides it.
func TestStepsByCause(t *testing.T) {
	v := fullView()
	v.Alerts[0].Playbook = ""
	blame := func(factors ...stanna.Factor) string {
		v.Alerts[0].Evidence.Factors = factors
		c := v.chapter(v.Alerts[0])
		return joined("; ", c.byCause()...).write(plain, 999)
	}
	use := "ask what changed in their use: people, goals or tools"
	for want, factors := range map[string][]stanna.Factor{
		use: {{Name: "The weather", Impact: impact(-22)}},
		"find out who decides now, and win a second contact there; " + use:                {{Name: "Champion left", Impact: impact(-22)}},
		use + "; have the oldest ticket settled before you call, or know when it will be": {{Name: "open tickets", Impact: impact(-2)}, {Name: "Usage", Impact: impact(-9)}},
		"answer what they said before you ask for anything; " + use:                       {{Name: "NPS"}, {Name: "Onboarding", Impact: impact(7)}},
		"find the step where their start got stuck, and finish it together; " + use:       {{Name: "Formación pendiente"}, {Name: "onboarding"}},
	} {
		if got := blame(factors...); got != want {
			t.Errorf("%+v: %q, want %q", factors, got, want)
		}
	}
	v.Alerts[0].Type = stanna.ChurnRisk // where up is worse
	if got := blame(stanna.Factor{Name: "Sponsor", Impact: impact(-5)}, stanna.Factor{Name: "Value", Impact: impact(5)}); got != "show what they have gained, in their own figures; "+use {
		t.Errorf("of a churn risk: %q", got)
	}
	for _, s := range stories() {
		v := s.bare()
		c := v.chapter(v.Alerts[0])
		if t.Run(string(s.kind), func(t *testing.T) {
			if told := c.tell(); s.kind != stanna.Custom && s.kind != stanna.KeyAccountUpdate && s.kind != stanna.PaymentIssue && len(told.steps) == 0 {
				t.Error("knows no step")
			}
		}); t.Failed() {
			return
		}
	}
}

// How a payment failed decides what to do about it: nobody waits for a try
// that cannot pass.
func TestStepsByDecline(t *testing.T) {
	for code, want := range map[string]string{
		"insufficient_funds":      "if it fails again, ask Maria Costa (sponsor) for another means of payment",
		"expired_card":            "say where the card can be changed; another try of the same card cannot pass",
		"authentication_required": "the cardholder has to confirm it with the bank; another try alone cannot pass",
		"stolen_card":             "do not pass on the bank's reason; say that the payment was declined",
	} {
		v := stories()[1].view()
		v.State.Health = readings(80)
		v.Alerts[0].Evidence.Payment = owed(func(p *stanna.PaymentStanding) {
			if p.Code = code; code == "stolen_card" {
				p.Decline = stanna.HardDecline
			}
		})
		c := v.chapter(v.Alerts[0])
		if got := joined("; ", c.payingSteps(*c.alert.Evidence.Payment)...).write(plain, 999); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
		text, passes := Thread(v).Text, code == "insufficient_funds"
		if strings.Contains(text, "may pass") != passes || strings.Contains(text, "wait for the next try") != passes {
			t.Errorf("%s: %s", code, text)
		}
	}
}
