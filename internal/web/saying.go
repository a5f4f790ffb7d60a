package web

import (
	"encoding/json"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// speaker is who said something, and where in another system it can be read.
type speaker struct{ Name, Link string }

// speakerOf leaves out an address that a page may not lead to.
func speakerOf(author, address string) speaker {
	if stanna.ValidAddress(address) != nil {
		address = ""
	}
	return speaker{strings.TrimSpace(author), address}
}

// sayingOf is what a signal says, in words where we understand it, and who
// said what it is about.
func sayingOf(l locale.Local, s stanna.Signal) (says string, by speaker) {
	if s.Check(s.ReceivedAt) != nil { // it was checked when it came
		return brief(s.Data), speaker{}
	}
	switch f := s.Fact.(type) {
	case stanna.SentimentDetected:
		return joined(l.Signed(f.Score), f.Quote), speakerOf(f.Author, f.URL)
	case stanna.Contacted:
		return joined(capital(f.Kind), f.Summary), speakerOf(f.Author, f.URL)
	}
	return figuresOf(l, s), speaker{}
}

// figuresOf is what a signal has measured.
func figuresOf(l locale.Local, s stanna.Signal) string {
	switch f := s.Fact.(type) {
	case stanna.HealthScored:
		parts := []string{"Score " + l.Number(f.Score)}
		for _, x := range f.Factors[:min(len(f.Factors), 5)] {
			part := x.Name
			if x.Detail != "" {
				part += ": " + x.Detail
			}
			if x.Impact != nil {
				part += " (" + l.Signed(*x.Impact) + ")"
			}
			parts = append(parts, part)
		}
		if more := len(f.Factors) - 5; more > 0 {
			parts = append(parts, "and "+l.Count(more, "more reason"))
		}
		return strings.Join(parts, " · ")
	case stanna.EngagementMeasured:
		return strings.TrimSpace(l.Number(f.Value) + " " + f.Unit)
	case stanna.ChurnPredicted:
		return "Probability " + l.Percent(f.Probability)
	case stanna.PaymentFailed:
		return joined(paymentWords(l, &stanna.PaymentStanding{Amount: stanna.MoneyOf(f.Amount, f.Currency), Status: f.Status, Decline: f.Decline, Attempt: f.Attempt}), f.Invoice)
	case stanna.PaymentRecovered:
		if f.Invoice == "" {
			return "All that was owed"
		}
		return f.Invoice
	case stanna.SubscriptionChanged:
		return movementWords(l, stanna.Subscription{Movement: f.Movement, MRR: stanna.MoneyOf(f.MRR, f.Currency), Before: stanna.MoneyOf(f.Before, f.Currency), Plan: f.Plan})
	}
	return brief(s.Data)
}

func joined(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " · ")
}

// brief is the data of a signal as it came, short enough for a row.
func brief(data json.RawMessage) string {
	text := strings.Join(strings.Fields(string(data)), " ")
	if text == "{}" {
		return ""
	}
	if runes := []rune(text); len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return text
}
