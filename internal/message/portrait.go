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

	name := c.nameOf(v.Client, 200)
	head := c.phrase("how the account stands")
	health, known := v.State.HealthScore()
	if known && locale.IsNumber(health) {
		head = c.phrase("health {standing}", with{"standing": c.standing(health)})
	}
	if len(open) > 0 {
		head = say(head, words(", "), c.phrase("{n} open {n|alert|alerts}", with{"n": len(open)}))
	}
	owner := c.owns(v.Owner.or(v.Client).name())
	sent := c.phrase("state of {moment}", with{"moment": c.Moment(c.Now)})
	if by := outside(v.By, 80); by != nil {
		sent = c.phrase("sent by {who}, {moment}", with{"who": c.who(v.By), "moment": c.Moment(c.Now)})
	}
	facts, missing := c.standings()
	fieldList, sentence := c.shown(facts)
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
		note := c.phrase("Not known: {what}", with{"what": missing})
		p.parts = append(p.parts, part{kind: context, lines: []phrase{note}})
		p.spoken = append(p.spoken, say(note, words(".")))
	}
	if len(open) > 0 {
		thread.row(&p, english("Open alerts"), english("open, {alert}"), open)
	} else {
		none := c.phrase("No alert is open")
		p.parts = append(p.parts, part{kind: section, lines: []phrase{none}})
		p.spoken = append(p.spoken, sentenceOf(none))
	}
	p.spoken = append(p.spoken, sentenceOf(sent), sentenceOf(owner))
	for _, note := range v.Intended.note(c.tongue) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	account, conversation := link(v.Link, c.Text("Open account")), c.conversation()
	p.parts = append(p.parts, part{kind: section, lines: oneLine(joined("  ·  ", account, conversation))})
	if p.more = account; conversation != nil {
		p.spoken = append(p.spoken, conversation)
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
			gaps = append(gaps, c.Text(gap))
		}
	}
	from := func(label, gap string) {
		f, ok := account[label]
		add(ok, f, gap)
	}
	from(mrrField, english("MRR"))
	from(renewalField, english("renewal date"))
	if f, ok := account[healthField]; ok {
		if line := c.sparkline(c.state.Health); line != "" {
			f.value = say(f.value, words(" "+line))
		}
		add(true, f, "")
	} else {
		gaps = append(gaps, c.Text("health"))
	}
	st := c.state
	add(st.Churn.Known() && locale.IsNumber(st.Churn.Value), fact{label: english("Churn risk"), value: say(words(c.percent(st.Churn.Value*100) + c.dated(st.Churn)))}, english("churn risk"))
	from(engagementField, english("engagement against its usual"))
	add(st.Sentiment.Known() && locale.IsNumber(st.Sentiment.Value), fact{label: english("Sentiment"), value: say(words(c.feeling(st.Sentiment)))}, english("sentiment"))
	paying := fact{label: english("Payment"), value: c.phrase("no failure known"), spoken: c.phrase("no failed payment known")}
	if st.Payment.Owed() {
		paying = fact{label: english("Payment"), value: say(words(c.paying(st.Payment)))}
		if owed := st.Owes(); len(owed) > 1 {
			paying.value = c.phrase("{failure}, and {others}", with{"failure": paying.value, "others": c.andOthers(owed)})
		}
	}
	facts = append(facts, paying)
	use := c.fullest()
	add(use != nil, fact{label: english("Usage§of limits"), value: use}, english("usage of its limits"))
	from(contactField, english("last contact"))
	status := outside(st.Status, 60)
	add(status != nil, fact{label: english("Status"), value: status}, "")
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
	score, word := r.Value, english("neutral")
	switch {
	case score <= -1.5:
		word = english("very negative")
	case score < 0:
		word = english("negative")
	case score >= 1.5:
		word = english("very positive")
	case score > 0:
		word = english("positive")
	}
	if c.DaysAgo(r.At) <= 0 {
		return c.Text(word) + " (" + c.Signed(score) + ")"
	}
	return c.Text(word) + " (" + c.Signed(score) + ", " + c.Ago(r.At) + ")"
}

func (c chapter) paying(p stanna.PaymentStanding) string {
	payment := c.owed(p.Amount)
	if payment != "" {
		payment = c.Text("{amount}§of a payment", with{"amount": payment})
	}
	line := strings.TrimSpace(c.failing(payment, p))
	if by, ok := answerBy(p); ok {
		return c.Text("{failure}, to be answered by {day}", with{"failure": line, "day": c.Day(by)})
	}
	if next, ok := c.nextTry(p); ok {
		line = c.Text("{failure}, next try {day}", with{"failure": line, "day": c.Day(next)})
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
	fill := with{"used": u.Used, "limit": u.Limit, "unit": unit, "n": others}
	use := c.phrase("{used} of {limit}", fill)
	if unit != nil {
		use = c.phrase("{used} of {limit} {unit}", fill)
	}
	if others > 0 {
		fill["use"] = use
		use = c.phrase("{use}, and {n} more {n|limit|limits}", fill)
	}
	return use
}
