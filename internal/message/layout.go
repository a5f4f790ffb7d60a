package message

import (
	"strings"

	"github.com/slack-go/slack"
)

// Slack's limits. https://docs.slack.dev/reference/block-kit/blocks and the
// page of each block below it.
const (
	maxBlocks      = 50
	maxHeader      = 150
	maxSection     = 3000
	maxFields      = 10
	maxField       = 2000
	maxContext     = 10
	maxContextText = 3000

	// Of the top-level text, in bytes: chat.update refuses more with
	// msg_too_long (https://docs.slack.dev/reference/methods/chat.update). Its
	// page says characters, and people have measured bytes. Counted so it holds
	// for both, since no character has fewer bytes than UTF-16 units.
	maxText = 4000

	// All blocks together (msg_blocks_too_long). Slack states no limit; about
	// 12,000 characters with something for each block is its engineers' word,
	// and 11,341 were refused once, so we stay well below
	// (https://github.com/slackapi/bolt-js/issues/2509 and /2867).
	maxMessage  = 9000
	costOfBlock = 100
)

// How long a line may be before what came from outside is shortened. These
// are for the reader's sake, well within Slack's limits.
const (
	lineLength     = 700
	fieldLength    = 250
	contextLength  = 900
	maxPassage     = 6000
	sentenceLength = 1200
	moreLength     = 250 + maxTarget
)

// page is a message before it is laid out.
type page struct {
	header phrase // none: a reply in a thread
	parts  []part
	spoken []phrase // the sentences of the text, the most important first
	more   phrase   // ends the text: where to read on
	failed *Failure // of the template that it was to be laid out by
}

// part is one block before it is laid out.
type part struct {
	kind  partKind
	lines []phrase
	most  int                    // how many lines to show; 0 = as many as fit
	more  func(shown int) phrase // says what the lines that are not shown hold

	id       string // of actions: another with each revision
	elements []slack.BlockElement
}

type partKind int

const (
	section partKind = iota // lines below each other, the first is never left out
	fields                  // lines side by side
	context                 // small print
	actions                 // what can be pressed
	passage                 // what a template says, in as many blocks as it takes
)

// lay makes the message within Slack's limits. It is the only place that
// knows them. When the whole is too long every part gives up half of its
// room, again and again, so that nothing is lost but length.
func (p page) lay() Rendered {
	if len(p.parts) > maxBlocks-2 { // with the header and the foot
		p.parts = p.parts[:maxBlocks-2]
	}
	for share := 1; ; share *= 2 {
		blocks, used := p.blocks(share)
		if used <= maxMessage || share >= 32 {
			return Rendered{Text: p.text(), Blocks: blocks, Failed: p.failed}
		}
	}
}

// blocks lays out every part, each within its share of the room, and counts
// what they cost.
func (p page) blocks(share int) ([]slack.Block, int) {
	var blocks []slack.Block
	used := 0
	if len(p.header) > 0 {
		header := p.header.write(plain, maxHeader)
		used = written(header) + costOfBlock
		// emoji:false, so that a customer's ":fire:" stays what it is; our own
		// symbols are characters and show all the same.
		blocks = append(blocks, slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, header, false, false)))
	}
	put := func(s string) *slack.TextBlockObject {
		used += written(s) + costOfBlock
		return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
	}
	for _, x := range p.parts {
		if len(x.lines) == 0 && len(x.elements) == 0 {
			continue
		}
		switch x.kind {
		case section:
			text := x.write(maxSection/share, lineLength/share)
			blocks = append(blocks, slack.NewSectionBlock(put(text), nil, nil))
		case passage:
			for _, text := range x.passage(maxPassage / share) {
				blocks = append(blocks, slack.NewSectionBlock(put(text), nil, nil))
			}
		case fields:
			var list []*slack.TextBlockObject
			for _, line := range x.lines[:min(len(x.lines), maxFields)] {
				list = append(list, put(line.write(mrkdwn, min(fieldLength/share, maxField))))
			}
			blocks = append(blocks, slack.NewSectionBlock(nil, list, nil))
		case context:
			var list []slack.MixedElement
			for _, line := range x.lines[:min(len(x.lines), maxContext)] {
				// An address alone may need more than a share.
				room := min(max(contextLength/share, maxTarget+100), maxContextText)
				list = append(list, put(line.write(mrkdwn, room)))
			}
			blocks = append(blocks, slack.NewContextBlock("", list...))
		case actions:
			block, cost := x.pressed()
			blocks, used = append(blocks, block), used+cost
		}
	}
	return blocks, used
}

// write puts the lines below each other. Those for which there is no room are
// told by the line that more gives.
func (x part) write(limit, line int) string {
	limit = max(limit, moreLength+line)
	var b strings.Builder
	used := 0
	for i, l := range x.lines {
		text := l.write(mrkdwn, max(line, l.addresses()+100))
		room := limit - used - 1
		if i+1 < len(x.lines) {
			room -= moreLength
		}
		if i > 0 && (written(text) > room || x.most > 0 && i >= x.most) {
			rest := ellipsis // never in silence
			if x.more != nil {
				rest = x.more(i).write(mrkdwn, moreLength)
			}
			b.WriteString("\n" + rest)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
		used += written(text) + 1
	}
	return b.String()
}

// addresses is the length of the addresses in the phrase, which cannot be
// shortened.
func (p phrase) addresses() int {
	n := 0
	for _, s := range p {
		n += length(s.target)
	}
	return n
}

// text joins the sentences. The last word is always where to read on.
func (p page) text() string {
	more := p.more.write(spoken, maxTarget+200)
	for share := 1; ; share *= 2 {
		var b strings.Builder
		for _, s := range p.spoken {
			if len(s) > 0 {
				b.WriteString(s.write(spoken, sentenceLength/share) + " ")
			}
		}
		text := strings.TrimSpace(b.String() + more)
		if len(text) <= maxText || share >= 32 {
			return text
		}
	}
}
