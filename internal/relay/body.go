package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// envelope is a webhook's body. It is the same at each try, so long as the
// server keeps its public address.
type envelope struct {
	Type        stanna.EventType `json:"type"`
	Timestamp   time.Time        `json:"timestamp"`
	WorkspaceID string           `json:"workspaceId"`
	Data        json.RawMessage  `json:"data"`
}

// Body is an event as a webhook carries it: its data, with the sentence that
// people are told and the address of our page. PublicURL is where the server
// is found.
func Body(e stanna.Event, publicURL string) ([]byte, error) {
	more := []byte(`"url":` + quoted(publicURL+PageOf(e)) + `}`)
	if e.Text != "" {
		more = append([]byte(`"message":`+quoted(e.Text)+`,`), more...)
	}
	data := bytes.TrimSuffix(bytes.TrimSpace(e.Data), []byte("}"))
	if len(data) > 1 {
		data = append(bytes.Clone(data), ',')
	}
	b, err := json.Marshal(envelope{e.Type, e.At.UTC(), e.Workspace, append(data, more...)})
	if err != nil {
		return nil, fmt.Errorf("the data of the event %s cannot be written: %w", e.ID, err)
	}
	return b, nil
}

func quoted(text string) string {
	b, _ := json.Marshal(text) // a string has no way to fail
	return string(b)
}

// PageOf is the page on which a person sees what an event is about.
func PageOf(e stanna.Event) string {
	road, id, _ := strings.Cut(e.Subject, ":")
	switch e.Type {
	case stanna.AlertOpened, stanna.AlertUpdated, stanna.AlertTakenUp, stanna.AlertClosed:
		return "/alerts/" + url.PathEscape(e.Subject)
	case stanna.DigestSent:
		return "/digests"
	}
	switch road {
	case "slack":
		if e.Type == stanna.DeliveryFailed {
			return "/notifications?status=dead"
		}
		return "/integrations/slack"
	case "webhook", "mail":
		return "/integrations/webhooks/" + url.PathEscape(id)
	case "source":
		return "/integrations/sources/" + url.PathEscape(id)
	case "stripe":
		return "/integrations/stripe"
	}
	return "/integrations"
}

// Request is what is sent of a delivery: the headers of its last try, but for
// the signature, which nobody else should have, and the body.
func (r *Relay) Request(d stanna.Delivery) (headers map[string]string, body string, err error) {
	b, err := Body(d.Event, r.PublicURL)
	headers = map[string]string{"Content-Type": "application/json", "User-Agent": r.UserAgent, "Webhook-Id": d.Event.ID, "Webhook-Signature": "v1,…"}
	if n := len(d.Attempts); n > 0 {
		headers["Webhook-Timestamp"] = strconv.FormatInt(d.Attempts[n-1].At.Unix(), 10)
	}
	return headers, string(b), err
}
