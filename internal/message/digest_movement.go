package message

import (
	"github.com/gostanna/stanna"
)

// maxMoveCauses is how many reasons of a move are told.
const maxMoveCauses = 2

// moved tells the clients that moved, a section each: what changed, who owns
// it, why, and what to do next.
func (x digestPage) moved(p *page, heard digestPage) {
	head := x.headline()
	p.tell(oneLine(head), oneLine(head), nil)
	moves := x.Movement.Moves[:min(len(x.Movement.Moves), x.moves)]
	for _, m := range moves {
		p.tell(oneLine(x.move(m)), oneLine(heard.move(m)), nil)
	}
	if more := x.Movement.All - len(moves); more > 0 && x.Edition != stanna.LeadershipEdition {
		left := x.phrase("and {n} more", with{"n": more})
		p.tell(oneLine(joined(" · ", left, link(x.view.Leads.Moved, x.Text("See what moved")))), oneLine(left), nil)
	}
}

// headline counts: "12 clients got worse, 1 left, 5 got better".
func (x digestPage) headline() phrase {
	m := x.Movement
	var list []phrase
	switch worse := m.All - m.Left; {
	case m.All == 0:
		list = append(list, x.phrase("no client got worse"))
	case worse > 0:
		list = append(list, x.phrase("{n} {n|client|clients} got worse", with{"n": worse}))
	}
	if m.Left > 0 {
		list = append(list, x.phrase("{n} {n|client|clients} left", with{"n": m.Left}))
	}
	if m.Better > 0 {
		list = append(list, x.phrase("{n} {n|client|clients} got better", with{"n": m.Better}))
	}
	return capital(joined(", ", list...)).inBold()
}

// inBold makes all of a phrase of ours a heading.
func (p phrase) inBold() phrase {
	text := ""
	for _, s := range p {
		text += s.text
	}
	return bold(text)
}

// move tells one client in two lines.
func (x digestPage) move(m stanna.ClientMove) phrase {
	c := chapter{tongue: x.tongue, people: x.view.People,
		client: stanna.Client{ID: m.ID, Name: m.Name, Domain: m.Domain, MRR: m.MRR, CSMOwner: m.Owner}}
	if m.Contact != nil {
		c.client.Contacts = []stanna.Contact{*m.Contact}
	}
	if a := m.Alert; a != nil {
		c.alert = stanna.Alert{ID: a.ID, ClientID: m.ID, Type: a.Type, RuleName: a.RuleName, Severity: a.Severity, Status: stanna.AlertOpen, Why: a.Why,
			OpenedAt: a.OpenedAt, UpdatedAt: a.OpenedAt, Evidence: a.Evidence}
	}
	symbol, change := "🔻", x.phrase("is at risk now")
	var t telling
	var severity phrase // in a word too: colour alone would leave out who cannot see it
	switch {
	case m.Left:
		symbol, change = "⚫", x.phrase("has left")
	case m.Alert != nil:
		t = c.tell()
		symbol, change, severity = c.symbol(t), t.change, capital(say(words(x.severity(m.Alert.Severity))))
	case m.Scored:
		change = x.phrase("is at risk now, health {standing}", with{"standing": c.standing(m.Health)})
	}
	between := " · "
	if !x.seen {
		between = ", "
	}
	what := joined(between, severity, say(x.name(m.NamedClient), words(": "), change))
	first := say(x.drawing(symbol+" "), joined(between, append([]phrase{what}, x.payer(m.NamedClient)...)...))
	why, next := x.because(t, m), x.todo(c, t, m)
	if !x.seen {
		return joined("; ", first, why, next)
	}
	return joined("\n", first, joined(" · ", why, next))
}

// because is why, in a reason or two of those that the source gave.
func (x digestPage) because(t telling, m stanna.ClientMove) phrase {
	if m.Left {
		return nil
	}
	causes := t.why.lines[:min(len(t.why.lines), maxMoveCauses)]
	why := joined(", ", causes...)
	if more := m.Alerts - 1; more > 0 {
		also := x.phrase("and {n} more {n|alert|alerts}", with{"n": more})
		if why == nil {
			return capital(also)
		}
		why = joined(", ", why, also)
	}
	if why == nil {
		return nil
	}
	return x.phrase("Why: {reasons}", with{"reasons": why})
}

// todo is the next step: by the playbook of the rule, else what the source
// recommends, else whom to call.
func (x digestPage) todo(c chapter, t telling, m stanna.ClientMove) phrase {
	if m.Left || m.Alert == nil {
		return nil
	}
	steps := c.steps(m.Playbook)
	if len(steps) == 0 {
		steps, _ = c.recommended()
	}
	if len(steps) == 0 {
		if t.lead == nil {
			t.lead = c.call()
		}
		steps = []phrase{t.lead}
	}
	return x.phrase("Next: {step}", with{"step": steps[0]})
}
