package message

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

func inEnglish() chapter { return chapter{tongue: tongue{locale.For(stanna.Settings{}, monday)}} }

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  Acme \t\r\n Corp\u2028 ":         "Acme Corp",
		"a\u202eb\u2066c\u200bd\x00e":       "abcde",
		"👩\u200d👩\u200d👧":                   "👩\u200d👩\u200d👧",
		"na\u200dme\u200d":                  "name",
		"می\u200cخواهم":                     "می\u200cخواهم",
		"e" + strings.Repeat("\u0301", 500): "e" + strings.Repeat("\u0301", maxMarks),
		"\u3164\u2800\u115f":                "",
		"\xffA":                             "\ufffdA",
	} {
		if got := clean(in, 1000); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"Acme Corp", 9, "Acme Corp"},
		{"Acme Corp", 6, "Acme…"},
		{"a&b", 4, "a…"},              // &amp; does not fit
		{"a&b", 7, "a&b"},             // it does
		{"ae\u0301x", 3, "a…"},        // not between e and its accent
		{"a🇵🇹🇪🇸", 6, "a🇵🇹…"},          // a flag is two
		{"a👩\u200d👩b", 5, "a…"},       // nor inside a couple
		{"a👍🏽b", 4, "a…"},             // nor before the skin tone
		{"한국\u1100\u1161x", 4, "한국…"}, // nor inside a syllable
	} {
		if got := cut(c.in, c.most); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

func TestStyleOfOutsideTextIsTaken(t *testing.T) {
	for in, want := range map[string]string{
		"*b* _i_ ~s~ `c`":         "∗b∗ ˍiˍ ∼s∼ ˋcˋ",
		"snake_case_name a_b@c.d": "snake_case_name a_b@c.d",
		":fire: at 10:30":         "∶fire: at 10∶30",
		"ends with :fire":         "ends with ∶fire",
		"Note: all well":          "Note: all well",
	} {
		if got := unstyled(in); got != want {
			t.Errorf("unstyled(%q) = %q, want %q", in, got, want)
		}
	}
	if got := say(outside("@HERE https://x.test <!here>", 99)).write(spoken, 99); got != "＠HERE https∶//x.test &lt;!here&gt;" {
		t.Errorf("spoken: %q", got)
	}
}

func TestLongestGivesWayFirst(t *testing.T) {
	p := say(outside(strings.Repeat("n", 300), 300), words(": health fell "), outside("short", 99))
	if got, want := p.write(plain, 40), strings.Repeat("n", 20)+"…: health fell short"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTarget(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.test/x|y>z <b>?q=a&b=ü": "https://a.test/x%7Cy%3Ez%20%3Cb%3E?q=a&b=%C3%BC",
		"javascript:alert(1)":              "",
		"https://":                         "",
		"mailto:a@b.test":                  "",
		"https://a.test/" + strings.Repeat("x", maxTarget): "",
	} {
		if got := target(in); got != want {
			t.Errorf("target(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRenewal(t *testing.T) {
	l := tongue{locale.For(stanna.Settings{Timezone: "America/New_York"}, time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC))} // still Monday there
	for date, want := range map[string]string{
		"2026-11-23": "23 Nov 2026 (today), renews today",
		"2026-11-24": "24 Nov 2026 (tomorrow), renews tomorrow",
		"2027-01-14": "14 Jan 2027 (52 days), renews in 52 days",
		"2026-11-22": "22 Nov 2026 (1 day ago), renewal was due 1 day ago",
		"soon":       ", ",
	} {
		field, sentence := chapter{tongue: l, client: stanna.Client{RenewalDate: date}}.renewal()
		if got := field + ", " + sentence; got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
}

func TestWorkdaysAfter(t *testing.T) {
	friday := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	if got := workdaysAfter(friday, 2, func(time.Time) bool { return false }); !got.Equal(friday.AddDate(0, 0, 4)) {
		t.Errorf("two working days after Friday: %s", got)
	}
}

func TestEngagementAgainstUsual(t *testing.T) {
	days := func(from, to int, value func(daysAgo int) float64) (h stanna.History) {
		for i := from; i >= to; i-- {
			h.Add(daysBefore(float64(i)), value(i))
		}
		return h
	}
	flat := func(int) float64 { return 100 }
	for name, c := range map[string]struct {
		h    stanna.History
		want string
	}{
		"new client":        {days(5, 1, flat), ""},
		"seven before":      {days(8, 1, flat), "as usual"},
		"zero usual":        {days(20, 1, func(int) float64 { return 0 }), ""},
		"stale":             {days(40, 9, flat), ""},
		"today is not over": {days(20, 0, func(i int) float64 { return float64(min(i, 1)) * 100 }), "as usual"},
		"below":             {days(20, 1, func(i int) float64 { return 100 - 41*float64(1/max(i, 1)) }), "41% below usual"},
		"weekday aligned": {days(35, 1, func(i int) float64 { // yesterday was a Sunday
			if i%7 == 1 {
				return 10
			}
			return 100
		}), "as usual"},
		"far above": {days(20, 1, func(i int) float64 { return 1 + 1e6*float64(1/max(i, 1)) }), "999% above usual"},
	} {
		if got := inEnglish().engagement(c.h); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSparkline(t *testing.T) {
	h := func(values ...float64) (h stanna.History) {
		for i, v := range values {
			h.Add(daysBefore(float64(len(values)-i)), v)
		}
		return h
	}
	for want, hist := range map[string]stanna.History{
		"":        h(50, 40),
		"▅▄▅▅":    h(70, 69, 70, 71),
		"▇▇▆▅▅▃▂": h(60, 61, 58, 54, 50, 44, 38),
		"█▁█":     h(100, 0, 100),
		"▁▂▁":     h(0, 5, 0),
	} {
		if got := inEnglish().sparkline(hist); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What is shown adds up to the change, however many lines there is room for.
func TestReasonsAddUp(t *testing.T) {
	c := fullView().chapter(drop())
	r := c.factors(-30)
	if got := r.lines[len(r.lines)-1].write(plain, 99); got != "other (−8)" {
		t.Errorf("last line: %q", got)
	}
	for shown, want := range []string{
		"and 4 more reasons and other (−30)", "and 3 more reasons and other (−19)", "and 2 more reasons and other (−14)",
		"and 1 more reason and other (−10)", "other (−8)",
	} {
		if got := r.more(shown)[:1].write(plain, 99); got != want {
			t.Errorf("after %d: %q, want %q", shown, got, want)
		}
	}
	c.alert.Evidence.Factors = c.alert.Evidence.Factors[:1:1]
	c.alert.Evidence.Factors = append(c.alert.Evidence.Factors, stanna.Factor{Name: "Unweighed"})
	if got := len(c.factors(-30).lines); got != 2 {
		t.Errorf("an impact is missing, so nothing can be summed; %d lines", got)
	}
}

func TestOnlyPressingAlertsMention(t *testing.T) {
	for s, want := range map[stanna.Severity]bool{stanna.Critical: true, stanna.High: true, stanna.Medium: false, stanna.Low: false, stanna.Info: false} {
		v := fullView()
		v.Alerts[0].Severity = s
		r := Thread(v)
		if got := strings.Contains(r.Text, "<@U012ANA>"); got != want {
			t.Errorf("%s mentions the owner: %v", s, got)
		}
		if !strings.HasPrefix(r.Text, wordOf(s)+": ") {
			t.Errorf("%s is not said in words: %s", s, r.Text)
		}
	}
	if r := Thread(closedView(stanna.ReasonRecovered, 57)); strings.Contains(r.Text, "<@") {
		t.Errorf("a closed alert mentions: %s", r.Text)
	}
}

// The order of the members is the order of the message, whatever order they
// come in.
func TestSummaryRanks(t *testing.T) {
	a, b := summaryView(50), summaryView(50)
	for i, j := 0, len(b.Items)-1; i < j; i, j = i+1, j-1 {
		b.Items[i], b.Items[j] = b.Items[j], b.Items[i]
	}
	if x, y := Summary(a), Summary(b); x.Text != y.Text {
		t.Errorf("order matters:\n%s\n%s", x.Text, y.Text)
	}
	for i, item := range a.Items {
		a.Items[i].Alert.Status = stanna.AlertResolved
		_ = item
	}
	if got := Summary(a).Text; !strings.HasPrefix(got, "50 of 50 alerts closed.") {
		t.Error(got)
	}
}

func BenchmarkThread(b *testing.B) {
	v := fullView()
	b.ReportAllocs()
	for b.Loop() {
		Thread(v)
	}
}

func BenchmarkSummary(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		v := summaryView(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Summary(v)
			}
		})
	}
}
