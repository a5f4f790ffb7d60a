package policy

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// Kept is a workspace's settings with its rules, since some settings of the
// hosted product are thresholds of rules here. There is one truth: the rules.
type Kept struct {
	Workspace stanna.Workspace
	Rules     []stanna.Rule
	Hosted    Hosted
}

// Hosted are documented choices of the hosted product that change no rule
// here. They are kept, so that a program reads back what it wrote.
type Hosted struct {
	WeeklyDigest       *bool    `json:"weeklyDigest,omitempty"`
	StakeholderMinimum *float64 `json:"stakeholderMinimum,omitempty"`
}

// SettingsSubject is what the revisions of the settings are kept under.
const SettingsSubject = "settings"

// settingsBody is the settings in a revision.
type settingsBody struct {
	Name     string          `json:"name"`
	Settings stanna.Settings `json:"settings"`
	Hosted   Hosted          `json:"hosted,omitzero"`
}

// spoken are the types of the rules that the settings speak of.
var spoken = []stanna.AlertType{stanna.HealthDrop, stanna.EngagementDrop, stanna.SentimentNegative, stanna.RenewalUpcoming}

// Tag names this state: it is another after every change of the settings, or
// of a rule that they speak of.
func (k Kept) Tag() string {
	state := struct {
		settingsBody
		Rules map[string]int
	}{settingsBody{k.Workspace.Name, k.Workspace.Settings, k.Hosted}, map[string]int{}}
	for _, r := range k.Rules {
		if slices.Contains(spoken, r.Type) {
			state.Rules[r.ID] = r.Version
		}
	}
	b, _ := json.Marshal(state) // plain values
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// Rule is the rule of a type that the settings speak of: the one that every
// workspace begins with, else the oldest that is about all clients. Nil
// without one.
func (k *Kept) Rule(t stanna.AlertType) *stanna.Rule {
	var found *stanna.Rule
	for i := range k.Rules {
		r := &k.Rules[i]
		switch {
		case r.Type != t:
		case r.ID == "rule_"+string(t):
			return r
		case found == nil && !r.Account():
			found = r
		}
	}
	return found
}

// Settings are the settings as they are.
func (k *Keeper) Settings(ctx context.Context, workspace string) (out Kept, err error) {
	err = k.look(ctx, workspace, func(e *edit) error {
		out, err = e.kept()
		return err
	})
	return out, err
}

func (e *edit) kept() (out Kept, err error) {
	out.Workspace = e.workspace
	if out.Rules, err = e.tx.Rules(e.workspace.ID); err != nil {
		return out, err
	}
	list, _, err := e.tx.Revisions(e.workspace.ID, SettingsSubject, 1, 0)
	if err != nil || len(list) == 0 {
		return out, err
	}
	var body settingsBody
	if err := json.Unmarshal([]byte(list[0].Body), &body); err != nil {
		return out, err
	}
	out.Hosted = body.Hosted
	return out, nil
}

// SaveSettings lets change have the settings as they are, and stores what it
// makes of them and of the rules. IfTag is the tag that the writer had read;
// "" compares nothing.
func (k *Keeper) SaveSettings(ctx context.Context, workspace string, by intake.By, ifTag string, change func(*Kept) error) (out Kept, warnings []Warning, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		out, err = e.kept()
		if err != nil {
			return err
		}
		if ifTag != "" && ifTag != out.Tag() {
			return &stanna.Error{Code: stanna.Conflict, Err: Moved, Message: "the settings were changed meanwhile and are at " + out.Tag() + "; read them again, and nothing was saved"}
		}
		before := out
		if out.Rules, err = copies(before.Rules); err != nil {
			return err
		}
		out.Workspace.Settings.Frequency = maps.Clone(before.Workspace.Settings.Frequency)
		out.Workspace.Settings.Channels = maps.Clone(before.Workspace.Settings.Channels)
		out.Workspace.Settings.Digests = slices.Clone(before.Workspace.Settings.Digests)
		if err := change(&out); err != nil {
			return err
		}
		if warnings, err = e.putSettings(before, &out); err != nil {
			return err
		}
		more, err := e.putRules(before.Rules, out.Rules)
		if err != nil {
			return err
		}
		warnings = append(warnings, more...)
		out.Rules, err = e.tx.Rules(workspace)
		return err
	})
	return out, warnings, err
}

func copies(rules []stanna.Rule) ([]stanna.Rule, error) {
	list := make([]stanna.Rule, len(rules))
	for i, r := range rules {
		var err error
		if list[i], err = copyOf(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (e *edit) putSettings(before Kept, after *Kept) (warnings []Warning, err error) {
	was := settingsBody{before.Workspace.Name, before.Workspace.Settings, before.Hosted}
	is := settingsBody{after.Workspace.Name, after.Workspace.Settings.WithDefaults(), after.Hosted}
	maps.DeleteFunc(is.Settings.Channels, func(_ string, c stanna.ChannelHabits) bool { return c == stanna.ChannelHabits{} })
	changed := differing(was, is)
	if len(changed) == 0 {
		return nil, nil
	}
	if err := is.Settings.Validate(); err != nil {
		return nil, err
	}
	if is.Settings.SharedChannels != was.Settings.SharedChannels {
		if err := e.tx.MendChannels(e.workspace.ID, ""); err != nil { // the next message finds out anew
			return nil, err
		}
	}
	if warnings, err = e.checkAudience(was.Settings, is.Settings); err != nil {
		return nil, err
	}
	if err := e.settleHome(was.Settings, is.Settings); err != nil {
		return nil, err
	}
	more, err := e.checkDigests(was.Settings.Digests, is.Settings.Digests)
	if err != nil {
		return nil, err
	}
	warnings = append(warnings, more...)
	if strings.TrimSpace(is.Name) == "" {
		return nil, stanna.InvalidField("workspaceName", "is required")
	}
	after.Workspace.Settings = is.Settings
	if err := e.tx.PutSettings(after.Workspace); err != nil {
		return nil, err
	}
	list, _, err := e.tx.Revisions(e.workspace.ID, SettingsSubject, 1, 0)
	if err != nil {
		return nil, err
	}
	version := 0
	if len(list) > 0 {
		version = list[0].Version
	} else { // what it was before the first change
		version = 1
		if err := e.settingsRevision(was, version, stanna.ActorSystem); err != nil {
			return nil, err
		}
	}
	if err := e.settingsRevision(is, version+1, e.by.Actor); err != nil {
		return nil, err
	}
	e.looks = append(e.looks, looksOf(was.Settings, is.Settings)...)
	e.workspace, e.known, e.judge = after.Workspace, nil, true
	return warnings, e.audit("settings.changed", e.workspace.ID, map[string]string{"fields": strings.Join(changed, ",")})
}

func (e *edit) settingsRevision(body settingsBody, version int, author string) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return e.tx.AddRevision(stanna.Revision{Workspace: e.workspace.ID, Subject: SettingsSubject, Version: version, Body: string(text), Author: author, At: e.real})
}

// differing names the settings that differ.
func differing(a, b settingsBody) (names []string) {
	if a.Name != b.Name {
		names = append(names, "workspaceName")
	}
	fields := func(s any) map[string]any {
		text, _ := json.Marshal(s) // plain values
		m := map[string]any{}
		_ = json.Unmarshal(text, &m)
		return m
	}
	for _, pair := range [][2]map[string]any{{fields(a.Settings), fields(b.Settings)}, {fields(a.Hosted), fields(b.Hosted)}} {
		all := maps.Clone(pair[0])
		maps.Copy(all, pair[1])
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !reflect.DeepEqual(pair[0][name], pair[1][name]) {
				names = append(names, name)
			}
		}
	}
	return names
}

// putRules saves the rules that were changed with the settings.
func (e *edit) putRules(before, after []stanna.Rule) (warnings []Warning, err error) {
	for i := range after {
		if i >= len(before) || same(before[i], after[i]) {
			continue
		}
		saved, err := e.saveRule(after[i], &before[i], "rule.changed")
		if err != nil {
			return nil, err
		}
		for _, w := range saved.Warnings {
			warnings = append(warnings, Warning{"rules." + after[i].ID + "." + w.Field, w.Message})
		}
	}
	return warnings, nil
}

// SettingsVersion is the settings as they were at one version.
type SettingsVersion struct {
	stanna.Revision
	Name     string
	Settings stanna.Settings
}

// SettingsHistory lists the versions of the settings, newest first.
func (k *Keeper) SettingsHistory(ctx context.Context, workspace string, limit, offset int) (list []SettingsVersion, total int, err error) {
	err = k.Store.View(ctx, func(tx *store.Tx) error {
		revisions, n, err := tx.Revisions(workspace, SettingsSubject, limit, offset)
		total = n
		for _, x := range revisions {
			var body settingsBody
			err = cmp.Or(err, json.Unmarshal([]byte(x.Body), &body))
			list = append(list, SettingsVersion{x, body.Name, body.Settings})
		}
		return err
	})
	return list, total, err
}
