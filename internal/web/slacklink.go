package web

import (
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
)

// inSlack is where a message stands in Slack, or "" when it was never posted.
// A Slack of our own has a page for each channel. For the real one we use the
// redirect that Slack documents, which opens the channel whatever the team's
// subdomain is. https://api.slack.com/docs/deep-linking
func (s *site) inSlack(m stanna.Message) string {
	team, _, ok := m.Destination.Slack()
	if !ok || m.TS == "" || m.Channel == "" {
		return ""
	}
	u, err := url.Parse(s.slackURL)
	if err != nil {
		return ""
	}
	if strings.HasSuffix(u.Host, "slack.com") || strings.HasSuffix(u.Host, "slack-gov.com") {
		return s.slackURL + "/app_redirect?" + url.Values{"team": {team}, "channel": {m.Channel}, "message_ts": {m.TS}}.Encode()
	}
	return s.slackURL + "/channels/" + url.PathEscape(m.Channel) + "#m" + m.TS
}
