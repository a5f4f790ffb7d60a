package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
)

// Respond tells something to whoever made a press, and to nobody else: to is
// the press's ResponseURL, text is mrkdwn, escaped by the caller. What was
// pressed stays as it is. Slack takes five answers in thirty minutes; after
// them the error is of [ClassPress].
//
// Whoever holds the URL may speak as the app, and it was handed to us from
// outside. So it is called only where Slack keeps such URLs, or, for a
// sandbox, at the very address of the Slack that we speak with; no redirect
// is followed, and no error shows it.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
func Respond(ctx context.Context, hc *http.Client, slackURL string, to stanna.Secret, text string) error {
	k := &call{method: "response_url", line: line(hc), secrets: []stanna.Secret{to}}
	u, err := url.Parse(to.Reveal())
	if err != nil || !takesResponses(u, slackURL) {
		_ = k.fail("foreign_response_url", "The person was not answered: the response_url is not an address of Slack's", 0)
		return k.failure
	}
	if len(u.Path) > 1 {
		k.secrets = append(k.secrets, stanna.Secret(u.EscapedPath()))
	}
	body, err := json.Marshal(struct {
		Type    string `json:"response_type"`
		Replace bool   `json:"replace_original"`
		Text    string `json:"text"`
	}{"ephemeral", false, text})
	if err != nil {
		return k.result(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		_ = k.fail("foreign_response_url", "The person was not answered: the response_url is no address", 0)
		return k.failure
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, said, err := k.fetch(req)
	switch {
	case err != nil && k.failure.Outcome.Code == "http_404": // what Slack answers to one that is over
		_ = k.fail("expired_url", "The person was not answered: the response_url is not good any more", 0)
	case err == nil && string(bytes.TrimSpace(said)) == "ok":
		k.answered = true
	case err == nil:
		if err = k.judge(said, resp.Header); err == nil {
			k.answered = true
		}
	}
	return k.result(err)
}

// takesResponses says whether u may be a response_url of the Slack at
// slackURL.
func takesResponses(u *url.URL, slackURL string) bool {
	if u.User != nil || u.Opaque != "" {
		return false
	}
	for _, allowed := range []string{"https://hooks.slack.com", "https://hooks.slack-gov.com", slackURL} {
		a, err := url.Parse(allowed)
		if err == nil && a.Host != "" && u.Scheme == a.Scheme && strings.EqualFold(u.Hostname(), a.Hostname()) && port(u) == port(a) {
			return true
		}
	}
	return false
}

// port is the port that an address means.
func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
