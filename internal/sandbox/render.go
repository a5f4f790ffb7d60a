package sandbox

import (
	"encoding/json"
	"fmt"
	"html/template"
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
	ImageURL  string
	Alt       string
	Rows      [][]template.HTML
}

// elementView is a button, an image, or a text of a context block.
type elementView struct {
	Kind     string // button, menu, image, text
	Text     template.HTML
	Style    string
	URL      string
	ImageURL string
	Alt      string
}

// renderer turns stored blocks into views. It reads them leniently: they were checked when they came.
type renderer struct {
	names map[string]string
	now   time.Time
}

type object = map[string]any

func (r renderer) blocks(raw json.RawMessage) []blockView {
	var list []object
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil
	}
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
			e := r.element(accessory)
			view.Accessory = &e
		}
	case "context", "actions", "context_actions":
		for _, e := range items(block["elements"]) {
			view.Elements = append(view.Elements, r.element(e))
		}
	case "image":
		view.ImageURL, _ = block["image_url"].(string)
		view.Alt, _ = block["alt_text"].(string)
		view.Text = r.text(block["title"])
	case "markdown":
		text, _ := block["text"].(string)
		view.Text = r.mrkdwn(false).render(text)
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

func (r renderer) element(e object) elementView {
	kind, _ := e["type"].(string)
	view := elementView{Kind: kind}
	switch kind {
	case "image":
		view.ImageURL, _ = e["image_url"].(string)
		view.Alt, _ = e["alt_text"].(string)
	case "button", "workflow_button":
		view.Kind, view.Text = "button", r.text(e["text"])
		view.Style, _ = e["style"].(string)
		view.URL, _ = e["url"].(string)
	case "plain_text", "mrkdwn":
		view.Kind, view.Text = "text", r.text(e)
	case "overflow":
		view.Kind, view.Text, view.Alt = "menu", "⋯", optionTexts(e)
	default:
		view.Kind, view.Text, view.Alt = "menu", r.text(e["placeholder"])+" ▾", optionTexts(e)
	}
	return view
}

func optionTexts(e object) string {
	var texts []string
	for _, option := range items(e["options"]) {
		texts = append(texts, gather(option["text"]))
	}
	return strings.Join(texts, " · ")
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
