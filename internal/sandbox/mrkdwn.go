package sandbox

import (
	"html"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// mrkdwn renders Slack's markup. Whatever it is given, the result is safe: every piece of text is escaped on its way
// out, and only the tags written here come through.
// Source: https://docs.slack.dev/messaging/formatting-message-text
type mrkdwn struct {
	names    map[string]string // user and channel id → name
	now      time.Time
	verbatim bool // bare URLs stay text
}

// render is a whole text: code fences, quotes and lines.
func (md mrkdwn) render(text string) template.HTML {
	var out strings.Builder
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 {
			out.WriteString("<pre>" + escape(strings.Trim(part, "\n")) + "</pre>")
			continue
		}
		md.lines(&out, part)
	}
	return template.HTML(out.String())
}

func (md mrkdwn) lines(out *strings.Builder, text string) {
	quoting := false
	for i, line := range strings.Split(text, "\n") {
		quoted, isQuote := strings.CutPrefix(line, "&gt;")
		if !isQuote {
			quoted, isQuote = strings.CutPrefix(line, ">")
		}
		switch {
		case isQuote && !quoting:
			out.WriteString("<blockquote>")
		case !isQuote && quoting:
			out.WriteString("</blockquote>")
		case i > 0:
			out.WriteString("<br>")
		}
		if isQuote {
			line = strings.TrimPrefix(quoted, " ")
		}
		quoting = isQuote
		out.WriteString(md.inline(line))
	}
	if quoting {
		out.WriteString("</blockquote>")
	}
}

// inline is one line: code, <…>, emphasis, emoji codes, URLs and text.
func (md mrkdwn) inline(line string) string {
	var out strings.Builder
	plain := 0 // line[plain:i] is text that has not been written yet
	flush := func(to int) { out.WriteString(md.words(line[plain:to])) }
	for i := 0; i < len(line); {
		rendered, length := md.span(line, i)
		if length == 0 {
			i++
			continue
		}
		flush(i)
		out.WriteString(rendered)
		i += length
		plain = i
	}
	flush(len(line))
	return out.String()
}

// span renders the marked-up span that begins at i, if one does.
func (md mrkdwn) span(line string, i int) (rendered string, length int) {
	switch mark := line[i]; mark {
	case '<':
		if end := strings.IndexByte(line[i:], '>'); end > 1 {
			return md.bracket(line[i+1 : i+end]), end + 1
		}
	case '`':
		if end := strings.IndexByte(line[i+1:], '`'); end > 0 {
			return "<code>" + escape(line[i+1:i+1+end]) + "</code>", end + 2
		}
	case '*', '_', '~':
		tag := map[byte]string{'*': "b", '_': "i", '~': "s"}[mark]
		if inner, ok := emphasis(line, i); ok {
			return "<" + tag + ">" + md.inline(inner) + "</" + tag + ">", len(inner) + 2
		}
	case ':':
		if end := strings.IndexByte(line[i+1:], ':'); end > 0 {
			if symbol := emoji(line[i+1 : i+1+end]); symbol != "" {
				return symbol, end + 2
			}
		}
	}
	return "", 0
}

// emphasis finds the text between two marks: the marks stand at the edges of words, and not beside a space inside.
func emphasis(line string, i int) (inner string, ok bool) {
	if before, _ := utf8.DecodeLastRuneInString(line[:i]); isWord(before) {
		return "", false
	}
	for j := i + 2; j < len(line); j++ {
		if line[j] != line[i] || line[i+1] == ' ' || line[j-1] == ' ' {
			continue
		}
		if after, _ := utf8.DecodeRuneInString(line[j+1:]); !isWord(after) {
			return line[i+1 : j], true
		}
	}
	return "", false
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// bracket renders what stands between < and >.
func (md mrkdwn) bracket(inside string) string {
	target, label, labelled := strings.Cut(inside, "|")
	switch {
	case strings.HasPrefix(inside, "@"):
		return md.mention("@", target[1:], label)
	case strings.HasPrefix(inside, "#"):
		return md.mention("#", target[1:], label)
	case strings.HasPrefix(inside, "!date^"):
		return md.date(target, label)
	case strings.HasPrefix(inside, "!"):
		word := strings.TrimPrefix(target, "!")
		word, _, _ = strings.Cut(word, "^")
		if labelled {
			word = strings.TrimPrefix(label, "@")
		}
		return `<span class="mention loud">@` + escape(word) + `</span>`
	case strings.HasPrefix(target, "https://"), strings.HasPrefix(target, "http://"), strings.HasPrefix(target, "mailto:"):
		if !labelled {
			label = strings.TrimPrefix(target, "mailto:")
		}
		return link(target, label)
	}
	return escape("<" + inside + ">")
}

func (md mrkdwn) mention(mark, id, label string) string {
	if name := md.names[id]; name != "" {
		label = name
	}
	if label == "" {
		label = id
	}
	return `<span class="mention">` + mark + escape(label) + `</span>`
}

func link(target, label string) string {
	return `<a href="` + escape(target) + `" rel="noreferrer noopener" target="_blank">` + escape(label) + `</a>`
}

// date renders !date^EPOCH^FORMAT^LINK|FALLBACK. Slack shows the reader's zone; a sandbox has only UTC.
func (md mrkdwn) date(target, fallback string) string {
	parts := strings.SplitN(target, "^", 4)
	if len(parts) < 3 {
		return escape(fallback)
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return escape(fallback)
	}
	at := time.Unix(seconds, 0).UTC()
	text := strings.NewReplacer(
		"{date_num}", at.Format("2006-01-02"), "{date}", at.Format("January 2, 2006"),
		"{date_pretty}", at.Format("January 2, 2006"), "{date_short}", at.Format("Jan 2, 2006"),
		"{date_short_pretty}", at.Format("Jan 2, 2006"), "{date_long}", at.Format("Monday, January 2, 2006"),
		"{date_long_pretty}", at.Format("Monday, January 2, 2006"), "{time}", at.Format("3:04 PM"),
		"{time_secs}", at.Format("3:04:05 PM"), "{ago}", md.now.Sub(at).Round(time.Minute).String()+" ago",
	).Replace(parts[2])
	if len(parts) == 4 && (strings.HasPrefix(parts[3], "https://") || strings.HasPrefix(parts[3], "http://")) {
		return link(parts[3], text)
	}
	return `<time title="` + escape(fallback) + `">` + escape(text) + `</time>`
}

// words renders text without markup; Slack makes links of bare URLs unless the text is verbatim.
func (md mrkdwn) words(text string) string {
	var out strings.Builder
	for !md.verbatim {
		start := strings.Index(text, "https://")
		if plain := strings.Index(text, "http://"); start < 0 || plain >= 0 && plain < start {
			start = plain
		}
		if start < 0 {
			break
		}
		end := len(text)
		if stop := strings.IndexAny(text[start:], " \t\u00a0<>|"); stop >= 0 {
			end = start + stop
		}
		target := strings.TrimRight(text[start:end], ".,;:!?)'\"")
		out.WriteString(escape(text[:start]))
		out.WriteString(link(target, target))
		text = text[start+len(target):]
	}
	out.WriteString(escape(text))
	return out.String()
}

// escape takes Slack's three entities for the characters they mean and escapes everything for HTML.
func escape(text string) string {
	text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	return html.EscapeString(text)
}

// emoji knows the codes that alerts use; others stay as they are written.
func emoji(code string) string {
	return map[string]string{
		"white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️", "rotating_light": "🚨",
		"red_circle": "🔴", "large_orange_circle": "🟠", "large_yellow_circle": "🟡", "large_green_circle": "🟢",
		"large_blue_circle": "🔵", "white_circle": "⚪", "eyes": "👀", "tada": "🎉", "bell": "🔔", "no_bell": "🔕",
		"fire": "🔥", "rocket": "🚀", "wave": "👋", "moneybag": "💰", "credit_card": "💳", "hourglass": "⌛",
		"calendar": "📆", "chart_with_upwards_trend": "📈", "chart_with_downwards_trend": "📉", "bar_chart": "📊",
		"point_right": "👉", "arrow_up": "⬆️", "arrow_down": "⬇️", "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎",
		"zzz": "💤", "memo": "📝", "phone": "☎️", "email": "📧", "link": "🔗", "star": "⭐", "sparkles": "✨",
	}[code]
}
