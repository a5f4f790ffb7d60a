package rule

import (
	"strconv"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry. The steps come first.
const (
	renewalFirstDays = iota
	renewalSecondDays
	renewalThirdDays
	renewalLastDays
	renewalRedDays
	renewalMinTermMonths
	renewalKeyAccountMRR
)

// renewalUpcoming is a ladder of local dates before a renewal. One alert
// lasts from its first step to the date, and is told again at each.
var renewalUpcoming = Entry{
	Type: stanna.RenewalUpcoming,
	Name: "Renewal upcoming",
	Doc: "Opens at the steps of a ladder of days before the renewal, earlier for accounts in the red zone, and is told again at each. " +
		"Closes when the date moves on or has passed.",
	Signals: []stanna.SignalType{stanna.HealthScoredType}, // the zone counts
	Nature:  Trouble,
	lasting: true,
	Thresholds: []Threshold{
		renewalFirstDays:     {"firstDays", "days", "The first step before the renewal date. 0 switches it off.", 120, 0, 365},
		renewalSecondDays:    {"secondDays", "days", "The second step. 0 switches it off.", 90, 0, 365},
		renewalThirdDays:     {"thirdDays", "days", "The third step, from which on it matters more. 0 switches it off.", 60, 0, 365},
		renewalLastDays:      {"lastDays", "days", "The last step, from which on it matters most. 0 switches it off.", 30, 0, 365},
		renewalRedDays:       {"redDays", "days", "An account in the red zone has this step as well. 0 switches it off.", 180, 0, 365},
		renewalMinTermMonths: {"minTermMonths", "months", "A shorter term has no ladder. A term that is not known has.", 6, 0, 60},
		renewalKeyAccountMRR: {"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) a red account is critical at the last step.", 25_000, 0, 1e12},
	},
	look:     lookAtRenewal,
	follow:   followRenewal,
	due:      renewalDue,
	measured: renewalMeasured,
}

// correction is how far a renewal date may move later without having been
// renewed: no term is that short.
const correction = 27

// ladder is where a client stands before its renewal.
type ladder struct {
	date date
	left int // days
	step int // the nearest that was reached; 0: none
	zone stanna.Zone
}

// mark is what a step is remembered by.
func (l ladder) mark() string { return l.date.String() + "/" + strconv.Itoa(l.step) }

// ladder says where the client stands, or why there is no ladder.
func (c *Compiled) ladder(sub *Subject) (l ladder, why stanna.Reason) {
	var known bool
	if l.date, known = parseDate(sub.Client.RenewalDate); !known {
		return l, stanna.ReasonNoDate
	}
	if term := sub.Client.RenewalMonths; term > 0 && float64(term) < c.value(renewalMinTermMonths) {
		return l, stanna.ReasonShortTerm
	}
	l.left = int(l.date - dateOf(sub.Now, c.zone))
	l.zone = sub.zone()
	for i := renewalFirstDays; i <= renewalRedDays; i++ {
		if step := c.renewalStep(i, l.zone); step >= l.left && step > 0 && (l.step == 0 || step < l.step) {
			l.step = step
		}
	}
	switch {
	case l.left < 0:
		return l, stanna.ReasonRenewalPassed
	case l.step == 0:
		return l, stanna.ReasonTooSoon
	}
	return l, ""
}

// renewalStep is a step in days, or 0 when it is off or for red accounts only.
func (c *Compiled) renewalStep(i int, zone stanna.Zone) int {
	if i == renewalRedDays && zone != stanna.Red {
		return 0
	}
	return int(c.value(i))
}

// zone is the zone of the client's health, or "" when it is not known.
func (s *Subject) zone() stanna.Zone {
	score, known := s.State.HealthScore()
	if !known {
		return ""
	}
	return s.Settings.ZoneOf(score)
}

// renewalSeverity is by the zone and by how near the date is.
//
//	zone       before    third step   last step
//	green      info      info         low
//	unknown    low       low          medium
//	yellow     low       medium       high
//	red        high      high         high, or critical for a key account
func (c *Compiled) renewalSeverity(sub *Subject, l ladder) stanna.Severity {
	third, last := c.on(renewalThirdDays, l.left <= int(c.value(renewalThirdDays))), c.on(renewalLastDays, l.left <= int(c.value(renewalLastDays)))
	switch {
	case l.zone == stanna.Red && last && sub.keyAccount(c.value(renewalKeyAccountMRR)):
		return stanna.Critical
	case l.zone == stanna.Red, l.zone == stanna.Yellow && last:
		return stanna.High
	case l.zone == stanna.Yellow && third, l.zone == "" && last:
		return stanna.Medium
	case l.zone == stanna.Green && !last:
		return stanna.Info
	}
	return stanna.Low
}

func lookAtRenewal(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	l, why := c.ladder(sub)
	if why != "" {
		return finding{}, why
	}
	days := float64(l.left)
	return finding{
		trigger: stanna.ReasonRenewalNear, severity: c.renewalSeverity(sub, l), mark: l.mark(), onset: (l.date - date(l.step)).begins(c.zone),
		evidence: stanna.Evidence{
			Trigger: stanna.ReasonRenewalNear, Base: days, BaseAt: sub.Now.UTC(), Opened: days, Value: days, ValueAt: sub.Now.UTC(), Worst: days, Told: days,
			Date: l.date.String(), Is: string(l.zone),
		},
	}, ""
}

// followRenewal tells each further step, and a severity that rose.
func followRenewal(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	e := a.Evidence
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen}
	l, why := c.ladder(sub)
	was, _ := parseDate(e.Date)
	switch {
	case why == stanna.ReasonNoDate || why == stanna.ReasonShortTerm:
		v.event, v.reason = stanna.Resolved, why
		return v
	case l.date > was+correction:
		v.event, v.reason = stanna.Resolved, stanna.ReasonRenewed
		return v
	case why == stanna.ReasonRenewalPassed:
		v.event, v.reason = stanna.Resolved, why
		return v
	}
	days := float64(l.left)
	v.keep = l.date != was || string(l.zone) != e.Is
	e.Date, e.Is = l.date.String(), string(l.zone)
	if v.keep {
		e.Value, e.ValueAt = days, sub.Now.UTC()
	}
	if l.date != was && l.step > 0 {
		v.mark = l.mark() // a date that was put right: its step was told by the old one
	}
	e.Worst = min(e.Worst, days)
	switch severity := c.renewalSeverity(sub, l); {
	case l.step > 0 && float64(l.step) < e.Told:
		v.event, v.reason, v.severity, v.mark = stanna.Worsened, stanna.ReasonRenewalNear, severity, l.mark()
	case severity.Rank() > a.Severity.Rank():
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonSeverityRose, severity
	}
	if v.event != "" {
		e.Value, e.ValueAt, e.Told = days, sub.Now.UTC(), days
	}
	v.evidence = e
	return v
}

// renewalDue is when the next step begins, or the day after the date.
func renewalDue(c *Compiled, sub *Subject) time.Time {
	l, why := c.ladder(sub)
	if why != "" && why != stanna.ReasonTooSoon {
		return time.Time{}
	}
	next := l.date + 1
	for i := renewalFirstDays; i <= renewalRedDays; i++ {
		if step := c.renewalStep(i, l.zone); step > 0 && step < l.left {
			next = min(next, l.date-date(step))
		}
	}
	return next.begins(c.zone)
}

// renewalMeasured is what an explanation shows.
func renewalMeasured(c *Compiled, sub *Subject) (list []Value) {
	l, why := c.ladder(sub)
	if why == stanna.ReasonNoDate {
		return []Value{{"renewalDate", "not known"}}
	}
	term, zone := "not known", "not known"
	if m := sub.Client.RenewalMonths; m > 0 {
		term = strconv.Itoa(m)
	}
	if l.zone != "" {
		zone = string(l.zone)
	}
	list = []Value{{"renewalDate", l.date.String()}, {"termMonths", term}, {"zone", zone}}
	if why != stanna.ReasonShortTerm {
		list = append(list, Value{"daysLeft", strconv.Itoa(l.left)})
	}
	if l.step > 0 {
		list = append(list, Value{"step", strconv.Itoa(l.step)})
	}
	return list
}
