package route

import (
	"time"

	"github.com/gostanna/stanna"
)

// When says when news is told at a place. Since is when it was promised: a
// digest that was due between then and now has it, and what has waited long
// enough waits no more.
func (p *Plan) When(r Roads, n News, c Choice, since time.Time) Manner {
	if s := p.Silenced(n); s != nil {
		return Manner{stanna.ReasonSilenced, s.EndsAt}
	}
	if n.Gather != "" {
		if at := since.Add(gatherFor); at.After(n.Now) {
			return Manner{n.Gather, at}
		}
	}
	if m := p.digested(r, n, c, since); m.Later() {
		return m
	}
	if m := p.outside(r, n, c, since); m.Later() {
		return m
	}
	return p.budgeted(r, n, c, since)
}

// digested says whether news waits for a digest. An escalation and the end of
// a snooze do not: somebody has asked for them.
func (p *Plan) digested(r Roads, n News, c Choice, since time.Time) Manner {
	if n.askedFor() {
		return Manner{}
	}
	f, why := p.frequency(n)
	switch f {
	case stanna.Daily:
		return p.nextDigest(p.Digests(r, c.Destination), why, n.Now, since)
	case stanna.Weekly:
		if why == stanna.ReasonDailyDigest {
			why = stanna.ReasonWeeklyDigest
		}
		return p.nextDigest(p.Digests(r, c.Destination).WeeklyOnly(), why, n.Now, since)
	}
	return Manner{}
}

// nextDigest is the digest that has what was promised then, unless it was due
// meanwhile.
func (p *Plan) nextDigest(digest stanna.DigestCalendar, why stanna.Reason, now, since time.Time) Manner {
	due, ok := digest.Next(since)
	if !ok || !due.At.After(now) {
		return Manner{}
	}
	return Manner{why, due.At}
}

// frequency is how often such news is told, and why.
func (p *Plan) frequency(n News) (stanna.Frequency, stanna.Reason) {
	f, why := stanna.DefaultFrequency(n.Alert.Severity), stanna.ReasonDailyDigest
	if own, ok := p.Settings.Frequency[n.Alert.Severity]; ok {
		f = own
	}
	if n.Alert.Type == stanna.RenewalUpcoming && n.Alert.Evidence.Is == string(stanna.Green) {
		f = stanna.Weekly // a green account renews in the weekly summary alone
	}
	if own, ok := n.Rule.Frequency[n.Alert.Severity]; ok {
		f = own
	}
	if n.Alert.Unstable && f == stanna.RealTime {
		f, why = stanna.Daily, stanna.ReasonUnstable
	}
	if p.Settings.DigestOnly && f == stanna.RealTime {
		f, why = stanna.Daily, stanna.ReasonDigestOnly
	}
	return f, why
}

// outside says what becomes of news outside the hours of the rule, of the
// person it goes to, or of the workspace.
func (p *Plan) outside(r Roads, n News, c Choice, since time.Time) Manner {
	hours := p.hoursOf(r, n, c)
	if hours.Open(n.Now) {
		return Manner{}
	}
	opens := hours.NextOpen(n.Now)
	switch do := n.Rule.Outside.Do; {
	case opens.IsZero() || do == stanna.OutsideSend:
		return Manner{}
	case do == stanna.OutsideRedirect:
		return Manner{Why: stanna.ReasonRedirected}
	case do == stanna.OutsideDigest:
		return p.nextDigest(p.Digests(r, c.Destination), stanna.ReasonDailyDigest, n.Now, since)
	}
	return Manner{stanna.ReasonOutsideHours, opens}
}

func (p *Plan) hoursOf(r Roads, n News, c Choice) stanna.Calendar {
	zone := p.Settings.Location()
	if who, ok := r.personAt(c.Destination); ok && who.Hours != nil {
		return who.Hours.In(who.Location(p.Settings))
	}
	if n.Rule.Outside.Hours == nil {
		return p.hours
	}
	if own, ok := p.own.Load(n.Rule.ID); ok {
		return own.(stanna.Calendar)
	}
	own := n.Rule.Outside.Hours.In(zone)
	p.own.Store(n.Rule.ID, own)
	return own
}

// NextOpen is when the workspace is at work: t itself when it is.
func (p *Plan) NextOpen(t time.Time) time.Time {
	if opens := p.hours.NextOpen(t); !opens.IsZero() {
		return opens
	}
	return t
}

// Again finds the road to a place that was chosen before, and when what was
// promised then is told there: people come back, channels are mended, hours
// begin.
func (p *Plan) Again(r Roads, n News, intended stanna.Destination, since time.Time) Choice {
	c := p.place(r, n, want{intended, ""})
	if c.Destination == "" {
		c = Choice{Destination: intended, Intended: intended}
	}
	if c.Manner = p.When(r, n, c, since); c.Manner.Why == stanna.ReasonRedirected {
		c.Manner = Manner{stanna.ReasonOutsideHours, p.NextOpen(n.Now)}
	}
	return c
}
