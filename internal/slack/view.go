package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// OpenView shows a modal to whoever made the press that triggerID came with.
// A trigger is good for three seconds and one modal; one that is not any more
// is of [ClassPress]. view is a JSON object of Block Kit, of 250 kB at most,
// and is sent as it is. An opened view comes back as a [Press] of [PressForm].
// https://docs.slack.dev/reference/methods/views.open
func (c *Client) OpenView(ctx context.Context, triggerID string, view json.RawMessage) error {
	// slack-go's own would take the view as structs of its own.
	k, _ := c.call("views.open")
	form := url.Values{"token": {c.token.Reveal()}, "trigger_id": {triggerID}, "view": {string(view)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api+k.method, strings.NewReader(form.Encode()))
	if err != nil {
		_ = k.fail(noConnection, "Slack was not called: its address is none", 0)
		return k.failure
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err = k.Do(req)
	return k.result(err)
}

// FormErrors is the reply to a submitted form that keeps it open and says
// what is wrong, by the block_id of the field. It is the body of an answer
// over HTTP and the reply of an [Envelope] alike.
// https://docs.slack.dev/surfaces/modals#displaying_errors
func FormErrors(wrong map[string]string) json.RawMessage {
	reply, _ := json.Marshal(struct { // strings always marshal
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
	}{"errors", wrong})
	return reply
}
