package message

import (
	"fmt"

	"github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// Slack's limits of what can be pressed.
// https://docs.slack.dev/reference/block-kit/block-elements/button-element,
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
const (
	maxButton      = 75
	maxLabel       = 75 // of a button, for screen readers
	maxPlaceholder = 150
	maxOption      = 75
)

// pressable says whether the thread has buttons about the alert.
func (v ThreadView) pressable(a AlertView) bool {
	return v.Settings.Buttons && a.Open() && plainID(a.ID) && plainID(v.Message)
}

// buttons are what can be done about the leading alert of a thread with one
// tap. open is the label of the button to the account.
func (v ThreadView) buttons(c chapter, a AlertView, open string) part {
	d := desk{c, v.Message}
	// Slack keeps what was chosen in a block of the same id.
	x := part{kind: actions, id: fmt.Sprintf("deeds-%d", v.Revision)}
	if a.Status != stanna.AlertTaken {
		take := d.button(DeedTake, c.Text("I'm on it"))
		take.Style = slack.StylePrimary
		x.elements = append(x.elements, take)
	}
	for _, page := range []struct {
		deed           Deed
		address, label string
	}{{DeedOpen, v.Link, c.Text(open)}, {DeedReached, a.Links.deed("reached"), c.Text("I reached out")}} {
		if address := target(page.address); address != "" {
			b := d.button(page.deed, page.label)
			b.URL = address
			x.elements = append(x.elements, b)
		}
	}
	x.elements = append(x.elements, d.more(v.open() > 1))
	return x
}

// open counts the alerts of the thread that still live.
func (v ThreadView) open() (n int) {
	for _, a := range v.Alerts {
		if a.Open() {
			n++
		}
	}
	return n
}

// deed is the page that asks before it does something about the alert; ""
// where there are no pages.
func (l Links) deed(act string) string {
	if l.Alert == "" {
		return ""
	}
	return l.Alert + "/" + act
}

// desk draws what can be pressed about an alert.
type desk struct {
	chapter
	message string
}

func (d desk) mark(deed Deed) string { return Mark{deed, d.alert.ID, d.message}.String() }

func plainText(s string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, cut(s, most), false, false)
}

// button says to screen readers what it is about.
func (d desk) button(deed Deed, label string) *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement(string(deed), d.mark(deed), plainText(label, maxButton))
	about := d.phrase("{button}, about {what}", with{"button": label, "what": d.about()})
	b.AccessibilityLabel = about.write(plain, maxLabel)
	return b
}

// about names the alert: the client, or the portfolio, and the rule.
func (d desk) about() phrase { return joined(", ", d.subject(), d.rule(d.alert)) }

// more is everything that is not done every day. Where the thread has several
// open alerts it names the one that it is about.
func (d desk) more(several bool) *slack.SelectBlockElement {
	name := d.phrase("More…")
	if rule := d.rule(d.alert); several && rule != nil {
		name = d.phrase("More about {alert}…", with{"alert": rule})
	}
	option := func(deed Deed, label string) *slack.OptionBlockObject {
		return slack.NewOptionBlockObject(d.mark(deed), plainText(label, maxOption), nil)
	}
	group := func(label string, options ...*slack.OptionBlockObject) *slack.OptionGroupBlockObject {
		return slack.NewOptionGroupBlockElement(plainText(label, maxOption), options...)
	}
	return slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plainText(name.write(plain, maxPlaceholder), maxPlaceholder), "more",
		group(d.Text("Put it off"),
			option(DeedTomorrow, d.Text("Until tomorrow")), option(DeedMonday, d.Text("Until Monday")), option(DeedDate, d.Text("Until a date…"))),
		group(d.Text("Was this useful?"),
			option(DeedOf(stanna.VerdictUseful), d.Text("Useful")), option(DeedOf(stanna.VerdictNotUseful), d.Text("Not useful")),
			option(DeedOf(stanna.VerdictKnown), d.Text("Already knew")), option(DeedOf(stanna.VerdictTooLate), d.Text("Too late"))),
		group(d.Text("Close it"), option(DeedResolve, d.Text("Resolve…"))))
}

// pressed lays out an actions block and counts what it costs.
func (x part) pressed() (block slack.Block, cost int) {
	count := func(texts ...string) {
		for _, s := range texts {
			cost += written(s)
		}
	}
	for _, e := range x.elements {
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			count(e.Text.Text, e.Value, e.URL, e.AccessibilityLabel)
		case *slack.SelectBlockElement:
			count(e.Placeholder.Text)
			for _, g := range e.OptionGroups {
				count(g.Label.Text)
				for _, o := range g.Options {
					count(o.Text.Text, o.Value)
				}
			}
		}
	}
	return slack.NewActionBlock(x.id, x.elements...), cost + costOfBlock
}
