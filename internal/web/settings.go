package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
)

// settingsView is the workspace's choices in a form.
type settingsView struct {
	Write      bool
	Tabs       []tab
	Tag        string // of what the form was made of
	Name       string
	Timezone   string
	Currency   string
	Risk       string
	Healthy    string
	URL        string
	Hours      hoursForm
	HoursWords string
	DigestAt   string
	DigestDays []option
	WeeklyOn   []option
	Next       stamp // digest
	Frequency  []frequencyField
	DigestOnly bool
	Admins     []string
	Wrong      wrongs
	Words      []field // for who may only read them
}

func settingsTabs(here string) []tab {
	return []tab{{"tab-settings", "Workspace", "/settings", "", here == "settings"}, {"tab-messages", "Messages", audiencePath, "", here == "messages"},
		{"tab-people", "People", "/settings/people", "", here == "people"}}
}

func (s *site) settings(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	return s.settingsForm(v, kept, nil, wrongs{})
}

func (s *site) settingsForm(v *visit, kept policy.Kept, t typed, w wrongs) (answer, error) {
	x := kept.Workspace.Settings.WithDefaults()
	d := x.Digest.WithDefaults()
	view := settingsView{Write: v.caller.May(auth.WriteSettings), Tabs: settingsTabs("settings"), Tag: t.or("tag", kept.Tag()), Name: t.or("workspaceName", kept.Workspace.Name),
		Timezone: t.or("timezone", x.Timezone), Currency: t.or("currency", x.Currency), Risk: t.or("riskThreshold", plainNumber(x.RiskThreshold)),
		Healthy: t.or("healthyAbove", plainNumber(x.HealthyAbove)), URL: t.or("clientUrlTemplate", x.ClientURLTemplate), Wrong: w,
		Hours: hoursFormOf("businessHours", x.BusinessHours, "Left open: the workspace's.", t, w), HoursWords: hoursWords(x.BusinessHours),
		DigestAt: t.or("digest.at", d.At), DigestOnly: x.DigestOnly}
	for i := 0; i < len(weekdays); i += 2 {
		view.DigestDays = append(view.DigestDays, option{weekdays[i], weekdays[i+1], slices.Contains(d.Days, weekdays[i])})
		view.WeeklyOn = append(view.WeeklyOn, option{weekdays[i], weekdays[i+1], d.WeeklyOn == weekdays[i]})
	}
	if due, ok := x.Digest.In(x.Location(), x.BusinessHours.In(x.Location())).Next(v.local.Now); ok {
		view.Next = stampOf(v.local, due.At)
	}
	for _, sev := range stanna.Severities() {
		usual := stanna.DefaultFrequency(sev)
		choice := append([]option{{"", "as usual: " + wordOf(frequencyWords, string(usual)), x.Frequency[sev] == ""}}, options(x.Frequency[sev], frequencyWords...)...)
		view.Frequency = append(view.Frequency, frequencyField{severityMark(sev), "frequency." + string(sev), choice})
	}
	if !view.Write {
		view.Admins = s.admins(v)
		view.read(x, d)
	}
	status := http.StatusOK
	if len(w) > 0 {
		status = http.StatusBadRequest
	}
	return answer{title: "Settings", body: settingsBody(view), status: status}, nil
}

// read says the settings in words, for who may not change them.
func (view *settingsView) read(x stanna.Settings, d stanna.DigestTime) {
	var often []string
	for _, sev := range stanna.Severities() {
		f, ok := x.Frequency[sev]
		if !ok {
			f = stanna.DefaultFrequency(sev)
		}
		often = append(often, string(sev)+" "+wordOf(frequencyWords, string(f)))
	}
	digest := d.At + " on " + daysWords(d.Days) + "; weekly summary on " + daysWords([]string{d.WeeklyOn})
	if x.DigestOnly {
		digest += ". Everything waits for it."
	}
	view.Words = []field{{"Name", view.Name}, {"Time zone", x.Timezone}, {"Currency", x.Currency}, {"Red", "health up to " + view.Risk}, {"Green", "health above " + view.Healthy},
		{"Working hours", hoursWords(x.BusinessHours)}, {"Digest", digest}, {"How often", strings.Join(often, "; ")}}
}

// saveSettings stores what the form says.
func (s *site) saveSettings(v *visit) (answer, error) {
	w := wrongs{}
	number := func(field string) float64 {
		x, ok := numberOf(v.given(field))
		if !ok {
			w.add(field, "is no figure")
		}
		return x
	}
	risk, healthy := number("riskThreshold"), number("healthyAbove")
	change := func(k *policy.Kept) error {
		x := &k.Workspace.Settings
		k.Workspace.Name = v.given("workspaceName")
		x.Timezone, x.Currency = v.given("timezone"), strings.ToUpper(v.given("currency"))
		x.RiskThreshold, x.HealthyAbove, x.ClientURLTemplate = risk, healthy, v.given("clientUrlTemplate")
		x.BusinessHours = v.readHours("businessHours")
		x.Digest = stanna.DigestTime{At: v.given("digest.at"), Days: v.r.PostForm["digest.days"], WeeklyOn: v.given("digest.weeklyOn")}
		if x.Digest.Validate("") == nil && sameDigest(x.Digest, stanna.DigestTime{}.WithDefaults()) {
			x.Digest = stanna.DigestTime{} // as usual, also when the usual changes
		}
		x.DigestOnly = v.given("digestOnly") == "yes"
		x.Frequency = nil
		for _, sev := range stanna.Severities() {
			if f := v.given("frequency." + string(sev)); f != "" {
				if x.Frequency == nil {
					x.Frequency = map[stanna.Severity]stanna.Frequency{}
				}
				x.Frequency[sev] = stanna.Frequency(f)
			}
		}
		return nil
	}
	if len(v.r.PostForm["digest.days"]) == 0 {
		w.add("digest.days", "choose at least one day")
	}
	var err error
	if len(w) == 0 {
		var warnings []policy.Warning
		_, warnings, err = s.policy.SaveSettings(v.ctx, v.workspace(), v.by(), v.given("tag"), change)
		if err == nil {
			return s.done(v, "/settings", "The settings are saved. What is held back is timed anew by them."+asSentences(warnings))
		}
	}
	if more, ok := wrongsOf(err); ok {
		for field, text := range more {
			w.add(field, text)
		}
	} else if err != nil {
		return answer{}, err
	}
	moved := errors.Is(err, policy.Moved)
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	if moved { // who saves again has been told
		v.r.PostForm.Set("tag", kept.Tag())
	}
	if err := change(&kept); err != nil {
		return answer{}, err
	}
	return s.settingsForm(v, kept, typed(v.r.PostForm), w)
}

func sameDigest(a, b stanna.DigestTime) bool {
	return a.At == b.At && a.WeeklyOn == b.WeeklyOn && daysWords(a.Days) == daysWords(b.Days)
}
