package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/route"
)

// Routes is the routing table, and what may be wrong with it.
type Routes struct {
	Lines    []stanna.RouteLine
	Version  int // 0 before the first
	Warnings []Warning
}

// Routes is the routing table as it is.
func (k *Keeper) Routes(ctx context.Context, workspace string) (out Routes, err error) {
	err = k.look(ctx, workspace, func(e *edit) error {
		known, err := e.read()
		if err != nil {
			return err
		}
		out = Routes{Lines: known.lines, Version: known.version}
		out.Warnings, err = e.routeWarnings(known, out.Lines)
		return err
	})
	return out, err
}

// SaveRoutes stores the routing table.
func (k *Keeper) SaveRoutes(ctx context.Context, workspace string, by intake.By, lines []stanna.RouteLine, ifVersion *int) (out Routes, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) (err error) {
		out, err = e.saveRoutes(lines, ifVersion, "routes.changed")
		return err
	})
	return out, err
}

func (e *edit) saveRoutes(lines []stanna.RouteLine, ifVersion *int, action string) (out Routes, err error) {
	k, err := e.read()
	if err != nil {
		return out, err
	}
	if err := unmoved("the routing table", k.version, ifVersion); err != nil {
		return out, err
	}
	for i := range lines {
		lines[i].Match.Filter = tidiedFilter(lines[i].Match.Filter)
	}
	if err := e.checkRoutes(k, lines); err != nil {
		return out, err
	}
	if out.Warnings, err = e.routeWarnings(k, lines); err != nil {
		return out, err
	}
	out.Lines, out.Version = lines, k.version
	if before, after := text(k.lines), text(lines); before == after && k.version > 0 {
		return out, nil
	}
	if out.Version, err = e.tx.PutRouting(e.workspace.ID, lines, e.by.Actor, e.real); err != nil {
		return out, err
	}
	e.hold = true
	return out, e.audit(action, e.workspace.ID, map[string]string{"version": strconv.Itoa(out.Version), "lines": strconv.Itoa(len(lines))})
}

func text(lines []stanna.RouteLine) string {
	if len(lines) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(lines) // plain values
	return string(b)
}

func (e *edit) checkRoutes(k *known, lines []stanna.RouteLine) error {
	if err := route.CheckLines(lines); err != nil {
		return err
	}
	var before []stanna.Destination
	for _, l := range k.lines {
		before = append(before, l.To...)
	}
	for i, l := range lines {
		at := fmt.Sprintf("routes[%d]", i)
		if len(l.Name) > 200 {
			return stanna.InvalidField(at+".name", "is longer than 200 bytes")
		}
		if err := k.matcher(l.Match, at+".match"); err != nil {
			return err
		}
		if err := e.accounts(at+".match.filter", l.Match.Filter); err != nil {
			return err
		}
		if err := e.places(k, l.To, before, at+".to"); err != nil {
			return err
		}
	}
	return nil
}

// routeWarnings warns of people who are not in Slack, broken channels, and
// rules that the table leaves without a place.
func (e *edit) routeWarnings(k *known, lines []stanna.RouteLine) (list []Warning, err error) {
	warn := func(field, format string, args ...any) {
		list = append(list, Warning{field, fmt.Sprintf(format, args...)})
	}
	for i, l := range lines {
		if err := e.warnPlaces(k, fmt.Sprintf("routes[%d].to", i), l.To, stanna.Rule{}, warn); err != nil {
			return nil, err
		}
	}
	by := *k
	by.lines = lines
	for _, r := range k.rules {
		if r.Status == stanna.RuleActive && by.deaf(e.workspace.Settings, r) {
			warn("routes", "no line takes the rule %q, and there is no default channel: its alerts are told nowhere", r.Name)
		}
	}
	return list, nil
}
