package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// mannerForm is how a person wants to be told: in which language, where they
// are, how much, and when their digest comes.
type mannerForm struct {
	Language   localeField
	Timezone   string
	ZoneHint   string
	Budget     string
	BudgetHint string
	OwnDigest  bool
	DigestAt   string
	DigestDays []option
	WeeklyOn   []option
	DigestHint string
	Wrong      wrongs
}

// mannerFormOf is the form of what a person has set. After a refusal it shows
// what was typed.
func (v *visit) mannerFormOf(h stanna.Habits, w wrongs) mannerForm {
	x := v.local.Settings
	var t typed
	if len(w) > 0 {
		t = typed(v.r.PostForm)
	}
	usual := x.Digest.WithDefaults()
	f := mannerForm{Wrong: w, Timezone: t.or("timezone", h.Timezone), ZoneHint: "Left open: " + x.Timezone + ", the workspace's.", Budget: t.or("budget", budgetText(h.Budget)),
		Language:   localeFieldOf("locale", "Language", "Of direct messages, with its figures and dates.", "the workspace's: "+localeWords(x.Locale), h.Locale, t, w),
		BudgetHint: "Left open, " + budgetWords(x.Budget.Person) + "; 0: no limit. The rest waits for the digest. What is critical always passes.",
		OwnDigest:  h.Digest != nil, DigestHint: "The workspace's comes at " + usual.At + " on " + daysWords(usual.Days) + ", with the weekly summary on " + daysWords([]string{usual.WeeklyOn}) + "."}
	d := usual
	if f.OwnDigest {
		d = h.Digest.WithDefaults()
	}
	f.DigestAt = d.At
	for i := 0; i < len(weekdays); i += 2 {
		f.DigestDays = append(f.DigestDays, option{weekdays[i], weekdays[i+1], slices.Contains(d.Days, weekdays[i])})
		f.WeeklyOn = append(f.WeeklyOn, option{weekdays[i], weekdays[i+1], d.WeeklyOn == weekdays[i]})
	}
	return f
}

// readManner reads what the form says.
func (v *visit) readManner(h *stanna.Habits, w wrongs) {
	h.Locale, h.Timezone, h.Budget, h.Digest = v.readLocale("locale"), v.given("timezone"), v.readBudget("budget", w), nil
	if v.given("digest.own") != "yes" {
		return
	}
	h.Digest = &stanna.DigestTime{At: v.given("digest.at"), Days: v.r.PostForm["digest.days"], WeeklyOn: v.given("digest.weeklyOn")}
	if len(h.Digest.Days) == 0 {
		w.add("digest.days", "choose at least one day")
	}
}

// mannerWords says what is a person's own.
func mannerWords(h stanna.Habits) string {
	var own []string
	if h.Locale != "" {
		own = append(own, localeWords(h.Locale))
	}
	if h.Timezone != "" {
		own = append(own, h.Timezone)
	}
	if h.Budget != nil {
		own = append(own, budgetWords(*h.Budget))
	}
	if h.Digest != nil {
		d := h.Digest.WithDefaults()
		own = append(own, fmt.Sprintf("digest at %s on %s", d.At, daysWords(d.Days)))
	}
	return strings.Join(own, " · ")
}
