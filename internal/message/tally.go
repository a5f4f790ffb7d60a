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
			parts = append(parts, l.Number(float64(n))+" "+strings.ToLower(wordOf(s)))
		}
	}
	return strings.Join(parts, ", ")
}

// headline says how many there are and how bad: "37 clients need you: 3
// critical, 12 high, 22 medium". Once some are closed it counts down.
func (t Tally) headline(l tongue) string {
	open, all := t.open(), t.all()
	number := func(n int) string { return l.Number(float64(n)) }
	if open == 0 {
		return number(all) + " of " + l.Count(all, "alert") + " closed"
	}
	head := l.Count(t.Clients, "client") + " need you"
	switch {
	case t.Closed > 0:
		head = number(open) + " of " + l.Count(all, "alert") + " still open"
	case t.Clients == 0, t.Open[stanna.Critical]+t.Open[stanna.High]+t.Open[stanna.Medium] == 0:
		head = l.Count(open, "alert") + " about " + l.Count(t.Clients, "client")
		if t.Clients == 0 {
			head = l.Count(open, "alert")
		}
	case t.Clients == 1:
		head = "1 client needs you"
	}
	if t.Closed == 0 && open != t.Clients && !strings.Contains(head, "alert") {
		head += ", " + l.Count(open, "alert")
	}
	if parts := t.bySeverity(l); parts != "" {
		head += ": " + parts
	}
	return head
}
