package message

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// BudgetView is that a place has had as many messages as it takes in a day.
type BudgetView struct {
	Settings stanna.Settings
	Told     int       // messages of today
	Held     int       // alerts held back since
	Until    time.Time // when the digest has them
	Link     string    // the page that lists what is held
	Intended Intended
	Now      time.Time
}

// Budget writes that what is not critical waits from here on, and how much
// does. It is kept true while more is held back.
func Budget(v BudgetView) Rendered { return v.page().lay() }

func (v BudgetView) page() page {
	t := tongue{locale.For(v.Settings, v.Now)}
	fill := with{"told": v.Told, "held": v.Held, "until": t.Moment(v.Until)}
	header := t.phrase("{held} {held|alert|alerts} held back today", fill)
	enough := t.phrase("This place has had its {told} {told|message|messages} for today", fill)
	waits := t.phrase("The digest on {until} has what is held back; what is critical still comes at once", fill)
	see := link(v.Link, t.Text("See what is held back"))
	p := page{
		header: say(words("⏸️ "), header),
		parts: []part{
			{kind: section, lines: []phrase{enough, waits}},
			{kind: context, lines: oneLine(see)},
			{kind: context, lines: v.Intended.note(t)},
		},
		spoken: []phrase{sentenceOf(header), sentenceOf(enough), sentenceOf(waits)},
		more:   see,
	}
	for _, note := range v.Intended.note(t) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	return p
}
