package api

import (
	"context"
	"reflect"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
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

	HealthyAbove      float64 `json:"healthyAbove" doc:"Health above it is green"`
	Locale            string  `json:"locale"`
	ClientURLTemplate string  `json:"clientUrlTemplate" doc:"Links to your own system, with {id} or {domain}"`
}

// notificationPref tells in the documented words what the rules come to; they
// are changed there.
type notificationPref struct {
	Channels         map[string]bool `json:"channels"`
	DailyDigest      bool            `json:"dailyDigest"`
	WeeklyDigest     bool            `json:"weeklyDigest"`
	AlertOnScoreDrop bool            `json:"alertOnScoreDrop"`
	AlertOnRenewals  bool            `json:"alertOnRenewals"`
}

// defaultWindow is how many days a figure looks back unless told otherwise.
const defaultWindow = 7

type settingsOutput struct{ Body settingsView }

func (a *api) getSettings(ctx context.Context, who auth.Caller, _ *struct{}) (*settingsOutput, error) {
	out := &settingsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		if err != nil {
			return err
		}
		out.Body, err = viewSettings(tx, who, w)
		return err
	})
}

func viewSettings(tx *store.Tx, who auth.Caller, w stanna.Workspace) (v settingsView, err error) {
	_, connected, err := tx.Connection(w.ID)
	if err != nil {
		return v, err
	}
	rules, err := tx.Rules(w.ID)
	if err != nil {
		return v, err
	}
	s := w.Settings
	v = settingsView{
		Profile: profileView{Name: who.Name, Email: who.Email},
		Workspace: workspaceView{WorkspaceName: w.Name, Domain: w.ID, Timezone: s.Timezone, Currency: s.Currency, DefaultWindowDays: defaultWindow,
			RiskThreshold: s.RiskThreshold, HealthyAbove: s.HealthyAbove, Locale: s.Locale, ClientURLTemplate: s.ClientURLTemplate,
			Notifications: notificationPref{Channels: map[string]bool{"email": false, "slack": connected && s.DefaultChannel != ""}}},
	}
	for _, r := range rules {
		if r.Type == stanna.HealthDrop && r.Status == stanna.RuleActive {
			v.Workspace.Notifications.AlertOnScoreDrop = true
		}
	}
	return v, nil
}

type putSettingsInput struct{ Body settingsInput }

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
	WorkspaceName     *string         `json:"workspaceName,omitempty" minLength:"1" maxLength:"200"`
	Domain            *string         `json:"domain,omitempty"`
	Timezone          *string         `json:"timezone,omitempty" example:"America/New_York"`
	Currency          *string         `json:"currency,omitempty" example:"USD"`
	DefaultWindowDays *int            `json:"defaultWindowDays,omitempty"`
	RiskThreshold     *float64        `json:"riskThreshold,omitempty"`
	DataRetentionDays *int            `json:"dataRetentionDays,omitempty" nullable:"true"`
	Notifications     *map[string]any `json:"notifications,omitempty"`
	HealthyAbove      *float64        `json:"healthyAbove,omitempty"`
	Locale            *string         `json:"locale,omitempty" example:"en-GB"`
	ClientURLTemplate *string         `json:"clientUrlTemplate,omitempty" example:"https://crm.example.com/accounts/{id}"`
}

func (a *api) putSettings(ctx context.Context, who auth.Caller, in *putSettingsInput) (*doneOutput, error) {
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		if err != nil {
			return err
		}
		now, err := viewSettings(tx, who, w)
		if err != nil {
			return err
		}
		if err := in.Body.fixed(now); err != nil {
			return err
		}
		changed := in.Body.into(&w)
		if len(changed) == 0 {
			return nil
		}
		if err := w.Settings.Validate(); err != nil {
			return err
		}
		if err := tx.PutSettings(w); err != nil {
			return err
		}
		return tx.Audit(stanna.AuditEntry{Workspace: w.ID, At: a.Clock.Real(), Actor: who.Actor(), Action: "settings.changed", Subject: w.ID,
			Details: map[string]string{"fields": strings.Join(changed, ",")}})
	})
	if err != nil {
		return nil, err
	}
	return did("Settings updated"), nil
}

// into sets what is given and names what changed by it.
func (in settingsInput) into(w *stanna.Workspace) (changed []string) {
	if in.Workspace == nil {
		return nil
	}
	s, n := &w.Settings, in.Workspace
	set(&changed, "workspaceName", &w.Name, n.WorkspaceName)
	set(&changed, "timezone", &s.Timezone, n.Timezone)
	if n.Currency != nil {
		upper := strings.ToUpper(*n.Currency)
		set(&changed, "currency", &s.Currency, &upper)
	}
	set(&changed, "riskThreshold", &s.RiskThreshold, n.RiskThreshold)
	set(&changed, "healthyAbove", &s.HealthyAbove, n.HealthyAbove)
	set(&changed, "locale", &s.Locale, n.Locale)
	set(&changed, "clientUrlTemplate", &s.ClientURLTemplate, n.ClientURLTemplate)
	return changed
}

func set[T comparable](changed *[]string, name string, into, given *T) {
	if given != nil && *given != *into {
		*into = *given
		*changed = append(*changed, name)
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
	case w.Notifications != nil && !sameJSON(*w.Notifications, now.Workspace.Notifications):
		return differs("workspace.notifications", "cannot be changed here; use PUT /api/rules/{id} and PUT /api/integrations/slack/settings")
	}
	return nil
}

// sameJSON says whether every field that is given reads as it is now.
func sameJSON(given map[string]any, now notificationPref) bool {
	is := map[string]any{"dailyDigest": now.DailyDigest, "weeklyDigest": now.WeeklyDigest, "alertOnScoreDrop": now.AlertOnScoreDrop, "alertOnRenewals": now.AlertOnRenewals}
	channels := map[string]any{}
	for name, on := range now.Channels {
		channels[name] = on
	}
	is["channels"] = channels
	for name, v := range given {
		if have, ok := is[name]; !ok || !reflect.DeepEqual(v, have) {
			return false
		}
	}
	return true
}
