package message

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// Portrait tells how a client stands, because somebody asked for it.
func Portrait(v PortraitView) Rendered { return v.page().lay() }

func (v PortraitView) page() page {
	thread := ThreadView{Settings: v.Settings, Client: v.Client, State: v.State, Owner: v.Owner, People: v.People, Link: v.Link, Now: v.Now}
	c := thread.chapter(AlertView{Alert: stanna.Alert{ClientID: v.Client.ID}})
	open := slices.DeleteFunc(slices.Clone(v.Alerts), func(a AlertView) bool { return !a.Open() })
	slices.SortStableFunc(open, func(a, b AlertView) int { return cmp.Compare(b.Severity.Rank(), a.Severity.Rank()) })

	name := nameOf(v.Client, 200)
	head := say(words("how the account stands"))
	health, known := v.State.HealthScore()
	if known && locale.IsNumber(health) {
		head = say(words("health " + c.standing(health)))
	}
	if len(open) > 0 {
		head = say(head, words(", "+c.Count(len(open), "open alert")))
	}
	owner := owns(v.Owner.or(v.Client).name())
	sent := say(words("state of " + c.Moment(c.Now)))
	if by := outside(v.By, 80); by != nil {
		sent = say(words("sent by "), v.People.who(v.By), words(", "+c.Moment(c.Now)))
	}
	facts, missing := c.standings()
	fieldList, sentence := shown(facts)
	p := page{
		header: say(words("📋 "), name, words(": "), head),
		parts: []part{
			{kind: context, lines: []phrase{joined(" · ", capital(sent), owner)}},
			{kind: context, lines: v.Intended.note(c.tongue)},
			{kind: fields, lines: fieldList},
		},
		spoken: []phrase{say(name, words(": "), head, words(".")), sentence},
	}
	if missing != "" {
		note := say(words("Not known: " + missing))
		p.parts = append(p.parts, part{kind: context, lines: []phrase{note}})
		p.spoken = append(p.spoken, say(note, words(".")))
	}
	if len(open) > 0 {
		thread.row(&p, "Open alerts", "open, ", open)
	} else {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{say(words("No alert is open"))}})
		p.spoken = append(p.spoken, say(words("No alert is open.")))
	}
	p.spoken = append(p.spoken, sentenceOf(sent), sentenceOf(owner))
	for _, note := range v.Intended.note(c.tongue) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	if l := link(v.Link, "Open account"); l != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{l}})
		p.more = l
	}
	return p
}

// standings are everything that is known of a client now, ten at most, and
// what is not.
func (c chapter) standings() (facts []fact, missing string) {
	var gaps []string
	account := map[string]fact{}
	for _, f := range c.account() {
		account[f.label] = f
	}
	add := func(known bool, f fact, gap string) {
		switch {
		case known:
			facts = append(facts, f)
		case gap != "":
			gaps = append(gaps, gap)
		}
	}
	from := func(label, gap string) {
		f, ok := account[label]
		add(ok, f, gap)
	}
	from("MRR", "MRR")
	from(renewalField, "renewal date")
	if f, ok := account[healthField]; ok {
		if line := c.sparkline(c.state.Health); line != "" {
			f.value = say(f.value, words(" "+line))
		}
		add(true, f, "")
	} else {
		gaps = append(gaps, "health")
	}
	st := c.state
	add(st.Churn.Known() && locale.IsNumber(st.Churn.Value), fact{"Churn risk", say(words(c.percent(st.Churn.Value*100) + c.dated(st.Churn))), nil}, "churn risk")
	from(engagementField, "engagement against its usual")
	add(st.Sentiment.Known() && locale.IsNumber(st.Sentiment.Value), fact{"Sentiment", say(words(c.feeling(st.Sentiment))), nil}, "sentiment")
	paying := fact{"Payment", say(words("no failure known")), say(words("no failed payment known"))}
	if st.Payment.Owed() {
		paying = fact{"Payment", say(words(c.paying(st.Payment))), nil}
	}
	facts = append(facts, paying)
	use := c.fullest()
	add(use != nil, fact{"Usage", use, nil}, "usage of its limits")
	from("Last contact", "last contact")
	status := outside(st.Status, 60)
	add(status != nil, fact{"Status", status, nil}, "")
	return facts, strings.Join(gaps, ", ")
}

// dated says how old a reading is when it is not of today.
func (c chapter) dated(r stanna.Reading) string {
	if c.DaysAgo(r.At) <= 0 {
		return ""
	}
	return " (" + c.Ago(r.At) + ")"
}

// feeling puts a score from −2 to +2 into a word.
func (c chapter) feeling(r stanna.Reading) string {
	score, word := r.Value, "neutral"
	switch {
	case score <= -1.5:
		word = "very negative"
	case score < 0:
		word = "negative"
	case score >= 1.5:
		word = "very positive"
	case score > 0:
		word = "positive"
	}
	if c.DaysAgo(r.At) <= 0 {
		return word + " (" + c.Signed(score) + ")"
	}
	return word + " (" + c.Signed(score) + ", " + c.Ago(r.At) + ")"
}

func (c chapter) paying(p stanna.PaymentStanding) string {
	line := strings.TrimPrefix(c.of(p.Amount), " of ")
	line = strings.TrimSpace(line + " " + c.failing(p))
	if next, ok := c.nextTry(p); ok {
		line += ", next try " + c.Day(next)
	}
	return line
}

// fullest is the limit that is used up furthest, and how many others there
// are.
func (c chapter) fullest() phrase {
	name, most, others := "", -1.0, -1
	for n, u := range c.state.Usage {
		if !(u.Limit > 0) || !locale.IsNumber(u.Limit) || !locale.IsNumber(u.Used) {
			continue
		}
		others++
		if share := u.Used / u.Limit; share > most || share == most && n < name {
			name, most = n, share
		}
	}
	if most < 0 {
		return nil
	}
	u := c.state.Usage[name]
	unit := outside(name, 40)
	if unit == nil {
		unit = outside(u.Unit, 40)
	}
	line := joined(" ", say(words(c.Number(u.Used)+" of "+c.Number(u.Limit))), unit)
	if others > 0 {
		line = say(line, words(", and "+c.Count(others, "more limit")))
	}
	return line
}
