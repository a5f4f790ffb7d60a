package rule

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const keyUpdateMarginPoints = 0

// keyAccountUpdate tells every change of the accounts that people have chosen
// to follow closely, also the good ones.
var keyAccountUpdate = Entry{
	Type:    stanna.KeyAccountUpdate,
	Name:    "Key account update",
	Doc:     "Tells when a chosen account moves to another zone, gets another status, or its MRR moves. A score that wavers about a border is no move.",
	Signals: []stanna.SignalType{stanna.HealthScoredType, stanna.AccountUpdatedType, stanna.SubscriptionChangedType},
	Nature:  Event,
	Thresholds: []Threshold{
		keyUpdateMarginPoints: {"marginPoints", "points", "How far beyond the border of a zone health must be to have left it.", 2, 0, 20},
	},
	look:     lookAtKeyAccount,
	measured: keyAccountMeasured,
	check: func(r stanna.Rule) error {
		if len(r.Filter.Only)+len(r.Filter.Tags) == 0 {
			return stanna.InvalidField("filter.only", "is required: choose the accounts, by name here or by a tag in filter.tags")
		}
		return nil
	},
}

func lookAtKeyAccount(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	switch sub.Signal.Type {
	case stanna.HealthScoredType:
		return c.zoneMoved(sub)
	case stanna.AccountUpdatedType:
		return statusMoved(sub)
	case stanna.SubscriptionChangedType:
		return mrrMoved(sub)
	}
	return finding{}, stanna.ReasonSameAsBefore // that time has passed is no update
}

// zoneMoved finds that the newest score has left the zone of those before.
func (c *Compiled) zoneMoved(sub *Subject) (finding, stanna.Reason) {
	all := sub.State.Health.Since(time.Time{})
	if len(all) == 0 {
		return finding{}, stanna.ReasonNotMeasured
	}
	if len(all) == 1 {
		return finding{}, stanna.ReasonFirstValue
	}
	before, now := all[len(all)-2], all[len(all)-1]
	was := c.settledZone(sub.Settings, all[:len(all)-1])
	is := c.zoneAfter(sub.Settings, was, now.Value)
	if is == was {
		return finding{}, stanna.ReasonSameAsBefore
	}
	severity := stanna.Info
	switch {
	case is == stanna.Red:
		severity = stanna.High
	case is == stanna.Yellow && was == stanna.Green:
		severity = stanna.Medium
	}
	return finding{
		trigger: stanna.ReasonZoneChanged, severity: severity, onset: now.At,
		evidence: stanna.Evidence{
			Trigger: stanna.ReasonZoneChanged, Base: before.Value, BaseAt: before.At, Opened: now.Value, Value: now.Value, ValueAt: now.At,
			Worst: now.Value, Told: now.Value, SignalID: sub.Signal.ID, Source: sub.State.HealthSource, Factors: sub.State.HealthFactors,
			Was: string(was), Is: string(is),
		},
	}, ""
}

// settledZone is the zone that scores have come to rest in: that of the newest
// one that lies clear of the borders, and what those after it made of it.
func (c *Compiled) settledZone(s stanna.Settings, scores []stanna.Point) stanna.Zone {
	margin := c.value(keyUpdateMarginPoints)
	i := len(scores) - 1
	for i > 0 && s.ZoneOf(points(scores[i].Value-margin)) != s.ZoneOf(points(scores[i].Value+margin)) {
		i--
	}
	zone := s.ZoneOf(scores[i].Value)
	for _, p := range scores[i+1:] {
		zone = c.zoneAfter(s, zone, p.Value)
	}
	return zone
}

// zoneAfter is the zone after another score. A zone is left only by the
// margin.
func (c *Compiled) zoneAfter(s stanna.Settings, zone stanna.Zone, score float64) stanna.Zone {
	margin := c.value(keyUpdateMarginPoints)
	lowest, highest := s.ZoneOf(points(score-margin)), s.ZoneOf(points(score+margin))
	switch {
	case zoneRank(zone) > zoneRank(highest):
		return highest
	case zoneRank(zone) < zoneRank(lowest):
		return lowest
	}
	return zone
}

func zoneRank(z stanna.Zone) int {
	switch z {
	case stanna.Green:
		return 2
	case stanna.Yellow:
		return 1
	}
	return 0
}

// statusMoved finds that the signal brought another status. The first one
// changes nothing.
func statusMoved(sub *Subject) (finding, stanna.Reason) {
	st := sub.State
	f, _ := sub.Signal.Fact.(stanna.AccountUpdated)
	if f.Status == "" || st.StatusBefore == "" || strings.EqualFold(strings.TrimSpace(st.StatusBefore), strings.TrimSpace(st.Status)) {
		return finding{}, stanna.ReasonSameAsBefore
	}
	return finding{
		trigger: stanna.ReasonStatusChanged, severity: stanna.Medium, onset: st.StatusAt,
		evidence: stanna.Evidence{
			Trigger: stanna.ReasonStatusChanged, ValueAt: st.StatusAt, SignalID: sub.Signal.ID, Source: sub.Signal.Source,
			Subject: f.What, Was: st.StatusBefore, Is: st.Status,
		},
	}, ""
}

// mrrMoved tells a movement of MRR: what is lost asks for action, what is won
// is good to know.
func mrrMoved(sub *Subject) (finding, stanna.Reason) {
	if _, ok := sub.Signal.Fact.(stanna.SubscriptionChanged); !ok {
		return finding{}, stanna.ReasonSameAsBefore // it names no movement
	}
	x := sub.State.Subscription
	severity := stanna.Info
	switch x.Movement {
	case stanna.MRRChurn:
		severity = stanna.High
	case stanna.MRRContraction:
		severity = stanna.Medium
	}
	before, now := x.Before.Amount(), x.MRR.Amount()
	return finding{
		trigger: stanna.ReasonMRRMoved, severity: severity, onset: x.At,
		evidence: stanna.Evidence{
			Trigger: stanna.ReasonMRRMoved, Base: before, Opened: now, Value: now, ValueAt: x.At, Worst: now, Told: now, SignalID: sub.Signal.ID, Source: x.Source,
			Subscription: &x,
		},
	}, ""
}

// keyAccountMeasured is what an explanation shows.
func keyAccountMeasured(c *Compiled, sub *Subject) (list []Value) {
	if all := sub.State.Health.Since(time.Time{}); len(all) > 0 {
		list = append(list, Value{"health", figure(all[len(all)-1].Value)}, Value{"zone", string(c.settledZone(sub.Settings, all))})
		if len(all) > 1 {
			list = append(list, Value{"zoneBefore", string(c.settledZone(sub.Settings, all[:len(all)-1]))})
		}
	}
	if sub.State.Status != "" {
		list = append(list, Value{"status", sub.State.Status}, Value{"statusBefore", sub.State.StatusBefore})
	}
	if x := sub.State.Subscription; x.Known() {
		list = append(list, Value{"movement", string(x.Movement)}, Value{"mrrBefore", x.Before.String()}, Value{"mrrAfter", x.MRR.String()})
	}
	return list
}
