package metrics

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Conversation is something that was said to a client or by it.
type Conversation struct {
	ID      string
	Kind    string // email, call, meeting, ...
	At      time.Time
	Subject string
	Summary string
	From    string
	To      string
	Mood    Mood // "": nobody judged it
	Source  string
	URL     string // where it can be read
}

// Mood is a sentiment in a word.
type Mood string

// The moods.
const (
	Positive Mood = "positive"
	Neutral  Mood = "neutral"
	Negative Mood = "negative"
)

// moodOf is a sentiment of −2 to 2 in a word.
func moodOf(score float64) Mood {
	switch {
	case score >= 0.5:
		return Positive
	case score <= -0.5:
		return Negative
	}
	return Neutral
}

// ConversationOf reads a signal. What we need of it was checked when it came;
// what else it says (subject, from, to, sentiment) is taken where it is there
// and can be read.
func ConversationOf(s stanna.Signal) Conversation {
	var said struct {
		Kind    text `json:"type"`
		Subject text `json:"subject"`
		Summary text `json:"summary"`
		Quote   text `json:"quote"`
		Author  text `json:"author"`
		From    text `json:"from"`
		To      text `json:"to"`
		URL     text `json:"url"`
		Mood    mood `json:"sentiment"`
		Score   mood `json:"score"`
	}
	_ = json.Unmarshal(s.Data, &said) // no field of it can fail
	c := Conversation{ID: s.ID, Kind: kindOf(string(said.Kind), s.Type), At: s.OccurredAt, Subject: string(said.Subject), Summary: string(said.Summary),
		From: string(said.From), To: string(said.To), Mood: Mood(said.Mood), Source: s.Source, URL: string(said.URL)}
	if s.Type == stanna.SentimentDetectedType {
		c.Mood = Mood(said.Score)
	}
	if c.Summary == "" {
		c.Summary = string(said.Quote)
	}
	if c.From == "" {
		c.From = string(said.Author)
	}
	return c
}

// kindOf is the kind of an interaction in one spelling: support_ticket.
func kindOf(kind string, t stanna.SignalType) string {
	if kind = strings.Join(strings.FieldsFunc(strings.ToLower(kind), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "_"); kind != "" {
		return kind
	}
	switch t {
	case stanna.SentimentDetectedType:
		return "conversation"
	case stanna.InterventionLogged:
		return "intervention"
	}
	return "interaction"
}

// text is text, or a list of texts; anything else reads as none.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	var one string
	var many []string
	if json.Unmarshal(b, &one) == nil {
		*t = text(one)
	} else if json.Unmarshal(b, &many) == nil {
		*t = text(strings.Join(many, ", "))
	}
	return nil
}

// mood is a mood as a word, or a sentiment of −2 to 2.
type mood Mood

// UnmarshalJSON never fails.
func (m *mood) UnmarshalJSON(b []byte) error {
	var score float64
	var word string
	switch {
	case string(b) == "null":
	case json.Unmarshal(b, &score) == nil:
		*m = mood(moodOf(score))
	case json.Unmarshal(b, &word) == nil:
		if w := Mood(strings.ToLower(word)); w == Positive || w == Neutral || w == Negative {
			*m = mood(w)
		}
	}
	return nil
}
