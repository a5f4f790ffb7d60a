package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Interaction is a press or a submission: what the app was sent, and what it said.
type Interaction struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Type     string    `json:"type"` // block_actions, view_submission or view_closed
	User     string    `json:"user"`
	Channel  string    `json:"channel,omitempty"`
	TS       string    `json:"ts,omitempty"`
	ViewID   string    `json:"view_id,omitempty"`
	BlockID  string    `json:"block_id,omitempty"`
	ActionID string    `json:"action_id,omitempty"`
	// Payload is Slack's, as it stands in the form field or the envelope.
	Payload json.RawMessage `json:"payload"`
	Sent    []Attempt       `json:"sent"`
	// Warning is what the person is told in Slack; empty if all is well.
	Warning string `json:"warning,omitempty"`
}

// Attempt is one sending of a payload.
type Attempt struct {
	Road   string `json:"road"`   // http or socket
	Status int    `json:"status"` // 0: no answer; an acknowledged envelope counts as 200
	Body   string `json:"body"`
	TookMS int64  `json:"took_ms"`
	Error  string `json:"error,omitempty"`
}

// Manner is how an interaction is sent if not as an honest Slack would: to play what an app must refuse.
type Manner struct {
	// Team is the workspace that the press is said to come from.
	Team string `json:"team,omitempty"`
	// Tamper signs with a wrong secret, AgeS dates the signature back (negative: into the future). Only over HTTP.
	Tamper bool `json:"tamper,omitempty"`
	AgeS   int  `json:"age_s,omitempty"`
	// Repeat is how often the very same request is sent, signature and all. 0 is once.
	Repeat int `json:"repeat,omitempty"`
	// DryRun makes the payload, with a live trigger_id and response_url, and sends nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

const (
	keepPresses = 200
	maxRepeat   = 100
)

// pressLog remembers the last interactions, oldest first.
type pressLog struct {
	seq  int64
	last []Interaction
}

// add keeps an interaction and gives it its number.
func (l *pressLog) add(in *Interaction) {
	l.seq++
	in.Seq = l.seq
	if len(l.last) == keepPresses {
		l.last = l.last[1:]
	}
	l.last = append(l.last, *in)
}

// warn corrects what the person was told, once the answer has been looked into.
func (l *pressLog) warn(seq int64, warning string) {
	for i := range l.last {
		if l.last[i].Seq == seq {
			l.last[i].Warning = warning
		}
	}
}

// Interactions returns the presses and submissions still remembered, oldest first.
func (s *Sandbox) Interactions() []Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.presses.last)
}

// identity is what every payload says of the app, the team and the person. The caller holds mu.
func (s *Sandbox) identity(u *user, how Manner) object {
	team := s.teamOf(u)
	if how.Team != "" {
		team = how.Team
	}
	handle := slug(u.Name)
	return object{
		"user":       object{"id": u.ID, "username": handle, "name": handle, "team_id": team},
		"team":       object{"id": team, "domain": slug(s.team.Name)},
		"api_app_id": s.cfg.App.ID, "token": verificationToken, "enterprise": s.enterprise(),
		"is_enterprise_install": s.installed().org,
	}
}

// interact sends a payload as ordered and keeps what became of it.
func (s *Sandbox) interact(ctx context.Context, in Interaction, how Manner) Interaction {
	in.Sent = []Attempt{}
	if how.DryRun {
		return in
	}
	s.mu.Lock()
	app := s.app
	s.mu.Unlock()
	switch {
	case !app.interactivity || !app.socketMode && app.interactivityURL == "":
		in.Warning = "This app is not configured to handle interactive responses."
	case app.socketMode:
		for range min(max(how.Repeat, 1), maxRepeat) {
			in.Sent = append(in.Sent, s.pressOverSocket(ctx, in))
		}
	default:
		in.Sent = s.pressOverHTTP(ctx, app.interactivityURL, in.Payload, how)
	}
	if len(in.Sent) > 0 {
		in.Warning = in.Sent[0].warning()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.presses.add(&in)
	s.notify()
	return in
}

// pressOverHTTP posts the form field "payload", signed once and sent as often as ordered.
func (s *Sandbox) pressOverHTTP(ctx context.Context, to string, payload []byte, how Manner) []Attempt {
	body := []byte(url.Values{"payload": {string(payload)}}.Encode())
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	s.seal(header, body, s.signature(how.Tamper, how.AgeS))
	var out []Attempt
	for range min(max(how.Repeat, 1), maxRepeat) {
		start := s.now()
		answer, err := s.send(ctx, to, body, header.Clone())
		a := Attempt{Road: "http", Status: answer.status, Body: string(answer.body), TookMS: s.now().Sub(start).Milliseconds()}
		if err != nil {
			a.Error = err.Error()
			if urlError := (*url.Error)(nil); errors.As(err, &urlError) && urlError.Timeout() {
				a.Error = tooSlow
			}
		}
		out = append(out, a)
	}
	return out
}

func (s *Sandbox) pressOverSocket(ctx context.Context, in Interaction) Attempt {
	start := s.now()
	// In the samples of Slack's SDKs only a submission may be answered with a payload.
	ack, err := s.overSocket(ctx, envelope{Type: "interactive", Payload: in.Payload, AcceptsResponsePayload: in.Type == "view_submission"})
	a := Attempt{Road: "socket", Status: http.StatusOK, Body: string(ack), TookMS: s.now().Sub(start).Milliseconds()}
	if err != nil {
		a.Status, a.Error = 0, err.Error()
	}
	return a
}

const tooSlow = "no answer in time"

// warning is the line that Slack shows beside an element whose app did not answer well.
func (a Attempt) warning() string {
	switch {
	case a.Error == tooSlow:
		return "Operation timed out. Apps need to respond within 3 seconds."
	case a.Error == noSocket:
		return "This app has no open Socket Mode connection."
	case a.Error != "":
		return "This app could not be reached."
	case a.Status/100 != 2:
		return "This app responded with Status Code " + strconv.Itoa(a.Status) + "."
	}
	return ""
}

func (s *Sandbox) signature(tamper bool, ageS int) signature {
	sig := signature{secret: s.cfg.App.SigningSecret, age: time.Duration(ageS) * time.Second}
	if tamper {
		sig.secret += "-forged"
	}
	return sig
}
