package policy

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// RuleHistory lists the versions of a rule, newest first, and how many there
// are. A rule that was deleted has its history still.
func (k *Keeper) RuleHistory(ctx context.Context, workspace, id string, limit, offset int) (list []RuleVersion, total int, err error) {
	err = k.Store.View(ctx, func(tx *store.Tx) error {
		revisions, n, err := tx.Revisions(workspace, store.RuleSubject(id), limit, offset)
		if err != nil {
			return err
		}
		total = n
		for _, x := range revisions {
			v, err := ruleVersion(x)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		if n > 0 {
			return nil
		}
		_, err = tx.Rule(workspace, id) // one that nobody has changed yet, or none at all
		return err
	})
	return list, total, err
}

func ruleVersion(x stanna.Revision) (RuleVersion, error) {
	v := RuleVersion{Version: x.Version, Author: x.Author, At: x.At}
	if err := json.Unmarshal([]byte(x.Body), &v); err != nil {
		return v, fmt.Errorf("version %d of %s: %w", x.Version, x.Subject, err)
	}
	return v, nil
}

// RestoreRule makes a rule what it was at a version, as its next version. It
// is checked like any other: what has changed around it may refuse it. A rule
// that was deleted comes back under its id.
func (k *Keeper) RestoreRule(ctx context.Context, workspace string, by intake.By, id string, version int, ifVersion *int) (Saved, error) {
	var saved Saved
	err := k.keep(ctx, workspace, by, func(e *edit) error {
		x, err := e.tx.RevisionOf(workspace, store.RuleSubject(id), version)
		if err != nil {
			return err
		}
		v, err := ruleVersion(x)
		if err != nil {
			return err
		}
		if v.Deleted {
			return stanna.InvalidField("version", "%d is the deletion; choose one before it", version)
		}
		var before *stanna.Rule
		switch old, err := e.tx.Rule(workspace, id); {
		case err == nil:
			before = &old
			if err := unmoved("the rule", old.Version, ifVersion); err != nil {
				return err
			}
		case stanna.CodeOf(err) != stanna.NotFound:
			return err
		}
		r := stanna.Rule{ID: id, Name: v.Name, Type: v.Type, Status: v.Status, Terms: v.Terms}
		if before != nil {
			r.ActiveSince = before.ActiveSince
		}
		saved, err = e.saveRule(r, before, "rule.restored")
		return err
	})
	return saved, err
}

// RoutesVersion is the routing table as it was at one version.
type RoutesVersion struct {
	stanna.Revision
	Lines []stanna.RouteLine
}

// RoutesHistory lists the versions of the routing table, newest first.
func (k *Keeper) RoutesHistory(ctx context.Context, workspace string, limit, offset int) (list []RoutesVersion, total int, err error) {
	err = k.Store.View(ctx, func(tx *store.Tx) error {
		revisions, n, err := tx.Revisions(workspace, store.RoutingSubject, limit, offset)
		total = n
		for _, x := range revisions {
			v, err := routesVersion(x)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return err
	})
	return list, total, err
}

func routesVersion(x stanna.Revision) (RoutesVersion, error) {
	v := RoutesVersion{Revision: x}
	if err := json.Unmarshal([]byte(x.Body), &v.Lines); err != nil {
		return v, fmt.Errorf("version %d of the routing table: %w", x.Version, err)
	}
	return v, nil
}

// RestoreRoutes makes the routing table what it was at a version; 0 is the
// empty table.
func (k *Keeper) RestoreRoutes(ctx context.Context, workspace string, by intake.By, version int, ifVersion *int) (Routes, error) {
	var out Routes
	err := k.keep(ctx, workspace, by, func(e *edit) error {
		var v RoutesVersion
		if version != 0 {
			x, err := e.tx.RevisionOf(workspace, store.RoutingSubject, version)
			if err != nil {
				return err
			}
			if v, err = routesVersion(x); err != nil {
				return err
			}
		}
		var err error
		out, err = e.saveRoutes(v.Lines, ifVersion, "routes.restored")
		return err
	})
	return out, err
}
