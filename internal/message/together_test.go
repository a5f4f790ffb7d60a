package message

import (
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// mixed is a summary with one alert of every type.
func mixed(o stanna.Occasion) SummaryView {
	v := summaryView(0)
	v.Occasion, v.People = o, team()
	for i, s := range stories() {
		view := s.view()
		item := SummaryItem{Client: view.Client, Alert: view.Alerts[0].Alert, Owner: view.Owner, Link: "https://stanna.example.com/alerts/al_" + string(s.kind)}
		item.Alert.ID = string(s.kind)
		if item.Client.ID != "" {
			names := []string{"Acme Corp", "Blue Ridge", "Contoso", "Delta Freight"}
			item.Client.ID, item.Client.Name = names[i%4], names[i%4]
		}
		if s.kind == stanna.PaymentIssue {
			item.Alert.Status, item.Alert.TakenBy, item.Alert.TakenAt = stanna.AlertTaken, "ben@example.com", monday.Add(-time.Hour)
		}
		v.Items = append(v.Items, item)
	}
	return v
}

func surge(change func(*NoticeView)) NoticeView {
	v := NoticeView{Settings: settings(), TypeName: "Health drop", Link: "https://stanna.example.com/surges/su_1", People: team(), Now: monday,
		Surge: stanna.Surge{Type: stanna.HealthDrop, Source: "Gainsight", Status: stanna.SurgeHolding, Clients: 412, Book: 1212,
			BeganAt: monday.Add(-20 * time.Minute), UpdatedAt: monday, Until: monday.Add(time.Hour)}}
	change(&v)
	return v
}

func portrait(change func(*PortraitView)) PortraitView {
	full := fullView()
	v := PortraitView{Settings: full.Settings, Client: full.Client, State: full.State, Owner: full.Owner, People: team(), Link: full.Link, By: "ben@example.com",
		Now: monday}
	change(&v)
	return v
}

func everythingKnown(v *PortraitView) {
	s := stories()
	churn, payment := s[0].view().Alerts[0], s[1].view().Alerts[0]
	payment.Status, payment.TakenBy, payment.TakenAt = stanna.AlertTaken, "ana@example.com", monday.Add(-oneDay)
	v.Alerts = []AlertView{payment, churn}
	st := &v.State
	st.Churn, st.Sentiment, st.Payment = stanna.Reading{Value: 0.78, At: monday}, stanna.Reading{Value: -1, At: daysBefore(4)}, *owed(nil)
	st.Usage = map[string]stanna.Usage{"seats": {Used: 92, Limit: 100, At: monday}, "API calls": {Used: 10_000, Limit: 1_000_000, At: monday}}
	st.Status, st.LastContactAuthor, st.LastContactURL = "Active", "Maria Costa", "https://mail.acme.test/threads/42"
}

// summaries are told for every occasion there is.
func summaries() map[string]SummaryView {
	friday := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	closed := func(v SummaryView, each int) SummaryView {
		for i := range v.Items {
			if i%each == 0 {
				v.Items[i].Alert = closedView(stanna.ReasonRecovered, 57).Alerts[0].Alert
			}
		}
		return v
	}
	few := func(o stanna.Occasion, n int) SummaryView {
		v := summaryView(n)
		v.Occasion = o
		return v
	}
	return map[string]SummaryView{
		"summary_small": summaryView(4),
		"summary_large": summaryView(10_000),
		"summary_resolved": func() SummaryView {
			v := closed(summaryView(12), 2)
			v.Items[2].Alert.Why = stanna.ReasonChurned
			return v
		}(),
		"summary_away": mixed(stanna.Occasion{Why: stanna.ReasonOutsideHours, Since: friday, Recovered: 2}),
		"summary_away_few": func() SummaryView {
			v := mixed(stanna.Occasion{Why: stanna.ReasonOutsideHours, Since: friday, Recovered: 2})
			v.Items = v.Items[:6]
			return v
		}(),
		"summary_away_closed":   closed(few(stanna.Occasion{Why: stanna.ReasonOutsideHours, Since: friday}, 6), 3),
		"summary_away_one":      few(stanna.Occasion{Why: stanna.ReasonOutsideHours, Since: friday, Recovered: 1}, 1),
		"summary_away_nothing":  few(stanna.Occasion{Why: stanna.ReasonOutsideHours, Since: friday, Recovered: 3}, 0),
		"summary_daily":         mixed(stanna.Occasion{Why: stanna.ReasonDailyDigest, Since: friday, Date: "2026-11-23"}),
		"summary_daily_late":    few(stanna.Occasion{Why: stanna.ReasonUnstable, Since: friday, Date: "2026-11-23", Late: true}, 3),
		"summary_weekly":        few(stanna.Occasion{Why: stanna.ReasonWeeklyDigest, Since: friday.Add(-4 * oneDay), Date: "2026-11-23", Recovered: 4}, 14),
		"summary_first_contact": few(stanna.Occasion{Why: stanna.ReasonFirstContact}, 43),
		"summary_backfill":      few(stanna.Occasion{Why: stanna.ReasonFoundInBackfill}, 2),
		"summary_silenced":      few(stanna.Occasion{Why: stanna.ReasonSilenced, Since: friday, Recovered: 1}, 3),
		"summary_many":          few(stanna.Occasion{Why: stanna.ReasonManyAtOnce}, 40),
		"summary_released":      few(stanna.Occasion{Why: stanna.ReasonReleased, Since: friday}, 3),
		"summary_portfolio_only": func() SummaryView {
			v := mixed(stanna.Occasion{})
			v.Items = v.Items[4:5]
			return v
		}(),
	}
}

func notices() map[string]NoticeView {
	return map[string]NoticeView{
		"notice_holding": surge(func(*NoticeView) {}),
		"notice_released": surge(func(v *NoticeView) {
			v.Surge.Status, v.Surge.EndedBy, v.Surge.UpdatedAt = stanna.SurgeReleased, "ana@example.com", monday.Add(30*time.Minute)
			v.Now = monday.Add(time.Hour)
		}),
		"notice_over": surge(func(v *NoticeView) {
			v.Surge.Status, v.Surge.UpdatedAt = stanna.SurgeReleased, monday.Add(time.Hour)
			v.Now = monday.Add(2 * oneDay)
		}),
		"notice_discarded": surge(func(v *NoticeView) {
			v.Surge.Status, v.Surge.EndedBy, v.Surge.UpdatedAt = stanna.SurgeDiscarded, "ben@example.com", monday
		}),
	}
}

func portraits() map[string]PortraitView {
	return map[string]PortraitView{
		"portrait_full":  portrait(everythingKnown),
		"portrait_quiet": portrait(func(v *PortraitView) { v.By = "" }),
		"portrait_missing": portrait(func(v *PortraitView) {
			v.Client, v.State, v.Owner, v.Link = stanna.Client{ID: "acme", Name: "Acme Corp"}, stanna.State{}, Owner{}, ""
		}),
	}
}

func TestGoldenTogether(t *testing.T) {
	for name, v := range summaries() {
		checkGolden(t, name, Summary(v))
		v.Settings.Locale = "es"
		checkGolden(t, "es_"+name, Summary(v))
	}
	for name, v := range notices() {
		checkGolden(t, name, Notice(v))
		v.Settings.Locale = "es"
		checkGolden(t, "es_"+name, Notice(v))
	}
	for name, v := range portraits() {
		checkGolden(t, name, Portrait(v))
		v.Settings.Locale = "es"
		checkGolden(t, "es_"+name, Portrait(v))
	}
}

// A digest and what stood before sound on nobody's phone.
func TestOnlyNewsCalls(t *testing.T) {
	for why, want := range map[stanna.Reason]bool{
		"": true, stanna.ReasonOutsideHours: true, stanna.ReasonSilenced: true, stanna.ReasonManyAtOnce: false, stanna.ReasonReleased: false,
		stanna.ReasonDailyDigest: false, stanna.ReasonDigestOnly: false, stanna.ReasonWeeklyDigest: false, stanna.ReasonFirstContact: false, stanna.ReasonFoundInBackfill: false,
	} {
		v := summaryView(5)
		v.Occasion.Why = why
		if got := strings.Contains(Summary(v).Text, "<@"); got != want {
			t.Errorf("%q calls: %v", why, got)
		}
	}
}

// The title counts what it can: clients in need, else alerts.
func TestHeadline(t *testing.T) {
	for want, tally := range map[string]Tally{
		"1 client needs you: 1 high":                      {Clients: 1, Open: map[stanna.Severity]int{stanna.High: 1}},
		"2 clients need you, 3 alerts: 1 critical, 2 low": {Clients: 2, Open: map[stanna.Severity]int{stanna.Critical: 1, stanna.Low: 2}},
		"3 alerts about 2 clients: 1 low, 2 info":         {Clients: 2, Open: map[stanna.Severity]int{stanna.Low: 1, stanna.Info: 2}},
		"1 alert: 1 high":                                 {Open: map[stanna.Severity]int{stanna.High: 1}},
		"1 of 3 alerts still open: 1 medium":              {Clients: 3, Open: map[stanna.Severity]int{stanna.Medium: 1}, Closed: 2},
		"3 of 3 alerts closed":                            {Clients: 3, Closed: 3},
	} {
		if got := tally.headline(inEnglish().tongue); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestHeadlineInSpanish(t *testing.T) {
	for want, tally := range map[string]Tally{
		"1 cliente requiere atención: 1 alta":                          {Clients: 1, Open: map[stanna.Severity]int{stanna.High: 1}},
		"2 clientes requieren atención, 3 alertas: 1 crítica, 2 bajas": {Clients: 2, Open: map[stanna.Severity]int{stanna.Critical: 1, stanna.Low: 2}},
		"3 alertas sobre 2 clientes: 1 baja, 2 informativas":           {Clients: 2, Open: map[stanna.Severity]int{stanna.Low: 1, stanna.Info: 2}},
		"1 de 3 alertas sin cerrar: 1 media":                           {Clients: 3, Open: map[stanna.Severity]int{stanna.Medium: 1}, Closed: 2},
		"1 de 1 alerta cerrada":                                        {Clients: 1, Closed: 1},
	} {
		if got := tally.headline(inSpanish()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOccasionOfAllClosed(t *testing.T) {
	for why, want := range map[stanna.Reason]string{
		stanna.ReasonOutsideHours: "While you were away: all 3 alerts closed", stanna.ReasonDailyDigest: "Daily digest: all 3 alerts closed",
		stanna.ReasonFirstContact: "Already so when the rule began: all 3 alerts closed", stanna.ReasonSilenced: "The silence is over: all 3 alerts closed",
		stanna.ReasonWhileSnoozed: "The snooze is over: all 3 alerts closed", "": "3 of 3 alerts closed",
	} {
		if got, _ := (occasion{inEnglish().tongue, stanna.Occasion{Why: why}}).words(Tally{Clients: 3, Closed: 3}); got != want {
			t.Errorf("%s: %q, want %q", why, got, want)
		}
	}
	if got, _ := (occasion{inEnglish().tongue, stanna.Occasion{Why: stanna.ReasonDailyDigest}}).words(Tally{Clients: 1, Closed: 1}); got != "Daily digest: the alert has closed" {
		t.Error(got)
	}
}

// An hour is what makes many one surge; when they went on coming it says so.
func TestHowLongASurgeTook(t *testing.T) {
	for took, want := range map[time.Duration]string{0: "within an hour", time.Hour: "within an hour", 95 * time.Minute: "within 2 hours"} {
		v := NoticeView{Surge: stanna.Surge{Status: stanna.SurgeHolding, BeganAt: monday, UpdatedAt: monday.Add(took)}}
		if got := v.within(inEnglish().tongue); got != want {
			t.Errorf("%s: %q, want %q", took, got, want)
		}
	}
}
