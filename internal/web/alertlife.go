package web

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// lifeView is what people and time did about an alert.
type lifeView struct {
	Lines []lifeLine
}

type lifeLine struct {
	ID, Text string
	Note     string
	Path     string // of what the line speaks of
}

// alertMark is where an alert is in its life.
func alertMark(a stanna.Alert) mark {
	switch {
	case a.Status == stanna.AlertTaken:
		return mark{"taken", "eye", "Taken up"}
	case a.Status == stanna.AlertSnoozed:
		return mark{"snoozed", "clock", "Snoozed"}
	case a.Open():
		return mark{"open", "dot", "Open"}
	case a.Outcome == stanna.Saved:
		return mark{"recovered", "check", "Saved"}
	case a.Outcome == stanna.Lost:
		return mark{"closed", "circle", "Lost"}
	case a.Outcome == stanna.Noise:
		return mark{"closed", "circle", "Not useful"}
	case a.Outcome == stanna.AlreadyKnown:
		return mark{"closed", "circle", "Already known"}
	case a.Why == stanna.ReasonRecovered:
		return mark{"recovered", "check", "Recovered"}
	}
	return mark{"closed", "circle", "Closed"}
}

// outcomeWords are the outcomes as a person chooses them.
var outcomeWords = []string{
	string(stanna.Saved), "Saved: the trouble is over",
	string(stanna.Lost), "Lost: the client is gone, or will be",
	string(stanna.Noise), "Not useful: nobody had to be told",
	string(stanna.AlreadyKnown), "Already known: we are on it elsewhere",
}

func outcomeWord(o stanna.Outcome) string {
	for i := 0; i < len(outcomeWords); i += 2 {
		if outcomeWords[i] == string(o) {
			word, _, _ := strings.Cut(outcomeWords[i+1], ":")
			return strings.ToLower(word)
		}
	}
	return string(o)
}

// names calls people of the workspace by name, whom it knows by e-mail.
type names map[string]string

func (v *visit) namesOf(tx *store.Tx) (names, error) {
	list, err := v.colleagues(tx)
	n := names{}
	for _, o := range list {
		email, _ := stanna.Destination(o.Value).Person()
		if name, _, ok := strings.Cut(o.Label, " ("); ok {
			n[email] = name
		}
	}
	return n, err
}

func (n names) of(email string) string {
	if name := n[strings.ToLower(email)]; name != "" {
		return name
	}
	return email
}

// lifeOf says what became of an alert so far.
func (v *visit) lifeOf(tx *store.Tx, a stanna.Alert, r *stanna.Rule) (view lifeView, err error) {
	who, err := v.namesOf(tx)
	if err != nil {
		return view, err
	}
	add := func(id, text string) *lifeLine {
		view.Lines = append(view.Lines, lifeLine{ID: id, Text: text})
		return &view.Lines[len(view.Lines)-1]
	}
	l := v.local
	switch a.Status {
	case stanna.AlertTaken:
		add("taken", who.of(a.TakenBy)+" is on it since "+l.When(a.TakenAt)+".")
	case stanna.AlertSnoozed:
		add("snoozed", "Snoozed by "+who.of(a.SnoozedBy)+" until "+l.Moment(a.SnoozedUntil)+". It is told again then, if it is still so.")
	case stanna.AlertOpen:
		add("untaken", "Nobody has taken it up yet.")
	}
	if a.AssignedTo != "" && !(a.Status == stanna.AlertTaken && strings.EqualFold(a.TakenBy, a.AssignedTo)) {
		add("assigned", "Given to "+who.of(a.AssignedTo)+".")
	}
	if a.Open() && a.Escalated > 0 {
		text := "Nobody took it up in time, so others were told as well"
		if r != nil && a.Escalated <= len(r.Escalation) {
			step := r.Escalation[a.Escalated-1]
			text = "Nobody took it up within " + minutesWords(l, step.After) + " of working time, so others were told as well"
		}
		add("escalated", text+".")
	}
	if a.JoinedTo != "" {
		other, err := tx.Alert(v.workspace(), a.JoinedTo)
		if err != nil && stanna.CodeOf(err) != stanna.NotFound {
			return view, err
		}
		line := add("joined", "Told beside another alert of this client.")
		if err == nil {
			line.Text, line.Path = "Told beside another alert of this client: "+typeName(other.Type)+" "+changeOf(l, other), alertPath(other.ID)
		}
	}
	note := ""
	if v.detailed() {
		note = a.Note
	}
	switch {
	case a.Open():
	case a.ClosedBy != "" && a.Outcome != "":
		add("closed", "Closed by "+who.of(a.ClosedBy)+" as "+outcomeWord(a.Outcome)+".").Note = note
	case a.ClosedBy != "":
		add("closed", "Closed by "+who.of(a.ClosedBy)+".").Note = note
	default:
		add("closed", a.Why.Sentence())
	}
	return view, nil
}
