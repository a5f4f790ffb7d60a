package expr

import (
	"errors"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/gostanna/stanna"
)

// sample is a client on which every expression is tried before it is saved.
type sample struct {
	when string
	in   Input
}

// samples are an ordinary client and what is awkward.
func samples() []sample {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	ordinary := Input{
		Client: &stanna.Client{
			ID: "acme", Name: "Acme", Domain: "acme.com", MRR: stanna.MoneyOf(12400, "USD"), Tier: "enterprise", CSMOwner: "ana@example.com",
			Contacts:    []stanna.Contact{{Name: "Ben Lee", Email: "ben@acme.com", Title: "CTO", Primary: true}},
			RenewalDate: "2027-01-14", RenewalMonths: 12, Tags: []string{"pilot", "emea"}, CreatedAt: ago(400),
		},
		State: &stanna.State{
			Health:     stanna.HistoryOf(stanna.Point{At: ago(7), Value: 60}, stanna.Point{At: now, Value: 38}),
			Engagement: stanna.HistoryOf(stanna.Point{At: ago(1), Value: 118}),
			StateFacts: stanna.StateFacts{Churn: stanna.Reading{Value: 0.4, At: ago(1)}, Sentiment: stanna.Reading{Value: -1, At: ago(2)}, LastContact: ago(19)},
		},
		Signal: &stanna.Signal{Type: stanna.HealthScoredType, Source: "sample", OccurredAt: now, Data: []byte(`{"score":38}`)},
		Alert: &stanna.Alert{
			Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: ago(1),
			RuleName: "Health drop",
			Evidence: stanna.Evidence{
				Base: 60, Opened: 38, Value: 38, Worst: 38, Quote: "We are looking around.", Author: "Ben Lee", URL: "https://support.example.com/conversations/118",
				Factors: []stanna.Factor{{Name: "Usage", Detail: "118 a day, usually 200"}}, Actions: []string{"Call the sponsor"},
			},
		},
		Now: now,
	}
	zeros := ordinary
	zeros.Client = &stanna.Client{ID: "zero", Name: "Zero", MRR: stanna.Money{Currency: "USD"}, CreatedAt: now}
	zeros.State = &stanna.State{
		Health: stanna.HistoryOf(stanna.Point{At: ago(7)}, stanna.Point{At: now}), Engagement: stanna.HistoryOf(stanna.Point{At: now}),
		StateFacts: stanna.StateFacts{Churn: stanna.Reading{At: now}, Sentiment: stanna.Reading{At: now}, LastContact: now},
	}
	zeros.Alert = &stanna.Alert{Type: stanna.HealthDrop, Severity: stanna.Info, Status: stanna.AlertOpen, OpenedAt: now}
	quiet, before := ordinary, ordinary
	quiet.Signal, before.Alert = nil, nil
	return []sample{
		{"on an ordinary client", ordinary},
		{"on a client with nothing but zeros and empty lists", zeros},
		{"when time has passed and no signal came", quiet},
		{"while there is no alert", before},
		{"on a client of which nothing is known yet", Input{Client: &stanna.Client{ID: "new", Name: "New"}, State: &stanna.State{}, Now: now}},
	}
}

// try runs the program on every sample. What fails there would fail at night.
func (p *program) try(want purpose) *Error {
	for _, s := range samples() {
		v, err := p.eval(&writer{scene: (*scene)(&s.in)})
		if err == nil && want.gives == nil {
			_, err = p.written(&writer{scene: (*scene)(&s.in)}, v)
		}
		if err != nil && err.Kind != Missing {
			err.Kind, err.Message = Wrong, s.when+", "+err.Message
			return err
		}
		if w, ok := v.(types.String); ok && want.gives == types.StringType && w != "" && stanna.Severity(w).Rank() < 0 {
			return p.text.at(0, s.when+", this gives "+quoted(string(w))+", which is no severity", "they are "+wordList(severityWords()))
		}
	}
	return nil
}

// missing is a value that is not there.
func missing(what string) ref.Val { return types.WrapErr(&notThere{what}) }

type notThere struct{ what string }

func (n *notThere) Error() string { return n.what + " is not there" }

// isMissing says whether an error means that something is not there.
func isMissing(err error) bool {
	var gone *notThere
	return errors.As(err, &gone) || strings.HasPrefix(err.Error(), "no such key")
}

// What a template may meet; see [TemplateFailures].
const (
	otherKind   = "a field is of another kind than what is done with it"
	noPlace     = "there is no such place in the list; ask size(...) first, or write first(...)"
	noneGiven   = "this is given no currency; write its ISO 4217 code, such as EUR"
	listOfMany  = "what is in this list has fields of its own; say which of them, such as .map(x, x.name)"
	manyFields  = "this has fields of its own; say which of them is to be written"
	tooLongText = "the text is too long to look for a pattern in"
	beyondTime  = "this leads to a time beyond the calendar"
	tooMuchWork = "this is too much work; look through fewer lists"
	noResult    = "this cannot be worked out"
)

// TemplateFailures are the messages that an [Error] of kind [Failed] may have
// when a template is written: for who says them in another language.
func TemplateFailures() []string {
	return []string{otherKind, noPlace, noneGiven, listOfMany, manyFields, tooLongText, beyondTime, tooMuchWork, noResult}
}

// What our own functions refuse.
const (
	tooLong     = "text too long for a pattern"
	noCurrency  = "no currency"
	notWritable = "cannot be written"
)

// trouble says what went wrong while the program ran. CEL has few words for
// it, and the specification fixes them.
func (p *program) trouble(err error) *Error {
	at := 0
	var celErr *types.Err
	if errors.As(err, &celErr) {
		at = p.place[celErr.NodeID()]
	}
	if isMissing(err) {
		return p.text.failed(Missing, at, "something that this hangs on is not there")
	}
	inTemplate := p.text.whole != nil
	var cancelled interpreter.EvalCancelledError
	message := err.Error()
	switch {
	case errors.As(err, &cancelled):
		return p.text.failed(Failed, 0, tooMuchWork)
	case strings.HasPrefix(message, "index out of") && inTemplate:
		return p.text.failed(Failed, at, noPlace)
	case strings.HasPrefix(message, "index out of"):
		return p.text.failed(Failed, at, "there is no such place in the list; ask size(...) first, or use in or exists")
	case strings.HasPrefix(message, noCurrency):
		return p.text.failed(Failed, at, noneGiven)
	case strings.HasPrefix(message, notWritable):
		return p.text.failed(Failed, at, listOfMany)
	case strings.HasPrefix(message, "no such overload") && inTemplate:
		return p.text.failed(Failed, at, otherKind)
	case strings.HasPrefix(message, "no such overload"):
		return p.text.failed(Failed, at, "a field is of another kind than what it is compared with")
	case strings.HasPrefix(message, tooLong):
		return p.text.failed(Failed, at, tooLongText)
	case strings.Contains(message, "overflow"):
		return p.text.failed(Failed, at, beyondTime)
	}
	return p.text.failed(Failed, at, noResult)
}

func (t *text) failed(kind Kind, at int, message string) *Error {
	e := t.at(at, message, "")
	e.Kind = kind
	return e
}
