package mapping

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Act is what a body wants done, in whose name.
type Act struct {
	Do      string         // one of [stanna.Acts]
	Alert   string         // its id; "": the client's only open one
	By      string         // e-mail, in small letters
	To      string         // assign: e-mail of the new owner; "" takes an assignment back
	Until   time.Time      // snooze
	Outcome stanna.Outcome // resolve
	Note    string         // resolve, reached
}

type actReader struct{ when, do, alert, by, to, until, outcome, note *expr.Value }

func (a actReader) read(b *expr.Body, fields map[string]any, f *faults) *Act {
	faulty := len(f.fields)
	text := func(field string, v *expr.Value) string {
		if v == nil {
			return ""
		}
		s, err := v.Text(b)
		f.add("act."+field, err)
		return strings.TrimSpace(s)
	}
	act := &Act{Do: text("do", a.do), Alert: text("alert", a.alert), By: strings.ToLower(text("by", a.by)), To: strings.ToLower(text("to", a.to)),
		Outcome: stanna.Outcome(text("outcome", a.outcome)), Note: text("note", a.note)}
	if a.until != nil {
		t, err := a.until.Time(b)
		f.add("act.until", err)
		act.Until = t
	}
	if len(f.fields) == faulty {
		act.check(fields, f)
	}
	return act
}

func (a *Act) check(fields map[string]any, f *faults) {
	switch {
	case !slices.Contains(stanna.Acts(), a.Do):
		f.note("act.do", "must be one of "+strings.Join(stanna.Acts(), ", "))
	case a.Do == "snooze" && a.Until.IsZero():
		f.note("act.until", "is required to snooze an alert")
	case a.Do == "resolve" && !slices.Contains(stanna.Outcomes(), a.Outcome):
		f.note("act.outcome", "must be saved, lost, noise or known")
	case a.Do == "set" && len(fields) == 0 && len(f.fields) == 0:
		f.note("fields", "are required to set some")
	}
	if isEmail(a.By) != nil {
		f.note("act.by", "must be the e-mail address of who does it")
	}
	if a.To != "" && isEmail(a.To) != nil {
		f.note("act.to", "must be an e-mail address")
	}
	if len(a.Alert) > stanna.MaxIDLength {
		f.note("act.alert", "is no id of an alert")
	}
	if len(a.Note) > stanna.MaxNote {
		f.note("act.note", "is longer than 2,000 bytes")
	}
}
