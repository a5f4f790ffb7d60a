package table

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		text    string
		decimal rune
		most    float64
		want    float64
		refused string
	}{
		{"1492.50", 0, inf, 1492.5, ""}, {"1,492.50", 0, inf, 1492.5, ""}, {"1.492,50", 0, inf, 1492.5, ""}, {"1 492,50", 0, inf, 1492.5, ""},
		{"1\u00a0492,50", 0, inf, 1492.5, ""}, {"1\u202f492,50", 0, inf, 1492.5, ""}, {"1'492.50", 0, inf, 1492.5, ""}, {"1’492’000", 0, inf, 1492000, ""},
		{"0", 0, inf, 0, ""}, {"007", 0, inf, 7, ""}, {".5", 0, inf, .5, ""}, {",5", 0, inf, .5, ""}, {"5.", 0, inf, 5, ""}, {"-5", 0, inf, -5, ""}, {"−5,5", 0, inf, -5.5, ""}, {"+5", 0, inf, 5, ""},
		{"1,492,000", 0, inf, 1492000, ""}, {"1.492.000", 0, inf, 1492000, ""}, {"14,92,000.5", 0, inf, 1492000.5, ""}, {"1 492 000", 0, inf, 1492000, ""},
		{"0.735", 0, inf, .735, ""}, {"0,735", 0, inf, .735, ""}, {"1492.735", 0, inf, 1492.735, ""}, {"1e+06", 0, inf, 1e6, ""}, {"1.4925e3", 0, inf, 1492.5, ""},
		// Either reading is possible, one is by the option, one is all that fits.
		{"1,492", 0, inf, 0, "decimal"}, {"1.492", 0, inf, 0, "decimal"}, {"1.492", '.', inf, 1.492, ""}, {"1.492", ',', inf, 1492, ""}, {"1,492", ',', inf, 1.492, ""},
		{"1,492", '.', inf, 1492, ""}, {"72.125", 0, 100, 72.125, ""}, {"72,125", 0, 100, 72.125, ""}, {"72,125", '.', 100, 72125, ""}, {"1.492", 0, 2000, 0, "decimal"},
		// Against what the file is said to be.
		{"1492,50", '.', inf, 0, "said to be ."}, {"1492.50", ',', inf, 0, "said to be ,"}, {"1,492,000", ',', inf, 0, "no number"}, {"1.5e3", ',', inf, 0, "no number"},
		// No numbers.
		{"", 0, inf, 0, "no number"}, {"-", 0, inf, 0, "no number"}, {".", 0, inf, 0, "no number"}, {"12k", 0, inf, 0, "no number"}, {"abc", 0, inf, 0, "no number"}, {"=1+1", 0, inf, 0, "formula"},
		{"1,49,20", 0, inf, 0, "no number"}, {"1,,492", 0, inf, 0, "no number"}, {"1.492.50", 0, inf, 0, "no number"}, {"1 49", 0, inf, 0, "no number"}, {"1,492 000.5", 0, inf, 0, "no number"},
		{"1234,567,890", 0, inf, 0, "no number"}, {"NaN", 0, inf, 0, "no number"}, {"Inf", 0, inf, 0, "no number"}, {"0x10", 0, inf, 0, "no number"}, {"1e999", 0, inf, 0, "no number"}, {"--5", 0, inf, 0, "no number"},
		{"70%", 0, inf, 0, "no number"}, {"#REF!", 0, inf, 0, "no number"}, {"١٢", 0, inf, 0, "no number"},
	} {
		x, err := forms{decimal: c.decimal}.number(c.text, c.most)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%q (decimal %q, to %g): %v, %v; want refused: %s", c.text, c.decimal, c.most, x, err, c.refused)
			}
			continue
		}
		if err != nil || x != c.want {
			t.Errorf("%q (decimal %q, to %g): %v, %v; want %v", c.text, c.decimal, c.most, x, err, c.want)
		}
	}
	for text, want := range map[string]float64{"70%": .7, "70 %": .7, "0.7": .7, "0,7": .7, "12.5%": .125, "0.735": .735, "1": 1} {
		if x, err := (forms{}).share(text); err != nil || math.Abs(x-want) > 1e-12 {
			t.Errorf("%s: %v, %v", text, x, err)
		}
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{
		"$1,492.50": "USD", "€ 1.492,50": "EUR", "1.492,50 €": "EUR", "£1492.50": "GBP", "USD 1,492.50": "USD", "1 492,50 CHF": "CHF", "1492.50": "", "¥1492.50": "JPY", "₹1,492.50": "INR",
	} {
		x, currencies, err := forms{}.amount(text)
		if err != nil || x != 1492.5 || (want == "") != (currencies == nil) || want != "" && currencies[0] != want {
			t.Errorf("%s: %v %v %v", text, x, currencies, err)
		}
	}
	for text, says := range map[string]string{"-5": "negative", "$-5": "negative", "1e15": "above", "₽5": "code", "$": "no number", "USD": "no number", "$$5": "no number", "=1": "formula", "5 usd": "no number"} {
		if x, _, err := (forms{}).amount(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v", text, x, err)
		}
	}
}

func TestDates(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text    string
		dates   Dates
		want    string // as RFC 3339 in UTC
		day     string
		refused string
	}{
		{"2026-01-31", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"2026/01/31", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"2026-1-5", "", "2026-01-04T23:00:00Z", "2026-01-05", ""},
		{"2026-01-31T09:00:00Z", "", "2026-01-31T09:00:00Z", "2026-01-31", ""}, {"2026-01-31T09:00:00+05:30", "", "2026-01-31T03:30:00Z", "2026-01-31", ""},
		{"2026-01-31T09:00:00.250-0500", "", "2026-01-31T14:00:00.25Z", "2026-01-31", ""}, {"2026-01-31 09:00:00", "", "2026-01-31T08:00:00Z", "2026-01-31", ""},
		{"2026-07-31 09:00", "", "2026-07-31T07:00:00Z", "2026-07-31", ""}, {"2026-01-31 09:00:00 UTC", "", "2026-01-31T09:00:00Z", "2026-01-31", ""}, {"2026-01-31t23:59:59z", "", "2026-01-31T23:59:59Z", "2026-01-31", ""},
		{"31.01.2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"5.6.2026", "", "2026-06-04T22:00:00Z", "2026-06-05", ""}, {"05.06.2026", MonthFirst, "2026-06-04T22:00:00Z", "2026-06-05", ""},
		{"31.01.2026 09:30", "", "2026-01-31T08:30:00Z", "2026-01-31", ""}, {"31/01/2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"01/31/2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""},
		{"31-01-2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"05/05/2026", "", "2026-05-04T22:00:00Z", "2026-05-05", ""},
		{"05/06/2026", DayFirst, "2026-06-04T22:00:00Z", "2026-06-05", ""}, {"05/06/2026", MonthFirst, "2026-05-05T22:00:00Z", "2026-05-06", ""},
		{"1/31/2026 9:05 PM", "", "2026-01-31T20:05:00Z", "2026-01-31", ""}, {"1/31/2026 12:05 am", "", "2026-01-30T23:05:00Z", "2026-01-31", ""}, {"1/31/2026, 12:05 PM", "", "2026-01-31T11:05:00Z", "2026-01-31", ""},
		{"31 Jan 2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"Jan 31, 2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"January 31st, 2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""},
		{"31-Jan-2026", "", "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"1 Sept 2026", "", "2026-08-31T22:00:00Z", "2026-09-01", ""}, {"Jan 31, 2026, 9:00 AM", "", "2026-01-31T08:00:00Z", "2026-01-31", ""},
		{"46053", Serial, "2026-01-30T23:00:00Z", "2026-01-31", ""}, {"46053.375", Serial, "2026-01-31T08:00:00Z", "2026-01-31", ""}, {"46053,5", Serial, "2026-01-31T11:00:00Z", "2026-01-31", ""}, {"61", Serial, "1900-02-28T23:00:00Z", "1900-03-01", ""},
		// The clocks of Berlin jump over 02:30 on this day.
		{"2026-03-29 02:30", "", "2026-03-29T01:30:00Z", "2026-03-29", ""},

		{"05/06/2026", "", "", "", "dmy or mdy"}, {"05-06-2026", "", "", "", "dmy or mdy"}, {"31/01/2026", MonthFirst, "", "", "no month 31"}, {"01/31/2026", DayFirst, "", "", "no month 31"},
		{"46053", "", "", "", "excel"}, {"60", Serial, "", "", "no date"}, {"9999999", Serial, "", "", "no date"}, {"1769850000", "", "", "", "no date"},
		{"31.02.2026", "", "", "", "no such day"}, {"2026-13-01", "", "", "", "no such"}, {"2026-00-10", "", "", "", "no such"}, {"2026-01-00", "", "", "", "no such"}, {"31 Foo 2026", "", "", "", "no such"}, {"13/13/2026", "", "", "", "no such"},
		{"31.01.26", "", "", "", "four figures"}, {"31/1/26", "", "", "", "four figures"}, {"26-01-31", "", "", "", "four figures"}, {"31 Jan 26", "", "", "", "no date"},
		{"2026-01/31", "", "", "", "no date"}, {"tomorrow", "", "", "", "no date"}, {"", "", "", "", "no date"}, {"=TODAY()", "", "", "", "formula"}, {"2026-01-31 25:00", "", "", "", "time of day"}, {"2026-01-31 13:00 PM", "", "", "", "half a day"},
		{"2026-01-31 09:00 CET", "", "", "", "time of day"}, {"2026-01-31 09:61", "", "", "", "time of day"}, {"12:30", "", "", "", "no date"}, {"2026-01-31 09:00:00+5", "", "", "", "time of day"},
	} {
		f := forms{dates: c.dates, zone: berlin}
		at, err := f.instant(c.text)
		day, dayErr := f.day(c.text)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) || dayErr == nil {
				t.Errorf("%q %s: %v, %v, %v; want refused: %s", c.text, c.dates, at, err, dayErr, c.refused)
			}
			continue
		}
		if err != nil || at.Format(time.RFC3339Nano) != c.want || dayErr != nil || day != c.day {
			t.Errorf("%q %s: %v, %v, %s, %v; want %s, %s", c.text, c.dates, at.Format(time.RFC3339Nano), err, day, dayErr, c.want, c.day)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]bool{"": false, "No": false, "FALSCH": false, "0": false, "x": true, "YES": true, "1": true, "Wahr": true, "true": true} {
		if got, err := truth(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	if _, err := truth("perhaps"); err == nil {
		t.Error("perhaps is yes or no")
	}
	for s, want := range map[string]string{"acme.com": "acme.com", "https://www.Acme.com/about?x=1": "acme.com", "www.acme.co.uk": "acme.co.uk", " ACME.com/ ": "acme.com", "": ""} {
		if got := domain(s); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
	for s, want := range map[string]any{"12": 12., "-1.5": -1.5, "0": 0., "007": "007", "TRUE": true, "false": false, "yes": "yes", "+49 170 123": "+49 170 123", "555 123 456": "555 123 456",
		"192.168.100.200": "192.168.100.200", "12345678901234567890": "12345678901234567890", "=1+1": "=1+1", "@handle": "@handle", "1,5": 1.5} {
		if got, err := (forms{}).value(s, ""); err != nil || got != want {
			t.Errorf("%q: %v (%T), %v", s, got, got, err)
		}
	}
	if _, err := (forms{}).value("1.100", ""); err == nil || !strings.Contains(err.Error(), ":text") {
		t.Errorf("1.100: %v", err)
	}
	if got, err := (forms{}).value("1.100", "text"); err != nil || got != "1.100" {
		t.Errorf("1.100 as text: %v, %v", got, err)
	}
	if got, err := (forms{}).value("1,492,000", "number"); err != nil || got != 1492000. {
		t.Errorf("1,492,000 as a number: %v, %v", got, err)
	}
}
