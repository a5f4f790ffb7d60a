package message

import (
	"strings"

	"github.com/gostanna/stanna"
)

// bySeverity is every severity, the worst first.
var bySeverity = []stanna.Severity{stanna.Critical, stanna.High, stanna.Medium, stanna.Low, stanna.Info}

func tallyOf(items []SummaryItem) Tally {
	t := Tally{Open: map[stanna.Severity]int{}}
	seen := make(map[string]bool, len(items))
	for _, i := range items {
		if !seen[i.Client.ID] && !isNobody(i.Client) {
			seen[i.Client.ID] = true
			t.Clients++
		}
		if i.Alert.Open() {
			t.Open[i.Alert.Severity]++
		} else {
			t.Closed++
		}
	}
	return t
}

func (t Tally) open() int {
	n := 0
	for _, x := range t.Open {
		n += x
	}
	return n
}

// symbol is that of the worst that is open.
func (t Tally) symbol() string {
	for _, s := range bySeverity {
		if t.Open[s] > 0 {
			return symbolOf(s)
		}
	}
	return recoveredSymbol
}

func (t Tally) all() int { return t.open() + t.Closed }

// bySeverity writes how bad they are: "3 critical, 12 high".
func (t Tally) bySeverity(l tongue) string {
	var parts []string
	for _, s := range bySeverity {
		if n := t.Open[s]; n > 0 {
			count := severityWords[s].count
			parts = append(parts, l.Text(count, with{"n": n}))
		}
	}
	return strings.Join(parts, ", ")
}

// headline says how many there are and how bad: "37 clients need you: 3
// critical, 12 high, 22 medium". Once some are closed it counts down.
func (t Tally) headline(l tongue) string {
	open, clients := t.open(), t.Clients
	if open == 0 {
		return l.Text("{n} of {n} {n|alert|alerts} closed", with{"n": t.all()})
	}
	var head string
	switch {
	case t.Closed > 0:
		head = t.stillOpen(l)
	case clients == 0:
		head = l.Text("{n} {n|alert|alerts}", with{"n": open})
	case t.Open[stanna.Critical]+t.Open[stanna.High]+t.Open[stanna.Medium] == 0:
		head = l.Text("{n} {n|alert|alerts} about {clients} {clients|client|clients}", with{"n": open, "clients": clients})
	case open != clients:
		head = l.Text("{clients} {clients|client needs|clients need} you, {n} {n|alert|alerts}", with{"n": open, "clients": clients})
	default:
		head = l.Text("{n} {n|client needs|clients need} you", with{"n": clients})
	}
	if parts := t.bySeverity(l); parts != "" {
		head += ": " + parts
	}
	return head
}

// stillOpen counts down: "5 of 12 alerts still open".
func (t Tally) stillOpen(l tongue) string {
	return l.Text("{n} of {all} {all|alert|alerts} still open", with{"n": t.open(), "all": t.all()})
}
