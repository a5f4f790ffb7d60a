package expr

import (
	"html"
	"strings"
)

// stripHTML is what a reader sees of HTML: text without tags, whose
// paragraphs are lines. It is for reading, not for safety: what it gives is
// shown as text.
func stripHTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	tail := len(s) - 1 - strings.LastIndexByte(s, '>') // in which no tag ends
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 || len(s)-open <= tail {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:open])
		s = s[open:]
		name, rest := tag(s)
		switch {
		case name == "":
			b.WriteByte('<')
			s = s[1:]
			continue
		case name == "br" || name == "/p" || name == "/div" || name == "/li" || name == "/tr" || name == "/ul" || name == "/ol" || name == "/blockquote" || len(name) == 3 && strings.HasPrefix(name, "/h"):
			b.WriteByte('\n')
		case name == "li":
			b.WriteString("• ")
		case name == "td" || name == "th":
			b.WriteByte(' ')
		case name == "script" || name == "style" || name == "head" || name == "title":
			rest = after(rest, name)
		}
		s = rest
	}
	return lines(html.UnescapeString(b.String()))
}

// tag reads the tag that s begins with: its name in small letters, with the
// slash of a closing one, and what follows it. The name is "" where s begins
// with no tag.
func tag(s string) (name, rest string) {
	if strings.HasPrefix(s, "<!--") {
		if _, rest, ok := strings.Cut(s, "-->"); ok {
			return "!", rest
		}
		return "!", ""
	}
	i := 1
	for i < len(s) && (s[i] == '/' && i == 1 || s[i] == '!' && i == 1 || letter(rune(s[i])) || digit(rune(s[i])) && i > 1) {
		i++
	}
	if name = strings.ToLower(s[1:i]); strings.Trim(name, "/") == "" {
		return "", s
	}
	quote := byte(0)
	for j := i; j < len(s); j++ {
		switch c := s[j]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '>':
			return name, s[j+1:]
		}
	}
	_, rest, _ = strings.Cut(s[i:], ">") // a quote that is never closed opened nothing
	return name, rest
}

// after is what follows the closing tag of that name.
func after(s, name string) string {
	for {
		_, rest, ok := strings.Cut(s, "</")
		if s = rest; !ok {
			return ""
		}
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			_, rest, _ := strings.Cut(s, ">")
			return rest
		}
	}
}

// lines trims each line, and leaves out those that are empty.
func lines(s string) string {
	var kept []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
