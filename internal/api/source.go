package api

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// receive is the address of a source: another tool posts there what it has to
// say. What its mapping cannot take is kept, to be opened again when the
// mapping is mended; so the tool need not send it again, and is told 200.
// Only who calls us to have something done is told 422, since nobody else
// would tell them.
func (a *api) receive(v *visit, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(v, r.Body, stanna.MaxParcel))
	if err != nil {
		return brokenOff(err)
	}
	p, err := a.Sources.Receive(r.Context(), r.PathValue("source"), webhook.Request{Method: r.Method, URL: a.PublicURL + r.URL.RequestURI(), Header: r.Header, Body: body})
	if err != nil {
		return err
	}
	status := http.StatusOK
	switch {
	case p.State == stanna.ParcelWaiting:
		status = http.StatusAccepted
	case p.State == stanna.ParcelFailed && p.Result.Acts == 0 && p.Result.Signals+p.Result.Duplicates+p.Result.Clients == 0 && a.Sources.Calls(r.Context(), p.Workspace, p.SourceID):
		status = http.StatusUnprocessableEntity
	}
	writeJSON(v, status, viewParcel(p))
	return nil
}

// receiveProbe answers tools that look whether somebody is there when an
// address is saved. It says the same of every address.
func (a *api) receiveProbe(v *visit, r *http.Request) error {
	v.WriteHeader(http.StatusNoContent)
	return nil
}

func describeProbe(_ huma.Registry, op *huma.Operation) {
	op.Parameters = []*huma.Param{{Name: "source", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "The source's id: its address is shown where it is made"}}
	op.Description = "For tools that look whether somebody is there (GET or HEAD) when an address is saved; bodies are posted."
	op.Responses["204"] = &huma.Response{Description: "Somebody is"}
}

func describeReceive(registry huma.Registry, op *huma.Operation) {
	op.Parameters = []*huma.Param{{Name: "source", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "The source's id: its address is shown where it is made"}}
	op.Description = "For another tool: any JSON (or a form), signed or with a token in the way that the source was told. 200: opened, or kept until somebody mends the mapping; " +
		"202: stored, and opened in a moment; 401: not signed by the source's secret; 422: a call to have something done that could not be done. " +
		"A header Webhook-Id or Idempotency-Key makes a repeat known."
	op.RequestBody = &huma.RequestBody{Required: true, Content: content("application/json", &huma.Schema{Type: huma.TypeObject})}
	view := content("application/json", schemaOf[ParcelView](registry))
	op.Responses["200"] = &huma.Response{Description: "Taken", Content: view}
	op.Responses["202"] = &huma.Response{Description: "Stored", Content: view}
	op.Responses["422"] = &huma.Response{Description: "Stored, and not done", Content: view}
}

// ParcelView is a body that another tool sent, and what became of it.
type ParcelView struct {
	ID         string             `json:"id"`
	State      stanna.ParcelState `json:"state" doc:"waiting, done, passed (it says nothing to us) or failed"`
	CameAt     time.Time          `json:"cameAt"`
	OpenedAt   *time.Time         `json:"openedAt"`
	Signals    int                `json:"signals" doc:"Taken in"`
	Duplicates int                `json:"duplicates" doc:"Signals that were there already"`
	Clients    int                `json:"clients" doc:"Made or changed"`
	Acts       int                `json:"acts" doc:"Done"`
	Alerts     []string           `json:"alerts" doc:"That it opened, changed or closed"`
	Passed     []string           `json:"passed" doc:"Why items of it say nothing"`
	Errors     []string           `json:"errors" doc:"What is wrong with items of it"`
}

func viewParcel(p stanna.Parcel) ParcelView {
	r := p.Result
	return ParcelView{p.ID, p.State, p.CameAt.UTC(), moment(p.OpenedAt), r.Signals, r.Duplicates, r.Clients, r.Acts, all(r.Alerts), all(r.Passed), all(r.Errors)}
}

// parcelDetail is a body as it came.
type parcelDetail struct {
	ParcelView
	Headers map[string]string `json:"headers" doc:"Without those that authenticate"`
	Body    string            `json:"body"`
}

// sourceView is a source. Its secret is shown once, when it is made.
type sourceView struct {
	ID            string         `json:"id"`
	Name          string         `json:"name"`
	Kind          string         `json:"kind" doc:"The ready mapping that it began from; empty: its own"`
	URL           string         `json:"url" doc:"Where the other tool is to post"`
	Scheme        string         `json:"scheme" doc:"How what it sends is signed"`
	Header        string         `json:"header,omitempty" doc:"Where the scheme leaves that open: the header with the signature"`
	Secret        string         `json:"secret,omitempty" doc:"Only in the answer that makes it"`
	PreviousUntil *time.Time     `json:"previousUntil" doc:"Until when the secret before is accepted as well"`
	Mapping       stanna.Mapping `json:"mapping"`
	QuietMinutes  int            `json:"quietMinutes" doc:"Silent for longer, people are told; 0: never"`
	Paused        bool           `json:"paused" doc:"What comes is kept and waits"`
	HeardAt       *time.Time     `json:"heardAt"`
	SilentSince   *time.Time     `json:"silentSince" doc:"Since when its silence is known"`
	Version       int64          `json:"version"`
	CreatedAt     time.Time      `json:"createdAt"`
	UpdatedAt     time.Time      `json:"updatedAt"`
}

func (a *api) viewSource(x stanna.Source) sourceView {
	until := moment(x.PreviousUntil)
	if x.Previous == "" || !x.PreviousUntil.After(a.Clock.Real()) {
		until = nil
	}
	return sourceView{ID: x.ID, Name: x.Name, Kind: x.Kind, URL: a.Sources.Address(x.ID), Scheme: x.Scheme, Header: x.Header, PreviousUntil: until, Mapping: x.Mapping,
		QuietMinutes: int(x.QuietFor / time.Minute), Paused: x.Paused, HeardAt: moment(x.HeardAt), SilentSince: moment(x.SilentAt), Version: x.Version,
		CreatedAt: x.CreatedAt.UTC(), UpdatedAt: x.UpdatedAt.UTC()}
}

type listSourcesOutput struct {
	Body struct {
		Sources []sourceView `json:"sources"`
	}
}

func (a *api) listSources(ctx context.Context, who auth.Caller, _ *struct{}) (*listSourcesOutput, error) {
	list, err := a.Sources.List(ctx, who.Workspace)
	out := &listSourcesOutput{}
	out.Body.Sources = each(list, a.viewSource)
	return out, err
}

// sourceInput is a source as it is written.
type sourceInput struct {
	Name         string          `json:"name,omitempty" maxLength:"60" example:"HubSpot"`
	Kind         string          `json:"kind,omitempty" doc:"A ready mapping to begin from: hubspot, intercom, segment, form, calls. What else is given stands above it"`
	Scheme       string          `json:"scheme,omitempty" doc:"standard, hubspot, intercom, segment, github, hmac, slack or token"`
	Header       string          `json:"header,omitempty"`
	Secret       stanna.Secret   `json:"secret,omitempty" doc:"The other tool's, where it makes one; else one is made"`
	Mapping      *stanna.Mapping `json:"mapping,omitempty"`
	QuietMinutes *int            `json:"quietMinutes,omitempty" minimum:"0"`
	Paused       *bool           `json:"paused,omitempty"`
	Version      int64           `json:"version,omitempty" doc:"The one that was read; refused with 409 if it was changed since"`
}

func (in sourceInput) into(x *stanna.Source) {
	if in.Scheme != "" && in.Scheme != x.Scheme {
		x.Header = "" // another scheme has another
	}
	for _, f := range []struct {
		to   *string
		from string
	}{{&x.Name, in.Name}, {&x.Scheme, in.Scheme}, {&x.Header, in.Header}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if in.Mapping != nil {
		x.Mapping = *in.Mapping
	}
	if in.QuietMinutes != nil {
		x.QuietFor = time.Duration(*in.QuietMinutes) * time.Minute
	}
	if in.Paused != nil {
		x.Paused = *in.Paused
	}
}

type sourceOutput struct {
	Status int
	Body   sourceView
}

type postSourceInput struct{ Body sourceInput }

func (a *api) postSource(ctx context.Context, who auth.Caller, in *postSourceInput) (*sourceOutput, error) {
	x, err := a.Sources.Begin(in.Body.Kind)
	if err != nil {
		return nil, err
	}
	in.Body.into(&x)
	x.Secret = in.Body.Secret
	if x, err = a.Sources.Add(ctx, who.Workspace, who.Actor(), x); err != nil {
		return nil, err
	}
	view := a.viewSource(x)
	view.Secret = x.Secret.Reveal()
	return &sourceOutput{http.StatusCreated, view}, nil
}

type SourceID struct {
	ID string `path:"id" maxLength:"200" doc:"The source's id"`
}

func (a *api) getSource(ctx context.Context, who auth.Caller, in *SourceID) (*sourceOutput, error) {
	x, err := a.Sources.Get(ctx, who.Workspace, in.ID)
	return &sourceOutput{http.StatusOK, a.viewSource(x)}, err
}

type putSourceInput struct {
	SourceID
	Body sourceInput
}

func (a *api) putSource(ctx context.Context, who auth.Caller, in *putSourceInput) (*sourceOutput, error) {
	if in.Body.Secret != "" {
		return nil, stanna.InvalidField("secret", "is changed with POST /api/sources/{id}/rotate")
	}
	x, err := a.Sources.Change(ctx, who.Workspace, who.Actor(), in.ID, in.Body.Version, func(x *stanna.Source) error { in.Body.into(x); return nil })
	if err != nil {
		return nil, err
	}
	return &sourceOutput{http.StatusOK, a.viewSource(x)}, nil
}

func (a *api) deleteSource(ctx context.Context, who auth.Caller, in *SourceID) (*doneOutput, error) {
	if err := a.Sources.Delete(ctx, who.Workspace, who.Actor(), in.ID); err != nil {
		return nil, err
	}
	return did("The source is deleted, and nothing is taken at its address any more."), nil
}

type rotateSourceInput struct {
	SourceID
	Body struct {
		Secret       stanna.Secret `json:"secret,omitempty" doc:"The other tool's new one; without it one is made"`
		OverlapHours *float64      `json:"overlapHours,omitempty" minimum:"0" maximum:"720" doc:"How long the old one is accepted as well; 24 without it"`
	}
}

func (a *api) rotateSource(ctx context.Context, who auth.Caller, in *rotateSourceInput) (*sourceOutput, error) {
	overlap := stanna.RotationOverlap
	if in.Body.OverlapHours != nil {
		overlap = time.Duration(*in.Body.OverlapHours * float64(time.Hour))
	}
	x, err := a.Sources.Rotate(ctx, who.Workspace, who.Actor(), in.ID, in.Body.Secret, overlap)
	if err != nil {
		return nil, err
	}
	view := a.viewSource(x)
	view.Secret = x.Secret.Reveal()
	return &sourceOutput{http.StatusOK, view}, nil
}

type listParcelsInput struct {
	SourceID
	State  string `query:"state" enum:"waiting,done,passed,failed" doc:"Only those"`
	Before string `query:"before" doc:"The id of the last one seen"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type listParcelsOutput struct {
	Body struct {
		Bodies []ParcelView `json:"bodies" doc:"Newest first"`
		Next   string       `json:"next,omitempty" doc:"Give it as before for the next page"`
	}
}

func (a *api) listParcels(ctx context.Context, who auth.Caller, in *listParcelsInput) (*listParcelsOutput, error) {
	out := &listParcelsOutput{}
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		if in.ID != stanna.StripeSource {
			if _, err := tx.Source(who.Workspace, in.ID); err != nil {
				return err
			}
		}
		list, err := tx.Parcels(who.Workspace, store.ParcelQuery{Source: in.ID, State: stanna.ParcelState(in.State), Before: in.Before, Limit: in.Limit})
		out.Body.Bodies = each(list, viewParcel)
		if len(list) == in.Limit {
			out.Body.Next = list[len(list)-1].ID
		}
		return err
	})
	return out, err
}

type parcelInput struct {
	SourceID
	Parcel string `path:"body" maxLength:"200" doc:"The body's id"`
}

type parcelOutput struct{ Body parcelDetail }

func (a *api) getParcel(ctx context.Context, who auth.Caller, in *parcelInput) (*parcelOutput, error) {
	out := &parcelOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		p, err := tx.Parcel(who.Workspace, in.Parcel)
		if err == nil && p.SourceID != in.ID {
			err = stanna.Errorf(stanna.NotFound, "body not found")
		}
		out.Body = parcelDetail{viewParcel(p), map[string]string{}, string(p.Body)}
		maps.Copy(out.Body.Headers, p.Headers)
		return err
	})
}

// openParcel opens a body anew.
func (a *api) openParcel(ctx context.Context, who auth.Caller, in *parcelInput) (*doneOutput, error) {
	if _, err := a.Sources.OpenAgain(ctx, who.Workspace, who.Actor(), in.ID, in.Parcel); err != nil {
		return nil, err
	}
	return did("The body is being opened anew."), nil
}

// openFailed opens anew every body that failed.
func (a *api) openFailed(ctx context.Context, who auth.Caller, in *SourceID) (*doneOutput, error) {
	n, err := a.Sources.OpenAgain(ctx, who.Workspace, who.Actor(), in.ID)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return did("None has failed."), nil
	}
	return did(strconv.Itoa(n) + " are being opened anew, oldest first."), nil
}

type gapsInput struct {
	Lacks  string `query:"lacks" doc:"Lists the clients that lack this: health, mrr, csmOwner, contacts, renewalDate, domain, engagement, sentiment, usage, lastContact or payments"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Offset int    `query:"offset" default:"0" minimum:"0"`
}

type gapsOutput struct {
	Body struct {
		Clients int                `json:"clients" doc:"That take part"`
		Lacking map[stanna.Gap]int `json:"lacking" doc:"How many lack what"`
		List    []lackingView      `json:"list" doc:"Those that lack what was asked for, worth most first"`
	}
}

type lackingView struct {
	ClientID string   `json:"clientId"`
	Name     string   `json:"name"`
	Domain   string   `json:"domain"`
	CSMOwner string   `json:"csmOwner"`
	MRR      *float64 `json:"mrr"`
}

// gaps says what is not known of which clients, so that somebody can connect
// what would tell.
func (a *api) gaps(ctx context.Context, who auth.Caller, in *gapsInput) (*gapsOutput, error) {
	out := &gapsOutput{}
	out.Body.List = []lackingView{}
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		if out.Body.Lacking, out.Body.Clients, err = tx.GapCounts(who.Workspace, ownerFilter(who)); err != nil || in.Lacks == "" {
			return err
		}
		if _, known := out.Body.Lacking[stanna.Gap(in.Lacks)]; !known {
			return stanna.InvalidField("lacks", "is none of what is counted under lacking")
		}
		list, err := tx.Lacking(who.Workspace, ownerFilter(who), stanna.Gap(in.Lacks), in.Limit, in.Offset)
		for _, c := range list {
			view := lackingView{ClientID: c.ID, Name: c.Name, Domain: c.Domain, CSMOwner: c.CSMOwner}
			if c.HasMRR() {
				mrr := c.MRR.Amount()
				view.MRR = &mrr
			}
			out.Body.List = append(out.Body.List, view)
		}
		return err
	})
	return out, err
}

type readyOutput struct {
	Body struct {
		Ready []readyView `json:"ready"`
	}
}

type readyView struct {
	Kind    string         `json:"kind"`
	Title   string         `json:"title"`
	Doc     string         `json:"doc"`
	Steps   []string       `json:"steps" doc:"What to do in the other tool"`
	Scheme  string         `json:"scheme"`
	Header  string         `json:"header,omitempty"`
	Mapping stanna.Mapping `json:"mapping"`
	Samples []sampleView   `json:"samples"`
}

type sampleView struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
	Body string `json:"body"`
}

func (a *api) readySources(_ context.Context, _ auth.Caller, _ *struct{}) (*readyOutput, error) {
	out := &readyOutput{}
	out.Body.Ready = each(mapping.Ready(), func(r mapping.Template) readyView {
		return readyView{r.Name, r.Title, r.Doc, all(r.Steps), r.Scheme, r.Header, r.Mapping,
			each(r.Samples, func(s mapping.Sample) sampleView { return sampleView{s.Name, s.Doc, string(s.Body)} })}
	})
	return out, nil
}

type trySourceInput struct {
	SourceID
	Body struct {
		Mapping stanna.Mapping `json:"mapping"`
	}
}

type tryMappingInput struct {
	Body struct {
		Mapping stanna.Mapping `json:"mapping"`
		Sample  string         `json:"sample" doc:"A body, as the tool would send it"`
	}
}

type tryOutput struct {
	Body struct {
		Trials []trialView `json:"trials" doc:"One for each body, the newest first"`
	}
}

type trialView struct {
	BodyID string          `json:"bodyId,omitempty"`
	CameAt *time.Time      `json:"cameAt"`
	Error  string          `json:"error,omitempty" doc:"Why the body cannot be read at all"`
	Items  []trialItemView `json:"items"`
}

type trialItemView struct {
	Passed   string         `json:"passed,omitempty" doc:"Why it says nothing to us"`
	Error    string         `json:"error,omitempty" doc:"Why it would not be taken in"`
	ClientID string         `json:"clientId,omitempty" doc:"Whom it is about"`
	Creates  bool           `json:"creates" doc:"The client would be made"`
	Fields   map[string]any `json:"fields" doc:"Fields of the client that it sets"`
	Signals  []trialSignal  `json:"signals"`
	Act      *mapping.Act   `json:"act,omitempty"`
}

type trialSignal struct {
	ID         string            `json:"id"`
	Type       stanna.SignalType `json:"type"`
	OccurredAt *time.Time        `json:"occurredAt"`
	Data       json.RawMessage   `json:"data"`
}

func (a *api) trySource(ctx context.Context, who auth.Caller, in *trySourceInput) (*tryOutput, error) {
	return a.tried(a.Sources.Try(ctx, who.Workspace, in.ID, in.Body.Mapping, nil))
}

func (a *api) tryMapping(ctx context.Context, who auth.Caller, in *tryMappingInput) (*tryOutput, error) {
	if in.Body.Sample == "" {
		return nil, stanna.InvalidField("sample", "is required: a body, as the tool would send it")
	}
	return a.tried(a.Sources.Try(ctx, who.Workspace, "", in.Body.Mapping, []byte(in.Body.Sample)))
}

func (a *api) tried(trials []source.Trial, err error) (*tryOutput, error) {
	out := &tryOutput{}
	out.Body.Trials = each(trials, func(t source.Trial) trialView {
		return trialView{t.Parcel.ID, moment(t.Parcel.CameAt), words(t.Err), each(t.Items, func(x source.TrialItem) trialItemView {
			view := trialItemView{Error: words(x.Trouble), ClientID: x.ClientID, Creates: x.Created, Fields: map[string]any{}, Act: x.Act}
			maps.Copy(view.Fields, x.Fields)
			if x.Passed {
				view.Passed = x.Why
			}
			view.Signals = each(x.Signals, func(s stanna.Signal) trialSignal { return trialSignal{s.ID, s.Type, moment(s.OccurredAt), s.Data} })
			return view
		})}
	})
	return out, err
}

func words(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
