package table

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const dataPrefix = "data."

// signalFields are the columns that a file of signals may have. What a signal
// says is in columns of the names that it has in JSON, with data. in front or
// without it.
var signalFields = func() fieldSet {
	fields := map[string][]string{
		"id":          {"signal id", "event id"},
		"client_id":   {"client", "account id", "customer id", "company id"},
		"domain":      {"client domain", "company domain", "company domain name", "website"},
		"type":        {"signal type", "event type"},
		"occurred_at": {"occurred", "time", "timestamp", "date", "measured at"},
		"source":      nil,
		"data":        nil,
	}
	for _, known := range dataFields {
		for name := range known {
			fields[dataPrefix+name] = []string{name}
		}
	}
	fields[dataPrefix+"type"] = []string{"kind"} // of an interaction
	return fieldsOf(dataPrefix, fields)
}()

// dataFields are what the signals of each type say in columns, and how each is
// read.
var dataFields = map[stanna.SignalType]map[string]reading{
	stanna.HealthScoredType:        {"score": upTo(100)},
	stanna.ChurnPredictedType:      {"probability": share},
	stanna.EngagementMeasuredType:  {"value": number, "unit": text, "periodStart": moment, "periodEnd": moment},
	stanna.UsageMeasuredType:       {"name": text, "used": number, "limit": number, "unit": text},
	stanna.SentimentDetectedType:   {"score": upTo(2), "confidence": share, "quote": text, "author": text, "url": text},
	stanna.InteractionLoggedType:   conversation,
	stanna.InterventionLogged:      conversation,
	stanna.PaymentFailedType:       {"amount": amount, "currency": text, "attempt": number, "nextAttemptAt": moment, "status": text, "decline": text, "declineCode": text, "invoice": text, "contact": text, "respondBy": moment, "url": text},
	stanna.PaymentRecoveredType:    {"invoice": text},
	stanna.SubscriptionChangedType: {"movement": text, "mrr": amount, "previousMrr": amount, "currency": text, "status": text, "plan": text, "url": text},
	stanna.MilestoneReachedType:    {"name": text},
	stanna.AccountUpdatedType:      {"status": text, "what": text},
	stanna.ClientChurnedType:       {},
}

var conversation = map[string]reading{"type": text, "summary": text, "author": text, "url": text}

// reading makes JSON of a cell.
type reading func(f forms, s string) (any, error)

func text(_ forms, s string) (any, error)   { return s, nil }
func number(f forms, s string) (any, error) { return f.number(s, math.Inf(1)) }
func share(f forms, s string) (any, error)  { return f.share(s) }

func amount(f forms, s string) (any, error) {
	x, signed, err := f.amount(s)
	if err == nil && signed != nil {
		err = errors.New("carries its currency; that belongs into a column currency, as a code such as EUR")
	}
	return x, err
}

func upTo(most float64) reading {
	return func(f forms, s string) (any, error) { return f.number(s, most) }
}

func moment(f forms, s string) (any, error) {
	t, err := f.instant(s)
	return t.Format(time.RFC3339Nano), err
}

// SignalFile reads signals.
type SignalFile struct {
	*file
	options Options
}

// Signals opens a file of signals. What is wrong with its header is an error
// that says what to mend.
func Signals(in io.Reader, o Options) (*SignalFile, error) {
	f, err := open(in, o, signalFields)
	if err != nil {
		return nil, err
	}
	switch {
	case !f.has("client_id") && !f.has("domain"):
		return nil, stanna.InvalidField("header", "has neither a column client_id nor a column domain, by which clients are known. It has: %s", titles(f.Columns))
	case !f.has("type") && o.Type == "":
		return nil, stanna.InvalidField("header", "has no column type; add one, or give the type of all with the option type, such as health.scored. It has: %s", titles(f.Columns))
	case f.has("type") && o.Type != "":
		return nil, stanna.InvalidField("type", "is given for the whole file, and the file has a column for it too; leave out one of them")
	case !f.has("id") && !f.has("occurred_at") && o.OccurredAt.IsZero():
		return nil, stanna.InvalidField("header", "has neither a column id nor a column occurred_at, so that a repeat could not be told from news; add one, or give the time of all with the option occurredAt. It has: %s", titles(f.Columns))
	}
	for i, c := range f.Columns {
		if name, known := strings.CutPrefix(c.Field, dataPrefix); known && o.Type != "" && !speaksOf(o.Type, name) {
			f.Columns[i].Field = "" // it belongs to signals of another type
		}
	}
	return &SignalFile{f, o}, nil
}

// SignalRow is what one line says.
type SignalRow struct {
	Place
	Signal stanna.Signal // without a client's id when it names a domain only
	Domain string        // of the client, where it has no id
}

// Next gives the next row. bad is what is wrong with it; what was read before
// the fault is returned with it. err ends the reading, [io.EOF] in the good
// way.
func (f *SignalFile) Next() (r SignalRow, bad, err error) {
	next, bad, err := f.next()
	r.Place = next.Place
	if bad == nil && err == nil {
		bad = f.read(&r, next.cells)
	}
	return r, bad, err
}

// read makes a signal of a row. One without an id of its own gets one from
// what it says, so that the same file sent again is the same signals.
func (f *SignalFile) read(r *SignalRow, cells []string) error {
	s := &r.Signal
	s.Type, s.Source, s.OccurredAt = f.options.Type, f.options.Source, f.options.OccurredAt
	data := map[string]json.RawMessage{}
	for i, c := range f.Columns {
		if err := f.frame(r, &data, c.Field, strings.TrimSpace(cells[i])); err != nil {
			return f.wrongWith(i, err)
		}
	}
	for i, c := range f.Columns { // only now is it known of which type it is
		if err := f.say(s.Type, data, c.Field, strings.TrimSpace(cells[i])); err != nil {
			return f.wrongWith(i, err)
		}
	}
	if s.ClientID != "" {
		r.Domain = ""
	}
	return f.finish(r, data)
}

// frame reads a cell of what every signal has.
func (f *SignalFile) frame(r *SignalRow, data *map[string]json.RawMessage, field, cell string) (err error) {
	if cell == "" {
		return nil
	}
	switch s := &r.Signal; field {
	case "id":
		s.ID = cell
	case "client_id":
		s.ClientID = cell
	case "domain":
		r.Domain = domain(cell)
	case "type":
		s.Type = stanna.SignalType(cell)
	case "source":
		s.Source = cell
	case "occurred_at":
		s.OccurredAt, err = f.instant(cell)
	case "data":
		if err = json.Unmarshal([]byte(cell), data); err != nil || *data == nil {
			return errors.New("must be a JSON object")
		}
	}
	return err
}

// say puts a cell into a signal's data, if signals of its type speak of it.
func (f *SignalFile) say(t stanna.SignalType, data map[string]json.RawMessage, field, cell string) error {
	if cell == "" || !strings.HasPrefix(field, dataPrefix) {
		return nil
	}
	name, kind := ownField(field, dataPrefix)
	if !speaksOf(t, name) {
		return nil
	}
	read := dataFields[t][name]
	if read == nil {
		read = func(f forms, s string) (any, error) { return f.value(s, kind) }
	}
	v, err := read(f.forms, cell)
	if err != nil {
		return err
	}
	data[name], err = json.Marshal(v)
	return err
}

// speaksOf says whether signals of a type have that field in their data: those
// of the company's own have any, and a name that no type has is the company's
// own as well.
func speaksOf(t stanna.SignalType, name string) bool {
	known, documented := dataFields[t]
	if !documented || known[name] != nil {
		return true
	}
	return signalFields.names[squeeze(dataPrefix+name)] == ""
}

// finish gives a signal its data, and an id where it has none.
func (f *SignalFile) finish(r *SignalRow, data map[string]json.RawMessage) (err error) {
	s := &r.Signal
	switch {
	case s.ClientID == "" && r.Domain == "":
		return stanna.InvalidField("client_id", "is empty, and so is the domain; a row must say which client it is about")
	case s.ID == "" && s.OccurredAt.IsZero():
		return stanna.InvalidField("occurred_at", "is empty, and so is the id, so that a repeat could not be told from news")
	}
	if s.Data, err = json.Marshal(data); err != nil || s.ID != "" {
		return err
	}
	said, err := json.Marshal([]any{s.ClientID, r.Domain, s.Type, s.OccurredAt.UTC(), s.Data})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(said)
	s.ID = "csv:" + hex.EncodeToString(sum[:16])
	return nil
}
