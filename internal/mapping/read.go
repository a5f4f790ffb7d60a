package mapping

import (
	"errors"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// MaxItems bounds the items of a body.
const MaxItems = 1000

// Reading is what a body says.
type Reading struct {
	Err   error // the body cannot be read at all
	Items []Item
}

// Item is what one item of a body says. Of one that is passed over or has an
// error nothing else is known.
type Item struct {
	Passed  bool
	Why     string          // it was passed over; names and no values
	Err     error           // a [stanna.Error] whose fields say all that is wrong
	Client  Ref             // whom it is about; blank where it names nobody
	Fields  map[string]any  // see [Compiled.Apply]
	Signals []stanna.Signal // without workspace, client, source, and the time they came
	Act     *Act
}

// Read says what a body means that came at that time. The names of headers
// are in small letters.
func (c *Compiled) Read(body []byte, headers map[string]string, now time.Time) Reading {
	came, err := decode(body, headers["content-type"])
	if err != nil {
		return Reading{Err: err}
	}
	b := &expr.Body{Body: came, Item: came, Headers: headers, Now: now}
	items := []any{came}
	if c.each != nil {
		if items, err = c.each.List(b); err != nil {
			return Reading{Err: stanna.InvalidField("each", "%s", err)}
		}
	}
	if len(items) > MaxItems {
		return Reading{Err: stanna.InvalidField("each", "gives %d items; a body may have %d", len(items), MaxItems)}
	}
	r := Reading{Items: make([]Item, len(items))}
	for i, item := range items {
		if b.Spent() {
			r.Items[i].Err = stanna.InvalidField("body", "is too much work for this mapping from here on; have it sent in smaller parts")
			continue
		}
		b.Item = item
		r.Items[i] = c.item(b, now)
	}
	return r
}

func (c *Compiled) item(b *expr.Body, now time.Time) Item {
	var f faults
	switch yes, why, err := holds(c.when, b); {
	case err != nil:
		f.add("when", err)
		return Item{Err: f.err()}
	case !yes:
		return Item{Passed: true, Why: "when: " + why}
	}
	item := Item{Fields: c.fieldsOf(b, &f)}
	ref, unknown := c.client.read(b, &f)
	if _, named := item.Fields["name"]; !named {
		ref.Create = false
	}
	item.Client = ref
	passed := ""
	for _, s := range c.signals {
		yes, why, err := holds(s.when, b)
		switch {
		case err != nil:
			f.add(s.at+"when", err)
		case !yes && passed == "":
			passed = s.at + "when: " + why
		case yes:
			item.Signals = append(item.Signals, s.read(b, ref, now, item.Signals, &f))
		}
	}
	if c.act != nil {
		yes, why, err := holds(c.act.when, b)
		switch {
		case err != nil:
			f.add("act.when", err)
		case !yes:
			passed = "act.when: " + why
		default:
			item.Act = c.act.read(b, item.Fields, &f)
		}
	}
	says := len(item.Fields)+len(item.Signals) > 0
	if says && ref == (Ref{}) && len(f.fields) == 0 {
		f.note("client", unknown)
	}
	switch err := f.err(); {
	case err != nil:
		return Item{Err: err}
	case !says && item.Act == nil:
		if passed == "" {
			passed = "it sets no field, makes no signal and wants nothing done"
		}
		return Item{Passed: true, Why: passed}
	}
	return item
}

// holds asks a condition; without one it holds. What hangs on something that
// is not there does not, and why says what.
func holds(condition *expr.Value, b *expr.Body) (yes bool, why string, err error) {
	if condition == nil {
		return true, "", nil
	}
	yes, err = condition.Holds(b)
	var e *expr.Error
	switch {
	case errors.As(err, &e) && e.Kind == expr.Missing:
		return false, e.Error(), nil
	case err == nil && !yes:
		why = "does not hold: " + clip(condition.Source(), 200)
	}
	return yes, why, err
}
