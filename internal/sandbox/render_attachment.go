package sandbox

import (
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"strings"
)

// attachmentView is what stands below a message beside a bar of its own colour.
type attachmentView struct {
	Color  string // of the bar, as a hex number with #
	Blocks []blockView
	Text   template.HTML // of one without blocks
}

var hexColor = regexp.MustCompile(`^#?[0-9A-Fa-f]{6}$`)

// barColor is the colour that Slack draws: a hex number, one of three words, or the grey of an attachment that names none.
// Source: https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
func barColor(color string) string {
	switch {
	case hexColor.MatchString(color):
		return "#" + strings.TrimPrefix(color, "#")
	case color == "good":
		return "#2eb886"
	case color == "warning":
		return "#daa038"
	case color == "danger":
		return "#a30200"
	}
	return "#dddddd"
}

// attachments draws those of a message. With blocks the other fields count for nothing, as at Slack.
func (r renderer) attachments(raw json.RawMessage, seed string) (out []attachmentView) {
	var list []object
	if json.Unmarshal(raw, &list) != nil {
		return nil // they were checked when they came
	}
	for i, a := range list {
		view := attachmentView{Color: barColor(str(a, "color"))}
		if blocks, err := json.Marshal(a["blocks"]); err == nil {
			view.Blocks = r.blocks(readBlocks(blocks, fmt.Sprint(seed, "/", i)))
		}
		for _, field := range []string{"pretext", "title", "text", "footer"} {
			if text := str(a, field); text != "" && len(view.Blocks) == 0 {
				if view.Text != "" {
					view.Text += "<br>"
				}
				view.Text += r.mrkdwn(false).render(text)
			}
		}
		if view.Text == "" && len(view.Blocks) == 0 {
			view.Text = template.HTML(escape(str(a, "fallback")))
		}
		out = append(out, view)
	}
	return out
}
