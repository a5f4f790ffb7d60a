package message

import (
	"math"
	"slices"
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
	s.LastContactAuthor, s.LastContactURL = anyText().Draw(t, "spoke with"), anyAddress().Draw(t, "contact address")
	s.Churn, s.Status, s.EngagementUnit = stanna.Reading{Value: anyNumber().Draw(t, "churn"), At: anyTime().Draw(t, "churn at")}, anyText().Draw(t, "status"), anyText().Draw(t, "unit")
	if rapid.Bool().Draw(t, "uses") {
		s.Usage = map[string]stanna.Usage{anyText().Draw(t, "limit name"): {Used: anyNumber().Draw(t, "used"), Limit: anyNumber().Draw(t, "of"), Unit: anyText().Draw(t, "usage unit")}, "seats": {Used: 1, Limit: 2}}
	}
	for range rapid.IntRange(0, 4).Draw(t, "moods") {
		s.Moods = append(s.Moods, stanna.Mood{At: anyTime().Draw(t, "mood time"), Score: anyNumber().Draw(t, "score"), Quote: anyText().Draw(t, "words"),
			Author: anyText().Draw(t, "speaker"), URL: anyAddress().Draw(t, "conversation")})
	}
	if rapid.Bool().Draw(t, "owes") {
		s.Payment = anyPayment(t)
		for range rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "owes as well") {
			s.AlsoOwed = append(s.AlsoOwed, anyPayment(t))
		}
	}
	s.Sentiment, s.Quote = stanna.Reading{Value: anyNumber().Draw(t, "mood"), At: anyTime().Draw(t, "mood at")}, anyText().Draw(t, "quote")
	if n := len(s.Moods); n > 0 && rapid.Bool().Draw(t, "quotes the newest") {
		s.Quote = s.Moods[n-1].Quote
	}
	if rapid.Bool().Draw(t, "owes") {
		s.Payment = stanna.PaymentStanding{FailedAt: anyTime().Draw(t, "failed"), NextAttempt: anyText().Draw(t, "next"),
			Amount: stanna.Money{Minor: rapid.Int64().Draw(t, "amount"), Currency: "USD"}}
	}
	return s
}

// anyReason is a reason that an alert may carry, or one that nobody knows.
func anyReason() *rapid.Generator[stanna.Reason] {
	known := []stanna.Reason{"", "made_up", stanna.ReasonRecovered, stanna.ReasonPaid, stanna.ReasonRenewed, stanna.ReasonConditionOver, stanna.ReasonResolvedByPerson,
		stanna.ReasonWorsened, stanna.ReasonSnoozeOver, stanna.ReasonFirstContact, stanna.ReasonFoundInBackfill, stanna.ReasonNotTakenUp, stanna.ReasonVeryNegative}
	for r := range endings {
		known = append(known, r)
	}
	slices.Sort(known)
	return rapid.SampledFrom(known)
}

func anyAlert() *rapid.Generator[stanna.Alert] {
	types := append(Types(), "unknown")
	slices.Sort(types)
	return rapid.Custom(func(t *rapid.T) stanna.Alert {
		return stanna.Alert{
			ID: anyText().Draw(t, "alert"), RuleName: anyText().Draw(t, "rule"),
			ClientID: rapid.SampledFrom([]string{"acme", ""}).Draw(t, "client id"),
			Type:     rapid.SampledFrom(types).Draw(t, "type"),
			Severity: rapid.SampledFrom([]stanna.Severity{stanna.Critical, stanna.High, stanna.Medium, stanna.Low, stanna.Info, "?"}).Draw(t, "severity"),
			Status:   rapid.SampledFrom([]stanna.AlertStatus{stanna.AlertOpen, stanna.AlertOpen, stanna.AlertTaken, stanna.AlertSnoozed, stanna.AlertResolved}).Draw(t, "status"),
			Why:      anyReason().Draw(t, "why"),
			Unstable: rapid.Bool().Draw(t, "unstable"),
			OpenedAt: anyTime().Draw(t, "opened at"), UpdatedAt: anyTime().Draw(t, "updated at"), ClosedAt: anyTime().Draw(t, "closed at"),
			Evidence: anyEvidence(t),
			Life: stanna.Life{
				JoinedTo: rapid.SampledFrom([]string{"", "al_1"}).Draw(t, "joined"), TakenBy: anyPerson(t), TakenAt: anyTime().Draw(t, "taken at"),
				AssignedTo: anyPerson(t), SnoozedBy: anyPerson(t), SnoozedUntil: anyTime().Draw(t, "snoozed until"),
				Escalated: rapid.IntRange(0, 3).Draw(t, "escalated"), Outcome: rapid.SampledFrom(append(stanna.Outcomes(), "", "?")).Draw(t, "outcome"),
				ClosedBy: anyPerson(t), Note: anyText().Draw(t, "note"),
			},
		}
	})
}

// anyEvidence fills everything that any type may look at, likely and unlikely.
func anyEvidence(t *rapid.T) stanna.Evidence {
	e := stanna.Evidence{
		Trigger: rapid.SampledFrom([]stanna.Reason{"", stanna.ReasonFellFar, stanna.ReasonChurnRose, stanna.ReasonPaymentAgain, stanna.ReasonBelowBaseline, stanna.ReasonWentSilent,
			stanna.ReasonVeryNegative, stanna.ReasonNegativeTrend, stanna.ReasonLimitFilled, stanna.ReasonGrowing, stanna.ReasonAnniversary, stanna.ReasonGoalReached,
			stanna.ReasonZoneChanged, stanna.ReasonStatusChanged}).Draw(t, "trigger"),
		Base: anyNumber().Draw(t, "base"), BaseAt: anyTime().Draw(t, "base at"), FirstSeen: rapid.Bool().Draw(t, "first"),
		Opened: anyNumber().Draw(t, "opened"), Value: anyNumber().Draw(t, "newest"), ValueAt: anyTime().Draw(t, "value at"),
		Worst: anyNumber().Draw(t, "worst"), Told: anyNumber().Draw(t, "told"), Source: anyText().Draw(t, "source"),
		Quote: anyText().Draw(t, "quote"), Author: anyText().Draw(t, "author"), URL: anyAddress().Draw(t, "where"), Count: rapid.IntRange(-1, 12).Draw(t, "count"), Limit: anyNumber().Draw(t, "limit"), Above: anyNumber().Draw(t, "above"),
		Subject: anyText().Draw(t, "subject"), Since: anyTime().Draw(t, "since"),
		Date:  rapid.SampledFrom([]string{"", "2027-01-14", "2026-11-23", "0001-01-01", "9999-12-31", "soon"}).Draw(t, "date"),
		Was:   rapid.OneOf(anyText(), rapid.SampledFrom([]string{"", "red", "green"})).Draw(t, "was"),
		Is:    rapid.OneOf(anyText(), rapid.SampledFrom([]string{"", "red", "yellow"})).Draw(t, "is"),
		Moved: rapid.IntRange(-1, 500).Draw(t, "moved"), Share: anyNumber().Draw(t, "share"), Loss: anyNumber().Draw(t, "loss"),
		Clients: rapid.IntRange(-1, 500).Draw(t, "at risk"),
	}
	if rapid.Bool().Draw(t, "pays") {
		p := anyPayment(t)
		e.Payment = &p
		for range rapid.SampledFrom([]int{0, 0, 1, 6}).Draw(t, "also owed") {
			e.AlsoOwed = append(e.AlsoOwed, anyPayment(t))
		}
	}
	if rapid.IntRange(0, 5).Draw(t, "moved") == 0 {
		e.Subscription = &stanna.Subscription{At: anyTime().Draw(t, "moved at"), Movement: rapid.SampledFrom(append(stanna.MRRMovements(), "?")).Draw(t, "movement"),
			MRR: anyMoney(t), Before: anyMoney(t), Status: anyText().Draw(t, "subscription"), Plan: anyText().Draw(t, "plan"), URL: anyAddress().Draw(t, "its page")}
	}
	text, with := anyText().Draw(t, "factor"), rapid.Bool().Draw(t, "impacts")
	for range rapid.SampledFrom([]int{0, 1, 5, 50}).Draw(t, "factors") {
		f := stanna.Factor{Name: text, Detail: text}
		if with {
			f.Impact = impact(anyNumber().Draw(t, "impact"))
		}
		e.Factors = append(e.Factors, f)
	}
	for range rapid.SampledFrom([]int{0, 0, 2, 50}).Draw(t, "actions") {
		e.Actions = append(e.Actions, text)
	}
	for range rapid.SampledFrom([]int{0, 1, 10}).Draw(t, "moves") {
		e.Moves = append(e.Moves, stanna.Move{ClientID: text, Name: text, Amount: anyNumber().Draw(t, "move"), Why: anyReason().Draw(t, "move why")})
	}
	return e
}

func anyPayment(t *rapid.T) stanna.PaymentStanding {
	return stanna.PaymentStanding{
		FailedAt: anyTime().Draw(t, "failed at"), FirstAt: anyTime().Draw(t, "first at"),
		Amount:      stanna.Money{Minor: rapid.Int64().Draw(t, "owed"), Currency: rapid.SampledFrom([]string{"", "USD", "JPY", "<!>"}).Draw(t, "owed currency")},
		Attempt:     rapid.IntRange(-1, 1000).Draw(t, "attempt"),
		NextAttempt: rapid.SampledFrom([]string{"", "2026-11-26T10:00:00Z", "2020-01-01T00:00:00Z", "<!here>"}).Draw(t, "next attempt"),
		Status:      rapid.SampledFrom([]string{"", stanna.PaymentFailing, stanna.PaymentPastDue, stanna.PaymentDisputed, "<!here>"}).Draw(t, "payment status"),
		Contact:     rapid.OneOf(anyText(), rapid.SampledFrom([]string{"", "pat@acme.test", "Pat <!channel> <pat@acme.test>"})).Draw(t, "bill to"),
		RespondBy:   rapid.SampledFrom([]string{"", "2026-11-26T10:00:00Z", "2020-01-01T00:00:00Z", "<!here>"}).Draw(t, "respond by"),
		Decline:     rapid.SampledFrom([]stanna.Decline{"", stanna.SoftDecline, stanna.HardDecline, "?"}).Draw(t, "decline"),
		Code:        rapid.OneOf(anyText(), rapid.SampledFrom([]string{"", "insufficient_funds", "stolen_card"})).Draw(t, "code"),
		Invoice:     anyText().Draw(t, "invoice"), URL: anyAddress().Draw(t, "payment link"), Source: anyText().Draw(t, "payer"),
	}
}

func anyPerson(t *rapid.T) string {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "ana@example.com", "ANA@example.com", "sync-job"}), anyText()).Draw(t, "person")
}

func anyTeam(t *rapid.T) People {
	return People{"ana@example.com": {Name: anyText().Draw(t, "ana"), Email: "ana@example.com", SlackID: "U012ANA"}}
}

func anySettings(t *rapid.T) stanna.Settings {
	return stanna.Settings{
		Timezone: rapid.SampledFrom([]string{"", "Asia/Kathmandu", "nowhere"}).Draw(t, "zone"),
		Locale:   rapid.SampledFrom([]string{"", "en", "es", "es-MX", "de", "fr", "ar", "hi", "es", "no such tag"}).Draw(t, "locale"),
		Currency: rapid.SampledFrom([]string{"", "EUR", "??"}).Draw(t, "currency"),
	}
}

func anyOwner(t *rapid.T) Owner {
	return Owner{Name: anyText().Draw(t, "owner"), Email: anyText().Draw(t, "owner e-mail"),
		SlackID: rapid.SampledFrom([]string{"", "U012ANA", "!channel", "U1> <!here>", "W9"}).Draw(t, "slack id")}
}

func anyIntended(t *rapid.T) Intended {
	return Intended{Name: anyText().Draw(t, "intended"), Why: anyText().Draw(t, "intended why"), Away: rapid.Bool().Draw(t, "away"), BackAt: anyTime().Draw(t, "back at"),
		Reason: rapid.SampledFrom([]stanna.Reason{"", stanna.ReasonDeputy, stanna.ReasonManager, stanna.ReasonNobodyThere}).Draw(t, "intended reason")}
}

// checkSafe says that nothing from outside became a mark of Slack's.
func checkSafe(t failer, r Rendered, owners ...Owner) {
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
			People: anyTeam(t), Link: anyAddress().Draw(t, "client link"), Intended: anyIntended(t), Now: monday,
		}
		if rapid.IntRange(0, 4).Draw(t, "portfolio") == 0 {
			v.Client = stanna.Client{}
		}
		for range rapid.SampledFrom([]int{0, 1, 1, 2, 12}).Draw(t, "alerts") {
			v.Alerts = append(v.Alerts, AlertView{
				Alert: anyAlert().Draw(t, "alert"), Playbook: anyText().Draw(t, "playbook"), Escalation: anyEscalation(t),
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
		v := SummaryView{Settings: anySettings(t), Occasion: anyOccasion(t), People: anyTeam(t), Link: anyAddress().Draw(t, "link"),
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

func anyEscalation(t *rapid.T) (steps []stanna.EscalationStep) {
	for range rapid.IntRange(0, 2).Draw(t, "steps") {
		steps = append(steps, stanna.EscalationStep{After: rapid.IntRange(0, 100_000).Draw(t, "after"), Raise: rapid.SampledFrom([]stanna.Severity{"", stanna.Critical}).Draw(t, "raise")})
	}
	return steps
}

func anyOccasion(t *rapid.T) stanna.Occasion {
	return stanna.Occasion{
		Why: rapid.SampledFrom([]stanna.Reason{"", stanna.ReasonOutsideHours, stanna.ReasonDailyDigest, stanna.ReasonWeeklyDigest, stanna.ReasonFirstContact,
			stanna.ReasonFoundInBackfill, stanna.ReasonSilenced, stanna.ReasonManyAtOnce, stanna.ReasonReleased, stanna.ReasonWhileSnoozed, "made_up"}).Draw(t, "occasion"),
		Since: anyTime().Draw(t, "waited since"), Recovered: rapid.IntRange(0, 3).Draw(t, "recovered"), Late: rapid.Bool().Draw(t, "late"),
		Date: rapid.SampledFrom([]string{"", "2026-11-23", "<!here>"}).Draw(t, "digest of"), By: anyPerson(t),
	}
}

func TestAnyNoticeFitsAndIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Notice(NoticeView{Settings: anySettings(t), TypeName: anyText().Draw(t, "type"), Link: anyAddress().Draw(t, "link"), People: anyTeam(t),
			Intended: anyIntended(t), Now: monday,
			Surge: stanna.Surge{
				Type: rapid.SampledFrom([]stanna.AlertType{stanna.HealthDrop, stanna.Custom, "?"}).Draw(t, "of"), Source: anyText().Draw(t, "source"),
				Status:  rapid.SampledFrom([]stanna.SurgeStatus{stanna.SurgeHolding, stanna.SurgeReleased, stanna.SurgeDiscarded, "?"}).Draw(t, "status"),
				Clients: rapid.IntRange(-1, 1_000_000).Draw(t, "clients"), Book: rapid.IntRange(-1, 1_000_000).Draw(t, "book"),
				BeganAt: anyTime().Draw(t, "began"), Until: anyTime().Draw(t, "until"), UpdatedAt: anyTime().Draw(t, "updated"), EndedBy: anyPerson(t),
			}})
		checkLimits(t, r)
		checkSafe(t, r)
	})
}

func TestAnyPortraitFitsAndIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := PortraitView{Settings: anySettings(t), Client: anyClient().Draw(t, "client"), State: anyState(t), Owner: anyOwner(t), People: anyTeam(t),
			Link: anyAddress().Draw(t, "link"), By: anyPerson(t), Intended: anyIntended(t), Now: monday}
		for range rapid.SampledFrom([]int{0, 1, 12}).Draw(t, "alerts") {
			v.Alerts = append(v.Alerts, AlertView{Alert: anyAlert().Draw(t, "alert"), Links: Links{Alert: anyAddress().Draw(t, "alert link")}})
		}
		r := Portrait(v)
		checkLimits(t, r)
		checkSafe(t, r, v.Owner)
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
	v.Intended = Intended{Name: long, Why: long}
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
	s.Link, s.Intended = address, Intended{Name: long, Why: long}
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
