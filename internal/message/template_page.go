package message

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// wording is what the thread's template says of its leading alert, where
// there is one; a failure is told as well. What is closed has the standard
// form.
func (v ThreadView) wording(c chapter) (*wording, *Failure) {
	if v.Template == nil || v.Template.Type != c.alert.Type || !c.alert.Open() {
		return nil, nil
	}
	if err := v.Template.unusable; err != nil {
		return nil, &Failure{Template: v.Template, TemplateFailure: stanna.TemplateFailure{AlertID: c.alert.ID, Why: err.Error()}, what: unreadable}
	}
	w, failure := c.word(v.Template)
	if failure != nil {
		return nil, failure
	}
	return &w, w.failure
}

// wordedPage tells an alert in the words of a template. It takes the place of
// the headline, the small print of the course, the figures, the reasons and
// the links of the type. How severe it is, whose it is, what people and time
// have done, the rule's playbook and what can be done here are not its to
// leave out.
func (v ThreadView) wordedPage(c chapter, t *telling, a AlertView, w *wording) page {
	severity := say(words(c.severity(a.Severity)))
	var owned phrase
	if !c.whole() {
		owned = c.owns(c.called(v.Owner.or(v.Client), pressing(a.Severity) && a.Status == stanna.AlertOpen))
	}
	subject, headline := w.subject.line(), w.subject.line()
	if subject.blank() {
		subject, headline = c.sentence(*t), c.headline(*t)
	}
	p := page{
		header: say(words(c.symbol(*t)+" "), headline),
		parts:  []part{{kind: context, lines: []phrase{joined(" · ", capital(severity), owned)}}},
		spoken: []phrase{capital(ended(c.phrase("{severity}: {sentence}", with{"severity": severity, "sentence": subject})))},
	}
	for _, r := range c.life(*t) {
		p.parts = append(p.parts, part{kind: context, lines: []phrase{r.shown()}})
		p.spoken = append(p.spoken, sentenceOf(r.words))
	}
	notes := c.notes(v.Intended)
	p.parts = append(p.parts, part{kind: context, lines: notes})
	w.into(&p, c, a)
	if strings.TrimSpace(a.Playbook) != "" { // every message of the rule shows it
		next, spoken := c.next(*t, a.Playbook)
		p.parts, p.spoken = append(p.parts, next), append(p.spoken, spoken)
	}
	if owned != nil {
		p.spoken = append(p.spoken, sentenceOf(owned))
	}
	for _, note := range notes {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	t.four, t.links = []string{}, nil // no hint at figures that it may not want
	var links []phrase
	for _, l := range w.links {
		links = append(links, phrase{{kind: spanLink, text: tidy(l.label), target: target(l.address), elastic: true}})
	}
	switch row := joined("  ·  ", links...); {
	case v.pressable(a):
		p.parts, p.spoken = append(p.parts, w.buttons(desk{c, v.Message}, v.Revision)), append(p.spoken, row)
	case row.addresses() > maxTarget: // too long to stand in a row with others
		p.parts, p.spoken = append(p.parts, part{kind: passage, lines: []phrase{row}, more: w.more(c, a)}), append(p.spoken, row)
	default:
		t.links = links
	}
	return p
}

// into writes the body and the fields. What is too long for the header, or
// for a field, stands in the body.
func (w *wording) into(p *page, c chapter, a AlertView) {
	body := w.body.lines()
	if line := w.subject.line(); line.rigid()+len("🟠 ") > maxHeader {
		body = slices.Concat([]phrase{line, nil}, body)
	}
	var short, heard, long []phrase
	for _, f := range w.fields {
		value := f.linked(tidy(f.text))
		if value.blank() {
			continue // there is nothing to say
		}
		label := tidy(f.label)
		shown := append(phrase{{kind: spanBold, text: label, elastic: true}, {text: " "}}, value...)
		if shown.rigid() > fieldLength {
			long = append(long, shown)
		} else {
			short = append(short, shown)
		}
		heard = append(heard, append(phrase{{text: label + " "}}, f.linked(unmarked(tidy(f.text)))...))
	}
	p.parts = append(p.parts, part{kind: passage, lines: body, more: w.more(c, a)}, part{kind: fields, lines: short}, part{kind: passage, lines: long, more: w.more(c, a)})
	p.spoken = append(p.spoken, w.body.spoken())
	if len(heard) > 0 {
		p.spoken = append(p.spoken, ended(joined(", ", heard...)))
	}
}

// more says where to read what there was no room for.
func (w *wording) more(c chapter, a AlertView) func(int) phrase {
	return func(int) phrase { return joined(" ", words(ellipsis).spans(), link(a.Links.Alert, c.Text("See all"))) }
}

// buttons are what leads to the template's addresses, where there are buttons.
func (w *wording) buttons(d desk, revision int64) part {
	x := part{kind: actions, id: fmt.Sprintf("links-%d", revision)}
	for i, l := range w.links {
		b := d.button(Deed(fmt.Sprintf("%s:%d", DeedLink, i)), tidy(l.label))
		b.URL = target(l.address)
		x.elements = append(x.elements, slack.BlockElement(b))
	}
	return x
}

// confess says in the message that its template failed: people trust what
// they wrote to be there.
func (v ThreadView) confess(p *page, c chapter, f *Failure) {
	if f == nil {
		return
	}
	p.failed = f
	why := f.said(c.tongue)
	said := c.phrase("this message's template failed: {why}; it is in the standard form", with{"why": why})
	if f.Partly {
		said = c.phrase("a link of this message's template was left out: {why}", with{"why": why})
	}
	p.parts = append(p.parts, part{kind: context, lines: []phrase{joined(" · ", say(words("⚠️ "), capital(said)), link(v.TemplatePage, c.Text("Template")))}})
	p.spoken = append(p.spoken, sentenceOf(said))
}
