package backtest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// Outcomes compares alerts with what became of the clients.
type Outcomes struct {
	LeadDays int    `json:"leadDays"` // how long before a client left an alert counts as a warning
	Churned  int    `json:"churned"`  // clients that left within the window
	Kept     int    `json:"kept"`     // that did not
	TooFew   bool   `json:"tooFew"`
	Sentence string `json:"sentence"`

	Missed []Gone `json:"missed"` // that left without a warning

	// Without these when there are too few to tell.
	Caught         int     `json:"caught"`
	CaughtPercent  float64 `json:"caughtPercent"`
	MedianLead     float64 `json:"medianLeadDays"`    // from the first warning to the leaving
	Alerts         int     `json:"alerts"`            // warnings whose client had the time to leave
	ForNothing     int     `json:"forNothing"`        // of them, on clients that did not
	NothingPercent float64 `json:"forNothingPercent"` //
}

// Gone is a client that left.
type Gone struct {
	ClientID string    `json:"clientId"`
	Name     string    `json:"name"`
	At       time.Time `json:"at"`
}

// churn is one client's leaving, by its signal.
type churn struct {
	client int
	at     time.Time
}

// Fewer than these say nothing about a rule.
const (
	enoughChurned = 20
	enoughKept    = 50
	standardLead  = 90 * 24 * time.Hour
)

// warns says whether an episode is a warning: trouble of one client that a
// person would have read as such. A renewal comes by the calendar.
func warns(e *Episode) bool {
	entry := rule.EntryOf(e.Type)
	return entry != nil && entry.Nature == rule.Trouble && e.ClientID != "" && e.Type != stanna.RenewalUpcoming && !e.Shadow
}

// outcomes compares the episodes with who left.
func (f *finish) outcomes(episodes []Episode) Outcomes {
	in := f.run.in
	lead := in.Lead
	if lead <= 0 {
		lead = standardLead
	}
	o := Outcomes{LeadDays: int(lead / (24 * time.Hour))}
	left := make(map[string]time.Time, len(f.churned)+len(in.Outcomes))
	for client, at := range f.churned {
		left[in.Clients[client].ID] = at
	}
	for id, at := range in.Outcomes {
		if known, ok := left[id]; !ok || at.Before(known) {
			left[id] = at
		}
	}
	warnings := map[string][]time.Time{}
	for i := range episodes {
		e := &episodes[i]
		if !warns(e) {
			continue
		}
		warnings[e.ClientID] = append(warnings[e.ClientID], e.OpenedAt)
		at, gone := left[e.ClientID]
		switch {
		case gone && !at.Before(e.OpenedAt) && at.Sub(e.OpenedAt) <= lead:
			o.Alerts++
		case in.End.Sub(e.OpenedAt) >= lead: // it had the time to leave, and did not
			o.Alerts++
			o.ForNothing++
		}
	}
	var leads []float64
	for i := range in.Clients {
		c := &in.Clients[i]
		at, gone := left[c.ID]
		switch {
		case c.IsExcluded:
			continue
		case !gone || at.After(in.End):
			o.Kept++
			continue
		case !in.within(at) || at.Before(in.Begin):
			continue
		}
		o.Churned++
		first := time.Time{}
		for _, w := range warnings[c.ID] {
			if w.Before(at) && at.Sub(w) <= lead {
				first = soonest(first, w)
			}
		}
		if first.IsZero() {
			o.Missed = append(o.Missed, Gone{c.ID, c.Name, at})
			continue
		}
		o.Caught++
		leads = append(leads, at.Sub(first).Hours()/24)
	}
	return o.concluded(leads)
}

// concluded works the rates out, or says that there are too few to tell.
func (o Outcomes) concluded(leads []float64) Outcomes {
	if o.Churned < enoughChurned || o.Kept < enoughKept {
		return Outcomes{LeadDays: o.LeadDays, Churned: o.Churned, Kept: o.Kept, Missed: o.Missed, TooFew: true,
			Sentence: fmt.Sprintf("%d clients are known to have left and %d to have stayed; fewer than %d and %d say nothing about a rule, so no rates are given.",
				o.Churned, o.Kept, enoughChurned, enoughKept)}
	}
	o.CaughtPercent = tenth(100 * float64(o.Caught) / float64(o.Churned))
	slices.Sort(leads)
	if n := len(leads); n > 0 {
		o.MedianLead = tenth((leads[(n-1)/2] + leads[n/2]) / 2)
	}
	if o.Alerts > 0 {
		o.NothingPercent = tenth(100 * float64(o.ForNothing) / float64(o.Alerts))
	}
	o.Sentence = fmt.Sprintf("%d of %d clients that left had an alert in the %d days before, half of them %g days or more before; %d of %d alerts were about clients that stayed.",
		o.Caught, o.Churned, o.LeadDays, o.MedianLead, o.ForNothing, o.Alerts)
	return o
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }
