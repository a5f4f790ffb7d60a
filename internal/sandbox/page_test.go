package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestMrkdwn(t *testing.T) {
	md := mrkdwn{names: map[string]string{"U1": "Ana", "C1": "cs"}, now: time.Unix(1_700_000_600, 0)}
	for _, test := range []struct{ name, in, want string }{
		{"emphasis", "*bold* _it_ ~gone~ `co*de`", "<b>bold</b> <i>it</i> <s>gone</s> <code>co*de</code>"},
		{"nested", "*bold _both_*", "<b>bold <i>both</i></b>"},
		{"not inside words", "a*b*c snake_case_name 2 * 3 * 4", "a*b*c snake_case_name 2 * 3 * 4"},
		{"beside symbols", "“*x*” 🟠*y*", "“<b>x</b>” 🟠<b>y</b>"},
		{"link", "<https://a.example/?x=1&amp;y=2|here>", `<a href="https://a.example/?x=1&amp;y=2" rel="noreferrer noopener" target="_blank">here</a>`},
		{"bare link", "see https://a.example/x.", `see <a href="https://a.example/x" rel="noreferrer noopener" target="_blank">https://a.example/x</a>.`},
		{"script link stays text", "<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"},
		{"quote in a link", `<https://a.example/"onx="|x>`, `<a href="https://a.example/&#34;onx=&#34;" rel="noreferrer noopener" target="_blank">x</a>`},
		{"mentions", "<@U1> <@U2> <#C1> <!here>", `<span class="mention">@Ana</span> <span class="mention">@U2</span> <span class="mention">#cs</span> <span class="mention loud">@here</span>`},
		{"entities", "a &amp; b &lt;b&gt; &amp;lt;", "a &amp; b &lt;b&gt; &amp;lt;"},
		{"HTML is text", "<b>x</b> <img src=x onerror=alert(1)>", "&lt;b&gt;x&lt;/b&gt; &lt;img src=x onerror=alert(1)&gt;"},
		{"fence", "a ```x <b>\n*y*``` b", "a <pre>x &lt;b&gt;\n*y*</pre> b"},
		{"quote", "&gt; one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote>three"},
		{"lines", "one\ntwo", "one<br>two"},
		{"emoji", ":warning: :no_such_thing: 10:30:00", "⚠️ :no_such_thing: 10:30:00"},
		{"date", "<!date^1700000000^{date_short} at {time}|x>", `<time title="x">Nov 14, 2023 at 10:13 PM</time>`},
		{"broken markup", "*a <@ `b _", "*a &lt;@ `b _"},
	} {
		t.Run(test.name, func(t *testing.T) {
			diff(t, "HTML", string(md.render(test.in)), test.want)
		})
	}
	verbatim := mrkdwn{verbatim: true}
	diff(t, "verbatim", string(verbatim.render("https://a.example")), "https://a.example")
}

func FuzzMrkdwnLetsNoTagThrough(f *testing.F) {
	f.Add("*a* <https://x|y> <script>alert(1)</script> &lt;b&gt; `x` ```y```")
	f.Fuzz(func(t *testing.T, in string) {
		out := string(mrkdwn{}.render(in))
		for _, tag := range []string{"<b>", "</b>", "<i>", "</i>", "<s>", "</s>", "<code>", "</code>", "<pre>", "</pre>", "<br>",
			"<blockquote>", "</blockquote>", "</a>", "</span>", "</time>", `<span class="mention">`, `<span class="mention loud">`, `<a href="`, `<time title="`} {
			out = strings.ReplaceAll(out, tag, "")
		}
		if strings.Contains(out, "<") {
			t.Errorf("%q leaves %q", in, out)
		}
	})
}

const alertBlocks = `[{"type":"header","text":{"type":"plain_text","text":"🟠 Acme & <Corp>"}},
 {"type":"context","elements":[{"type":"mrkdwn","text":"High · <@U0ANASILVA>"}]},
 {"type":"section","fields":[{"type":"mrkdwn","text":"*MRR*\n$12,400"},{"type":"plain_text","text":"*plain*"}]},
 {"type":"divider"},
 {"type":"section","text":{"type":"mrkdwn","text":"*Why*"},"accessory":{"type":"image","image_url":"javascript:alert(1)","alt_text":"chart"}},
 {"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"javascript:alert(2)","style":"primary"},
  {"type":"overflow","options":[{"text":{"type":"plain_text","text":"Snooze"},"value":"s"}]}]},
 {"type":"table","rows":[[{"type":"raw_text","text":"cell <1>"}]]},
 {"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"rich"}]}]}]`

func TestChannelPageShowsMessagesAsSlackWould(t *testing.T) {
	st := newStage(t, nil)
	r := st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "fallback", "blocks": alertBlocks})
	st.want(r, "ok")
	st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "👀 Ana is on it", "thread_ts": r.str("ts")})
	edited := st.post("C0HEALTH01", "before")
	st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": edited, "text": "after"})
	gone := st.post("C0HEALTH01", "gone for ever")
	st.call("chat.delete", map[string]string{"channel": "C0HEALTH01", "ts": gone})
	st.post("U0CHLOEMAR", "psst")
	st.SetFault(Fault{Kind: FaultOutage, Method: "auth.test"})

	status, _, page := st.page("/channels/C0HEALTH01")
	diff(t, "status", status, 200)
	for _, text := range []string{
		"🟠 Acme &amp; &lt;Corp&gt;</h3>", `High · <span class="mention">@Ana Silva</span>`, "<b>MRR</b><br>$12,400", `<div class="text">*plain*</div>`,
		"<hr>", `aria-label="chart"`, `class="button primary"`, `title="Snooze"`, "cell &lt;1&gt;", "[rich_text] rich", "1 reply", "👀 Ana is on it",
		"after", "(edited)", "Stanna", `title="1700000000.000000">22:13</a>`, "Tuesday, 14 November 2023", "@Chloe Martin", "outage on auth.test",
	} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	for _, text := range []string{"javascript:", "gone for ever", "fallback", "before"} {
		if strings.Contains(page, text) {
			t.Errorf("the page shows %q", text)
		}
	}
	_, _, dm := st.page("/channels/D0CHLOEMAR")
	if !strings.Contains(dm, "psst") {
		t.Error("the DM does not show its message")
	}
	status, _, _ = st.page("/channels/C0NOWHERE1")
	diff(t, "unknown channel", status, 404)
}

func TestHomePageShowsTheState(t *testing.T) {
	st := newStage(t, nil)
	st.post("C0HEALTH01", "x")
	st.call("chat.postMessage", map[string]string{"channel": "C0NOWHERE1", "text": "x"})
	st.SetFault(Fault{Kind: FaultRateLimit, Method: "chat.update", Count: 3})
	_, _, page := st.page("/")
	for _, text := range []string{"Installed in Acme Sandbox", "xoxb-…oken", "live", "chat.postMessage", "channel_not_found", "ratelimit", "played 0 of 3", "customer-health"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	for path, kind := range map[string]string{"/assets/sandbox.css": "--aubergine", "/assets/sandbox.js": "setInterval"} {
		if status, _, body := st.page(path); status != 200 || !strings.Contains(body, kind) {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestPicturesFromElsewhereAreNotFetched(t *testing.T) {
	st := newStage(t, nil)
	st.postBlocks("C0HEALTH01", `[{"type":"image","image_url":"https://cdn.example/a.png","alt_text":"from elsewhere"},
		{"type":"image","image_url":"data:image/png;base64,iVBORw0KGgo=","alt_text":"inline"},
		{"type":"image","image_url":"data:text/html,x","alt_text":"not a picture"},
		{"type":"context","elements":[{"type":"image","image_url":"`+st.url+`/assets/own.png","alt_text":"ours"}]}]`)
	_, _, page := st.page("/channels/C0HEALTH01")
	for _, text := range []string{`role="img" aria-label="from elsewhere" title="https://cdn.example/a.png"`, `<img src="data:image/png;base64,iVBORw0KGgo=" alt="inline"`,
		`role="img" aria-label="not a picture"`, `<img src="/assets/own.png" alt="ours"`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if strings.Contains(page, `src="https://`) {
		t.Error("the page fetches a picture from elsewhere")
	}
	resp, err := http.Get(st.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self' data:;") {
		t.Errorf("the policy lets pictures in from elsewhere: %s", policy)
	}
}

// What stands in an attachment is drawn beside a bar of its colour, and nothing in it becomes markup of the page.
func TestAttachmentsAreDrawn(t *testing.T) {
	st := newStage(t, nil)
	st.want(st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "fallback", "blocks": `[{"type":"divider"}]`,
		"attachments": `[{"color":"#1a7f5a","fallback":"unseen","blocks":[{"type":"context","elements":[
			{"type":"image","image_url":"https://cdn.example/logo.png","alt_text":"Acme CS"},{"type":"mrkdwn","text":"*Acme* <b>"}]}]},
			{"color":"good","text":"see <https://a.example|there>"},{"color":"red\" onload=\"alert(1)","fallback":"<i>only</i>"}]`}), "ok")
	_, _, page := st.page("/channels/C0HEALTH01")
	for _, text := range []string{`fill="#1a7f5a"`, `aria-label="Acme CS"`, "<b>Acme</b> &lt;b&gt;", `fill="#2eb886"`, `<a href="https://a.example"`, `fill="#dddddd"`, "&lt;i&gt;only&lt;/i&gt;"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	for _, text := range []string{"unseen", "onload", "cdn.example/logo.png\" alt"} {
		if strings.Contains(page, text) {
			t.Errorf("the page shows %q", text)
		}
	}
}
