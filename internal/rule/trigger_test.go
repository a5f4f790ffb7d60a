package rule_test

import (
	"testing"

	"github.com/gostanna/stanna"
)

// What opens an alert, and what it is counted from. Every series but the last
// value opens nothing.
func TestHealthDropOpens(t *testing.T) {
	off := func(but map[string]float64) map[string]float64 {
		set := map[string]float64{"dropPoints": 0, "fallPoints": 0, "enteredRed": 0}
		for k, v := range but {
			set[k] = v
		}
		return set
	}
	redOff := map[string]float64{"enteredRed": 0}
	for name, c := range map[string]struct {
		thresholds map[string]float64
		series     []point
		want       stanna.Reason
		base       float64 // of an opening
		firstSeen  bool
	}{
		"first value, not red":           {nil, []point{{0, 40.01}}, stanna.ReasonFirstValue, 0, false},
		"first value, no line is on":     {off(nil), []point{{0, 5}}, stanna.ReasonBelowThreshold, 0, false},
		"15 points into yellow":          {nil, []point{{0, 75}, {7, 60}}, stanna.ReasonFellPoints, 75, false},
		"15 points, in floats less":      {nil, []point{{0, 70.02}, {7, 55.02}}, stanna.ReasonFellPoints, 70.02, false},
		"14.99 points into yellow":       {nil, []point{{0, 75}, {7, 60.01}}, stanna.ReasonBelowThreshold, 0, false},
		"15 points and still green":      {nil, []point{{0, 90}, {7, 75}}, stanna.ReasonBelowThreshold, 0, false},
		"15 points to the green line":    {nil, []point{{0, 85}, {7, 70}}, stanna.ReasonFellPoints, 85, false},
		"20 points and still green":      {nil, []point{{0, 95}, {7, 75}}, stanna.ReasonFellFar, 95, false},
		"19.99 points and still green":   {nil, []point{{0, 95}, {7, 75.01}}, stanna.ReasonBelowThreshold, 0, false},
		"a point into red":               {nil, []point{{0, 41}, {1, 40}}, stanna.ReasonEnteredRed, 41, true},
		"within red":                     {redOff, []point{{0, 40}, {7, 26}}, stanna.ReasonBelowThreshold, 0, false},
		"within red by 15":               {redOff, []point{{0, 40}, {7, 25}}, stanna.ReasonFellPoints, 40, false},
		"into red by 30":                 {nil, []point{{0, 65}, {7, 35}}, stanna.ReasonEnteredRed, 65, false}, // red is the strongest
		"it rose":                        {redOff, []point{{0, 30}, {7, 80}}, stanna.ReasonBelowThreshold, 0, false},
		"it stays":                       {redOff, []point{{0, 30}, {7, 30}}, stanna.ReasonBelowThreshold, 0, false},
		"slowly over the window":         {nil, []point{{0, 80}, {3, 75}, {6, 70}, {9, 67}}, stanna.ReasonBelowThreshold, 0, false},
		"red off":                        {off(nil), []point{{0, 95}, {1, 5}}, stanna.ReasonBelowThreshold, 0, false},
		"percent":                        {off(map[string]float64{"dropPercent": 20}), []point{{0, 90}, {7, 72}}, stanna.ReasonFellPercent, 90, false},
		"percent just missed":            {off(map[string]float64{"dropPercent": 20}), []point{{0, 90}, {7, 72.1}}, stanna.ReasonBelowThreshold, 0, false},
		"percent of nothing":             {off(map[string]float64{"dropPercent": 20}), []point{{0, 0}, {7, 0}}, stanna.ReasonBelowThreshold, 0, false},
		"level reached":                  {off(map[string]float64{"level": 60}), []point{{0, 61}, {1, 60}}, stanna.ReasonFellToLevel, 61, true},
		"level not reached":              {off(map[string]float64{"level": 30}), []point{{0, 31}, {0.5, 31}, {1, 30.5}}, stanna.ReasonBelowThreshold, 0, false},
		"own drop points":                {map[string]float64{"dropPoints": 10}, []point{{0, 65}, {7, 55}}, stanna.ReasonFellPoints, 65, false},
		"own window":                     {map[string]float64{"windowDays": 1}, []point{{0, 65}, {1, 50}}, stanna.ReasonFellPoints, 65, false},
		"base exactly at the start":      {nil, []point{{0, 65}, {3, 55}, {7, 50}}, stanna.ReasonFellPoints, 65, false},
		"base a second after the start":  {nil, []point{{0, 56}, {0.1, 65}, {7, 50}}, stanna.ReasonBelowThreshold, 0, false}, // counted from 56
		"base before the start":          {nil, []point{{0, 65}, {1, 64}, {8.5, 49}}, stanna.ReasonFellPoints, 64, false},
		"base twice the window old":      {nil, []point{{0, 65}, {14, 50}}, stanna.ReasonFellPoints, 65, false},
		"base older, none in the window": {nil, []point{{0, 65}, {14.001, 45}}, stanna.ReasonBelowThreshold, 0, false},
		"base older, one in the window":  {nil, []point{{0, 90}, {10, 72}, {15, 57}}, stanna.ReasonFellPoints, 72, true},
		"first seen in the window":       {nil, []point{{6, 65}, {7, 50}}, stanna.ReasonFellPoints, 65, true},
		"old base, but into red":         {nil, []point{{0, 65}, {60, 30}}, stanna.ReasonEnteredRed, 65, false},
		"equal times: the later counts":  {nil, []point{{0, 60}, {0, 75}, {7, 60}}, stanna.ReasonFellPoints, 75, false},
		"equal times: the newest":        {nil, []point{{7, 45}, {7, 38}}, stanna.ReasonEnteredRed, 45, true},
		"a new client is not 50":         {redOff, []point{{0, 30}}, stanna.ReasonBelowThreshold, 0, false}, // 50 → 30 never happened
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, healthRule(c.thresholds))
			last := len(c.series) - 1
			for _, p := range c.series[:last] {
				if d := b.score(p.at(), p.score); d.Event != "" {
					t.Fatalf("%v opened: %s", p, d.Reason)
				}
			}
			d := b.scores(c.series[last])
			if c.base == 0 {
				wantDecision(t, d, c.want, "")
				if len(b.alerts) != 0 {
					t.Errorf("alerts: %v", b.alerts)
				}
				return
			}
			wantDecision(t, d, c.want, stanna.Opened)
			e := d.Alert.Evidence
			now := c.series[last]
			if e.Trigger != c.want || e.Base != c.base || e.FirstSeen != c.firstSeen || e.Opened != now.score || e.Value != now.score ||
				e.Worst != now.score || e.Told != now.score || !e.ValueAt.Equal(now.at()) {
				t.Errorf("evidence %+v", e)
			}
			if a := d.Alert; a.Why != c.want || a.RuleID != "rule_health_drop" || a.ClientID != "c1" || !a.OpenedAt.Equal(now.at()) || !a.Open() || a.Unstable {
				t.Errorf("alert %+v", a)
			}
		})
	}
}

// A client that comes in a bad state is listed once and not told as news; what
// happens to it from then on is.
func TestHealthDropFirstContact(t *testing.T) {
	for name, c := range map[string]struct {
		thresholds map[string]float64
		first      float64
		trigger    stanna.Reason // "": it does not open
	}{
		"red":                    {nil, 40, stanna.ReasonEnteredRed},
		"just not red":           {nil, 40.01, ""},
		"at the rule's level":    {map[string]float64{"level": 60}, 60, stanna.ReasonFellToLevel},
		"above the rule's level": {map[string]float64{"level": 60}, 60.01, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, healthRule(c.thresholds))
			d := b.scores(point{0, c.first})
			if c.trigger == "" {
				wantDecision(t, d, stanna.ReasonFirstValue, "")
				return
			}
			wantDecision(t, d, stanna.ReasonFirstContact, stanna.Opened)
			if e := d.Alert.Evidence; d.Gather != stanna.ReasonFirstContact || d.Alert.Why != stanna.ReasonFirstContact || e.Trigger != c.trigger || e.Base != c.first || !e.FirstSeen {
				t.Errorf("%+v", d)
			}
			wantDecision(t, b.scores(point{1, c.first}), stanna.ReasonStillOpen, "")
		})
	}
	b := newBook(t, healthRule(nil)) // it rose within the window and fell again: counted from where it fell
	wantDecision(t, b.scores(point{0, 35}), stanna.ReasonFirstContact, stanna.Opened)
	wantDecision(t, b.scores(point{5, 55}), stanna.ReasonRecovered, stanna.Resolved)
	d := b.scores(point{7, 38})
	wantDecision(t, d, stanna.ReasonEnteredRed, stanna.Opened)
	if e := d.Alert.Evidence; d.Gather != "" || e.Base != 55 || e.FirstSeen {
		t.Errorf("%+v", d)
	}
	b = newBook(t, healthRule(map[string]float64{"level": 60, "enteredRed": 0, "dropPoints": 0, "fallPoints": 0})) // below the level it does not cross again
	wantDecision(t, b.scores(point{0, 60}), stanna.ReasonFirstContact, stanna.Opened)
	wantDecision(t, b.scores(point{1, 50}), stanna.ReasonWorsened, stanna.Worsened)
}

func TestHealthDropSeverity(t *testing.T) {
	usd := func(amount float64) stanna.Client { return stanna.Client{MRR: stanna.MoneyOf(amount, "USD")} }
	for name, c := range map[string]struct {
		client   stanna.Client
		from, to float64
		want     stanna.Severity
	}{
		"green":                 {stanna.Client{}, 95, 75, stanna.Low},
		"yellow":                {stanna.Client{}, 75, 60, stanna.Medium},
		"red":                   {stanna.Client{}, 45, 39, stanna.High},
		"red, by 30":            {stanna.Client{}, 65, 35, stanna.Critical},
		"red, by 29.99":         {stanna.Client{}, 65, 35.01, stanna.High},
		"yellow, by 30":         {stanna.Client{}, 90, 60, stanna.High},
		"yellow is never more":  {stanna.Client{Tier: "enterprise"}, 95, 60, stanna.High},
		"green neither":         {stanna.Client{Tier: "enterprise"}, 100, 70.01, stanna.Medium},
		"deep":                  {stanna.Client{}, 41, 20, stanna.Critical},
		"deep and by 30 is one": {stanna.Client{}, 80, 5, stanna.Critical},
		"enterprise":            {stanna.Client{Tier: "enterprise"}, 75, 60, stanna.High},
		"key account":           {usd(25_000), 75, 60, stanna.High},
		"just no key account":   {usd(24_999.99), 75, 60, stanna.Medium},
		"both is one":           {stanna.Client{Tier: "enterprise", MRR: stanna.MoneyOf(1e6, "USD")}, 75, 60, stanna.High},
		"revenue not known":     {stanna.Client{MRR: stanna.Money{Minor: 1e12}}, 75, 60, stanna.Medium},
		"yen":                   {stanna.Client{MRR: stanna.MoneyOf(24_999_000, "JPY")}, 75, 60, stanna.Medium}, // not comparable
		"everything":            {stanna.Client{Tier: "enterprise"}, 95, 5, stanna.Critical},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, healthRule(nil))
			b.client.Tier, b.client.MRR = c.client.Tier, c.client.MRR
			d := b.scores(point{0, c.from}, point{7, c.to})
			if d.Event != stanna.Opened || d.Alert.Severity != c.want {
				t.Errorf("%s: severity %s, want %s", d.Reason, d.Alert.Severity, c.want)
			}
		})
	}
}

// The workspace's own zones are the ones that count.
func TestHealthDropOwnZones(t *testing.T) {
	b := newBook(t, healthRule(nil))
	b.policy.Settings.RiskThreshold = 60
	wantDecision(t, b.scores(point{0, 61}, point{1, 60}), stanna.ReasonEnteredRed, stanna.Opened)
}
