package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// speech says what a rule asks for as people would.
type speech struct {
	v     *visit
	names channels
	named func(string) string
}

func (v *visit) ruleSpeech(tx *store.Tx, rules ...stanna.Rule) (s speech, err error) {
	s.v = v
	if s.names, err = v.channelsOf(tx, v.caller.May(auth.Connect)); err != nil {
		return s, err
	}
	_, s.named, err = v.wordsOf(tx, func(add func(...string)) {
		for _, r := range rules {
			add(firstFew(r.Filter.Only)...)
			add(firstFew(r.Filter.Never)...)
		}
	})
	return s, err
}

var (
	frequencyWords = []string{string(stanna.RealTime), "at once", string(stanna.Daily), "with the daily digest", string(stanna.Weekly), "with the weekly summary"}
	outsideWords   = []string{string(stanna.OutsideHold), "held until they begin", string(stanna.OutsideSend), "sent at once all the same",
		string(stanna.OutsideRedirect), "sent elsewhere", string(stanna.OutsideDigest), "joined to the next daily digest"}
)

func wordOf(pairs []string, value string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == value {
			return pairs[i+1]
		}
	}
	return value
}

func (s speech) places(list []stanna.Destination) string {
	var names []string
	for _, d := range list {
		names = append(names, s.names.destination(d))
	}
	return commas(names)
}

// minutesWords writes a time of work.
func minutesWords(l locale.Local, n int) string {
	switch {
	case n%60 == 0:
		return l.Count(n/60, "hour")
	case n > 120:
		return l.Number(float64(n)/60) + " hours"
	}
	return l.Count(n, "minute")
}

// terms are what a rule asks for beside its figures; what it leaves open has
// no value.
func (s speech) terms(r stanna.Rule) []field {
	l := s.v.local
	var often []string
	for _, sev := range stanna.Severities() {
		if f, ok := r.Frequency[sev]; ok {
			often = append(often, string(sev)+" "+wordOf(frequencyWords, string(f)))
		}
	}
	outside := ""
	if o := r.Outside; o.Do != "" && o.Do != stanna.OutsideHold {
		outside = wordOf(outsideWords, string(o.Do))
		if len(o.To) > 0 {
			outside += ": " + s.places(o.To)
		}
	}
	hours := ""
	if r.Outside.Hours != nil {
		hours = hoursWords(*r.Outside.Hours)
	}
	var steps []string
	for _, x := range r.Escalation {
		text := "after " + minutesWords(l, x.After)
		if len(x.To) > 0 {
			text += " " + s.places(x.To) + " as well"
		}
		if x.Raise != "" {
			text += ", raised to " + string(x.Raise)
		}
		steps = append(steps, text)
	}
	return []field{
		{"Clients", commas(s.v.filterWords(r.Filter, s.named))},
		{"Condition", r.Condition},
		{"Severity", r.SeverityAs},
		{"Where it goes", s.places(r.Destinations)},
		{"How often", strings.Join(often, "; ")},
		{"Outside hours", outside},
		{"Hours of its own", hours},
		{"Escalation", strings.Join(steps, "; ")},
		{"Playbook", r.Playbook},
	}
}

// differences says in words what changed from one version of a rule to the
// next.
func (s speech) differences(a, b stanna.Rule) (list []string) {
	changed := func(what, from, to, none string) {
		if from == to {
			return
		}
		if from == "" {
			from = none
		}
		if to == "" {
			to = none
		}
		list = append(list, what+": "+from+" → "+to)
	}
	changed("Name", a.Name, b.Name, "none")
	changed("Status", ruleStatusMark(a.Status).Word, ruleStatusMark(b.Status).Word, "")
	list = append(list, s.figures(a, b)...)
	was, is := s.terms(a), s.terms(b)
	for i := range was {
		none := "none"
		switch was[i].Name {
		case "Clients":
			none = "all"
		case "Where it goes":
			none = "by the routing table"
		case "Severity":
			none = "by the type"
		case "How often":
			none = "as the workspace"
		case "Outside hours":
			none = "held until they begin"
		}
		changed(was[i].Name, was[i].Value, is[i].Value, none)
	}
	return list
}

// figures are the thresholds that differ.
func (s speech) figures(a, b stanna.Rule) (list []string) {
	entry := rule.EntryOf(b.Type)
	known := map[string]rule.Threshold{}
	if entry != nil {
		for _, t := range entry.Thresholds {
			known[t.Name] = t
		}
	}
	all := maps.Clone(a.Thresholds)
	if all == nil {
		all = map[string]float64{}
	}
	maps.Copy(all, b.Thresholds)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t, ok := known[name]
		if !ok {
			t = rule.Threshold{Name: name}
		}
		value := func(r stanna.Rule) string {
			if x, own := r.Thresholds[name]; own {
				return figure(s.v.local, t, x)
			}
			return figure(s.v.local, t, t.Default)
		}
		if value(a) != value(b) {
			list = append(list, fmt.Sprintf("%s: %s → %s", capital(humanised(name)), value(a), value(b)))
		}
	}
	return list
}
