package press

import (
	"cmp"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/slack"
)

// recognise finds out who pressed: Slack says their e-mail address and that it
// is theirs, and the user with that address is who acts. The reply says why
// they may not.
//
// The directory is not asked: it knows who has an address, and not whether
// Slack vouches for it.
func (t *turn) recognise() (message.Reply, error) {
	p, c := t.press, t.connection
	if p.UserTeamID != "" && p.UserTeamID != p.TeamID && c.EnterpriseID == "" {
		return message.ReplyStranger, nil
	}
	f, err := t.face()
	if o, _ := slack.OutcomeOf(err); o.Class == slack.ClassScope {
		return message.ReplyBlind, nil
	}
	switch {
	case err != nil:
		return "", err
	case !f.colleague:
		return message.ReplyStranger, nil
	case f.Email == "":
		return message.ReplyBlind, nil
	case f.Unconfirmed:
		return message.ReplyUnverified, nil
	}
	t.speakTo(f)
	caller, ok, err := t.Auth.Recognise(t.ctx, c.Workspace, f.Email)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return message.ReplyNobody, nil
	}
	t.caller = caller
	switch {
	case !caller.May(auth.ActOnAlerts):
		return message.ReplyRole, nil
	case !caller.Sees(t.client.CSMOwner):
		return message.ReplyNotTheirs, nil
	}
	return "", nil
}

// speakTo makes the settings those of the person: their language, their zone
// and their hours.
func (t *turn) speakTo(f face) {
	h := t.people[strings.ToLower(f.Email)].Habits
	t.settings.Locale = cmp.Or(h.Locale, t.settings.Locale)
	t.settings.Timezone = h.Location(t.settings).String()
	if h.Hours != nil {
		t.settings.BusinessHours = *h.Hours
	}
	t.view.Settings = t.settings
	t.tell()
}

// face is somebody in Slack, as Slack said lately.
type face struct {
	slack.User
	colleague bool
	at        time.Time
}

// Slack is asked again after faceAge, so that a person who left acts no
// longer; maxFaces are remembered.
const (
	faceAge  = 10 * time.Minute
	maxFaces = 10_000
)

// faces remembers who somebody is.
type faces struct {
	mu   sync.Mutex
	seen map[[2]string]face // by workspace and Slack id
}

func (t *turn) face() (face, error) {
	key, now := [2]string{t.connection.Workspace, t.press.UserID}, t.Clock.Real()
	t.faces.mu.Lock()
	f, known := t.faces.seen[key]
	t.faces.mu.Unlock()
	if known && now.Sub(f.at) < faceAge {
		return f, nil
	}
	u, colleague, err := t.Line.Member(t.ctx, t.connection, t.press.UserID)
	if err != nil {
		return face{}, err
	}
	f = face{u, colleague, now}
	t.faces.mu.Lock()
	defer t.faces.mu.Unlock()
	if t.faces.seen == nil || len(t.faces.seen) >= maxFaces {
		t.faces.seen = map[[2]string]face{}
	}
	t.faces.seen[key] = f
	return f, nil
}
