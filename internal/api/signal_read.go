package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// signalInput describes a signal to readers of the documentation;
// [readSignal] reads it, without reflection.
type signalInput struct {
	ID         string         `json:"id" maxLength:"200" doc:"The sender's own; a repeat of it is recognised"`
	ClientID   string         `json:"clientId" maxLength:"200"`
	Type       string         `json:"type" example:"health.scored" doc:"health.scored, churn.predicted, engagement.measured, usage.measured, sentiment.detected, interaction.logged, payment.failed, payment.recovered, subscription.changed, milestone.reached, account.updated, intervention.logged, client.churned, or custom.YOURS"`
	OccurredAt *time.Time     `json:"occurredAt,omitempty" doc:"When it was true; now, without it"`
	Source     string         `json:"source,omitempty" maxLength:"100" doc:"Who says so; shown to people"`
	Data       map[string]any `json:"data,omitempty" doc:"By the type: health.scored {score 0–100, factors[{name, detail, impact}]}, engagement.measured {value, unit}, churn.predicted {probability 0–1}, sentiment.detected {score −2…2, confidence 0–1, quote, author, url}, interaction.logged {type, summary, author, url}, payment.failed {amount, currency, attempt, nextAttemptAt, status failed|past_due|disputed, decline soft|hard, declineCode, invoice, contact, respondBy, url}, payment.recovered {invoice}, subscription.changed {movement new|expansion|contraction|churn|reactivation, mrr, previousMrr, currency, plan, status, url}; custom.* any object. Failures of several invoices stand side by side, a dispute by an id of its own; a recovery clears the invoice that it names, and all without one, and it does not matter in which order they come. author is who said or wrote it, url a web address of 1,000 characters at most where it can be read; messages show both"`
}

// readSignal reads one signal. A field that it does not know is refused, so
// that nothing is half accepted in silence. What was read before a fault is
// returned with the error, for the report. Data refers to b.
func readSignal(b []byte) (s stanna.Signal, err error) {
	if len(b) <= maxLine && !json.Valid(b) {
		return s, badJSON(b)
	}
	return readValid(b)
}

// readValid is readSignal for text that is known to be JSON.
func readValid(b []byte) (s stanna.Signal, err error) {
	switch {
	case len(b) > maxLine:
		return s, stanna.InvalidField("body", "is larger than 1 MB")
	case !utf8.Valid(b):
		return s, stanna.InvalidField("body", "is not UTF-8")
	}
	c := cursor{b: b}
	c.space()
	if c.b[c.i] != '{' {
		return s, stanna.InvalidField("body", "must be a JSON object with id, clientId, type and data")
	}
	var seen uint8
	for c.next() {
		key := nameOf(c.value())
		c.next()
		value := c.value()
		field := uint8(0)
		var wrong error
		switch string(key) { // without a copy of it
		case "id":
			field, wrong = 1, setText(&s.ID, "id", value)
		case "clientId":
			field, wrong = 2, setText(&s.ClientID, "clientId", value)
		case "type":
			field, wrong = 4, setText((*string)(&s.Type), "type", value)
		case "occurredAt":
			field, wrong = 8, setTime(&s.OccurredAt, "occurredAt", value)
		case "source":
			field, wrong = 16, setText(&s.Source, "source", value)
			if wrong == nil && strings.ContainsFunc(s.Source, unicode.IsControl) {
				wrong = stanna.InvalidField("source", "may not contain control characters")
			}
		case "data":
			field = 32
			if value[0] != 'n' {
				s.Data = value
			}
		default:
			wrong = stanna.InvalidField(clip(string(key), 60), "is not a field of a signal; they are id, clientId, type, occurredAt, source and data, and everything else belongs into data")
		}
		if wrong == nil && seen&field != 0 {
			wrong = stanna.InvalidField(string(key), "is given twice")
		}
		seen |= field
		if err == nil { // the first fault is told; the rest is read for the id
			err = wrong
		}
	}
	return s, err
}

func setText(into *string, name string, value []byte) error {
	s, ok := text(value)
	if !ok && value[0] != 'n' {
		return stanna.InvalidField(name, "must be text")
	}
	*into = s
	return nil
}

func setTime(into *time.Time, name string, value []byte) error {
	if value[0] == 'n' {
		return nil
	}
	s, ok := text(value)
	t, err := time.Parse(time.RFC3339, s)
	if !ok || err != nil || t.Year() < 2000 { // a zero time would be taken for none
		return stanna.InvalidField(name, "must be a time as 2006-01-02T15:04:05Z, after the year 2000")
	}
	*into = t
	return nil
}

// badJSON says where a text stops being JSON.
func badJSON(b []byte) error {
	var v json.RawMessage
	err := json.Unmarshal(b, &v)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return stanna.InvalidField("body", "is not valid JSON: %s at byte %d", strings.TrimPrefix(syntax.Error(), "json: "), syntax.Offset)
	}
	return stanna.InvalidField("body", "is not valid JSON")
}

// cursor walks over JSON that is known to be valid, so it need not look for
// faults.
type cursor struct {
	b []byte
	i int
}

func (c *cursor) space() {
	for c.i < len(c.b) && (c.b[c.i] == ' ' || c.b[c.i] == '\n' || c.b[c.i] == '\t' || c.b[c.i] == '\r') {
		c.i++
	}
}

// next passes what stands before a value: the opening bracket, a comma, a
// colon. It is false at the closing bracket.
func (c *cursor) next() bool {
	c.space()
	switch c.b[c.i] {
	case '{', '[', ',', ':':
		c.i++
		c.space()
	}
	return c.b[c.i] != '}' && c.b[c.i] != ']'
}

// value passes one value and gives its text.
func (c *cursor) value() []byte {
	start, depth := c.i, 0
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case '"':
			c.skipText()
			if depth == 0 {
				return c.b[start:c.i]
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return c.b[start:c.i] // of a number or a word
			}
			if depth--; depth == 0 {
				c.i++
				return c.b[start:c.i]
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return c.b[start:c.i]
			}
		}
		c.i++
	}
	return c.b[start:c.i]
}

func (c *cursor) skipText() {
	for c.i++; c.b[c.i] != '"'; c.i++ {
		if c.b[c.i] == '\\' {
			c.i++
		}
	}
	c.i++
}

// text is the text of a JSON string; ok is false when it is something else.
func text(value []byte) (s string, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), true
	}
	return s, json.Unmarshal(value, &s) == nil
}

// nameOf is the name of a field: the text of a JSON string, where it stands.
func nameOf(value []byte) []byte {
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1]
	}
	s, _ := text(value)
	return []byte(s)
}

// elements yields the items of a valid array.
func elements(array []byte) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		c := cursor{b: array}
		for i := 0; c.next(); i++ {
			// A nested opening bracket is the value's own.
			if !yield(i, c.value()) {
				return
			}
		}
	}
}
