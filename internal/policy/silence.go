package policy

import (
	"context"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// AddSilence begins a silence, now or at its StartsAt. What it matches is
// recorded and held from then on, and told when it ends.
func (k *Keeper) AddSilence(ctx context.Context, workspace string, by intake.By, s stanna.Silence) (stanna.Silence, error) {
	err := k.keep(ctx, workspace, by, func(e *edit) error {
		s.Workspace, s.ID, s.Author, s.EndedBy, s.CreatedAt = workspace, store.NewID("sil"), by.Name, "", e.now
		s.Comment = strings.TrimSpace(s.Comment)
		s.Matcher.Filter = tidiedFilter(s.Matcher.Filter)
		if s.StartsAt.IsZero() {
			s.StartsAt = e.now
		}
		s.StartsAt, s.EndsAt, s.CreatedAt = plain(s.StartsAt), plain(s.EndsAt), plain(s.CreatedAt)
		if err := s.Validate(e.now); err != nil {
			return err
		}
		if err := route.CheckMatcher(s.Matcher, "matcher"); err != nil {
			return err
		}
		known, err := e.read()
		if err != nil {
			return err
		}
		if err := known.matcher(s.Matcher, "matcher"); err != nil {
			return err
		}
		if err := e.accounts("matcher.filter", s.Matcher.Filter); err != nil {
			return err
		}
		if err := e.tx.AddSilence(s); err != nil {
			return err
		}
		return e.audit("silence.added", s.ID, map[string]string{"endsAt": s.EndsAt.Format(time.RFC3339)})
	})
	return s, err
}

// EndSilence ends a silence now. What it held is told, unless something else
// holds it.
func (k *Keeper) EndSilence(ctx context.Context, workspace string, by intake.By, id string) (s stanna.Silence, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		if err := e.tx.EndSilence(workspace, id, by.Name, plain(e.now)); err != nil {
			return err
		}
		e.hold = true
		if s, err = e.tx.Silence(workspace, id); err != nil {
			return err
		}
		return e.audit("silence.ended", id, nil)
	})
	return s, err
}

// plain is a time as the store keeps it.
func plain(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
