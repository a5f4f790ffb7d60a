package connect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// nothingComes looks for whatever keeps messages from arriving, from the
// connection to the signals.
func (f *facts) nothingComes(d Diagnosis) Question {
	q := Question{Question: "nothing_comes"}
	for _, x := range d.Checks { // the fallback matters only when something else is broken
		if (x.State == Failed || x.State == Warning) && x.Check != "fallback_channel" && x.Check != "events" && x.Check != "app" && x.Check != "public_url" {
			q.Findings = append(q.Findings, x)
		}
	}
	if n := len(f.active()); n == 0 {
		q.add("rules", Failed, "Switch one on, on the Rules page or with PUT /api/rules/{id}.", "No rule is active, so that nothing is ever told (%d are off or on trial).", len(f.rules))
	} else {
		q.add("rules", OK, "", "%d of %d rules are active.", n, len(f.rules))
	}
	switch {
	case f.complete.Clients == 0:
		q.add("clients", Failed, "Import them with POST /api/clients/import.", "There is no client to tell of.")
	case f.lastSignal.IsZero():
		q.add("signals", Failed, "Send them with POST /api/signals, or connect a source.", "No signal has come in yet.")
	case f.now.Sub(f.lastSignal) > 24*time.Hour:
		q.add("signals", Warning, "Look at whatever sends them.", "No signal has come in for 24 hours; the last is of %s.", f.at(f.lastSignal))
	default:
		q.add("signals", OK, "", "Signals come in; the last is of %s.", f.at(f.lastSignal))
	}
	if f.workspace.Settings.DigestOnly {
		q.add("digest_only", Warning, "Switch digestOnly off in the settings to be told at once.", "The workspace is switched to digest: everything waits for it.")
	}
	for _, s := range f.silences {
		q.add("silence", Warning, "End it with DELETE /api/silences/"+s.ID+" if it is not wanted any more.", "A silence by %s is in force until %s.", s.Author, f.at(s.EndsAt))
	}
	f.heldFindings(&q)
	hours := f.workspace.Settings.BusinessHours.In(f.workspace.Settings.Location())
	if !hours.Open(f.now) {
		q.add("hours", OK, "", "It is outside working hours; they begin at %s.", f.at(hours.NextOpen(f.now)))
	}
	return q.settle("Nothing stands in the way: rules are active, signals come in, and Slack takes messages. What a client needs to be told of has simply not happened; GET /api/explain says why for each.")
}

// heldFindings say what waits, by reason.
func (f *facts) heldFindings(q *Question) {
	type sum struct {
		reason stanna.Reason
		n      int
		until  time.Time
	}
	var sums []sum
	for _, h := range f.held {
		i := slices.IndexFunc(sums, func(s sum) bool { return s.reason == h.Reason })
		if i < 0 {
			sums = append(sums, sum{h.Reason, 0, h.Until})
			i = len(sums) - 1
		}
		sums[i].n += h.Count
		if h.Until.Before(sums[i].until) {
			sums[i].until = h.Until
		}
	}
	slices.SortFunc(sums, func(a, b sum) int { return cmp.Or(b.n-a.n, cmp.Compare(a.reason, b.reason)) })
	for _, s := range sums {
		repair := ""
		if s.reason == stanna.ReasonManyAtOnce {
			repair = "Release or discard it: POST /api/surges/{id}/release or /discard."
		}
		q.add("held", Warning, repair, "%d wait, the first until %s. %s", s.n, f.at(s.until), s.reason.Sentence())
	}
	if len(sums) == 0 {
		q.add("held", OK, "", "Nothing is held.")
	}
}

// wrongChannel says where things go, in the order in which it is decided.
func (f *facts) wrongChannel() Question {
	q := Question{Question: "wrong_channel"}
	used := map[stanna.Destination]bool{}
	use := func(list []stanna.Destination) {
		for _, d := range list {
			used[d] = true
		}
	}
	for _, r := range f.active() {
		use(r.Outside.To)
		for _, s := range r.Escalation {
			use(s.To)
		}
		if len(r.Destinations) > 0 {
			use(r.Destinations)
			q.add("rule", OK, "", "The rule %q goes to %s, whatever the routing table says.", r.Name, f.places(r.Destinations))
		}
	}
	for i, l := range f.lines {
		use(l.To)
		more := ""
		if l.Continue {
			more = " and goes on"
		}
		q.add("line", OK, "", "Line %d of the routing table%s sends to %s%s.", i+1, quotedName(l.Name), f.places(l.To), more)
	}
	s, team := f.workspace.Settings, ""
	if len(f.connections) > 0 {
		team = f.connections[0].TeamID // the home
	}
	if s.DefaultChannel == "" {
		q.add("default_channel", Failed, "Choose one on the Integrations page.", "There is no default channel: what no rule and no line sends elsewhere is told nowhere.")
	} else {
		used[stanna.SlackChannel(team, s.DefaultChannel)] = true
		q.add("default_channel", OK, "", "Everything else goes to the default channel, %s.", f.place(stanna.SlackChannel(team, s.DefaultChannel)))
	}
	fallback := "nowhere until it is mended"
	if s.FallbackChannel != "" {
		fallback = "to the fallback channel, " + f.place(stanna.SlackChannel(team, s.FallbackChannel))
	}
	for d := range used {
		if f.broken[d] {
			q.add("broken", Failed, "Mend it: type /invite @stanna in it, unarchive it, or choose another.", "%s is broken; what is for it goes %s.", f.place(d), fallback)
		}
		if email, ok := d.Person(); ok && f.people[strings.ToLower(email)].SlackID == "" {
			q.add("person", Warning, "Check the address, or name a deputy with PUT /api/people/"+email+".", "%s is not in Slack by that address; messages for them go to whom they named, or to the fallback channel.", email)
		}
	}
	slices.SortStableFunc(q.Findings, func(a, b Finding) int { return cmp.Compare(placeOrder(a), placeOrder(b)) })
	if used[stanna.ToOwner] && f.complete.WithoutOwner > 0 {
		q.add("owners", Warning, "Set csmOwner of the clients.", "%d of %d clients have no owner; what is for the owner goes to a channel.", f.complete.WithoutOwner, f.complete.Clients)
	}
	away := 0
	for _, p := range f.people {
		if p.Away(f.now) {
			away++
		}
	}
	if away > 0 {
		q.add("away", OK, "", "%d people are away; their messages go to whom they named.", away)
	}
	return q.settle("Every place in use works. A rule's own destinations come first, then the routing table, then the default channel.")
}

// placeOrder keeps findings in the order of deciding, with those that a map
// gave sorted.
func placeOrder(x Finding) string {
	order := slices.Index([]string{"rule", "line", "default_channel", "broken", "person"}, x.Check)
	key := fmt.Sprintf("%d", order)
	if order >= 3 {
		key += x.Found
	}
	return key
}

func quotedName(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", name)
}

// What is much: alerts of one rule in a week, and the share of them that
// people call noise.
const (
	manyAlerts   = 20
	noisePercent = 30
	judgedEnough = 4
)

// tooMany says which rule speaks most, and what would quieten it.
func (f *facts) tooMany() Question {
	q := Question{Question: "too_many"}
	list := make([]store.RuleFigures, 0, len(f.figures))
	alerts, messages := 0, 0
	for _, x := range f.figures {
		list = append(list, x)
		alerts, messages = alerts+x.Alerts, messages+x.Messages
	}
	slices.SortFunc(list, func(a, b store.RuleFigures) int {
		return cmp.Or(b.Messages-a.Messages, b.Alerts-a.Alerts, cmp.Compare(a.RuleID, b.RuleID))
	})
	for _, x := range list {
		state, repair := OK, ""
		noisy := x.Closed >= judgedEnough && x.Noise*100 >= x.Closed*noisePercent
		if noisy || x.Alerts >= manyAlerts || x.Unstable*2 > x.Alerts && x.Alerts > 2 {
			state, repair = Warning, f.quieter(x.RuleID)
		}
		q.add("rule", state, repair, "The rule %q opened %d alerts in 7 days and told %d messages; %d alerts were unstable, and %d of %d closed ones were called noise.",
			x.Name, x.Alerts, x.Messages, x.Unstable, x.Noise, x.Closed)
	}
	if f.workspace.Settings.DigestOnly {
		q.add("digest_only", OK, "", "The workspace is switched to digest already.")
	}
	return q.settle(fmt.Sprintf("%d alerts opened in 7 days, and %d messages told them. No rule stands out.", alerts, messages))
}

// quieter suggests what would make a rule speak less: a higher threshold, or
// the digest.
func (f *facts) quieter(id string) string {
	i := slices.IndexFunc(f.rules, func(r stanna.Rule) bool { return r.ID == id })
	if i < 0 {
		return ""
	}
	r := f.rules[i]
	digest := "Or move it to the digest (frequency daily), or leave small accounts out (filter.minMrr). POST /api/rules/" + id + "/backtest shows what each would have done."
	e := rule.EntryOf(r.Type)
	if e == nil {
		return digest
	}
	for _, t := range e.Thresholds {
		v, own := r.Thresholds[t.Name]
		if !own {
			v = t.Default
		}
		if (t.Unit == "points" || t.Unit == "percent") && v > 0 && v < t.Max {
			higher := min(t.Max, v+max(1, float64(int(v/3))))
			return fmt.Sprintf("Raise thresholds.%s from %g to %g. %s", t.Name, v, higher, digest)
		}
	}
	return digest
}

// noContext says how much is known of the clients: a message can only show
// what was sent.
func (f *facts) noContext() Question {
	q := Question{Question: "no_context"}
	c := f.complete
	if c.Clients == 0 {
		q.add("clients", Failed, "Import them with POST /api/clients/import.", "There is no client yet.")
		return q.settle("")
	}
	var lacks []string
	for _, x := range []struct {
		check, what, repair string
		without             int
	}{
		{"owner", "owner", "Set csmOwner: nobody is named, and nothing reaches the owner.", c.WithoutOwner},
		{"mrr", "MRR", "Set mrr: without it nothing is ranked by revenue, and a minimum MRR lets none of them pass.", c.WithoutMRR},
		{"health", "health score", "Send health.scored signals.", c.WithoutHealth},
		{"renewal", "renewal date", "Set renewalDate: no renewal is announced without it.", c.WithoutRenewal},
		{"contact", "contact", "Set contacts: a message says whom to call.", c.WithoutContact},
	} {
		if x.without == 0 {
			q.add(x.check, OK, "", "Every client has a known %s.", x.what)
			continue
		}
		q.add(x.check, Warning, x.repair, "%d of %d clients are without %s.", x.without, c.Clients, x.what)
		lacks = append(lacks, fmt.Sprintf("%d without %s", x.without, x.what))
	}
	q.Answer = fmt.Sprintf("All %d clients are complete. The reasons in a message are the factors that the source of a score gives.", c.Clients)
	if len(lacks) > 0 {
		q.Answer = fmt.Sprintf("Of %d clients: %s.", c.Clients, strings.Join(lacks, ", "))
	}
	return q
}
