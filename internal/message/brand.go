package message

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// Brand puts at the foot of a message whose it is. With an accent the foot
// stands beside a bar of that colour, which Slack draws for attachments alone.
func Brand(r Rendered, b stanna.Branding) Rendered {
	if b == (stanna.Branding{}) || len(r.Blocks) == 0 {
		return r
	}
	says := joined(" · ", outside(b.Name, 40), outside(b.Footer, 200))
	if says == nil {
		says = outside("Stanna", 40)
	}
	var elements []slack.MixedElement
	if logo := target(b.LogoURL); logo != "" {
		elements = append(elements, slack.NewImageBlockElement(logo, says.write(plain, 300)))
	}
	elements = append(elements, slack.NewTextBlockObject(slack.MarkdownType, says.write(mrkdwn, 300), false, true))
	foot := slack.NewContextBlock("", elements...)
	if b.Accent == "" {
		r.Blocks = append(r.Blocks, foot)
	} else {
		r.Foot = []slack.Attachment{{Color: b.Accent, Fallback: says.write(plain, 300), Blocks: slack.Blocks{BlockSet: []slack.Block{foot}}}}
	}
	if spoken := says.write(spoken, 400); len(r.Text)+1+len(spoken) <= maxText {
		r.Text += " " + spoken
	}
	return r
}

// Layout is the message's blocks and its foot as JSON; nil where there is
// none.
func (r Rendered) Layout() (blocks, foot json.RawMessage, err error) {
	if len(r.Blocks) > 0 {
		if blocks, err = json.Marshal(r.Blocks); err != nil {
			return nil, nil, err
		}
	}
	if len(r.Foot) > 0 {
		foot, err = json.Marshal(r.Foot)
	}
	return blocks, foot, err
}
