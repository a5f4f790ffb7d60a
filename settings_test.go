package stanna_test

import (
	"math"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func TestZones(t *testing.T) {
	standard := stanna.Settings{}.WithDefaults()
	narrow := stanna.Settings{RiskThreshold: 30, HealthyAbove: 80}.WithDefaults()
	for _, c := range []struct {
		settings stanna.Settings
		score    float64
		want     stanna.Zone
	}{
		{standard, 0, stanna.Red}, {standard, 40, stanna.Red}, {standard, 40.01, stanna.Yellow},
		{standard, 70, stanna.Yellow}, {standard, 70.01, stanna.Green}, {standard, 100, stanna.Green},
		{narrow, 30, stanna.Red}, {narrow, 40, stanna.Yellow}, {narrow, 80, stanna.Yellow}, {narrow, 81, stanna.Green},
	} {
		if got := c.settings.ZoneOf(c.score); got != c.want {
			t.Errorf("%g with %g/%g is %s, want %s", c.score, c.settings.RiskThreshold, c.settings.HealthyAbove, got, c.want)
		}
	}
}

func TestSettingsValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stanna.Settings)
		bad    string
	}{
		"defaults":            {func(s *stanna.Settings) {}, ""},
		"a zone":              {func(s *stanna.Settings) { s.Timezone = "America/New_York" }, ""},
		"no zone":             {func(s *stanna.Settings) { s.Timezone = "EST5EDT7" }, "timezone"},
		"the machine's zone":  {func(s *stanna.Settings) { s.Timezone = "Local" }, "timezone"},
		"a path":              {func(s *stanna.Settings) { s.Timezone = "../../etc/passwd" }, "timezone"},
		"lower-case currency": {func(s *stanna.Settings) { s.Currency = "usd" }, "currency"},
		"currency of 3 bytes": {func(s *stanna.Settings) { s.Currency = "€" }, "currency"},
		"risk 0":              {func(s *stanna.Settings) { s.RiskThreshold = -1 }, "riskThreshold"},
		"risk 100":            {func(s *stanna.Settings) { s.RiskThreshold = 100 }, "riskThreshold"},
		"risk no number":      {func(s *stanna.Settings) { s.RiskThreshold = math.NaN() }, "riskThreshold"},
		"no yellow zone":      {func(s *stanna.Settings) { s.HealthyAbove = 40 }, "healthyAbove"},
		"healthy 100":         {func(s *stanna.Settings) { s.HealthyAbove = 100 }, "healthyAbove"},
		"healthy no number":   {func(s *stanna.Settings) { s.HealthyAbove = math.NaN() }, "healthyAbove"},
		"link":                {func(s *stanna.Settings) { s.ClientURLTemplate = "https://crm.example/{id}" }, ""},
		"link by domain":      {func(s *stanna.Settings) { s.ClientURLTemplate = "https://{domain}/crm" }, ""},
		"script as link":      {func(s *stanna.Settings) { s.ClientURLTemplate = "javascript:alert('{id}')" }, "clientUrlTemplate"},
		"link without host":   {func(s *stanna.Settings) { s.ClientURLTemplate = "/clients/{id}" }, "clientUrlTemplate"},
		"link without client": {func(s *stanna.Settings) { s.ClientURLTemplate = "https://crm.example/" }, "clientUrlTemplate"},
	} {
		t.Run(name, func(t *testing.T) {
			s := stanna.Settings{}.WithDefaults()
			c.change(&s)
			err := s.Validate()
			if c.bad == "" && err != nil {
				t.Fatal(err)
			}
			if c.bad != "" {
				wantField(t, err, c.bad)
			}
		})
	}
}

func TestLocation(t *testing.T) {
	s := stanna.Settings{Timezone: "Europe/Berlin"}
	if got := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).In(s.Location()).Hour(); got != 13 {
		t.Errorf("noon UTC is %d o'clock in Berlin", got)
	}
	if loc := (stanna.Settings{Timezone: "nowhere"}).Location(); loc != time.UTC {
		t.Errorf("an unknown zone is %v", loc)
	}
}

func TestClock(t *testing.T) {
	now := noon
	c := stanna.NewClock(func() time.Time { return now })
	for _, got := range []time.Time{c.Real(), c.Now("a"), c.See("a", noon.Add(time.Hour))} {
		if !got.Equal(noon) {
			t.Errorf("without following it is %v", got)
		}
	}
	begin := noon.AddDate(-1, 0, 0)
	c.Follow("a", begin)
	for _, step := range []struct {
		see  time.Duration
		want time.Duration
	}{{-time.Hour, 0}, {time.Hour, time.Hour}, {time.Minute, time.Hour}, {2 * time.Hour, 2 * time.Hour}} {
		if got := c.See("a", begin.Add(step.see)); !got.Equal(begin.Add(step.want)) {
			t.Errorf("after %v it is %v", step.see, got)
		}
	}
	if !c.Now("a").Equal(begin.Add(2*time.Hour)) || !c.Now("b").Equal(noon) || !c.Real().Equal(noon) {
		t.Error("following moves more than its own workspace")
	}
}

func TestSeverity(t *testing.T) {
	order := []stanna.Severity{stanna.Info, stanna.Low, stanna.Medium, stanna.High, stanna.Critical}
	for i, s := range order {
		if s.Rank() != i {
			t.Errorf("%s ranks %d, want %d", s, s.Rank(), i)
		}
		for steps := range 6 {
			if got := s.Raised(steps); got != order[min(i+steps, 4)] {
				t.Errorf("%s raised by %d is %s", s, steps, got)
			}
		}
	}
	if stanna.Severity("urgent").Rank() != -1 || stanna.Critical.Raised(-9) != stanna.Info {
		t.Error("a word that is no severity has a rank, or lowering passes the end")
	}
}
