package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// plannedDigest says who gets a digest.
type plannedDigest struct {
	To      string               `json:"to" maxLength:"500" doc:"A channel (id, name or link), somebody's e-mail address, or owner: every CSM, about their own accounts"`
	Daily   bool                 `json:"daily,omitempty" doc:"On working days, since the last one"`
	Weekly  bool                 `json:"weekly,omitempty" doc:"The portfolio on the weekly day; with daily the two are one message then"`
	Edition stanna.DigestEdition `json:"edition,omitempty" enum:"team,leadership" doc:"team by default. leadership has figures and names no client"`
	Owner   string               `json:"owner,omitempty" maxLength:"254" doc:"Of a channel's: the e-mail address of a CSM, whose accounts alone it is about"`
	Empty   stanna.EmptyDigest   `json:"empty,omitempty" enum:"silent,say" doc:"A digest without anything to say: silent (the default) sends none, say says so on the first of several such days"`

	Name *string    `json:"name,omitempty" doc:"What the place is called; may be repeated, not changed"`
	Next *time.Time `json:"next,omitempty" doc:"When its next one is due; may be repeated, not changed"`
}

type digestsOutput struct {
	ETag string `header:"ETag" doc:"Of the settings, for If-Match"`
	Body struct {
		Digests  []plannedDigest  `json:"digests" doc:"Beside these, whatever waits for a digest always comes"`
		Warnings []policy.Warning `json:"warnings,omitempty" doc:"In the answer to a change: what may be saved and is probably not what was meant"`
	}
}

func (a *api) getDigests(ctx context.Context, who auth.Caller, _ *struct{}) (*digestsOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	return a.digestsAnswer(ctx, kept, nil)
}

func (a *api) digestsAnswer(ctx context.Context, kept policy.Kept, warnings []policy.Warning) (*digestsOutput, error) {
	names, err := a.placeNames(ctx, kept.Workspace.ID)
	if err != nil {
		return nil, err
	}
	next, err := a.Intake.NextDigests(ctx, kept.Workspace.ID)
	if err != nil {
		return nil, err
	}
	out := &digestsOutput{ETag: strconv.Quote(kept.Tag())}
	out.Body.Warnings = warnings
	out.Body.Digests = each(kept.Workspace.Settings.Digests, func(p stanna.DigestPlan) plannedDigest {
		name := names.of(p.To)
		return plannedDigest{places([]stanna.Destination{p.To})[0], p.Daily, p.Weekly, edition(p.Edition), p.Owner, emptiness(p.Empty), &name, moment(next[p.To])}
	})
	return out, nil
}

// edition and emptiness are the choices with their defaults.
func edition(e stanna.DigestEdition) stanna.DigestEdition {
	if e == "" {
		return stanna.TeamEdition
	}
	return e
}

func emptiness(e stanna.EmptyDigest) stanna.EmptyDigest {
	if e == "" {
		return stanna.StaySilent
	}
	return e
}

type putDigestsInput struct {
	IfRead
	Body struct {
		Digests  []plannedDigest   `json:"digests" doc:"All of them"`
		Warnings *[]policy.Warning `json:"warnings,omitempty" doc:"May be repeated; not changed by it"`
	}
}

func (a *api) putDigests(ctx context.Context, who auth.Caller, in *putDigestsInput) (*digestsOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	t := typedPlaces{api: a, workspace: who.Workspace}
	for _, p := range kept.Workspace.Settings.Digests {
		t.known = append(t.known, p.To)
	}
	plans := make([]stanna.DigestPlan, len(in.Body.Digests))
	for i, d := range in.Body.Digests {
		if plans[i], err = t.digestPlan(ctx, d, fmt.Sprintf("digests[%d]", i)); err != nil {
			return nil, err
		}
	}
	kept, warnings, err := a.Policy.SaveDigests(ctx, who.Workspace, actor(who), in.tag(), plans)
	if err != nil {
		return nil, in.refused(err)
	}
	return a.digestsAnswer(ctx, kept, warnings)
}

// digestPlan reads a plan as it was typed.
func (t typedPlaces) digestPlan(ctx context.Context, d plannedDigest, field string) (p stanna.DigestPlan, err error) {
	p = stanna.DigestPlan{Daily: d.Daily, Weekly: d.Weekly, Edition: d.Edition, Owner: strings.ToLower(strings.TrimSpace(d.Owner)), Empty: d.Empty}
	if strings.TrimSpace(d.To) == "" {
		return p, policy.CheckDigestPlan(p, field)
	}
	to, err := t.read(ctx, []string{d.To}, field+".to")
	if err != nil {
		return p, renamed(err, field+".to[0]", field+".to")
	}
	p.To = to[0]
	return p, nil
}

// DigestWanted is a digest that is asked for now.
type DigestWanted struct {
	To      string               `json:"to" query:"to" maxLength:"500" doc:"A channel (id, name or link), somebody's e-mail address, or owner"`
	Weekly  bool                 `json:"weekly,omitempty" query:"weekly" doc:"The weekly summary; the daily digest without it"`
	Edition stanna.DigestEdition `json:"edition,omitempty" query:"edition" enum:"team,leadership" doc:"team without it"`
	Owner   string               `json:"owner,omitempty" query:"owner" maxLength:"254" doc:"E-mail address of a CSM: of a channel's digest whose accounts alone it is about; in a preview of owner whose it is"`
}

// wanted reads it as it was typed, within what the caller may see: a csm their
// own accounts, leadership the figures.
func (a *api) wanted(ctx context.Context, who auth.Caller, w DigestWanted) (stanna.DigestPlan, error) {
	t := typedPlaces{api: a, workspace: who.Workspace}
	d := plannedDigest{To: w.To, Daily: true, Edition: w.Edition, Owner: w.Owner}
	p, err := t.digestPlan(ctx, d, "digest")
	if err != nil {
		return p, renamed(err, "digest.to", "to")
	}
	if who.Kind == auth.Person && who.Role == stanna.Leadership {
		p.Edition = stanna.LeadershipEdition
	}
	check := p
	if p.To == stanna.ToOwner {
		check.Owner = ""
	}
	if err := policy.CheckDigestPlan(check, "digest"); err != nil {
		for _, f := range []string{"to", "edition", "owner"} {
			err = renamed(err, "digest."+f, f)
		}
		return p, err
	}
	if who.OwnAccountsOnly() && !strings.EqualFold(p.Scope(), who.Email) {
		if p.To == stanna.ToOwner && (p.Owner == "" || strings.EqualFold(p.Owner, who.Email)) {
			p.Owner = who.Email
			return p, nil
		}
		return p, stanna.Errorf(stanna.Forbidden, "you see your own accounts only: ask for a digest with your address as owner")
	}
	return p, nil
}

// renamed is a refusal with a field by the name that the caller knows.
func renamed(err error, from, to string) error {
	var e *stanna.Error
	if !errors.As(err, &e) || e.Fields[from] == "" {
		return err
	}
	return stanna.InvalidField(to, "%s", e.Fields[from])
}

type previewDigestInput struct{ DigestWanted }

type previewDigestOutput struct {
	Body struct {
		Digest      stanna.Digest   `json:"digest" doc:"What it says; money is in minor units, so that it adds up to the cent"`
		Nothing     bool            `json:"nothing" doc:"Nothing has happened: by its time it would not be sent, or say so, as set"`
		Destination string          `json:"destination" doc:"Where it would go"`
		Text        string          `json:"text" doc:"For notifications and screen readers; it says what the blocks say"`
		Blocks      json.RawMessage `json:"blocks" doc:"Block Kit"`
		Attachments json.RawMessage `json:"attachments,omitempty" doc:"With an accent, the foot beside its bar"`
	}
}

// previewDigest composes a digest now. Nothing is sent, and none is taken from
// its date.
func (a *api) previewDigest(ctx context.Context, who auth.Caller, in *previewDigestInput) (*previewDigestOutput, error) {
	plan, err := a.wanted(ctx, who, in.DigestWanted)
	if err != nil {
		return nil, err
	}
	if plan.To == stanna.ToOwner {
		if plan.Owner == "" {
			return nil, stanna.InvalidField("owner", "is required to preview one of every owner's: say whose")
		}
		plan.To, plan.Owner = stanna.ToPerson(plan.Owner), ""
	}
	list, err := a.Intake.ComposeDigest(ctx, who.Workspace, actor(who), plan, in.Weekly)
	if err != nil {
		return nil, err
	}
	out, d := &previewDigestOutput{}, list[0]
	var drawn message.Rendered
	if err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		drawn, err = deliver.DrawDigest(tx, deliver.Links{PublicURL: a.PublicURL}, d.Says.To, who.Workspace, d.Place.To, d.Says)
		return err
	}); err != nil {
		return nil, err
	}
	out.Body.Digest, out.Body.Nothing, out.Body.Destination, out.Body.Text = d.Says, d.Says.Nothing(), string(d.Place.To), drawn.Text
	out.Body.Blocks, out.Body.Attachments, err = drawn.Layout()
	return out, err
}

type sendDigestInput struct{ Body DigestWanted }

type sendDigestOutput struct {
	Status int
	Body   struct {
		Success       bool               `json:"success"`
		Message       string             `json:"message"`
		Notifications []notificationView `json:"notifications" doc:"One for each place"`
	}
}

// sendDigest sends a digest now, marked as sent by hand, beside the one that
// its date has.
func (a *api) sendDigest(ctx context.Context, who auth.Caller, in *sendDigestInput) (*sendDigestOutput, error) {
	plan, err := a.wanted(ctx, who, in.Body)
	if err != nil {
		return nil, err
	}
	if plan.To == stanna.ToOwner && plan.Owner != "" {
		plan.To, plan.Owner = stanna.ToPerson(plan.Owner), ""
	}
	sent, err := a.Intake.SendDigest(ctx, who.Workspace, actor(who), plan, in.Body.Weekly)
	if err != nil {
		return nil, err
	}
	out := &sendDigestOutput{Status: http.StatusAccepted}
	out.Body.Success, out.Body.Message, out.Body.Notifications = true, fmt.Sprintf("%d on the way", len(sent)), each(sent, viewNotification)
	return out, nil
}

// digestLogEntry is what became of a digest.
type digestLogEntry struct {
	ID          string        `json:"id"`
	Destination string        `json:"destination"`
	Name        string        `json:"name" doc:"What the place is called"`
	Date        string        `json:"date" doc:"Its local date"`
	DueAt       time.Time     `json:"dueAt"`
	Weekly      bool          `json:"weekly"`
	Late        bool          `json:"late" doc:"The server was down when it was due"`
	Sent        bool          `json:"sent"`
	MessageID   *string       `json:"messageId"`
	Reason      stanna.Reason `json:"reason" doc:"Why it was not sent, or that it said nothing"`
	Explanation string        `json:"explanation"`
	SentBy      *string       `json:"sentBy" doc:"Who sent it by hand"`
	At          time.Time     `json:"at"`
}

type digestLogOutput struct {
	Body struct {
		Log        []digestLogEntry `json:"log" doc:"Newest first"`
		Pagination pagination       `json:"pagination"`
	}
}

func (a *api) digestLog(ctx context.Context, who auth.Caller, in *Page) (*digestLogOutput, error) {
	names, err := a.placeNames(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	out := &digestLogOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, total, err := tx.DigestLog(who.Workspace, in.Limit, in.Offset)
		out.Body.Pagination = paginationOf(in.Limit, in.Offset, total, len(list))
		out.Body.Log = each(list, func(r stanna.DigestRecord) digestLogEntry {
			return digestLogEntry{ID: r.ID, Destination: string(r.Destination), Name: names.of(r.Destination), Date: r.Date, DueAt: r.DueAt.UTC(), Weekly: r.Weekly, Late: r.Late,
				Sent: r.Sent(), MessageID: known(r.MessageID), Reason: r.Reason, Explanation: explain(r.Reason), SentBy: known(r.By), At: r.At.UTC()}
		})
		return err
	})
}
