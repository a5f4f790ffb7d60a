package sandbox

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

// blockView is one block as the page shows it.
type blockView struct {
	Kind      string
	Text      template.HTML
	Fields    []template.HTML
	Elements  []elementView
	Accessory *elementView
	Picture   picture
	Rows      [][]template.HTML
	// Of input blocks.
	Hint     template.HTML
	Optional bool
	Error    string
}

// renderer turns stored blocks into views. It reads them leniently: they were checked when they came.
type renderer struct {
	names map[string]string
	now   time.Time
	host  string // our own, whose pictures may be shown
	bot   string // the app's user in this team
	root  string // before the path of a page
	// Where the blocks stand: in a message, or in the modal that is being filled in.
	message *Message
	warning *Interaction // the last press of the message, if the app did not answer it well
	modal   *view
}

// renderer draws for the one who asks; the caller adds the names of people and channels, and the place.
func (s *Sandbox) renderer(r *http.Request) renderer {
	return renderer{names: map[string]string{s.bot.userID: s.cfg.App.Name}, now: s.now(), host: r.Host, bot: s.bot.userID, root: s.root}
}

type object = map[string]any

func (r renderer) blocks(list []object) []blockView {
	var out []blockView
	for _, block := range list {
		out = append(out, r.block(block))
	}
	return out
}

func (r renderer) block(block object) blockView {
	kind, _ := block["type"].(string)
	view := blockView{Kind: kind}
	switch kind {
	case "header", "section":
		view.Text = r.text(block["text"])
		for _, field := range items(block["fields"]) {
			view.Fields = append(view.Fields, r.text(field))
		}
		if accessory, ok := block["accessory"].(object); ok {
			e := r.element(block, accessory)
			view.Accessory = &e
		}
	case "input":
		view.Text, view.Hint = r.text(block["label"]), r.text(block["hint"])
		view.Optional, _ = block["optional"].(bool)
		if e, ok := block["element"].(object); ok {
			view.Elements = []elementView{r.element(block, e)}
		}
		if r.modal != nil {
			view.Error = r.modal.errors[str(block, "block_id")]
		}
	case "context", "actions", "context_actions":
		for _, e := range items(block["elements"]) {
			view.Elements = append(view.Elements, r.element(block, e))
		}
	case "image":
		view.Picture, view.Text = r.picture(block), r.text(block["title"])
	case "markdown":
		view.Text = r.mrkdwn(false).render(str(block, "text"))
	case "table":
		rows, _ := block["rows"].([]any)
		for _, row := range rows {
			var cells []template.HTML
			for _, cell := range items(row) {
				cells = append(cells, template.HTML(escape(gather(cell))))
			}
			view.Rows = append(view.Rows, cells)
		}
	case "divider":
	default:
		view.Kind, view.Text = "other", template.HTML(escape(fmt.Sprintf("[%s] %s", kind, gather(block))))
	}
	return view
}

// text renders a text object.
func (r renderer) text(value any) template.HTML {
	obj, _ := value.(object)
	text, _ := obj["text"].(string)
	if obj["type"] == "mrkdwn" {
		verbatim, _ := obj["verbatim"].(bool)
		return r.mrkdwn(verbatim).render(text)
	}
	// Plain text knows no markup; the three entities are undone all the same, as Slack does.
	return template.HTML(strings.ReplaceAll(escape(text), "\n", "<br>"))
}

func (r renderer) mrkdwn(verbatim bool) mrkdwn {
	return mrkdwn{names: r.names, now: r.now, verbatim: verbatim}
}

func items(value any) []object {
	list, _ := value.([]any)
	var out []object
	for _, item := range list {
		if obj, ok := item.(object); ok {
			out = append(out, obj)
		}
	}
	return out
}

// gather collects the text of a block that the page does not draw.
func gather(value any) string {
	switch v := value.(type) {
	case object:
		if text, ok := v["text"].(string); ok {
			return text
		}
		if inner, ok := v["text"].(object); ok {
			return gather(inner)
		}
		return gather(v["elements"])
	case []any:
		var parts []string
		for _, item := range v {
			if text := gather(item); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, " ")
	}
	return ""
}
