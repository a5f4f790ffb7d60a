package web

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
)

func html(t *testing.T, m slackMessage) string {
	t.Helper()
	var b bytes.Buffer
	if err := slackPreview(m).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkup(t *testing.T) {
	names := channels{map[string]string{"U1": "Ana <Silva>", "C1": "#cs-alerts"}}
	for text, want := range map[string]string{
		"plain":                                "plain",
		"*bold* and _slanted_, ~gone~":         "<b>bold</b> and <i>slanted</i>, <s>gone</s>",
		"*bold _and slanted_*":                 "<b>bold <i>and slanted</i></b>",
		"2*3*4 and snake_case_name":            "2*3*4 and snake_case_name",
		"* not bold *":                         "* not bold *",
		"*":                                    "*",
		"one\ntwo":                             "one<br>two",
		"&gt; said &amp; done\nnext":           "<blockquote>said &amp; done</blockquote><br>next",
		"`a*b*`":                               "<code>a*b*</code>",
		"```x\n*y*```":                         "<pre><code>x\n*y*</code></pre>",
		"<https://a.example/?a=1&amp;b=2|See>": `<a href="https://a.example/?a=1&amp;b=2" rel="noreferrer noopener" target="_blank">See</a>`,
		"<https://a.example>":                  `<a href="https://a.example" rel="noreferrer noopener" target="_blank">https://a.example</a>`,
		"<javascript:alert(1)|x>":              "&lt;javascript:alert(1)|x&gt;",
		"<@U1>, <@U2>, <#C1>":                  `<span class="slack-mention">@Ana &lt;Silva&gt;</span>, <span class="slack-mention">@U2</span>, <span class="slack-mention">#cs-alerts</span>`,
		"&lt;script&gt;alert(1)&lt;/script&gt; <>": "&lt;script&gt;alert(1)&lt;/script&gt; &lt;&gt;",
		"<|x>": "&lt;|x&gt;",
		"`":    "`",
	} {
		m := slackMessage{names: names, Blocks: []kitBlock{{Type: "section", Text: kitText{text, true}}}}
		if got := html(t, m); !strings.Contains(got, `<div class="slack-text">`+want+`</div>`) {
			t.Errorf("%q is drawn as %s", text, got)
		}
	}
}

func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{"*a* _b_ ~c~ `d` ```e``` <@U1|x> <https://a.example|b> &lt; &gt; q", "***", "<<>>", "&gt;", "_*_*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var said func([]markup) string
		said = func(list []markup) (s string) {
			for _, m := range list {
				s += m.Text + said(m.Inner)
			}
			return s
		}
		if got := said(reader{}.read(text)); len(got) > len(text)+strings.Count(text, "<") {
			t.Errorf("%q says %q", text, got)
		}
	})
}

// Every sample is drawn whole: nothing that is sent is missing in the preview.
func TestPreviewIsWhatIsSent(t *testing.T) {
	branding := stanna.Branding{Name: "Acme & Sons", Footer: "<b>Questions</b>?", LogoURL: "https://www.acme.com/logo.png", Accent: "#1a7f5a"}
	for _, locale := range []string{"en", "es-MX"} {
		s := stanna.Settings{Locale: locale, Branding: branding}
		r := message.Brand(message.Sample(message.TestView{Settings: s, Now: time.Now()}), branding)
		m, err := slackMessageOf(r, channels{})
		if err != nil {
			t.Fatal(err)
		}
		page := html(t, m)
		for _, text := range []string{`fill="#1a7f5a"`, `src="https://www.acme.com/logo.png"`, "Acme &amp; Sons · ", "&lt;b&gt;Questions", map[string]string{"en": "MRR", "es-MX": "USD"}[locale]} {
			if !strings.Contains(page, text) {
				t.Errorf("%s: %q is missing in %s", locale, text, page)
			}
		}
		for _, b := range r.Blocks {
			if x, ok := b.(*slack.HeaderBlock); ok && !strings.Contains(page, x.Text.Text) {
				t.Errorf("%q is missing", x.Text.Text)
			}
		}
		if strings.Contains(page, "style=") || strings.Contains(page, "<b>Questions") {
			t.Error(page)
		}
	}
	// What our messages have seldom, and what they do not have yet.
	blocks := []slack.Block{slack.NewDividerBlock(), slack.NewImageBlock("https://a.example/c.png", "a chart", "", slack.NewTextBlockObject("plain_text", "Title", false, false)),
		slack.NewActionBlock("", slack.NewButtonBlockElement("a", "v", slack.NewTextBlockObject("plain_text", "I'm on it", false, false)).WithStyle(slack.StylePrimary),
			slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, slack.NewTextBlockObject("plain_text", "More…", false, false), "m"))}
	m, err := slackMessageOf(message.Rendered{Text: "x", Blocks: blocks}, channels{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"<hr>", `alt="a chart"`, "Title", `<span class="slack-button primary">I&#39;m on it</span>`, "More… ▾"} {
		if page := html(t, m); !strings.Contains(page, text) {
			t.Errorf("%q is missing in %s", text, page)
		}
	}
	if m, err := slackMessageOf(message.TextOnly(message.Rendered{Text: "x"}), channels{}); err != nil || len(m.Blocks) != 0 {
		t.Error(fmt.Sprint(m, err))
	}
}
