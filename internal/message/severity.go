package message

import "github.com/gostanna/stanna"

// Severity is told by a word and a symbol; colour alone would leave out who
// cannot see it.
var severityWords = map[stanna.Severity]struct{ symbol, word string }{
	stanna.Critical: {"🔴", "Critical"},
	stanna.High:     {"🟠", "High"},
	stanna.Medium:   {"🟡", "Medium"},
	stanna.Low:      {"🔵", "Low"},
	stanna.Info:     {"ℹ️", "Info"},
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

func wordOf(s stanna.Severity) string {
	if w, ok := severityWords[s]; ok {
		return w.word
	}
	return "Unrated"
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
