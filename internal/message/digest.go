package message

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// digestPage writes what a digest says, for the eye or for the ear: what is
// heard has no links and no drawings.
type digestPage struct {
	tongue
	stanna.Digest
	view SummaryView
	seen bool
	room
}

// room is how much a digest goes into single clients. With less of it fewer
// are named, and shorter, so that the figures stay whole.
type room struct{ moves, waiting, names, length int }

var rooms = []room{{stanna.MaxMoves, maxNamed, stanna.MaxNamed, 80}, {7, 5, 2, 50}, {5, 3, 1, 30}}

// digest lays a digest out with as much room as there is, for the eye and for
// the ear.
func (v SummaryView) digest() page {
	x := digestPage{tongue: tongue{locale.For(v.Settings, v.Now)}, Digest: *v.Digest, view: v, seen: true}
	var shown, heard page
	for _, x.room = range rooms {
		p := x.page()
		if _, used := shown.blocks(1); shown.header == nil || used > maxMessage {
			shown = p
		}
		if heard.spoken == nil || heard.saidInFull() > maxText {
			heard = p
		}
	}
	shown.spoken = heard.spoken
	return shown
}

// saidInFull is the length of the text when no sentence gives way.
func (p page) saidInFull() int {
	n := len(p.more.write(spoken, maxTarget+200))
	for _, s := range p.spoken {
		n += len(s.write(spoken, sentenceLength)) + 1
	}
	return n
}

// page tells what moved before where things stand. Of each part the first
// line says it in short.
func (x digestPage) page() page {
	v, heard := x.view, x
	heard.seen = false
	open, closed := x.waited()
	quiet := x.Nothing() && len(open)+len(closed) == 0

	p := page{header: say(words(x.symbol()+" "), x.title()), spoken: []phrase{sentenceOf(x.title())}}
	p.parts = append(p.parts, part{kind: context, lines: oneLine(capital(joined(" · ", x.lead()...)))}, part{kind: context, lines: v.Intended.note(x.tongue)})
	if lead := x.lead(); len(lead) > 0 {
		p.spoken = append(p.spoken, sentenceOf(joined(", ", lead...)))
	}
	for _, note := range v.Intended.note(x.tongue) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	if quiet {
		p.tell(oneLine(x.nothing()), oneLine(x.nothing()), nil)
	} else {
		x.moved(&p, heard)
		x.waiting(&p, open, closed)
	}
	for _, of := range []func(digestPage) []phrase{
		digestPage.risk, digestPage.zones, digestPage.mrrMoved, digestPage.bridge, digestPage.renewals, digestPage.milestones, digestPage.wins, digestPage.unrecovered,
		digestPage.heldBack, digestPage.unowned, digestPage.acted,
	} {
		p.tell(of(x), of(heard), x.left)
	}
	var leads []phrase
	if see := link(v.Leads.Whole, x.Text("Open portfolio")); see != nil {
		leads, p.more = append(leads, see), see
	}
	if see := link(v.Link, x.Text("See all that waited")); see != nil && len(open)+len(closed) > 0 {
		leads = append(leads, see)
	}
	if len(leads) > 0 {
		p.parts = append(p.parts, part{kind: section, lines: oneLine(joined(" · ", leads...))})
	}
	return p
}

// tell adds a part for the eye and what is heard of it; without lines there is
// none. The first line is its title.
func (p *page) tell(lines, heard []phrase, left func(int) phrase) {
	if len(lines) == 0 {
		return
	}
	x := part{kind: section, lines: lines}
	if left != nil {
		x.more = func(shown int) phrase { return left(len(lines) - shown) }
	}
	p.parts = append(p.parts, x)
	if len(heard) == 1 {
		p.spoken = append(p.spoken, sentenceOf(heard[0]))
		return
	}
	between := "; "
	if len(heard[0]) == 1 && heard[0][0].kind == spanBold { // a title and nothing else
		between = ": "
	}
	p.spoken = append(p.spoken, sentenceOf(say(heard[0], words(between), joined("; ", heard[1:]...))))
}

// left says that lines had no room.
func (x digestPage) left(n int) phrase { return x.phrase("and {n} more", with{"n": n}) }

// symbol is red where a client left or something critical moved.
func (x digestPage) symbol() string {
	switch {
	case x.Movement.Left > 0:
		return symbolOf(stanna.Critical)
	case x.Movement.All > 0 && len(x.Movement.Moves) > 0 && x.Movement.Moves[0].Alert != nil:
		return symbolOf(x.Movement.Moves[0].Alert.Severity)
	case x.Nothing():
		return recoveredSymbol
	}
	return "📊"
}

// title is the name of the digest with its date.
func (x digestPage) title() phrase {
	name := x.Text("Daily digest")
	if x.Weekly {
		name = x.Text("Weekly summary")
	}
	day, ok := x.DayOf(x.Date)
	if !ok {
		return say(words(name))
	}
	return say(words(name + " · " + x.tongue.Date(day)))
}

// lead is the small print: whose accounts, since when, and what is unusual.
func (x digestPage) lead() []phrase {
	var list []phrase
	if x.Owner != "" {
		list = append(list, x.phrase("accounts of {who}", with{"who": x.view.People.who(x.tongue, x.Owner)}))
	}
	if !x.From.IsZero() {
		since := x.phrase("since your last digest, {when}", with{"when": x.Moment(x.From)})
		if x.First || x.By != "" {
			since = x.phrase("since {when}", with{"when": x.Moment(x.From)})
		}
		list = append(list, since)
	}
	if x.Late {
		list = append(list, x.phrase("late: the server was down when it was due"))
	}
	if x.By != "" {
		list = append(list, x.phrase("sent by {who}, {moment}", with{"who": x.view.People.who(x.tongue, x.By), "moment": x.Moment(x.To)}))
	}
	if n := x.view.Occasion.Recovered; n > 0 {
		list = append(list, x.phrase("{n} recovered meanwhile", with{"n": n}))
	}
	return list
}

func (x digestPage) nothing() phrase {
	return x.phrase("Nothing needed you since {day}", with{"day": x.Day(x.From)})
}

// waited are the alerts that waited for the digest and are not told by it
// already, those that are open and those that closed since.
func (x digestPage) waited() (open, closed []SummaryItem) {
	told := map[string]bool{}
	for _, m := range x.Movement.Moves {
		if m.Alert != nil {
			told[m.Alert.ID] = true
		}
	}
	for _, i := range rank(x.view.Items) {
		switch {
		case !i.Alert.Open():
			closed = append(closed, i)
		case !told[i.Alert.ID]:
			open = append(open, i)
		}
	}
	return open, closed
}

// waiting lists the alerts that waited. Leadership is told how many.
func (x digestPage) waiting(p *page, open, closed []SummaryItem) {
	if x.Edition == stanna.LeadershipEdition {
		if n := len(open); n > 0 {
			line := oneLine(x.phrase("{n} {n|alert|alerts} waited for this digest", with{"n": n}))
			p.tell(line, line, nil)
		}
		return
	}
	x.view.list(p, x.tongue, open, x.room.waiting, len(open), english("Waited for this digest"))
	x.view.list(p, x.tongue, closed, maxClosed, len(closed), english("Closed since"))
}

// sum writes how many clients and what they pay: "12 clients, $84,000 MRR".
func (x digestPage) sum(s stanna.ClientSum) phrase {
	fill := with{"n": s.Clients, "amount": x.money(s.MRR)}
	if s.Clients > 0 && s.Clients == s.Unlike+s.Unknown {
		return x.phrase("{n} {n|client|clients}", with{"n": s.Clients})
	}
	return x.phrase("{n} {n|client|clients}, {amount} MRR", fill)
}

// name is a client that leads to its page.
func (x digestPage) name(c stanna.NamedClient) phrase {
	name := x.nameOf(stanna.Client{ID: c.ID, Name: c.Name, Domain: c.Domain}, x.length)
	if !x.seen {
		return name
	}
	return named(x.view.Leads.Clients[c.ID], name)
}

// listed are the clients that are named and how many there are beside.
func (x digestPage) listed(list []stanna.NamedClient, all int) phrase {
	list = list[:min(len(list), x.names)]
	var names []phrase
	for _, c := range list {
		names = append(names, x.name(c))
	}
	if more := all - len(list); more > 0 && len(list) > 0 {
		names = append(names, x.phrase("and {n} more", with{"n": more}))
	}
	return joined(", ", names...)
}

// counted is a sum with its clients: "3 clients, $9,000 MRR: Acme, Globex".
func (x digestPage) counted(l stanna.ClientList) phrase {
	return joined(": ", x.sum(l.ClientSum), x.listed(l.Named, l.Clients))
}

// payer is what a client pays, and who owns it.
func (x digestPage) payer(c stanna.NamedClient) []phrase {
	var mrr phrase
	if m := x.Money(c.MRR); m != "" {
		mrr = x.phrase("{amount} MRR", with{"amount": m})
	}
	owner := x.phrase("no owner")
	if strings.TrimSpace(c.Owner) != "" {
		owner = x.view.People.who(x.tongue, c.Owner)
	}
	if x.Owner != "" && strings.EqualFold(c.Owner, x.Owner) { // all of them are theirs
		owner = nil
	}
	return []phrase{mrr, owner}
}

// drawing is there for the eye alone.
func (x digestPage) drawing(line string) phrase {
	if !x.seen || line == "" {
		return nil
	}
	return say(words(line))
}
