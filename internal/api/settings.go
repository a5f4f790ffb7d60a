package api

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// settingsView has the documented shape. What this server does not keep is
// null, or says what is true here.
type settingsView struct {
	Profile   profileView   `json:"profile"`
	Workspace workspaceView `json:"workspace"`
}

type profileView struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Title string `json:"title"`
}

type workspaceView struct {
	WorkspaceName     string           `json:"workspaceName"`
	Domain            string           `json:"domain"`
	Timezone          string           `json:"timezone"`
	Currency          string           `json:"currency"`
	DefaultWindowDays int              `json:"defaultWindowDays"`
	RiskThreshold     float64          `json:"riskThreshold" doc:"Health at or below it is red"`
	DataRetentionDays *int             `json:"dataRetentionDays" doc:"null: nothing is deleted for its age"`
	Notifications     notificationPref `json:"notifications"`

	HealthyAbove      float64     `json:"healthyAbove" doc:"Health above it is green"`
	Locale            string      `json:"locale" doc:"BCP 47. Messages are written in its language, English or Spanish; figures, money and dates as they are written there"`
	ClientURLTemplate string      `json:"clientUrlTemplate" doc:"Links to your own system, with {id} or {domain}"`
	BusinessHours     hoursView   `json:"businessHours" doc:"When people work; without windows it is always open, but for the holidays"`
	Digest            digestView  `json:"digest" doc:"When digests are due"`
	Frequency         frequencies `json:"frequency" doc:"When people hear of an alert, by severity, unless its rule says otherwise"`
	DigestOnly        bool        `json:"digestOnly" doc:"The one switch: everything waits for the digest"`
	Buttons           bool        `json:"buttons" doc:"Messages have buttons; without them, links"`

	AudienceView
}

type frequencies = map[stanna.Severity]stanna.Frequency

type hoursView struct {
	Timezone string          `json:"timezone" doc:"Empty: the workspace's"`
	Windows  []stanna.Window `json:"windows"`
	Holidays []string        `json:"holidays" doc:"YYYY-MM-DD, or --MM-DD for every year"`
}

type digestView struct {
	At       string   `json:"at" example:"09:00"`
	Days     []string `json:"days" doc:"The working days"`
	WeeklyOn string   `json:"weeklyOn" doc:"The day of the weekly summary"`
}

// notificationPref tells in the documented words what the rules and the
// settings come to. There is one truth, and it is theirs.
type notificationPref struct {
	Channels          map[string]bool `json:"channels" doc:"The roads that work; not changed here"`
	DailyDigest       bool            `json:"dailyDigest" doc:"One message a day in the place of messages at once: digestOnly"`
	WeeklyDigest      bool            `json:"weeklyDigest" doc:"Kept for programs written for the hosted product. What is told weekly is told on digest.weeklyOn whatever it says"`
	AlertOnScoreDrop  bool            `json:"alertOnScoreDrop" doc:"The rule of type health_drop is active"`
	ScoreDropPct      float64         `json:"scoreDropPct" doc:"Its threshold dropPercent; 0: that way to open is off, and its points count alone"`
	AlertOnRenewals   bool            `json:"alertOnRenewals" doc:"The rule of type renewal_upcoming is active"`
	RenewalsAheadDays float64         `json:"renewalsAheadDays" doc:"The earliest of its steps before a renewal (red accounts have one more, redDays). Set, it becomes the first step, and those that would come earlier are switched off"`
	EmailFrom         *string         `json:"emailFrom" doc:"This server sends no e-mail: null"`
}

// defaultWindow is how many days a figure looks back unless told otherwise.
const defaultWindow = 7

type settingsOutput struct {
	ETag string `header:"ETag" doc:"For If-Match"`
	Body settingsView
}

func (a *api) getSettings(ctx context.Context, who auth.Caller, _ *struct{}) (*settingsOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	out := &settingsOutput{ETag: strconv.Quote(kept.Tag())}
	out.Body, err = a.viewSettings(ctx, who, kept)
	return out, err
}

func (a *api) viewSettings(ctx context.Context, who auth.Caller, kept policy.Kept) (v settingsView, err error) {
	connected := false
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		_, connected, err = tx.Connection(who.Workspace)
		return err
	})
	w, s := kept.Workspace, kept.Workspace.Settings
	digest := s.Digest.WithDefaults()
	v = settingsView{
		Profile: profileView{Name: who.Name, Email: who.Email},
		Workspace: workspaceView{WorkspaceName: w.Name, Domain: w.ID, Timezone: s.Timezone, Currency: s.Currency, DefaultWindowDays: defaultWindow,
			RiskThreshold: s.RiskThreshold, HealthyAbove: s.HealthyAbove, Locale: s.Locale, ClientURLTemplate: s.ClientURLTemplate,
			Notifications: documented(kept, connected && s.DefaultChannel != ""),
			BusinessHours: hoursView{s.BusinessHours.Timezone, all(s.BusinessHours.Windows), all(s.BusinessHours.Holidays)},
			Digest:        digestView{digest.At, digest.Days, digest.WeeklyOn}, Frequency: frequencies{}, DigestOnly: s.DigestOnly, Buttons: s.Buttons,
			AudienceView: viewAudience(s)},
	}
	for _, severity := range stanna.Severities() {
		v.Workspace.Frequency[severity] = cmp.Or(s.Frequency[severity], stanna.DefaultFrequency(severity))
	}
	return v, err
}

type putSettingsInput struct {
	IfRead
	Body settingsInput
}

// settingsInput changes what it names. Whatever a GET shows may be sent back;
// what cannot be changed here is refused only when it differs.
type settingsInput struct {
	Profile   *profileInput   `json:"profile,omitempty"`
	Workspace *workspaceInput `json:"workspace,omitempty"`
}

type profileInput struct {
	Name  *string `json:"name,omitempty"`
	Email *string `json:"email,omitempty"`
	Title *string `json:"title,omitempty"`
}

type workspaceInput struct {
	WorkspaceName     *string            `json:"workspaceName,omitempty" minLength:"1" maxLength:"200"`
	Domain            *string            `json:"domain,omitempty"`
	Timezone          *string            `json:"timezone,omitempty" example:"America/New_York"`
	Currency          *string            `json:"currency,omitempty" example:"USD"`
	DefaultWindowDays *int               `json:"defaultWindowDays,omitempty"`
	RiskThreshold     *float64           `json:"riskThreshold,omitempty"`
	DataRetentionDays *int               `json:"dataRetentionDays,omitempty" nullable:"true"`
	Notifications     *notificationInput `json:"notifications,omitempty"`
	HealthyAbove      *float64           `json:"healthyAbove,omitempty"`
	Locale            *string            `json:"locale,omitempty" example:"es-MX" doc:"BCP 47"`
	ClientURLTemplate *string            `json:"clientUrlTemplate,omitempty" example:"https://crm.example.com/accounts/{id}"`
	BusinessHours     *stanna.Hours      `json:"businessHours,omitempty" doc:"Replaced whole, the holidays with it"`
	Digest            *digestInput       `json:"digest,omitempty"`
	Frequency         *frequencies       `json:"frequency,omitempty" doc:"Those severities that are named: realtime, daily or weekly"`
	DigestOnly        *bool              `json:"digestOnly,omitempty"`
	Buttons           *bool              `json:"buttons,omitempty" doc:"Refused where presses could not arrive, or Slack may not tell who presses"`

	AudienceInput
}

type digestInput struct {
	At       *string   `json:"at,omitempty" example:"09:00"`
	Days     *[]string `json:"days,omitempty"`
	WeeklyOn *string   `json:"weeklyOn,omitempty"`
}

// settingsDone is the documented answer, with what else is worth saying.
type settingsDone struct {
	Success  bool             `json:"success"`
	Message  string           `json:"message"`
	Warnings []policy.Warning `json:"warnings,omitempty" doc:"What may be saved and is probably not what was meant"`
}

type settingsDoneOutput struct {
	ETag string `header:"ETag" doc:"For If-Match"`
	Body settingsDone
}

func (a *api) putSettings(ctx context.Context, who auth.Caller, in *putSettingsInput) (*settingsDoneOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	view, err := a.viewSettings(ctx, who, kept)
	if err != nil {
		return nil, err
	}
	if err := in.Body.fixed(view); err != nil {
		return nil, err
	}
	if err := a.checkLogo(ctx, kept.Workspace.Settings.Branding, in.Body.Workspace); err != nil {
		return nil, err
	}
	if w := in.Body.Workspace; w != nil && w.Buttons != nil && *w.Buttons && !kept.Workspace.Settings.Buttons {
		if err := a.Line.MayHaveButtons(ctx, who.Workspace); err != nil {
			return nil, err
		}
	}
	kept, warnings, err := a.Policy.SaveSettings(ctx, who.Workspace, actor(who), in.tag(), in.Body.into)
	if err != nil {
		return nil, in.refused(err)
	}
	return &settingsDoneOutput{strconv.Quote(kept.Tag()), settingsDone{true, "Settings updated", warnings}}, nil
}

// into sets what is given.
func (in settingsInput) into(k *policy.Kept) error {
	n := in.Workspace
	if n == nil {
		return nil
	}
	w, s := &k.Workspace, &k.Workspace.Settings
	give(&w.Name, n.WorkspaceName)
	give(&s.Timezone, n.Timezone)
	if n.Currency != nil {
		s.Currency = strings.ToUpper(*n.Currency)
	}
	give(&s.RiskThreshold, n.RiskThreshold)
	give(&s.HealthyAbove, n.HealthyAbove)
	give(&s.Locale, n.Locale)
	give(&s.ClientURLTemplate, n.ClientURLTemplate)
	give(&s.BusinessHours, n.BusinessHours)
	give(&s.DigestOnly, n.DigestOnly)
	give(&s.Buttons, n.Buttons)
	if d := n.Digest; d != nil {
		// A default that is sent back stays the default.
		digest := s.Digest.WithDefaults()
		give(&digest.At, d.At)
		give(&digest.Days, d.Days)
		give(&digest.WeeklyOn, d.WeeklyOn)
		if !reflect.DeepEqual(digest, s.Digest.WithDefaults()) {
			s.Digest = digest
		}
	}
	n.audience(s)
	if n.Frequency != nil {
		setFrequencies(s, *n.Frequency)
	}
	if n.Notifications != nil {
		return n.Notifications.into(k)
	}
	return nil
}

// setFrequencies sets those that are named. A default that is sent back stays
// the default.
func setFrequencies(s *stanna.Settings, given frequencies) {
	for severity, f := range given {
		if cmp.Or(s.Frequency[severity], stanna.DefaultFrequency(severity)) == f {
			continue
		}
		if s.Frequency == nil {
			s.Frequency = frequencies{}
		}
		s.Frequency[severity] = f
	}
}

// fixed refuses to change what cannot be changed here.
func (in settingsInput) fixed(now settingsView) error {
	differs := func(field, why string) error { return stanna.InvalidField(field, "%s", why) }
	if p := in.Profile; p != nil {
		for _, f := range []struct {
			name  string
			given *string
			now   string
		}{{"name", p.Name, now.Profile.Name}, {"email", p.Email, now.Profile.Email}, {"title", p.Title, now.Profile.Title}} {
			if f.given != nil && *f.given != f.now {
				return differs("profile."+f.name, "cannot be changed here; an admin keeps the people of the workspace")
			}
		}
	}
	w := in.Workspace
	if w == nil {
		return nil
	}
	switch {
	case w.Domain != nil && *w.Domain != now.Workspace.Domain:
		return differs("workspace.domain", "is the workspace's id and cannot be changed")
	case w.DefaultWindowDays != nil && *w.DefaultWindowDays != defaultWindow:
		return differs("workspace.defaultWindowDays", "is always 7 here; rules have windowDays of their own (PUT /api/rules/{id})")
	case w.DataRetentionDays != nil:
		return differs("workspace.dataRetentionDays", "cannot be set: this server deletes nothing for its age")
	}
	if n := w.Notifications; n != nil {
		if n.Channels != nil && !maps.Equal(*n.Channels, now.Workspace.Notifications.Channels) {
			return differs("workspace.notifications.channels", "cannot be changed here: this server sends no e-mail, and Slack is on while it is connected and has a default channel (PUT /api/integrations/slack/settings)")
		}
		if n.EmailFrom != nil && *n.EmailFrom != "" {
			return differs("workspace.notifications.emailFrom", "cannot be set: this server sends no e-mail")
		}
	}
	return nil
}
