package sandbox

import (
	"html/template"
	"net/url"
	"strings"
)

// elementView is what stands in a row: a text, a picture, or something to work.
type elementView struct {
	Kind    string // text, picture, button, select, overflow, date, input, or other: shown, and not to be worked here
	Text    template.HTML
	Alt     string
	Picture picture
	// What to press: in a message the form's fields, in a modal the name of the field.
	Root, Channel, TS, BlockID, ActionID, Field string

	Style, URL string
	Value      string // what is chosen
	Groups     []optionGroup
	Multiline  bool
	Asks       bool   // a confirm dialog comes first
	Warning    string // Slack's, when the app did not answer the last press well
}

// optionGroup is options under a label; without groups there is one, and its label is empty.
type optionGroup struct {
	Label   string
	Options []optionView
}

type optionView struct {
	Text     template.HTML
	Plain    string
	Value    string
	Selected bool
}

// picture is an image that may be shown, or else only its alternative text: the sandbox fetches nothing from elsewhere.
type picture struct {
	Source template.URL
	Alt    string
	Where  string // the address that is not fetched
}

func (r renderer) picture(e object) picture {
	raw := str(e, "image_url")
	out := picture{Alt: str(e, "alt_text")}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
	case strings.HasPrefix(raw, "data:image/"):
		out.Source = template.URL(raw)
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host == r.host:
		out.Source = template.URL(u.RequestURI())
	case u.Scheme == "http" || u.Scheme == "https":
		out.Where = raw
	}
	return out
}

func (r renderer) element(block, e object) elementView {
	view := elementView{BlockID: str(block, "block_id"), ActionID: str(e, "action_id"), Asks: e["confirm"] != nil}
	switch kind := str(e, "type"); kind {
	case "image":
		view.Kind, view.Picture = "picture", r.picture(e)
	case "plain_text", "mrkdwn":
		view.Kind, view.Text = "text", r.text(e)
	case "button":
		view.Kind, view.Text, view.Style = "button", r.text(e["text"]), str(e, "style")
		view.URL = webURL(str(e, "url"))
	case "static_select", "radio_buttons":
		view.Kind, view.Text, view.Groups = "select", r.text(e["placeholder"]), r.groups(e, "initial_option")
	case "overflow":
		view.Kind, view.Text, view.Groups, view.Alt = "overflow", "⋯", r.groups(e, ""), optionTexts(e)
	case "datepicker":
		view.Kind, view.Text, view.Value = "date", r.text(e["placeholder"]), str(e, "initial_date")
	case "plain_text_input":
		view.Kind, view.Text, view.Value = "input", r.text(e["placeholder"]), str(e, "initial_value")
		view.Multiline, _ = e["multiline"].(bool)
	default:
		view.Kind, view.Text, view.Alt = "other", r.text(e["placeholder"])+" ▾", optionTexts(e)
		if kind == "workflow_button" {
			view.Text = r.text(e["text"])
		}
	}
	r.place(&view)
	return view
}

// place says how the element is worked where it stands.
func (r renderer) place(view *elementView) {
	switch {
	case r.message != nil:
		view.Root, view.Channel, view.TS = r.root, r.message.Channel, r.message.TS
		if w := r.warning; w != nil && w.BlockID == view.BlockID && w.ActionID == view.ActionID {
			view.Warning = w.Warning
		}
	case r.modal != nil && view.ActionID != "":
		view.Field = fieldName(view.BlockID, view.ActionID)
		if value, given := r.modal.entered[view.BlockID][view.ActionID]; given {
			view.Value = value
			for _, group := range view.Groups {
				for i := range group.Options {
					group.Options[i].Selected = group.Options[i].Value == value
				}
			}
		}
	}
}

// fieldName names an input of the modal's form.
func fieldName(blockID, actionID string) string {
	return "v/" + url.PathEscape(blockID) + "/" + url.PathEscape(actionID)
}

func (r renderer) groups(e object, initial string) []optionGroup {
	chosen, _ := e[initial].(object)
	list := func(options any) (out []optionView) {
		for _, option := range items(options) {
			value := str(option, "value")
			out = append(out, optionView{r.text(option["text"]), gather(option["text"]), value, chosen != nil && str(chosen, "value") == value})
		}
		return out
	}
	if e["option_groups"] == nil {
		return []optionGroup{{Options: list(e["options"])}}
	}
	var out []optionGroup
	for _, group := range items(e["option_groups"]) {
		out = append(out, optionGroup{gather(group["label"]), list(group["options"])})
	}
	return out
}

// webURL lets through what a browser may be sent to.
func webURL(raw string) string {
	if u, err := url.Parse(raw); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return raw
}

func optionTexts(e object) string {
	var texts []string
	for _, option := range items(e["options"]) {
		texts = append(texts, gather(option["text"]))
	}
	return strings.Join(texts, " · ")
}
