package locale_test

import (
	"math"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// evening is Tuesday 24 November 2026 in London and still Monday in New York.
var evening = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func newYork() locale.Local {
	return locale.For(stanna.Settings{Timezone: "America/New_York"}, evening)
}

func in(tag string) locale.Local { return locale.For(stanna.Settings{Locale: tag}, evening) }

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		locale, currency string
		amount           float64
		want             string
	}{
		{"en", "USD", 12400, "$12,400"},
		{"en", "USD", 12400.5, "$12,400.50"},
		{"en", "EUR", -3, "−€3"},
		{"en", "CHF", 12400, "CHF\u00a012,400"},
		{"en", "JPY", 12400, "¥12,400"},
		{"en", "KWD", 1.5, "KWD\u00a01.500"},
		{"en-AU", "AUD", 5, "$5"},
		{"de", "EUR", 12400.5, "12.400,50\u00a0€"},
		{"de", "CHF", -3, "−3\u00a0CHF"},
		{"de-AT", "EUR", -3, "−€\u00a03"},
		{"fr", "EUR", 3, "3\u00a0€"},
		{"fr-CA", "CAD", 3, "3\u00a0$"},
		{"es", "EUR", 12400, "12.400\u00a0€"},
		{"es", "USD", 12400, "12.400\u00a0US$"},
		{"es-ES", "EUR", 3, "3\u00a0€"},
		{"es-419", "EUR", 12400, "EUR\u00a012,400"},
		{"es-MX", "MXN", 12400, "$12,400"},
		{"es-MX", "USD", 12400, "USD\u00a012,400"},
		{"es-US", "USD", -12400.5, "−$12,400.50"},
		{"es-AR", "USD", 3, "US$\u00a03"},
		{"pt-BR", "BRL", 3, "R$\u00a03"},
		{"pt-PT", "EUR", 3, "3\u00a0€"},
		{"nl", "EUR", 3, "€\u00a03"},
		{"en", "nope", 5, ""},
		{"en", "", 0, ""},
	} {
		if got := in(c.locale).Money(stanna.MoneyOf(c.amount, c.currency)); got != c.want {
			t.Errorf("%v: %q, want %q", c, got, c.want)
		}
	}
}

func TestFigures(t *testing.T) {
	l := in("en")
	for _, c := range []struct {
		x              float64
		number, signed string
	}{
		{0, "0", "0"},
		{38, "38", "+38"},
		{-11.25, "−11.3", "−11.3"},
		{0.04, "0", "0"}, // what is shown as nothing has no sign
		{-0.04, "0", "0"},
		{0.05, "0.1", "+0.1"},
		{12400.5, "12,400.5", "+12,400.5"},
		{123456789012345, "123,456,789,012,345", "+123,456,789,012,345"}, // somebody's account number
		{-1e15, "−1e+15", "−1e+15"},
		{math.NaN(), "?", "?"},
	} {
		if got := l.Number(c.x); got != c.number {
			t.Errorf("Number(%v) = %q, want %q", c.x, got, c.number)
		}
		if got := l.Signed(c.x); got != c.signed {
			t.Errorf("Signed(%v) = %q, want %q", c.x, got, c.signed)
		}
	}
	if got := in("de").Number(12400.5); got != "12.400,5" {
		t.Errorf("in German: %q", got)
	}
	if got := l.Percent(0.4241); got != "42.4 %" {
		t.Errorf("a share: %q", got)
	}
	for _, c := range []struct {
		locale string
		x      float64
		want   string
	}{
		{"en", 12.4, "12.4%"}, {"en", -0.25, "−0.3%"}, {"en", 0.04, "0%"}, {"en", 1e15, "1e+15%"}, {"en", math.NaN(), "?%"},
		{"en", 123456.7, "123,456.7%"}, {"de", 41, "41\u00a0%"}, {"es", 12.4, "12,4\u00a0%"}, {"es-MX", 12.4, "12.4\u00a0%"},
	} {
		if got := in(c.locale).Percentage(c.x); got != c.want {
			t.Errorf("Percentage(%v) in %s = %q, want %q", c.x, c.locale, got, c.want)
		}
	}
	for n, want := range map[int]string{0: "0 days", 1: "1 day", 12400: "12,400 days"} {
		if got := l.Count(n, "day"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	l := newYork()
	for date, want := range map[string]struct {
		daysAgo        int
		full, day, ago string
	}{
		"2026-11-23": {0, "23 Nov 2026", "Mon 23 Nov", "today"},
		"2026-11-24": {-1, "24 Nov 2026", "Tue 24 Nov", "today"},
		"2026-11-22": {1, "22 Nov 2026", "Sun 22 Nov", "yesterday"},
		"2026-10-31": {23, "31 Oct 2026", "Sat 31 Oct", "23 days ago"}, // the clocks went back between
		"2027-01-14": {-52, "14 Jan 2027", "Thu 14 Jan 2027", "today"},
	} {
		at, ok := l.DayOf(date)
		if !ok {
			t.Errorf("%s is no day", date)
		}
		if n := l.DaysAgo(at); n != want.daysAgo {
			t.Errorf("%s is %d days ago, want %d", date, n, want.daysAgo)
		}
		if full, day, ago := l.Date(at), l.Day(at), l.Ago(at); full != want.full || day != want.day || ago != want.ago {
			t.Errorf("%s: %q, %q, %q, want %v", date, full, day, ago, want)
		}
	}
	for _, date := range []string{"", "soon", "2026-02-30"} {
		if at, ok := l.DayOf(date); ok {
			t.Errorf("%q is the day %s", date, at)
		}
	}
	if n := l.DaysAgo(evening.Add(-4 * time.Hour)); n != 0 { // Monday there, whatever the day in UTC
		t.Errorf("four hours ago was %d days ago", n)
	}
}

func TestTimes(t *testing.T) {
	l := newYork()
	today, friday := evening.Add(-4*time.Hour), time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	if got := l.When(today) + ", " + l.When(friday) + ", " + l.Moment(today); got != "18:00, Fri 20 Nov 18:00, Mon 23 Nov 18:00" {
		t.Error(got)
	}
	for n, want := range map[int]string{1: "first", 5: "fifth", 6: "6th", 11: "11th", 12: "12th", 21: "21st", 22: "22nd", 103: "103rd", 112: "112th", 1001: "1,001st"} {
		if got := l.Ordinal(n); got != want {
			t.Errorf("Ordinal(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "less than a minute", time.Minute: "1 minute", 89 * time.Minute: "89 minutes", 2 * time.Hour: "2 hours",
		35 * time.Hour: "35 hours", 36 * time.Hour: "2 days", 166 * time.Hour: "7 days",
	} {
		if got := newYork().Lasting(d); got != want {
			t.Errorf("Lasting(%s) = %q, want %q", d, got, want)
		}
	}
}

// Settings that name nothing are no reason to say nothing.
func TestUnknownPlaceIsWrittenInEnglish(t *testing.T) {
	l := locale.For(stanna.Settings{Locale: "no such tag", Timezone: "nowhere"}, evening)
	if got := l.Number(1234.5) + ", " + l.Day(evening); got != "1,234.5, Tue 24 Nov" {
		t.Error(got)
	}
	if l.Settings.Currency == "" || l.Settings.HealthyAbove == 0 {
		t.Errorf("what was left open is not filled in: %+v", l.Settings)
	}
}
