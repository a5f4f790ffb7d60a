package message

import "unicode"

// Slack does not say whether a limit counts code points or UTF-16 units, nor
// whether plain_text is counted before or after escaping. We count UTF-16
// units of the escaped form everywhere, which is never less than any of them.
// Only the top-level text has a limit of bytes too, which the layout keeps.

// cost is the length that counts of one character.
func cost(r rune) int {
	switch {
	case r == '&':
		return len("&amp;")
	case r == '<' || r == '>':
		return len("&lt;")
	case r > 0xffff:
		return 2
	}
	return 1
}

// length is the length that counts of a text that is not escaped yet.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += cost(r)
	}
	return n
}

// written is the length that counts of a text that is escaped already.
func written(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

const ellipsis = "…"

// maxCluster bounds what is held together as one character; a longer chain of
// joiners is no character but an attempt to be uncuttable.
const maxCluster = 40

// cut shortens text to the length and says so with an ellipsis. It never cuts
// inside what a reader takes for one character: a letter with its accents, a
// flag, a family joined from several emoji. This is the part of Unicode's
// rules that matters for cutting (https://www.unicode.org/reports/tr29/).
func cut(s string, most int) string {
	if length(s) <= most {
		return s
	}
	end, used, cluster, flags := 0, 0, 0, 0
	var last rune
	for i, r := range s {
		if !extends(last, r, flags) || cluster > maxCluster {
			end, cluster = i, 0
		}
		if isFlag(r) {
			flags++
		} else {
			flags = 0
		}
		used += cost(r)
		cluster += cost(r)
		if used > most-length(ellipsis) {
			break
		}
		last = r
	}
	for end > 0 && s[end-1] == ' ' {
		end--
	}
	return s[:end] + ellipsis
}

// extends says whether r belongs to the character that last is part of;
// flags is how many regional indicators end with last.
func extends(last, r rune, flags int) bool {
	switch {
	case last == 0:
		return false
	case last == '\u200d' || r == '\u200d' || r == '\u200c' || unicode.Is(unicode.M, r):
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return true
	case isFlag(r):
		return flags%2 == 1
	case r >= 0x1160 && r <= 0x11ff: // vowels and finals of Hangul
		return true
	}
	return false
}

func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
