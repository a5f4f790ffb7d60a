package message

import "github.com/gostanna/stanna"

// Severity is told by a word and a symbol; colour alone would leave out who
// cannot see it.
var severityWords = map[stanna.Severity]struct{ symbol, word, count string }{
	stanna.Critical: {"🔴", english("Critical"), english("{n} critical")},
	stanna.High:     {"🟠", english("High"), english("{n} high")},
	stanna.Medium:   {"🟡", english("Medium"), english("{n} medium")},
	stanna.Low:      {"🔵", english("Low"), english("{n} low")},
	stanna.Info:     {"ℹ️", english("Info"), english("{n} info")},
}

const (
	recoveredSymbol = "✅"
	closedSymbol    = "⚪"
)

func symbolOf(s stanna.Severity) string {
	if w, ok := severityWords[s]; ok {
		return w.symbol
	}
	return "▫️"
}

// wordOf is the severity's word in English, to be said later.
func wordOf(s stanna.Severity) string {
	if w, ok := severityWords[s]; ok {
		return w.word
	}
	return english("Unrated")
}

// severity is the severity's word as the language writes it within a line; what
// begins one is given a capital.
func (t tongue) severity(s stanna.Severity) string {
	word := wordOf(s)
	return t.Text(word)
}

// pressing says whether the owner is called by name in Slack, which makes a
// sound on their phone.
func pressing(s stanna.Severity) bool { return s == stanna.Critical || s == stanna.High }

// workdays is how soon the next step is asked for.
func workdays(s stanna.Severity) int {
	switch s {
	case stanna.Critical:
		return 1
	case stanna.High:
		return 2
	case stanna.Medium:
		return 3
	}
	return 5
}
