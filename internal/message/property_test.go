package message

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/slack-go/slack"
	"pgregory.net/rapid"
)

// anyText is what a customer's system may send: nothing, a word, a trap, any
// Unicode, or far too much of it.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(
			rapid.SampledFrom([]string{"", " ", "Acme", hostile, "&&&&&&", "<<<>>>", "\u202e\u2066", "e\u0301\u0301", "👩‍👩‍👧‍👦", "🇵🇹🇵", "ب", "\xff\xfe", "<@U999>", "<!here>", "https://x.test/|>"}),
			rapid.String(),
		).Draw(t, "piece")
		return strings.Repeat(s, rapid.SampledFrom([]int{1, 1, 1, 3, 40, 900}).Draw(t, "times"))
	})
}

func anyNumber() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(0, 100), rapid.Float64(),
		rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -1e300, 1e-300}))
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return time.Time{}
		}
		return monday.Add(time.Duration(rapid.Int64Range(-400*24, 48).Draw(t, "hours")) * time.Hour)
	})
}

func anyAddress() *rapid.Generator[string] {
	return rapid.OneOf(rapid.Just(""), rapid.Just("https://stanna.example.com/alerts/al_1?a=1&b=2"),
		rapid.Custom(func(t *rapid.T) string { return "https://stanna.example.com/" + anyText().Draw(t, "path") }), anyText())
}

func anyClient() *rapid.Generator[stanna.Client] {
	return rapid.Custom(func(t *rapid.T) stanna.Client {
		c := stanna.Client{
			ID: anyText().Draw(t, "id"), Name: anyText().Draw(t, "name"), CSMOwner: anyText().Draw(t, "csm"),
			MRR:         stanna.Money{Minor: rapid.Int64().Draw(t, "mrr"), Currency: rapid.SampledFrom([]string{"", "USD", "JPY", "CHF", "ZZZ", "<!>"}).Draw(t, "currency")},
			RenewalDate: rapid.SampledFrom([]string{"", "2027-01-14", "0001-01-01", "9999-12-31", "soon"}).Draw(t, "renewal"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "contacts") {
			c.Contacts = append(c.Contacts, stanna.Contact{Name: anyText().Draw(t, "contact"), Title: anyText().Draw(t, "title"), Email: anyText().Draw(t, "email")})
		}
		return c
	})
}

func anyHistory(t *rapid.T) stanna.History {
	var h stanna.History
	for i := range rapid.IntRange(0, 40).Draw(t, "values") {
		h.Add(daysBefore(40-float64(i)), anyNumber().Draw(t, "value"))
	}
	return h
}

func anyState(t *rapid.T) stanna.State {
	s := stanna.State{Health: anyHistory(t), Engagement: anyHistory(t)}
	s.LastContact, s.LastContactKind = anyTime().Draw(t, "contact"), anyText().Draw(t, "kind")
	s.Sentiment, s.Quote = stanna.Reading{Value: anyNumber().Draw(t, "mood"), At: anyTime().Draw(t, "mood at")}, anyText().Draw(t, "quote")
	if rapid.Bool().Draw(t, "owes") {
		s.Payment = stanna.PaymentStanding{FailedAt: anyTime().Draw(t, "failed"), NextAttempt: anyText().Draw(t, "next"),
			Amount: stanna.Money{Minor: rapid.Int64().Draw(t, "amount"), Currency: "USD"}}
	}
	return s
}

func anyAlert() *rapid.Generator[stanna.Alert] {
	return rapid.Custom(func(t *rapid.T) stanna.Alert {
		a := stanna.Alert{
			ID: anyText().Draw(t, "alert"), RuleName: anyText().Draw(t, "rule"),
			Type:     rapid.SampledFrom([]stanna.AlertType{stanna.HealthDrop, stanna.HealthDrop, "unknown"}).Draw(t, "type"),
			Severity: rapid.SampledFrom([]stanna.Severity{stanna.Critical, stanna.High, stanna.Medium, stanna.Low, stanna.Info, "?"}).Draw(t, "severity"),
			Status:   rapid.SampledFrom([]stanna.AlertStatus{stanna.AlertOpen, stanna.AlertResolved}).Draw(t, "status"),
			Why: rapid.SampledFrom([]stanna.Reason{stanna.ReasonRecovered, stanna.ReasonNotRecovered, stanna.ReasonChurned,
				stanna.ReasonExcluded, stanna.ReasonRuleOff, stanna.ReasonWorsened}).Draw(t, "why"),
			Unstable: rapid.Bool().Draw(t, "unstable"),
			OpenedAt: anyTime().Draw(t, "opened at"), UpdatedAt: anyTime().Draw(t, "updated at"), ClosedAt: anyTime().Draw(t, "closed at"),
			Evidence: stanna.Evidence{
				Base: anyNumber().Draw(t, "base"), BaseAt: anyTime().Draw(t, "base at"), FirstSeen: rapid.Bool().Draw(t, "first"),
				Opened: anyNumber().Draw(t, "opened"), Value: anyNumber().Draw(t, "newest"), ValueAt: anyTime().Draw(t, "value at"),
				Worst: anyNumber().Draw(t, "worst"), Source: anyText().Draw(t, "source"),
			},
		}
		text, with := anyText().Draw(t, "factor"), rapid.Bool().Draw(t, "impacts")
		for range rapid.SampledFrom([]int{0, 1, 5, 50}).Draw(t, "factors") {
			f := stanna.Factor{Name: text, Detail: text}
			if with {
				f.Impact = impact(anyNumber().Draw(t, "impact"))
			}
			a.Evidence.Factors = append(a.Evidence.Factors, f)
		}
		return a
	})
}

func anySettings(t *rapid.T) stanna.Settings {
	return stanna.Settings{
		Timezone: rapid.SampledFrom([]string{"", "Asia/Kathmandu", "nowhere"}).Draw(t, "zone"),
		Locale:   rapid.SampledFrom([]string{"", "en", "de", "fr", "ar", "hi", "no such tag"}).Draw(t, "locale"),
		Currency: rapid.SampledFrom([]string{"", "EUR", "??"}).Draw(t, "currency"),
	}
}

func anyOwner(t *rapid.T) Owner {
	return Owner{Name: anyText().Draw(t, "owner"), Email: anyText().Draw(t, "owner e-mail"),
		SlackID: rapid.SampledFrom([]string{"", "U012ANA", "!channel", "U1> <!here>", "W9"}).Draw(t, "slack id")}
}

func anyIntended(t *rapid.T) Intended {
	return Intended{Name: anyText().Draw(t, "intended"), Why: anyText().Draw(t, "intended why")}
}

// checkSafe says that nothing from outside became a mark of Slack's.
func checkSafe(t *rapid.T, r Rendered, owners ...Owner) {
	t.Helper()
	marks, bare := marked(r)
	if len(bare) > 0 {
		t.Errorf("not escaped: %q", bare)
	}
	for _, m := range marks {
		ok := strings.HasPrefix(m, "https://") || strings.HasPrefix(m, "http://")
		for _, o := range owners {
			ok = ok || m == "@"+o.SlackID && (o.SlackID == "U012ANA" || o.SlackID == "W9")
		}
		if !ok {
			t.Errorf("became a mark: <%s>", m)
		}
	}
	texts := r.Text
	for _, b := range r.Blocks {
		if h, ok := b.(*slack.HeaderBlock); ok {
			texts += h.Text.Text
			if strings.ContainsAny(h.Text.Text, "\n\r\t\x00") {
				t.Errorf("the header is broken: %q", h.Text.Text)
			}
		}
	}
	if i := strings.IndexAny(texts, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200b\u200e\u200f\ufeff\n\r\x00"); i >= 0 {
		t.Errorf("something invisible at %d of %q", i, texts)
	}
	if strings.Count(texts, "\u2068") != strings.Count(texts, "\u2069") {
		t.Errorf("isolates are not closed: %q", texts)
	}
}

func TestAnyThreadFitsAndIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := ThreadView{
			Settings: anySettings(t), Client: anyClient().Draw(t, "client"), State: anyState(t), Owner: anyOwner(t),
			Link: anyAddress().Draw(t, "client link"), Intended: anyIntended(t), Now: monday,
		}
		for range rapid.SampledFrom([]int{0, 1, 1, 2, 12}).Draw(t, "alerts") {
			v.Alerts = append(v.Alerts, AlertView{
				Alert: anyAlert().Draw(t, "alert"), Playbook: anyText().Draw(t, "playbook"),
				Links: Links{Alert: anyAddress().Draw(t, "alert link"), Rule: anyAddress().Draw(t, "rule link")},
			})
		}
		r := Thread(v)
		checkLimits(t, r)
		checkSafe(t, r, v.Owner)
		checkLimits(t, TextOnly(r))
	})
}

func TestAnySummaryFitsAndIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := SummaryView{Settings: anySettings(t), Reason: anyText().Draw(t, "reason"), Link: anyAddress().Draw(t, "link"),
			Intended: anyIntended(t), Now: monday}
		var owners []Owner
		for range rapid.SampledFrom([]int{0, 1, 5, 30}).Draw(t, "items") {
			i := SummaryItem{Client: anyClient().Draw(t, "client"), Alert: anyAlert().Draw(t, "alert"),
				Owner: anyOwner(t), Link: anyAddress().Draw(t, "item link")}
			owners = append(owners, i.Owner)
			v.Items = append(v.Items, i)
		}
		if rapid.Bool().Draw(t, "tally") {
			v.Tally = Tally{Clients: 400, Open: map[stanna.Severity]int{stanna.High: 400}, Closed: rapid.IntRange(0, 9).Draw(t, "closed")}
		}
		r := Summary(v)
		checkLimits(t, r)
		checkSafe(t, r, owners...)
	})
}

func TestAnyTestMessageFitsAndIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Test(TestView{Settings: anySettings(t), WorkspaceName: anyText().Draw(t, "workspace"), By: anyText().Draw(t, "by"),
			Link: anyAddress().Draw(t, "link"), Intended: anyIntended(t), Now: monday})
		checkLimits(t, r)
		checkSafe(t, r)
	})
}

// A worst case that chance is unlikely to find: everything long at once.
func TestEverythingLongAtOnce(t *testing.T) {
	address := "https://stanna.example.com/" + strings.Repeat("&", 190)
	long := strings.Repeat("&<>\"\\", 2000)
	v := fullView()
	v.Client.Name, v.Owner.Name, v.State.LastContactKind = long, long, long
	v.Client.Contacts = []stanna.Contact{{Name: long, Title: long}}
	v.Intended = Intended{long, long}
	v.Link = address
	a := v.Alerts[0]
	a.Links = Links{Alert: address, Rule: address}
	a.RuleName, a.Playbook, a.Unstable = long, strings.Repeat(address+" "+long+"\n", 20), true
	a.Evidence.Factors = nil
	for range 50 {
		a.Evidence.Factors = append(a.Evidence.Factors, stanna.Factor{Name: long, Detail: long, Impact: impact(-1)})
	}
	v.Alerts = nil
	for range 40 {
		v.Alerts = append(v.Alerts, a)
	}
	r := Thread(v)
	checkLimits(t, r)
	for _, want := range []string{"Open: https://", "and 43 more reasons", "more alerts", "health fell 22 points to 38 (red)", "…"} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the text does not say %q: %s", want, r.Text)
		}
	}
	s := summaryView(40)
	for i := range s.Items {
		s.Items[i].Client.Name, s.Items[i].Owner.Name, s.Items[i].Link = long, long, address
	}
	s.Link, s.Reason = address, long
	checkLimits(t, Summary(s))
}

// The text has a limit of bytes, and scripts beyond the Latin one reach it
// long before they have as many characters.
func TestTextFitsInBytesToo(t *testing.T) {
	for script, one := range map[string]string{"CJK": "客", "emoji": "🦦", "families": "👩‍👩‍👧‍👦", "Devanagari": "क्षि"} {
		t.Run(script, func(t *testing.T) {
			long := strings.Repeat(one, stanna.MaxNameLength/len([]rune(one)))
			s := summaryView(40)
			for i := range s.Items {
				s.Items[i].Client.Name, s.Items[i].Owner.Name = long, long
			}
			v := fullView()
			v.Client.Name, v.Owner.Name, v.Client.Contacts = long, long, []stanna.Contact{{Name: long, Title: long}}
			for i := range v.Alerts[0].Evidence.Factors {
				v.Alerts[0].Evidence.Factors[i].Detail = long
			}
			check := func(r Rendered, want ...string) {
				t.Helper()
				checkLimits(t, r)
				if n := len(r.Text); n < 1500 {
					t.Errorf("more is left out than has to be: the text has %d bytes", n)
				}
				for _, w := range want {
					if !strings.Contains(r.Text, w) {
						t.Errorf("the text does not say %q: %s", w, r.Text)
					}
				}
			}
			check(Summary(s), "High: "+one, "And 30 more", "See all 40: https://")
			check(Thread(v), "High: "+one, "health fell 22 points to 38 (red)", "Open: https://")
		})
	}
}
