package slack

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Event is a notice from Slack. We subscribe to the two that say that an
// installation ended, and to none that carries a message.
type Event struct {
	Type                string // one of the Event… constants, or another that can be ignored
	Challenge           string // of a url_verification: answer 200 with it
	ID                  string // repeats carry the same
	At                  time.Time
	APIAppID            string
	TeamID              string
	EnterpriseID        string
	IsEnterpriseInstall bool
	BotUserIDs          []string // of tokens_revoked: whose tokens ended
}

// The types of event that matter.
const (
	EventURLVerification = "url_verification"
	EventAppUninstalled  = "app_uninstalled" // https://docs.slack.dev/reference/events/app_uninstalled
	EventTokensRevoked   = "tokens_revoked"  // https://docs.slack.dev/reference/events/tokens_revoked
)

// ParseEvent reads the body of a request to the events address. Verify its
// signature first, also of a url_verification.
// https://docs.slack.dev/apis/events-api/using-http-request-urls
func ParseEvent(body []byte) (Event, error) {
	var in struct {
		Type           string `json:"type"`
		Challenge      string `json:"challenge"`
		EventID        string `json:"event_id"`
		EventTime      int64  `json:"event_time"`
		APIAppID       string `json:"api_app_id"`
		TeamID         string `json:"team_id"`
		EnterpriseID   string `json:"enterprise_id"`
		Authorizations []struct {
			IsEnterpriseInstall bool `json:"is_enterprise_install"`
		} `json:"authorizations"`
		Event struct {
			Type   string `json:"type"`
			Tokens struct {
				Bot []string `json:"bot"` // user ids, in spite of the name
			} `json:"tokens"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Event{}, stanna.Errorf(stanna.Invalid, "not an event of Slack's: the body is not its JSON")
	}
	e := Event{
		Type: in.Type, Challenge: in.Challenge, ID: in.EventID, APIAppID: in.APIAppID,
		TeamID: in.TeamID, EnterpriseID: in.EnterpriseID, BotUserIDs: in.Event.Tokens.Bot,
	}
	if in.EventTime > 0 {
		e.At = time.Unix(in.EventTime, 0).UTC()
	}
	for _, a := range in.Authorizations {
		e.IsEnterpriseInstall = e.IsEnterpriseInstall || a.IsEnterpriseInstall
	}
	if in.Type == "event_callback" {
		e.Type = in.Event.Type
	}
	if e.Type == "" {
		return Event{}, stanna.Errorf(stanna.Invalid, "not an event of Slack's: it has no type")
	}
	return e, nil
}

// Ends says whether the event ends the connection: it is about its team and
// app, our bot is among those who lost their tokens, and it is not older than
// the connection (both events may come late, in any order, and after the app
// was installed again). A connection whose token was pasted may not know its
// app.
func (e Event) Ends(c stanna.Connection) bool {
	if (c.AppID != "" && e.APIAppID != c.AppID) || e.At.Before(c.InstalledAt.Truncate(time.Second)) {
		return false
	}
	if c.TeamID == "" {
		if e.EnterpriseID != c.EnterpriseID || c.EnterpriseID == "" {
			return false
		}
	} else if e.TeamID != c.TeamID {
		return false
	}
	return e.Type == EventAppUninstalled ||
		e.Type == EventTokensRevoked && slices.Contains(e.BotUserIDs, c.BotUserID)
}
