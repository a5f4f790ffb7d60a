package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
)

const (
	signalsPattern = "POST /api/signals"
	ndjson         = "application/x-ndjson"
)

// postSignals takes in one signal, an array, or a stream of lines.
func (a *api) postSignals(v *visit, r *http.Request) error {
	switch mediaType(r) {
	case "", "application/json":
	case ndjson, "application/ndjson", "application/jsonl", "application/jsonlines", "application/x-jsonlines":
		return a.signalStream(v, r)
	default:
		return unsupported("application/json or " + ndjson)
	}
	pooled := a.bodies.Get().(*[]byte)
	body, err := readBody(v, r, *pooled)
	if cap(body) <= 64<<10 {
		// Nothing keeps a part of the body once the answer is written.
		defer func() { *pooled = body[:0]; a.bodies.Put(pooled) }()
	}
	if err != nil {
		return err
	}
	body = trimmed(body)
	switch {
	case len(body) == 0:
		return stanna.InvalidField("body", "is empty; send a signal, an array of signals, or %s", ndjson)
	case body[0] == '[':
		return a.signalArray(v, r, body)
	}
	return a.oneSignal(v, r, body)
}

// oneSignal takes in a single signal. A bad one is an error; a repeat is not.
func (a *api) oneSignal(v *visit, r *http.Request, body []byte) error {
	signal, err := readSignal(body)
	if err != nil {
		return err
	}
	outcomes, err := a.Intake.Signals(r.Context(), v.caller.Workspace, []stanna.Signal{signal}, false)
	if err != nil {
		return err
	}
	out := outcomes[0]
	if out.Became == stanna.Rejected {
		p := translate(out.Err)
		if p.Details == nil {
			p.Details = map[string]any{}
		}
		p.Details["reason"] = out.Reason
		return p
	}
	b, err := json.Marshal(signalAnswer{ID: signal.ID, Status: out.Became, Reason: out.Reason, Explanation: explain(out.Reason), Alerts: changes(out.Alerts)})
	if err != nil {
		return err
	}
	v.Header()["Content-Type"] = jsonType
	v.WriteHeader(http.StatusOK) // not 202: it is stored and judged, nothing is left to come
	v.Write(append(b, '\n'))
	return nil
}

// signalAnswer is what became of one signal.
type signalAnswer struct {
	ID          string        `json:"id"`
	Status      stanna.Became `json:"status" enum:"accepted,duplicate,late,backfill" doc:"late and backfill are stored as history and open no alert"`
	Reason      stanna.Reason `json:"reason" doc:"Why nothing was told, or what opened an alert"`
	Explanation string        `json:"explanation" doc:"The reason in a sentence"`
	Alerts      []alertChange `json:"alerts" doc:"The alerts that it opened, worsened, eased or resolved"`
}

type alertChange struct {
	ID    string            `json:"id"`
	Event stanna.AlertEvent `json:"event" enum:"opened,worsened,eased,resolved" doc:"eased: a part of it is over, and it goes on"`
}

func changes(list []intake.AlertChange) []alertChange {
	return each(list, func(c intake.AlertChange) alertChange { return alertChange{c.ID, c.Event} })
}

func explain(r stanna.Reason) string {
	if r == "" {
		return ""
	}
	return r.Sentence()
}

// readBody reads a JSON body into a buffer. One that is known to be too large
// is refused unread.
func readBody(w http.ResponseWriter, r *http.Request, into []byte) ([]byte, error) {
	if r.ContentLength > maxBody {
		return into, &http.MaxBytesError{Limit: maxBody}
	}
	body := http.MaxBytesReader(w, r.Body, maxBody)
	b := into[:0]
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, brokenOff(err)
		}
	}
}

// brokenOff is what it means that a body could not be read to its end.
func brokenOff(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return &stanna.Error{Code: stanna.Invalid, Message: "the request broke off before its end", Err: err}
}

// trimmed takes off white space and the mark that some editors write in front
// of UTF-8.
func trimmed(b []byte) []byte { return bytes.TrimSpace(bytes.TrimPrefix(b, byteOrderMark)) }

var byteOrderMark = []byte("\xef\xbb\xbf")

// mediaType is the Content-Type without its parameters.
func mediaType(r *http.Request) string {
	ct := r.Header.Get("Content-Type")
	if ct == "application/json" || ct == ndjson {
		return ct
	}
	mt, _, err := mime.ParseMediaType(ct)
	if err != nil && ct != "" {
		return "unreadable"
	}
	return mt
}

func describeSignals(registry huma.Registry, op *huma.Operation) {
	signal := schemaOf[signalInput](registry)
	op.Description += " Every signal that is answered as accepted, late or backfill is stored, durably. A repeat of an id changes nothing.\n\n" +
		"One object is answered 200, a repeat too, a bad one 400. An array (10 MB) or lines (" + ndjson + ", of any length, 1 MB a line) are answered with totals " +
		"and the first 1,000 items that were not accepted; with `Accept: " + ndjson + "` lines are answered line by line, as they are stored. " +
		"When the store cannot take more, nothing from there on is taken in: 503, `failed` and `resumeFrom` say so."
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{signal, {Type: huma.TypeArray, Items: signal}}}},
		ndjson:             {Schema: signal},
	}}
	one, many, line := schemaOf[signalAnswer](registry), schemaOf[signalReport](registry), schemaOf[signalItem](registry)
	op.Responses["200"] = &huma.Response{Description: "What became of the signal; of an array or of lines, in totals", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{one, many}}}, ndjson: {Schema: line}}}
	op.Responses["503"] = &huma.Response{Description: "Not everything was taken in; send it again, from resumeFrom on or whole", Content: content("application/json", many)}
}
