package slack

import (
	"context"

	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// ChannelKind is a type of conversation, in Slack's own words.
type ChannelKind string

// The kinds that can be listed. Private needs groups:read and shows those
// that the app was invited to; do not show their names to people who are not
// members.
const (
	PublicChannels  ChannelKind = "public_channel"
	PrivateChannels ChannelKind = "private_channel"
)

// channelPage is how many channels are asked for at once; Slack takes fewer
// than 1,000. https://docs.slack.dev/apis/web-api/pagination
const channelPage = 500

// Channels gives a page of the channels that are not archived, and the cursor
// of the next, "" at the end. A page may be empty before the end. team is the
// connection's TeamID, or "" for all that the token sees; Slack demands it of
// org-wide tokens. The call is of tier 2: about 20 a minute.
// https://docs.slack.dev/reference/methods/conversations.list
func (c *Client) Channels(ctx context.Context, kind ChannelKind, team, cursor string) (page []stanna.Channel, next string, err error) {
	k, api := c.call("conversations.list")
	list, next, err := api.GetConversationsContext(ctx, &slackapi.GetConversationsParameters{
		Cursor: cursor, Limit: channelPage, Types: []string{string(kind)}, TeamID: team, ExcludeArchived: true,
	})
	if err := k.result(err); err != nil {
		return nil, "", err
	}
	for i := range list {
		page = append(page, channel(&list[i], team))
	}
	return page, next, nil
}

// Channel asks about one channel. https://docs.slack.dev/reference/methods/conversations.info
func (c *Client) Channel(ctx context.Context, id string) (stanna.Channel, error) {
	k, api := c.call("conversations.info")
	r, err := api.GetConversationInfoContext(ctx, &slackapi.GetConversationInfoInput{ChannelID: id})
	if err := k.result(err); err != nil {
		return stanna.Channel{}, err
	}
	if r.ID == "" {
		return stanna.Channel{}, k.incomplete("it names no channel")
	}
	return channel(r, ""), nil
}

// Join makes the app a member of a public channel. Needs channels:join.
// https://docs.slack.dev/reference/methods/conversations.join
func (c *Client) Join(ctx context.Context, id string) (stanna.Channel, error) {
	k, api := c.call("conversations.join")
	r, _, _, err := api.JoinConversationContext(ctx, id)
	if err := k.result(err); err != nil {
		return stanna.Channel{}, err
	}
	if r == nil || r.ID == "" {
		return stanna.Channel{}, k.incomplete("it names no channel")
	}
	return channel(r, ""), nil
}

// OpenDM gives the id (D…) of the app's direct messages with a person. Needs
// im:write. https://docs.slack.dev/reference/methods/conversations.open
func (c *Client) OpenDM(ctx context.Context, userID string) (channelID string, err error) {
	k, api := c.call("conversations.open")
	r, _, _, err := api.OpenConversationContext(ctx, &slackapi.OpenConversationParameters{Users: []string{userID}})
	if err := k.result(err); err != nil {
		return "", err
	}
	if r == nil || r.ID == "" {
		return "", k.incomplete("it names no channel")
	}
	return r.ID, nil
}

// channel is Slack's channel as our noun. Workspace, SeenAt and Health are
// the caller's to fill.
//
// Shared is also a channel that waits to be: the other organisation may come
// in between two messages, and reads what was said before. One that workspaces
// of the same organisation share (is_org_shared) is not.
func channel(r *slackapi.Channel, team string) stanna.Channel {
	if team == "" {
		team = r.ContextTeamID
	}
	return stanna.Channel{
		TeamID: team, ID: r.ID, Name: r.Name,
		Private: r.IsPrivate, Archived: r.IsArchived, Member: r.IsMember,
		Shared: r.IsExtShared || r.IsPendingExtShared || len(r.PendingShared) > 0,
	}
}
