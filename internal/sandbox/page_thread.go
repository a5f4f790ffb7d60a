package sandbox

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
)

// channelView is a channel with the last messages, replies below their parents.
type channelView struct {
	frame
	Channel  ChannelState
	Earlier  int // messages above the first one shown
	Messages []messageView
}

type messageView struct {
	Message
	Anchor    string
	Author    string
	IsApp     bool
	Day       string // set on the first message of a day
	Time      string
	Body      template.HTML
	Blocks    []blockView
	Beside    []attachmentView // below the blocks
	Replies   []messageView
	LastReply string
	RepliedTo string // of a broadcast: the beginning of its parent
}

// threads arranges a channel's messages as Slack does: replies below their parents, a broadcast in the channel as well,
// a deleted parent standing only while it has replies, and what only this person sees.
func (s *Sandbox) threads(r *http.Request, channel string, f frame) (earlier int, out []messageView) {
	draw := s.renderer(r)
	for _, u := range f.State.Users {
		draw.names[u.ID] = u.Name
	}
	for _, ch := range f.State.Channels {
		draw.names[ch.ID] = ch.Name
	}
	warnings := s.warnings(f.Person.ID)
	view := func(m Message) messageView {
		r := draw
		r.message, r.warning = &m, warnings[m.TS]
		return r.messageView(m)
	}
	replies, texts := map[string][]Message{}, map[string]string{}
	var main []Message
	for _, m := range slices.Concat(s.MessagesIn(channel, 0), s.Ephemerals(channel, f.Person.ID)) {
		if m.Deleted && !m.Tombstone {
			continue
		}
		if m.ThreadTS == "" || m.Broadcast {
			main = append(main, m)
		}
		if m.ThreadTS != "" {
			replies[m.ThreadTS] = append(replies[m.ThreadTS], m)
		}
		if !m.Deleted {
			texts[m.TS] = m.Text
		}
	}
	// Ephemerals came last; a ts is a fixed number of digits.
	slices.SortStableFunc(main, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
	earlier = max(0, len(main)-messagesShown)
	day := ""
	for _, m := range main[earlier:] {
		shown := view(m)
		if d := m.PostedAt.UTC().Format("Monday, 2 January 2006"); d != day {
			day, shown.Day = d, d
		}
		if m.Broadcast {
			shown.Anchor, shown.RepliedTo = "b"+m.TS, "a thread"
			if text := texts[m.ThreadTS]; text != "" {
				shown.RepliedTo = shorten(text, 80)
			}
		} else {
			for _, reply := range replies[m.TS] {
				shown.Replies = append(shown.Replies, view(reply))
				shown.LastReply = shown.Replies[len(shown.Replies)-1].Time
			}
		}
		out = append(out, shown)
	}
	return earlier, out
}

// warnings are what the person is told beside the element that they worked last in each message.
func (s *Sandbox) warnings(person string) map[string]*Interaction {
	out := map[string]*Interaction{}
	for _, in := range s.Interactions() {
		if in.User == person && in.TS != "" {
			out[in.TS] = &in
		}
	}
	return out
}

func (r renderer) messageView(m Message) messageView {
	view := messageView{Message: m, Anchor: "m" + m.TS, Author: r.names[m.User], IsApp: m.User == r.bot, Time: m.PostedAt.UTC().Format("15:04")}
	if m.Deleted {
		view.Body = "<em>This message was deleted.</em>"
		return view
	}
	view.Blocks = r.blocks(readBlocks(m.Blocks, m.seed()))
	view.Beside = r.attachments(m.Attachments, m.seed())
	if len(view.Blocks) == 0 {
		view.Body = r.mrkdwn(false).render(m.Text)
	}
	return view
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
