package message

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

var _ failer = (*testing.T)(nil)

// checkLimits holds a message against Slack's limits. It reads the JSON as
// Slack would and shares nothing with the layout but the numbers on
// https://docs.slack.dev/reference/block-kit/blocks.
func checkLimits(t failer, r Rendered) {
	t.Helper()
	if strings.TrimSpace(r.Text) == "" {
		t.Errorf("text is empty")
	}
	if n := units(r.Text); n > 4000 {
		t.Errorf("text has %d characters", n)
	}
	if n := len(r.Text); n > 4000 { // what chat.update counts
		t.Errorf("text has %d bytes", n)
	}
	if !utf8.ValidString(r.Text) {
		t.Errorf("text is not UTF-8")
	}
	for _, foot := range r.Foot {
		checkLimits(t, Rendered{Text: foot.Fallback, Blocks: foot.Blocks.BlockSet})
		if !hexColor.MatchString(foot.Color) {
			t.Errorf("the foot has the colour %q", foot.Color)
		}
	}
	if r.Blocks == nil {
		return
	}
	raw, err := json.Marshal(slack.Blocks{BlockSet: r.Blocks})
	if err != nil {
		t.Errorf("blocks do not marshal: %v", err)
		return
	}
	var blocks []map[string]any
	if err := json.Unmarshal(raw, &blocks); err != nil {
		t.Errorf("blocks: %v", err)
		return
	}
	if len(blocks) == 0 || len(blocks) > 50 {
		t.Errorf("%d blocks", len(blocks))
	}
	total := 0
	text := func(where string, x any, most int, kind string) {
		o, _ := x.(map[string]any)
		s, _ := o["text"].(string)
		n := units(s)
		if o["type"] == "plain_text" {
			// As Slack may store it.
			n = units(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
			if o["emoji"] != false {
				t.Errorf("%s: emoji is not false", where)
			}
		} else if o["verbatim"] != true {
			t.Errorf("%s: verbatim is not true", where)
		}
		if n == 0 || strings.TrimSpace(s) == "" || n > most {
			t.Errorf("%s has %d characters", where, n)
		}
		if kind != "" && o["type"] != kind {
			t.Errorf("%s is %v", where, o["type"])
		}
		if !utf8.ValidString(s) {
			t.Errorf("%s is not UTF-8", where)
		}
		total += n
	}
	for i, b := range blocks {
		where := fmt.Sprintf("block %d %v", i, b["type"])
		switch b["type"] {
		case "header":
			text(where, b["text"], 150, "plain_text")
		case "section":
			fields, _ := b["fields"].([]any)
			if b["text"] == nil && len(fields) == 0 || len(fields) > 10 {
				t.Errorf("%s: %d fields", where, len(fields))
			}
			if b["text"] != nil {
				text(where, b["text"], 3000, "mrkdwn")
			}
			for _, f := range fields {
				text(where+" field", f, 2000, "mrkdwn")
			}
		case "context":
			list, _ := b["elements"].([]any)
			if len(list) == 0 || len(list) > 10 {
				t.Errorf("%s: %d elements", where, len(list))
			}
			for _, e := range list {
				if o, _ := e.(map[string]any); o["type"] == "image" {
					address, _ := o["image_url"].(string)
					alt, _ := o["alt_text"].(string)
					if !strings.HasPrefix(address, "https://") || units(address) > 3000 || alt == "" || units(alt) > 2000 {
						t.Errorf("%s: an image at %q, %q", where, address, alt)
					}
					continue
				}
				text(where, e, 3000, "mrkdwn")
			}
		case "actions":
			checkActions(t, b, where, text)
		default:
			t.Errorf("%s is not expected", where)
		}
	}
	if total > 12_000-100*len(blocks) {
		t.Errorf("blocks have %d characters together", total)
	}
}

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// checkActions holds what can be pressed against Slack's limits, of which the
// pages below https://docs.slack.dev/reference/block-kit/block-elements tell.
func checkActions(t failer, b map[string]any, where string, text func(where string, x any, most int, kind string)) {
	t.Helper()
	list, _ := b["elements"].([]any)
	id, _ := b["block_id"].(string)
	if len(list) == 0 || len(list) > 25 || id == "" || units(id) > 255 {
		t.Errorf("%s %q: %d elements", where, id, len(list))
	}
	short := func(where string, x any, most int, empty bool) {
		s, _ := x.(string)
		if n := units(s); n > most || n == 0 && !empty {
			t.Errorf("%s has %d characters: %q", where, n, s)
		}
	}
	taken := map[any]bool{}
	for _, x := range list {
		e, _ := x.(map[string]any)
		where := fmt.Sprintf("%s %v", where, e["action_id"])
		short(where+" action_id", e["action_id"], 255, false)
		if taken[e["action_id"]] {
			t.Errorf("%s comes twice", where)
		}
		taken[e["action_id"]] = true
		switch e["type"] {
		case "button":
			text(where, e["text"], 75, "plain_text")
			short(where+" value", e["value"], 2000, false)
			short(where+" url", e["url"], 3000, true)
			short(where+" label", e["accessibility_label"], 75, false)
		case "static_select":
			text(where, e["placeholder"], 150, "plain_text")
			groups, _ := e["option_groups"].([]any)
			if len(groups) == 0 || len(groups) > 100 {
				t.Errorf("%s: %d groups", where, len(groups))
			}
			for _, g := range groups {
				g, _ := g.(map[string]any)
				text(where+" group", g["label"], 75, "plain_text")
				options, _ := g["options"].([]any)
				if len(options) == 0 || len(options) > 100 {
					t.Errorf("%s: %d options", where, len(options))
				}
				for _, o := range options {
					o, _ := o.(map[string]any)
					text(where+" option", o["text"], 75, "plain_text")
					short(where+" option value", o["value"], 150, false)
				}
			}
		default:
			t.Errorf("%s is a %v", where, e["type"])
		}
	}
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// marked lists every <...> of a message that Slack would read as its own, in
// the text and in the blocks, and every place where a bare < > or a stray &
// was left.
func marked(r Rendered) (marks, bare []string) {
	texts, blocks := []string{r.Text}, slices.Clone(r.Blocks)
	for _, foot := range r.Foot {
		blocks = append(blocks, foot.Blocks.BlockSet...)
	}
	for _, b := range blocks {
		switch x := b.(type) {
		case *slack.SectionBlock:
			if x.Text != nil {
				texts = append(texts, x.Text.Text)
			}
			for _, f := range x.Fields {
				texts = append(texts, f.Text)
			}
		case *slack.ContextBlock:
			for _, e := range x.ContextElements.Elements {
				if text, ok := e.(*slack.TextBlockObject); ok {
					texts = append(texts, text.Text)
				}
			}
		}
	}
	for _, s := range texts {
		for s != "" {
			i := strings.IndexAny(s, "<>&")
			if i < 0 {
				break
			}
			s = s[i:]
			end := strings.IndexByte(s, '>')
			switch {
			case s[0] == '<' && end > 0:
				marks = append(marks, s[1:end])
				s = s[end+1:]
			case strings.HasPrefix(s, "&amp;"), strings.HasPrefix(s, "&lt;"), strings.HasPrefix(s, "&gt;"):
				s = s[1:]
			default:
				bare = append(bare, s[:min(len(s), 30)])
				s = s[1:]
			}
		}
	}
	return marks, bare
}

// A part that has no words for what it leaves out still shows that it does.
func TestAPartIsNeverCutInSilence(t *testing.T) {
	x := part{kind: section}
	for range 100 {
		x.lines = append(x.lines, outside(strings.Repeat("word ", 30), 200))
	}
	if got := x.write(maxSection, lineLength); !strings.HasSuffix(got, "\n"+ellipsis) || units(got) > maxSection {
		t.Errorf("%d: %s", units(got), got[len(got)-40:])
	}
}
