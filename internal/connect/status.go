package connect

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Status is the connection in short, as the API answers it: that of the home,
// with every team beside it.
type Status struct {
	Connected   bool   `json:"connected"`
	Provider    string `json:"provider"` // "slack"
	WorkspaceID string `json:"workspaceId"`
	TeamState
	Channel         *ChannelState `json:"channel"`
	FallbackChannel *ChannelState `json:"fallbackChannel"`
	LastDelivery    *time.Time    `json:"lastDelivery"`
	Teams           []TeamState   `json:"teams"` // the home first
}

// TeamState is a connected team. Times that are not known, or never come, are
// nil.
type TeamState struct {
	TeamID          string        `json:"teamId,omitempty"`
	TeamName        string        `json:"teamName,omitempty"`
	Home            bool          `json:"home,omitempty"`  // has the default and the fallback channel
	Scope           string        `json:"scope"`           // granted, space separated
	MissingOptional []string      `json:"missingOptional"` // scopes of features that are not granted
	ExpiresAt       *time.Time    `json:"expiresAt"`
	HasRefresh      bool          `json:"hasRefresh"`
	InstalledAt     *time.Time    `json:"installedAt"`
	CheckedAt       *time.Time    `json:"checkedAt"`
	LastSyncAt      *time.Time    `json:"lastSyncAt"` // the list of channels was read
	Health          stanna.Health `json:"health,omitempty"`
	Repair          string        `json:"repair,omitempty"`
}

// ChannelState is a chosen channel and whether it works.
type ChannelState struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Health stanna.Health `json:"health"`
	Repair string        `json:"repair,omitempty"`
}

// Status tells from the store alone; Slack is not asked.
func (l *Line) Status(ctx context.Context, workspace string) (Status, error) {
	s := Status{Provider: "slack", WorkspaceID: workspace, TeamState: TeamState{MissingOptional: []string{}}, Teams: []TeamState{}}
	err := l.store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(workspace)
		if err != nil {
			return err
		}
		last, err := tx.LastDelivery(workspace)
		if err != nil {
			return err
		}
		s.LastDelivery = known(last)
		list, err := tx.Connections(workspace)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			_, synced, err := tx.ChannelSync(c.TeamID)
			if err != nil {
				return err
			}
			s.Teams = append(s.Teams, TeamState{TeamID: c.TeamID, TeamName: c.TeamName, Home: c.Home,
				Scope: strings.Join(c.Scopes, " "), MissingOptional: missingOptional(c), ExpiresAt: known(c.ExpiresAt), HasRefresh: c.RefreshToken != "",
				InstalledAt: known(c.InstalledAt), CheckedAt: known(c.CheckedAt), LastSyncAt: known(synced), Health: c.Health, Repair: c.Repair})
		}
		s.Connected, s.TeamState = true, s.Teams[0]
		if s.Channel, err = chosen(tx, list[0], w.Settings.DefaultChannel); err != nil {
			return err
		}
		s.FallbackChannel, err = chosen(tx, list[0], w.Settings.FallbackChannel)
		return err
	})
	return s, err
}

// chosen is a channel that the settings name; nil when they name none.
func chosen(tx *store.Tx, c stanna.Connection, id string) (*ChannelState, error) {
	if id == "" {
		return nil, nil
	}
	ch, ok, err := tx.Channel(c.Workspace, c.TeamID, id)
	if err != nil || !ok {
		return &ChannelState{ID: id, Name: id, Health: stanna.Healthy}, err
	}
	return &ChannelState{ID: id, Name: ch.Name, Health: ch.Health, Repair: ch.Repair}, nil
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// missingOptional lists the scopes of features that were not granted.
func missingOptional(c stanna.Connection) []string {
	missing := []string{}
	for _, f := range slack.Features() {
		for _, s := range f.Scopes() {
			if !c.Has(s) && !slices.Contains(missing, s) {
				missing = append(missing, s)
			}
		}
	}
	return missing
}
