package slack

import (
	"context"
	"encoding/json"

	slackapi "github.com/slack-go/slack"
)

// User is a person in Slack. Whether they can be told something, or may do
// something, is for the caller to judge: Slack also finds the deleted, guests
// and strangers.
type User struct {
	ID          string
	TeamID      string // another than ours: they belong to another organisation
	Name        string
	Email       string // "" without users:read.email, and of strangers
	Unconfirmed bool   // Slack says that nobody confirmed the e-mail address; it may say nothing
	TZ          string // IANA: "Europe/Lisbon"; "" when not known
	Locale      string // "es-ES"; "" when Slack does not say (only User asks)
	Deleted     bool
	IsBot       bool
	IsGuest     bool // restricted to some channels
	Stranger    bool // known only from a shared channel
}

// User asks who a person is, by their id. Needs users:read, and
// users:read.email for the address. A person who left is no error, but
// Deleted. Tier 4: about 100 a minute.
// https://docs.slack.dev/reference/methods/users.info
func (c *Client) User(ctx context.Context, id string) (User, error) {
	k, api := c.call("users.info")
	r, err := api.GetUserInfoContext(ctx, id)
	return k.user(r, err)
}

// LookupEmail finds the person with the e-mail address; nobody has it is
// users_not_found, of class destination. Needs users:read and
// users:read.email.
// https://docs.slack.dev/reference/methods/users.lookupByEmail
func (c *Client) LookupEmail(ctx context.Context, email string) (User, error) {
	k, api := c.call("users.lookupByEmail")
	r, err := api.GetUserByEmailContext(ctx, email)
	return k.user(r, err)
}

// user is the person that the call was answered with.
func (c *call) user(r *slackapi.User, err error) (User, error) {
	if err := c.result(err); err != nil {
		return User{}, err
	}
	if r.ID == "" {
		return User{}, c.incomplete("it names no user")
	}
	var said struct { // slack-go cannot tell false from not said
		Confirmed *bool `json:"is_email_confirmed"`
	}
	_ = json.Unmarshal(c.answer.User, &said)
	u := User{
		ID: r.ID, TeamID: r.TeamID, Name: r.RealName,
		Email: r.Profile.Email, Unconfirmed: said.Confirmed != nil && !*said.Confirmed,
		TZ: r.TZ, Locale: r.Locale, Deleted: r.Deleted, IsBot: r.IsBot,
		IsGuest: r.IsRestricted || r.IsUltraRestricted, Stranger: r.IsStranger,
	}
	if u.Name == "" {
		u.Name = r.Name
	}
	return u, nil
}
