package slack

import (
	"context"
	"encoding/json"
	"net/url"

	slackapi "github.com/slack-go/slack"
)

// Post says something in a channel (or to a person, by their id). text is
// what screen readers and notifications give, in full; blocks is the layout,
// a JSON array of Block Kit, or nil for text alone. Both are sent as they
// are: the message room has escaped them.
//
// Slack knows no idempotency key, so that an unknown outcome stays unknown.
// https://docs.slack.dev/reference/methods/chat.postMessage
func (c *Client) Post(ctx context.Context, channel, text string, blocks json.RawMessage) Outcome {
	return c.Reply(ctx, channel, "", text, blocks)
}

// Reply is Post into the thread under the message threadTS of the channel.
func (c *Client) Reply(ctx context.Context, channel, threadTS, text string, blocks json.RawMessage) Outcome {
	return c.send(ctx, "chat.postMessage", channel, func(v url.Values) {
		v.Set("text", text)
		if len(blocks) > 0 {
			v.Set("blocks", string(blocks))
		}
		if threadTS != "" {
			v.Set("thread_ts", threadTS)
		}
		v.Set("unfurl_links", "false")
		v.Set("unfurl_media", "false")
	})
}

// Update makes our message ts in the channel say something else; channel must
// be the one that Post was answered with. Repeating it does no harm, so that
// doubt is answered with retry and never with unknown.
// https://docs.slack.dev/reference/methods/chat.update
func (c *Client) Update(ctx context.Context, channel, ts, text string, blocks json.RawMessage) Outcome {
	return c.send(ctx, "chat.update", channel, func(v url.Values) {
		v.Set("ts", ts)
		v.Set("text", text)
		v.Set("blocks", "[]") // takes an old layout away
		if len(blocks) > 0 {
			v.Set("blocks", string(blocks))
		}
		v.Set("parse", "none") // as in Post; here Slack's default is another
	})
}

// send makes one chat call. slack-go's own options would have the blocks
// decoded and encoded once more; this one sets the fields as they go out.
func (c *Client) send(ctx context.Context, method, channel string, fields func(url.Values)) Outcome {
	k, api := c.call(method)
	k.repeatable, k.chat = method != "chat.postMessage", true
	_, _, _, err := api.SendMessageContext(ctx, channel, slackapi.UnsafeMsgOptionEndpoint(c.api+method, fields))
	err = k.result(err)
	var at string
	if err == nil {
		_ = json.Unmarshal(k.answer.Channel, &at)
		if at == "" || k.answer.TS == "" {
			err = k.incomplete("does not say where the message stands")
		}
	}
	if err != nil {
		o, _ := OutcomeOf(err)
		return o
	}
	return Outcome{Kind: Delivered, Channel: at, TS: k.answer.TS}
}
