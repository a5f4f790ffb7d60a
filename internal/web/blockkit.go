package web

import (
	"encoding/json"
	"net/url"

	"github.com/gostanna/stanna/internal/message"
)

// slackMessage is a message as Slack would draw it. It is read from what is
// sent, so that a preview shows no other message than the one that comes.
type slackMessage struct {
	Blocks []kitBlock
	Foot   []kitFoot
	names  channels
}

// kitFoot is what stands beside a coloured bar.
type kitFoot struct {
	Colour string     `json:"color"`
	Blocks []kitBlock `json:"blocks"`
}

type kitBlock struct {
	Type      string       `json:"type"`
	Text      kitText      `json:"text"`
	Fields    []kitText    `json:"fields"`
	Elements  []kitElement `json:"elements"`
	Accessory *kitElement  `json:"accessory"`
	Image     string       `json:"image_url"`
	Alt       string       `json:"alt_text"`
	Title     kitText      `json:"title"`
}

// kitElement is a text, a picture, or something to press.
type kitElement struct {
	Type        string  `json:"type"`
	Text        kitText `json:"text"`
	Style       string  `json:"style"`
	URL         string  `json:"url"`
	Image       string  `json:"image_url"`
	Alt         string  `json:"alt_text"`
	Placeholder kitText `json:"placeholder"`
}

// kitText is a text object, or the text that an element is itself.
type kitText struct {
	Text   string
	Markup bool
}

func (t *kitText) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &t.Text)
	}
	var object struct{ Type, Text string }
	err := json.Unmarshal(b, &object)
	t.Text, t.Markup = object.Text, object.Type == "mrkdwn"
	return err
}

// slackMessageOf reads a message. Who is not among the names is shown by the
// Slack id.
func slackMessageOf(r message.Rendered, names channels) (m slackMessage, err error) {
	m.names = names
	blocks, foot, err := r.Layout()
	if err != nil || len(blocks) == 0 {
		return m, err
	}
	if err := json.Unmarshal(blocks, &m.Blocks); err != nil || len(foot) == 0 {
		return m, err
	}
	return m, json.Unmarshal(foot, &m.Foot)
}

// says takes a text apart.
func (m slackMessage) says(t kitText) []markup {
	if !t.Markup {
		return []markup{{Text: unescaped(t.Text)}}
	}
	return reader{m.names.names}.read(t.Text)
}

// element is a text element taken apart.
func (m slackMessage) element(e kitElement) []markup {
	return m.says(kitText{e.Text.Text, e.Type == "mrkdwn"})
}

// showPictures lets the page show pictures of these addresses, where all
// others may show those of this server only.
func (v *visit) showPictures(addresses ...string) {
	sources := "img-src 'self'"
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Scheme == "https" && u.Host != "" {
			sources += " https://" + u.Host
		}
	}
	h := v.w.Header()
	if csp := h.Get("Content-Security-Policy"); csp != "" && sources != "img-src 'self'" {
		h.Set("Content-Security-Policy", csp+"; "+sources)
	}
}
