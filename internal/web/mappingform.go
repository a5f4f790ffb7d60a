package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
)

// mappingForm is the page on which people say what the bodies of a source
// mean: as a form, or as the JSON that the API takes. Both are one draft, and
// either can be tried before it is saved.
type mappingForm struct {
	Path, Back, Name string
	Version          string
	Paused           bool
	AsJSON           bool
	JSON             string
	Reading          []mappingRow // what is read of a body at all
	Client           []mappingRow
	Custom, Value    mappingRow
	Create           bool
	Fields           []mappingPair
	FieldsFrom       mappingRow
	Signals          []signalForm
	Act              []mappingRow
	HasAct           bool
	Sample           string
	Samples          int // bodies that came
	Holds            []field
	HoldsPath        string // the body that they are of; "" a sample
	Trials           []trialView
	Tried            bool
	Names            []nameRow
	FieldNames       []string
	SignalTypes      []string
	Wrong            wrongs
}

// mappingRow is one expression of the form.
type mappingRow struct{ Field, Label, Hint, Example, Text, Wrong string }

// mappingPair is a name with its expression.
type mappingPair struct {
	At, ID      string // of the inputs
	Name, Value string
	Wrong       string
}

// signalForm is one signal that a body makes.
type signalForm struct {
	At, Title string
	Type      string
	New       bool
	Rows      []mappingRow // when, id, occurredAt
	Data      []mappingPair
	Wrong     string
}

// How many blank rows a form offers, and how many it reads at most.
const (
	blankRows  = 2
	formRows   = 100
	formSignal = 20
)

func (s *site) mappingPage(v *visit) (answer, error) {
	x, err := s.sources.Get(v.ctx, v.workspace(), v.r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	return s.mappingAnswer(v, mappingDraft{source: x, mapping: x.Mapping, version: x.Version, asJSON: v.asked("as") == "json"})
}

// mappingDraft is a mapping on its way between what is kept and the page.
type mappingDraft struct {
	source  stanna.Source
	mapping stanna.Mapping
	version int64
	asJSON  bool
	text    string // as JSON, where it could not be read
	sample  string
	sampled bool // a sample was sent, if only an empty one
	tried   []source.Trial
	was     bool // tried
	wrong   wrongs
}

func (s *site) mappingAnswer(v *visit, d mappingDraft) (answer, error) {
	x, m := d.source, d.mapping
	f := mappingForm{Path: sourcePath(x.ID) + "/mapping", Back: sourcePath(x.ID), Name: x.Name, Version: strconv.FormatInt(d.version, 10), Paused: x.Paused, AsJSON: d.asJSON,
		JSON: d.text, Sample: d.sample, Tried: d.was, Wrong: d.wrong, FieldNames: append(stanna.ClientFields(), "custom."), SignalTypes: signalTypeNames()}
	for _, n := range expr.BodyNames() {
		f.Names = append(f.Names, nameRow(n))
	}
	if f.JSON == "" {
		b, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return answer{}, err
		}
		f.JSON = string(b)
	}
	f.fill(m)
	if d.asJSON {
		f.Wrong = inOne(d.wrong)
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		newest, err := tx.Parcels(v.workspace(), store.ParcelQuery{Source: x.ID, Limit: 1})
		if err != nil {
			return err
		}
		body := []byte(d.sample)
		if f.Samples = len(newest); len(newest) > 0 && d.sample == "" {
			body, f.HoldsPath = newest[0].Body, bodiesPath(x.ID)+"/"+newest[0].ID
		}
		if r, ok := readyOf(x.Kind, mapping.Ready()); ok && len(newest) == 0 && !d.sampled && len(r.Samples) > 0 {
			body, _ = json.MarshalIndent(r.Samples[0].Body, "", "  ") // it was read with its room
			f.Sample = string(body)
		}
		f.Holds = holdsOf(body)
		f.Trials, err = v.trialRows(tx, d.tried)
		return err
	})
	a := answer{title: "Mapping of " + x.Name, body: mappingBody(f)}
	if len(d.wrong) > 0 {
		a.status = 400
	}
	return a, err
}

// fill writes a mapping into the form.
func (f *mappingForm) fill(m stanna.Mapping) {
	row := func(field, label, hint, example, text string) mappingRow {
		return mappingRow{"mapping." + field, label, hint, example, text, f.Wrong["mapping."+field]}
	}
	f.Reading = []mappingRow{
		row("each", "A list in the body", "Where one body tells of several things, each is read for itself, as item. Left empty, the body is the one item.", "body.events", m.Each),
		row("when", "Only when", "An item for which this does not hold is passed over.", `item.type == "deal.propertyChange"`, m.When)}
	f.Client = []mappingRow{
		row("client.id", "By its id here", "", "item.accountId", m.Client.ID),
		row("client.domain", "By its domain", "", "domainOf(item.company.website)", m.Client.Domain),
		row("client.email", "By an e-mail", "Of a contact of ours, else by the domain of the address.", "item.user.email", m.Client.Email)}
	f.Custom = row("client.custom", "By a field of ours that holds the tool's own id", "The name of the field, such as hubspot_id.", "hubspot_id", m.Client.Custom)
	f.Value = row("client.value", "which is", "", "text(item.objectId)", m.Client.Value)
	f.Create = m.Client.Create
	f.FieldsFrom = row("fieldsFrom", "Or fields that the sender names itself", "An object with names of our fields.", "body.client", m.FieldsFrom)
	f.Fields = f.pairs("mapping.fields", sortedFields(m.Fields))
	for i, x := range append(slices.Clone(m.Signals), stanna.SignalMapping{}) {
		at := fmt.Sprintf("signals[%d].", i)
		sig := signalForm{At: "mapping." + at, Type: string(x.Type), New: i == len(m.Signals), Data: f.pairs("mapping."+at+"data", sortedFields(x.Data)),
			Wrong: f.Wrong["mapping.signals["+strconv.Itoa(i)+"]"], Title: "Another signal", Rows: []mappingRow{
				row(at+"when", "Only when", "", "item.rating < 3", x.When),
				row(at+"occurredAt", "When it happened", "Left empty: when it came.", "time(item.created_at)", x.OccurredAt),
				row(at+"id", "Its id", "By which a repeat is known. Left empty: by what it says.", "text(item.eventId)", x.ID)}}
		if !sig.New {
			sig.Title = "Signal " + strconv.Itoa(i+1)
		}
		if i < formSignal {
			f.Signals = append(f.Signals, sig)
		}
	}
	var a stanna.ActMapping
	if f.HasAct = m.Act != nil; f.HasAct {
		a = *m.Act
	}
	f.Act = []mappingRow{
		row("act.do", "What is done", "One of "+strings.Join(stanna.Acts(), ", ")+": as text in quotes, or where the body says it.", `"take"`, a.Do),
		row("act.by", "In whose name", "The e-mail of somebody who may do it here.", "item.user.email", a.By),
		row("act.when", "Only when", "", `item.action == "acknowledge"`, a.When),
		row("act.alert", "The alert", "Its id. Left empty: the client's only open one.", "item.alertId", a.Alert),
		row("act.to", "assign: to whom", "", "item.assignee", a.To),
		row("act.until", "snooze: until when", "", "time(item.until)", a.Until),
		row("act.outcome", "resolve: what became of it", "", `"saved"`, a.Outcome),
		row("act.note", "What is said about it", "", "item.comment", a.Note)}
}

// pairs are names with their expressions, and some blank ones.
func (f *mappingForm) pairs(field string, list []field) (rows []mappingPair) {
	for i := range len(list) + blankRows {
		at := fmt.Sprintf("%s[%d]", field, i)
		row := mappingPair{At: at, ID: fieldID(at + ".value")}
		if i < len(list) {
			row.Name, row.Value = list[i].Name, list[i].Value
			row.ID, row.Wrong = fieldID(field+"."+row.Name), f.Wrong[field+"."+row.Name]
		}
		if text := f.Wrong[at+".value"]; text != "" {
			row.ID, row.Wrong = fieldID(at+".value"), text
		}
		rows = append(rows, row)
	}
	return rows
}

// mappingDraftOf is the form as it was sent.
func (s *site) mappingDraftOf(v *visit) (d mappingDraft, err error) {
	d.source, err = s.sources.Get(v.ctx, v.workspace(), v.r.PathValue("id"))
	d.asJSON, d.sample, d.sampled, d.wrong = v.given("as") == "json", v.given("sample"), true, wrongs{}
	d.version, _ = strconv.ParseInt(v.given("version"), 10, 64) // 0, whichever it is, for none
	d.mapping, d.text = v.readMapping(d.wrong)
	if len(d.wrong) > 0 && !d.asJSON { // everything else that is wrong is said with it
		_, more := mapping.Compile(d.mapping)
		if w, ok := wrongsOf(more); ok {
			for field, text := range w {
				d.wrong.add(field, text)
			}
		}
	}
	return d, err
}

// tryMapping says what a draft would make of bodies, or shows it the other
// way; it saves nothing.
func (s *site) tryMapping(v *visit) (answer, error) {
	d, err := s.mappingDraftOf(v)
	if err != nil {
		return answer{}, err
	}
	if len(d.wrong) > 0 {
		return s.mappingAnswer(v, d)
	}
	if show := v.given("show"); show != "" {
		d.asJSON = show == "json"
		return s.mappingAnswer(v, d)
	}
	d.tried, err = s.sources.Try(v.ctx, v.workspace(), d.source.ID, d.mapping, []byte(d.sample))
	if w, refused := wrongsOf(err); refused {
		d.wrong, err = w, nil
	} else {
		d.was = true
	}
	if err != nil {
		return answer{}, err
	}
	return s.mappingAnswer(v, d)
}

// saveMapping keeps the draft, once it can be read.
func (s *site) saveMapping(v *visit) (answer, error) {
	d, err := s.mappingDraftOf(v)
	if err != nil {
		return answer{}, err
	}
	if len(d.wrong) > 0 {
		return s.mappingAnswer(v, d)
	}
	x, err := s.sources.Change(v.ctx, v.workspace(), v.caller.Actor(), d.source.ID, d.version, func(x *stanna.Source) error { x.Mapping = d.mapping; return nil })
	if w, refused := wrongsOf(err); refused {
		d.wrong = w
		return s.mappingAnswer(v, d)
	}
	if err != nil {
		return answer{}, err
	}
	said := "The mapping is saved. What comes from now on is read by it; what failed before can be opened again below."
	if x.Paused {
		said = "The mapping is saved. Resume the source, and what waits is opened."
	}
	return s.done(v, sourcePath(x.ID), said)
}

// signalTypeNames are the types that a signal may have.
func signalTypeNames() []string {
	var names []string
	for _, t := range []stanna.SignalType{stanna.HealthScoredType, stanna.EngagementMeasuredType, stanna.UsageMeasuredType, stanna.SentimentDetectedType, stanna.InteractionLoggedType,
		stanna.InterventionLogged, stanna.ChurnPredictedType, stanna.PaymentFailedType, stanna.PaymentRecoveredType, stanna.SubscriptionChangedType, stanna.MilestoneReachedType,
		stanna.AccountUpdatedType, stanna.ClientChurnedType} {
		names = append(names, string(t))
	}
	return append(names, "custom.")
}
