package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func text(kind string, n int) string {
	return fmt.Sprintf(`{"type":%q,"text":%q}`, kind, strings.Repeat("x", n))
}

func list(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

// numbered is n items, each with a number for its %d.
func numbered(n int, item string) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(item, i))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func button(properties string) string {
	return `{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"}` + properties + `}]}`
}

// Each limit is met exactly and overstepped by one.
func TestBlockLimits(t *testing.T) {
	plain, mrkdwn := `{"type":"plain_text","text":"x"}`, `{"type":"mrkdwn","text":"x"}`
	divider := `{"type":"divider"}`
	for _, test := range []struct {
		name, good, bad, message string
	}{
		{"blocks", list(50, divider), list(51, divider), "no more than 50 items allowed [json-pointer:/blocks]"},
		{"header", `[{"type":"header","text":` + text("plain_text", 150) + `}]`, `[{"type":"header","text":` + text("plain_text", 151) + `}]`,
			"must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"header in mrkdwn", `[{"type":"header","text":` + plain + `}]`, `[{"type":"header","text":` + mrkdwn + `}]`,
			"must be one of: plain_text [json-pointer:/blocks/0/text/type]"},
		{"section", `[{"type":"section","text":` + text("mrkdwn", 3000) + `}]`, `[{"type":"section","text":` + text("mrkdwn", 3001) + `}]`,
			"must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"empty text", `[{"type":"section","text":` + text("mrkdwn", 1) + `}]`, `[{"type":"section","text":` + text("mrkdwn", 0) + `}]`,
			"must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{"section without anything", `[{"type":"section","fields":` + list(1, mrkdwn) + `}]`, `[{"type":"section"}]`,
			"must define either `text` or `fields` [json-pointer:/blocks/0/type]"},
		{"fields", `[{"type":"section","fields":` + list(10, mrkdwn) + `}]`, `[{"type":"section","fields":` + list(11, mrkdwn) + `}]`,
			"no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"field", `[{"type":"section","fields":[` + text("mrkdwn", 2000) + `]}]`, `[{"type":"section","fields":[` + text("mrkdwn", 2001) + `]}]`,
			"must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{"context", `[{"type":"context","elements":` + list(10, mrkdwn) + `}]`, `[{"type":"context","elements":` + list(11, mrkdwn) + `}]`,
			"no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"context without elements", `[{"type":"context","elements":` + list(1, plain) + `}]`, `[{"type":"context","elements":[]}]`,
			"no less than 1 items allowed [json-pointer:/blocks/0/elements]"},
		{"actions", `[{"type":"actions","elements":` + numbered(25, `{"type":"button","text":{"type":"plain_text","text":"x"},"action_id":"a%d"}`) + `}]`,
			`[{"type":"actions","elements":` + numbered(26, `{"type":"button","text":{"type":"plain_text","text":"x"},"action_id":"a%d"}`) + `}]`,
			"no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		{"the same action_id", `[` + button(`,"action_id":"a"`) + `,` + button(`,"action_id":"a"`) + `]`,
			`[{"type":"actions","elements":` + list(2, `{"type":"button","text":`+plain+`,"action_id":"a"}`) + `}]`,
			`action_id "a" already exists in this block [json-pointer:/blocks/0/elements/1/action_id]`},
		{"action_id", `[` + button(`,"action_id":"`+strings.Repeat("a", 255)+`"`) + `]`, `[` + button(`,"action_id":"`+strings.Repeat("a", 256)+`"`) + `]`,
			"must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"},
		{"button text", `[{"type":"actions","elements":[{"type":"button","text":` + text("plain_text", 75) + `}]}]`,
			`[{"type":"actions","elements":[{"type":"button","text":` + text("plain_text", 76) + `}]}]`,
			"must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
		{"button in mrkdwn", `[` + button("") + `]`, `[{"type":"actions","elements":[{"type":"button","text":` + mrkdwn + `}]}]`,
			"must be one of: plain_text [json-pointer:/blocks/0/elements/0/text/type]"},
		{"button url", `[` + button(`,"url":"`+strings.Repeat("u", 3000)+`"`) + `]`, `[` + button(`,"url":"`+strings.Repeat("u", 3001)+`"`) + `]`,
			"must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"},
		{"button value", `[` + button(`,"value":"`+strings.Repeat("v", 2000)+`"`) + `]`, `[` + button(`,"value":"`+strings.Repeat("v", 2001)+`"`) + `]`,
			"must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
		{"button label", `[` + button(`,"accessibility_label":"`+strings.Repeat("v", 75)+`"`) + `]`, `[` + button(`,"accessibility_label":"`+strings.Repeat("v", 76)+`"`) + `]`,
			"must be less than 76 characters [json-pointer:/blocks/0/elements/0/accessibility_label]"},
		{"button style", `[` + button(`,"style":"primary"`) + `]`, `[` + button(`,"style":"loud"`) + `]`,
			"must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]"},
		{"button property", `[` + button("") + `]`, `[` + button(`,"colour":"red"`) + `]`,
			"invalid additional property: colour [json-pointer:/blocks/0/elements/0]"},
		{"confirm", `[` + button(`,"confirm":{"title":`+text("plain_text", 100)+`,"text":`+text("mrkdwn", 300)+`,"confirm":`+text("plain_text", 30)+`,"deny":`+plain+`}`) + `]`,
			`[` + button(`,"confirm":{"title":`+text("plain_text", 101)+`,"text":`+plain+`,"confirm":`+plain+`,"deny":`+plain+`}`) + `]`,
			"must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"},
		{"overflow", `[{"type":"actions","elements":[{"type":"overflow","options":` + numbered(5, `{"text":{"type":"plain_text","text":"o%d"},"value":"v"}`) + `}]}]`,
			`[{"type":"actions","elements":[{"type":"overflow","options":` + numbered(6, `{"text":{"type":"plain_text","text":"o%d"},"value":"v"}`) + `}]}]`,
			"no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"block_id", `[{"type":"divider","block_id":"` + strings.Repeat("b", 255) + `"}]`, `[{"type":"divider","block_id":"` + strings.Repeat("b", 256) + `"}]`,
			"must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		{"the same block_id", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"b"}]`, list(2, `{"type":"divider","block_id":"a"}`),
			`block_id "a" already exists in this message [json-pointer:/blocks/1/block_id]`},
		{"image without alt", `[{"type":"image","image_url":"https://e.example/x.png","alt_text":"x"}]`, `[{"type":"image","image_url":"https://e.example/x.png"}]`,
			"missing required field: alt_text [json-pointer:/blocks/0]"},
		{"alt text", `[{"type":"image","image_url":"u","alt_text":"` + strings.Repeat("a", 2000) + `"}]`, `[{"type":"image","image_url":"u","alt_text":"` + strings.Repeat("a", 2001) + `"}]`,
			"must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"},
		{"emoji on mrkdwn", `[{"type":"section","text":{"type":"plain_text","text":"x","emoji":true}}]`, `[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`,
			"invalid additional property: emoji [json-pointer:/blocks/0/text]"},
		{"verbatim on plain text", `[{"type":"section","text":{"type":"mrkdwn","text":"x","verbatim":true}}]`, `[{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}]`,
			"invalid additional property: verbatim [json-pointer:/blocks/0/text]"},
		{"table rows", `[{"type":"table","rows":` + list(100, `[{"type":"raw_text","text":"x"}]`) + `}]`, `[{"type":"table","rows":` + list(101, `[{"type":"raw_text","text":"x"}]`) + `}]`,
			"no more than 100 items allowed [json-pointer:/blocks/0/rows]"},
		{"two tables", `[{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}]`, list(2, `{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}`),
			"only one table is allowed in a message [json-pointer:/blocks/1/type]"},
		{"markdown in all", `[{"type":"markdown","text":"` + strings.Repeat("m", 6000) + `"},{"type":"markdown","text":"` + strings.Repeat("m", 6000) + `"}]`,
			`[{"type":"markdown","text":"` + strings.Repeat("m", 6000) + `"},{"type":"markdown","text":"` + strings.Repeat("m", 6001) + `"}]`,
			"must be less than 12001 characters in all markdown blocks together [json-pointer:/blocks/1/text]"},
		{"alert is for modals", `[{"type":"rich_text","elements":[]}]`, `[{"type":"alert","text":` + plain + `}]`,
			"unsupported type: alert [json-pointer:/blocks/0/type]"},
		{"unknown block", `[` + divider + `]`, `[{"type":"marquee"}]`, "unsupported type: marquee [json-pointer:/blocks/0/type]"},
		{"unknown property", `[` + divider + `]`, `[{"type":"divider","width":3}]`, "invalid additional property: width [json-pointer:/blocks/0]"},
		{"unknown accessory", `[{"type":"section","text":` + plain + `,"accessory":{"type":"image","image_url":"u","alt_text":"x"}}]`,
			`[{"type":"section","text":` + plain + `,"accessory":{"type":"knob"}}]`, "unsupported type: knob [json-pointer:/blocks/0/accessory/type]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, refusal := checkBlocks(test.good); refusal != nil {
				t.Errorf("at the limit: %s %v", refusal.code, refusal.extra)
			}
			_, refusal := checkBlocks(test.bad)
			if refusal == nil || refusal.code != "invalid_blocks" {
				t.Fatalf("past the limit: %+v, want invalid_blocks", refusal)
			}
			want := answer{"errors": []string{test.message},
				"response_metadata": map[string]any{"messages": []string{"[ERROR] " + test.message}}}
			if d := cmp.Diff(want, refusal.extra); d != "" {
				t.Errorf("past the limit (-want +got):\n%s", d)
			}
		})
	}
}

func TestBlocksTooLongTogether(t *testing.T) {
	section := `{"type":"section","text":` + text("mrkdwn", 2540) + `}`
	if _, refusal := checkBlocks(list(5, section)); refusal != nil { // 5 × (2540 + 100)
		t.Errorf("13,200 refused: %s", refusal.code)
	}
	_, refusal := checkBlocks(list(4, section)[:len(list(4, section))-1] + `,{"type":"section","text":` + text("mrkdwn", 2541) + `}]`)
	if refusal == nil || refusal.code != "msg_blocks_too_long" {
		t.Errorf("13,201: %+v", refusal)
	}
}

func TestBlocksThatAreNoBlocks(t *testing.T) {
	for raw, want := range map[string]string{`{"type":"divider"}`: "invalid_blocks_format", `nonsense`: "invalid_blocks_format", `["divider"]`: "invalid_blocks"} {
		if _, refusal := checkBlocks(raw); refusal == nil || refusal.code != want {
			t.Errorf("%s: %+v, want %s", raw, refusal, want)
		}
	}
}

// Real Block Kit, from the examples of Slack's Python SDK, must pass.
func TestRealBlocksPass(t *testing.T) {
	raw, err := os.ReadFile("testdata/blocks_real.json")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []json.RawMessage
	if err := json.Unmarshal(raw, &blocks); err != nil {
		t.Fatal(err)
	}
	for i, block := range blocks {
		if _, refusal := checkBlocks("[" + string(block) + "]"); refusal != nil {
			t.Errorf("block %d: %s %v\n%s", i, refusal.code, refusal.extra, block)
		}
	}
}
