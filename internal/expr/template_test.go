package expr_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

const most = 3_000 // characters of a template

// says is all of what a template says.
func says(t *testing.T, source string, in *expr.Input, w expr.Writing) string {
	t.Helper()
	return all(pieces(t, source, in, w))
}

func pieces(t *testing.T, source string, in *expr.Input, w expr.Writing) []expr.Piece {
	t.Helper()
	tmpl, err := expr.CompileTemplate(source, most)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	out, err := tmpl.Write(in, w)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return out
}

func all(pieces []expr.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// wellKnown is dayOne with what only messages speak of.
func wellKnown() *expr.Input {
	in := dayOne()
	impact := func(x float64) *float64 { return &x }
	in.Client.Contacts = []stanna.Contact{{Name: "Eve"}, {Name: "Ben Lee", Email: "ben@acme.com", Title: "CTO", Primary: true}}
	in.State.Payment.Amount = stanna.MoneyOf(900, "GBP")
	in.State.Payment.Invoice, in.State.Payment.NextAttempt = "INV-7", "2026-11-26T08:00:00Z"
	in.State.Payment.Contact, in.State.Payment.RespondBy = "Pat Doe <pat@acme.com>", "2026-11-25T23:59:00Z"
	in.State.AlsoOwed[0].Amount = stanna.MoneyOf(100, "GBP")
	in.Alert.RuleName, in.Alert.TakenBy, in.Alert.AssignedTo, in.Alert.Note = "Big falls", "bo@example.com", "cy@example.com", "called them"
	e := &in.Alert.Evidence
	e.Quote, e.Subject, e.Was, e.Is, e.Actions = "We may cancel.", "seats", "green", "red", []string{"Call", "Write"}
	e.Factors = []stanna.Factor{
		{Name: "Tickets", Detail: "3 open"}, {Name: "Seats", Impact: impact(3)}, {Name: "Usage", Detail: "118 a day, usually 200", Impact: impact(-11)}, {Detail: "only this", Impact: impact(-1)}, {Name: " "},
	}
	return in
}

func TestTemplate(t *testing.T) {
	for _, c := range []struct{ source, want, ofStranger string }{
		{`no placeholder at all`, `no placeholder at all`, `no placeholder at all`},
		{`Health of {{ client.id }} fell by {{ number(-alert.change) }} points`, `Health of acme fell by 22 points`, `Health of new fell by not known points`},
		{`{{client.id}}{{client.id}}`, `acmeacme`, `newnew`},
		{"a\n{{\n client.id \n}}\r\nb\t", "a\nacme\r\nb\t", "a\nnew\r\nb\t"},

		// Each kind has its way.
		{`{{ client.mrr }}`, `12,400.5`, `not known`},
		{`{{ client.mrr * -1000 }}`, `-12,400,500`, `not known`},
		{`{{ 0.04 }} {{ -0.04 }} {{ 999.96 }} {{ 1e20 }} {{ 5 }} {{ 1e200 * 1e200 }}`, `0 0 1,000 1e+20 5 not known`, `0 0 1,000 1e+20 5 not known`},
		{`{{ client.tier }}`, `enterprise`, ``},
		{`{{ client.tags }}`, `pilot, emea`, ``},
		{`{{ state.churned }} {{ state.paymentFailed }}`, `no yes`, `no no`},
		{`{{ alert.openedAt }}`, `Nov 22, 2026`, `not known`},
		{`{{ now - alert.openedAt }} {{ days(3) }}`, `24 hours 3 days`, `not known 3 days`},
		{`{{ client.custom.seats }} {{ client.custom.plan }} {{ client.custom.vip }} {{ client.custom["open seats"] }}`, `25 gold yes 3`, `not known not known not known not known`},
		{`{{ signal.data.items.map(i, i.price) }}`, `12, 3`, `not known`},
		{`{{ [1, "a", true, client.custom.nothing] }}{{ [] }}`, `not known`, `not known`},
		{`{{ ["a", "", "b"] }}`, `a, b`, `a, b`},

		// Conditions, and everything that a condition may use.
		{`{{ alert.change < 0 ? "fell" : "rose" }}`, `fell`, `rose`},
		{`{{ "pilot" in client.tags && state.health < 40 }}`, `yes`, `no`},
		{`{{ client.id + ", " + lower(client.tier) }}`, `acme, enterprise`, `new, `},
		{`{{ size(client.tags) }} {{ weekday(now) }}`, `2 monday`, `0 monday`},
		{`{{ known(client.mrr) ? "worth " + money(client.mrr) : "of unknown worth" }}`, `worth 12,400.5 USD`, `of unknown worth`},
		{`{{ now >= date("2026-12-24") ? "Merry" : "Dear" }}`, `Dear`, `Dear`},

		// Money is in its own currency.
		{`{{ money(client.mrr) }} {{ money(client.mrr * 12) }}`, `12,400.5 USD 148,806 USD`, `not known not known`},
		{`{{ money(client.mrr, "eur") }} {{ money(5) }} {{ money(5, "JPY") }}`, `12,400.5 EUR 5 USD 5 JPY`, `not known 5 USD 5 JPY`},
		{`{{ money(state.paymentAmount) }} {{ money(2 * state.paymentAmount) }} {{ money(state.paymentAmount, client.currency) }}`, `900 GBP 1,800 GBP 900 USD`, `not known not known not known`},
		{`{{ money(alert.value) }} {{ money(1e15) }}`, `38 1e+15 USD`, `not known 1e+15 USD`},

		// Dates are times, or text that says one.
		{`{{ date(client.renewalDate) }} {{ day(client.renewalDate) }} {{ client.renewalDate }}`, `Jan 14, 2027 Thu, Jan 14 2027-01-14`, `not known not known `},
		{`{{ date(alert.openedAt) }} {{ day(alert.openedAt) }} {{ clock(alert.openedAt) }}`, `Nov 22, 2026 Sun, Nov 22 10:00 AM`, `not known not known not known`},
		{`{{ ago(state.lastContact) }} {{ ago("2026-11-22") }} {{ ago("2026-12-22") }}`, `19 days ago 1 day ago 0 days ago`, `not known 1 day ago 0 days ago`},
		{`{{ date(alert.openedAt) < alert.openedAt }} {{ date(now) == date("2026-11-23") }}`, `yes yes`, `not known yes`},
		{`{{ day(client.custom.plan) }}`, `not known`, `not known`},

		// Figures.
		{`{{ percent(state.churn) }} {{ percent(0.5) }}`, `73.1% 50%`, `not known 50%`},
		{`{{ signed(alert.change) }} {{ signed(3) }} {{ signed(0.04) }} {{ signed(0) }}`, `-22 +3 0 0`, `not known +3 0 0`},
		{`{{ trend() }}`, `60 → 38`, ``},
		{`{{ plural(1, "point", "points") }} {{ plural(-1, "a", "b") }} {{ plural(alert.change, "point", "points") }} {{ plural(2, "a", "b", "c", "d") }}`, `point a points d`, `point a points d`},
		{`{{ number("12.5") }} {{ number("x") }}`, `12.5 not known`, `12.5 not known`},

		// Text and lists.
		{`{{ upper(client.tier) }} {{ truncate(client.tier, 5) }} {{ truncate("héllo", 2) }} {{ truncate("abc", 3) }} {{ truncate("abc", -1) }}`, `ENTERPRISE enter… hé… abc …`, `  hé… abc …`},
		{`{{ first(client.tags) }} {{ first(["a"]) }}`, `pilot a`, `not known a`},
		{`{{ join(client.tags, " · ") }} {{ join([1000, 2.5], "/") }} {{ join(signal.data.items.map(i, i.price), "+") }}`, `pilot · emea 1,000/2.5 12+3`, ` 1,000/2.5 not known`},
		{`{{ join(client.tags.map(t, upper(t)), ", ") }} {{ client.tags.filter(t, t != "pilot") }}`, `PILOT, EMEA emea`, ` `},

		// What is not known, and what is said instead.
		{`{{ or(client.tier, "no tier") }} {{ or(client.mrr, 0) }} {{ or(client.mrr, 0) * 2 }} {{ or(money(client.mrr), "-") }}`, `enterprise 12,400.5 24,801 12,400.5 USD`, `no tier 0 0 -`},
		{`{{ or(client.tags, "none") }} {{ or(first(client.tags), "none") }} {{ or(client.custom.seats, "few") }} {{ or(client.custom.a.b.c, "x") }}`, `pilot, emea pilot 25 x`, `none none few x`},
		{`{{ or(alert.openedAt, "never") }} {{ or(or(client.owner, client.contactEmail), "nobody") }} {{ or(false, "x") }}`, `Nov 22, 2026 ana@example.com no`, `never nobody no`},
		{`{{ client.custom.rooms + 1 }} {{ upper(client.custom.rooms) }}`, `not known not known`, `not known not known`},

		// Braces.
		{`{{ "{{" }} {{ "}}" }} { } {{ '}}' }} {{ """}}""" }} {{ r"}}\" }} {{ "\"}}" }}`, `{{ }} { } }} }} }}\ "}}`, `{{ }} { } }} }} }}\ "}}`},
		{"{{ 1 // one }} a\n{{ 2 // it's two\n + 1 }}", "1 a\n3", "1 a\n3"},

		// What messages speak of.
		{`{{ client.contactName }}, {{ client.contactTitle }}, {{ client.contactEmail }}`, `Ben Lee, CTO, ben@acme.com`, `, , `},
		{`{{ state.paymentInvoice }} {{ state.paymentCurrency }} {{ day(state.paymentNextTry) }} {{ date(state.lastContact) }}`, `INV-7 GBP Thu, Nov 26 Nov 4, 2026`, `  not known not known`},
		{`{{ state.paymentContact }} {{ day(state.paymentRespondBy) }} {{ state.paymentCount }} {{ money(state.paymentTotal) }}`, `Pat Doe <pat@acme.com> Wed, Nov 25 2 1,000 GBP`, ` not known 0 not known`},
		{`{{ state.movement }} {{ money(state.mrrBefore) }} {{ money(state.mrrAfter) }} {{ state.plan }}`, `contraction 300 EUR 200.5 EUR Gold, yearly`, ` not known not known `},
		{`{{ alert.rule }}: {{ join(alert.reasons, "; ") }}`, `Big falls: Usage: 118 a day, usually 200; Seats; only this; Tickets: 3 open`, `: `},
		{`{{ alert.quote }} {{ alert.takenBy }} {{ alert.assignedTo }} {{ alert.note }} {{ alert.actions }}`, `We may cancel. bo@example.com cy@example.com called them Call, Write`, `    `},
		{`{{ alert.subject }} {{ alert.was }} {{ alert.became }} {{ workspace.currency }}`, `seats green red USD`, `   USD`},
	} {
		if got := says(t, c.source, wellKnown(), expr.Writing{}); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.source, got, c.want)
		}
		if got := says(t, c.source, stranger(), expr.Writing{}); got != c.ofStranger {
			t.Errorf("%s of a stranger\n got %q\nwant %q", c.source, got, c.ofStranger)
		}
	}
}

func TestTemplatePieces(t *testing.T) {
	got := pieces(t, `Dear {{ client.tier }}{{ client.id }}, {{ "own" }}`, stranger(), expr.Writing{})
	want := []expr.Piece{{Text: "Dear "}, {Outside: true}, {Text: "new", Outside: true}, {Text: ", "}, {Text: "own", Outside: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTemplateCut(t *testing.T) {
	in := dayOne()
	in.Client.Name = strings.Repeat("é", 5_000)
	in.Client.Tags = strings.Split(strings.Repeat("x,", 100_000), ",")
	for source, want := range map[string]string{
		`{{ client.name }}`:                     strings.Repeat("é", 2_000) + "…",
		`{{ client.name + client.name }}`:       strings.Repeat("é", 2_000) + "…",
		`{{ truncate(client.name, 2000) }}`:     strings.Repeat("é", 2_000) + "…",
		`{{ truncate(client.name, 1e300) }}`:    strings.Repeat("é", 2_000) + "…",
		`{{ join(["a", client.name], "") }}`:    "a" + strings.Repeat("é", 1_999) + "…",
		`{{ client.tags }}`:                     strings.Repeat("x, ", 2_000)[:2_000] + "…",
		`{{ truncate(client.name, 1.0/3*6.5)}}`: "éé…",
	} {
		if got := says(t, source, in, expr.Writing{}); got != want {
			t.Errorf("%s: %d bytes, %.60q", source, len(got), got)
		}
	}
	in.Client.Name = "a\xffb\x00\u202ec"
	if got := says(t, `{{ client.name }}`, in, expr.Writing{}); got != "a\ufffdb\x00\u202ec" {
		t.Errorf("%q", got)
	}
}

// The reader's ways are asked for everything, in the workspace's time zone.
func TestWriting(t *testing.T) {
	clock := func(name string) func(time.Time) string {
		return func(t time.Time) string { return name + t.Format("<2006-01-02 15:04 MST>") }
	}
	w := expr.Writing{
		Number:  func(x float64) string { return "N" + strings.Repeat("|", int(math.Abs(x))) },
		Percent: func(share float64) string { return "P" + strings.Repeat("|", int(share*10)) },
		Money:   func(m stanna.Money) string { return "M" + m.String() },
		Date:    clock("date"), Day: clock("day"), Clock: clock("clock"), Ago: clock("ago"),
		Lasting: time.Duration.String,
		Plural:  func(n float64, forms []string) string { return forms[int(n)%len(forms)] },
		Trend:   func(h stanna.History) string { return strings.Repeat("▁", h.Len()) },
		Unknown: "unbekannt", Yes: "ja", No: "nein",
	}
	in := wellKnown()
	in.Settings.Timezone = "America/New_York"
	for source, want := range map[string]string{
		`{{ 3 }} {{ [1, 2] }} {{ signed(2) }} {{ join([1], "") }}`: `N||| N|, N|| +N|| N|`,
		`{{ percent(0.3) }}`:                                    `P|||`,
		`{{ money(client.mrr) }} {{ money(5, "xxx") }}`:         `M12400.50 USD M5.00 XXX`,
		`{{ alert.openedAt }}`:                                  `date<2026-11-22 05:00 EST>`,
		`{{ day("2026-07-01") }}`:                               `day<2026-07-01 00:00 EDT>`,
		`{{ date("2026-07-01") }}`:                              `date<2026-07-01 00:00 EDT>`,
		`{{ date("2026-07-02T03:00:00Z" + "") }}`:               `date<2026-07-01 00:00 EDT>`,
		`{{ clock(alert.openedAt) }}`:                           `clock<2026-11-22 05:00 EST>`,
		`{{ ago(now) }}`:                                        `ago<2026-11-23 05:00 EST>`,
		`{{ now - alert.openedAt }}`:                            `24h0m0s`,
		`{{ plural(4, "a", "b", "c") }}`:                        `b`,
		`{{ trend() }}`:                                         `▁▁▁`,
		`{{ client.custom.rooms }} {{ 1/client.custom.rooms }}`: `unbekannt unbekannt`,
		`{{ true }} {{ false }}`:                                `ja nein`,
	} {
		if got := says(t, source, in, w); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
	w.Money = func(stanna.Money) string { return "" } // knows no such currency
	if got := says(t, `{{ money(2, "XXX") }}`, in, w); got != "N|| XXX" {
		t.Errorf("an amount in a currency that nobody knows is %q", got)
	}
}

// An alert's values have a currency of their own.
func TestAlertCurrency(t *testing.T) {
	in := wellKnown()
	in.Alert.Type, in.Alert.Evidence.Payment = stanna.PaymentIssue, &stanna.PaymentStanding{Amount: stanna.MoneyOf(38, "CHF")}
	if got := says(t, `{{ money(alert.value) }} {{ money(client.mrr) }}`, in, expr.Writing{}); got != "38 CHF 12,400.5 USD" {
		t.Error(got)
	}
	in = &expr.Input{Settings: stanna.Settings{Currency: "EUR"}, Alert: &stanna.Alert{Type: stanna.RevenueAtRisk, Evidence: stanna.Evidence{Value: 5e6}}, Now: now}
	if got := says(t, `{{ money(alert.value) }}`, in, expr.Writing{}); got != "5,000,000 EUR" {
		t.Error(got)
	}
}

func TestTemplateFails(t *testing.T) {
	for source, want := range map[string]string{
		"a\nb {{ signal.data.items }}":                   `line 2, column 6: this has fields of its own; say which of them is to be written`,
		`{{ join(signal.data.items, ",") }}`:             `line 1, column 4: what is in this list has fields of its own; say which of them, such as .map(x, x.name)`,
		`{{ signal.data.who }}`:                          `line 1, column 4: this has fields of its own; say which of them is to be written`,
		`ok {{ signal.data.items[7].price }}`:            `line 1, column 24: there is no such place in the list; ask size(...) first, or write first(...)`,
		"{{ client.id }}\n {{ client.custom.plan > 3 }}": `line 2, column 24: a field is of another kind than what is done with it`,
		`{{ percent(client.custom.plan) }}`:              `line 1, column 4: a field is of another kind than what is done with it`,
		`{{ or(client.custom.plan > 3, "x") }}`:          `line 1, column 26: a field is of another kind than what is done with it`,
		`{{ money(1, client.custom.plan) }}`:             `line 1, column 4: this is given no currency; write its ISO 4217 code, such as EUR`,
	} {
		tmpl, err := expr.CompileTemplate(source, most)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		out, err := tmpl.Write(dayOne(), expr.Writing{})
		var e *expr.Error
		if out != nil || !errors.As(err, &e) || e.Kind != expr.Failed || e.Error() != want {
			t.Errorf("%s:\n got %v\nwant %v", source, err, want)
		}
	}
}

func TestTemplateNames(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range expr.TemplateNames() {
		name, _, _ := strings.Cut(strings.TrimPrefix(n.Path, "list."), "(")
		if n.Type == "" || n.Doc == "" || seen[n.Path] || !strings.Contains(n.Example, name) {
			t.Errorf("%+v is not whole, or there twice", n)
		}
		seen[n.Path] = true
		for _, in := range []*expr.Input{wellKnown(), stranger()} {
			says(t, n.Example, in, expr.Writing{})
		}
	}
	for _, n := range expr.Names() { // each is for templates too
		for _, in := range []*expr.Input{wellKnown(), stranger()} {
			says(t, "{{ "+n.Example+" }}", in, expr.Writing{})
			if !strings.Contains(n.Path, "(") && n.Type != "fields of your own" {
				says(t, "{{ "+n.Path+" }}", in, expr.Writing{})
			}
		}
		if seen[n.Path] {
			t.Errorf("%s is listed twice", n.Path)
		}
	}
}

func TestTemplateConcurrent(t *testing.T) {
	tmpl, err := expr.CompileTemplate(`{{ client.id }} {{ join(client.tags.map(t, upper(t)), " ") }} {{ money(client.mrr) }}`, most)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				for in, want := range map[*expr.Input]string{dayOne(): "acme PILOT EMEA 12,400.5 USD", stranger(): "new  not known"} {
					if got, err := tmpl.Write(in, expr.Writing{}); err != nil || all(got) != want {
						t.Error(all(got), err)
					}
				}
			}
		})
	}
	wg.Wait()
}
