package slack

import (
	"context"
	"encoding/json"
	"net/url"

	slackapi "github.com/slack-go/slack"
)

// Content is what a message says. It is sent as it is: the message room has
// escaped it.
type Content struct {
	Text        string          // what screen readers and notifications give, in full
	Blocks      json.RawMessage // the layout, a JSON array of Block Kit, or nil for text alone
	Attachments json.RawMessage // a JSON array, or nil
}

// Post says something in a channel (or to a person, by their id).
//
// Slack knows no idempotency key, so that an unknown outcome stays unknown.
// https://docs.slack.dev/reference/methods/chat.postMessage
func (c *Client) Post(ctx context.Context, channel string, what Content) Outcome {
	return c.post(ctx, channel, "", false, what)
}

// Reply is Post into the thread under the message threadTS of the channel.
func (c *Client) Reply(ctx context.Context, channel, threadTS string, what Content) Outcome {
	return c.post(ctx, channel, threadTS, false, what)
}

// Broadcast is Reply that the channel sees as well, for what nobody should
// have to open a thread for.
func (c *Client) Broadcast(ctx context.Context, channel, threadTS string, what Content) Outcome {
	return c.post(ctx, channel, threadTS, true, what)
}

func (c *Client) post(ctx context.Context, channel, threadTS string, broadcast bool, what Content) Outcome {
	return c.send(ctx, "chat.postMessage", channel, func(v url.Values) {
		v.Set("text", what.Text)
		if len(what.Blocks) > 0 {
			v.Set("blocks", string(what.Blocks))
		}
		if len(what.Attachments) > 0 {
			v.Set("attachments", string(what.Attachments))
		}
		if threadTS != "" {
			v.Set("thread_ts", threadTS)
			if broadcast {
				v.Set("reply_broadcast", "true")
			}
		}
		v.Set("unfurl_links", "false")
		v.Set("unfurl_media", "false")
	})
}

// Update makes our message ts in the channel say something else; channel must
// be the one that Post was answered with. Repeating it does no harm, so that
// doubt is answered with retry and never with unknown.
// https://docs.slack.dev/reference/methods/chat.update
func (c *Client) Update(ctx context.Context, channel, ts string, what Content) Outcome {
	return c.send(ctx, "chat.update", channel, func(v url.Values) {
		v.Set("ts", ts)
		v.Set("text", what.Text)
		v.Set("blocks", orNone(what.Blocks))
		v.Set("attachments", orNone(what.Attachments))
		v.Set("parse", "none") // as in Post; here Slack's default is another
	})
}

// orNone takes an old layout away where there is no new one.
func orNone(layout json.RawMessage) string {
	if len(layout) == 0 {
		return "[]"
	}
	return string(layout)
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
