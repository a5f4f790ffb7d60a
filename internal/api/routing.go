package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	where "github.com/gostanna/stanna/internal/route"
)

// routeLine is a line of the routing table. The first that fits takes an
// alert whose rule names no destination.
type routeLine struct {
	Name     string         `json:"name,omitempty" maxLength:"200"`
	Match    stanna.Matcher `json:"match,omitempty" doc:"What it takes; what is left out fits every alert"`
	To       []string       `json:"to" maxItems:"20" doc:"Channels (ids, names or links), e-mail addresses of people, or owner"`
	Continue bool           `json:"continue,omitempty" doc:"The lines after it are asked as well"`
}

func viewLine(l stanna.RouteLine) routeLine {
	return routeLine{l.Name, l.Match, places(l.To), l.Continue}
}

type routesOutput struct {
	ETag string `header:"ETag" doc:"Its version, for If-Match"`
	Body struct {
		Routes   []routeLine      `json:"routes"`
		Version  int              `json:"version" doc:"0 before the first"`
		Warnings []policy.Warning `json:"warnings"`
	}
}

func routesAnswer(r policy.Routes) *routesOutput {
	out := &routesOutput{ETag: etag(r.Version)}
	out.Body.Routes, out.Body.Version, out.Body.Warnings = each(r.Lines, viewLine), r.Version, all(r.Warnings)
	return out
}

func (a *api) getRoutes(ctx context.Context, who auth.Caller, _ *struct{}) (*routesOutput, error) {
	r, err := a.Policy.Routes(ctx, who.Workspace)
	return routesAnswer(r), err
}

type putRoutesInput struct {
	IfRead
	Body struct {
		Routes   []routeLine       `json:"routes" doc:"The whole table, in its order"`
		Version  *int              `json:"version,omitempty" doc:"Of the table as you read it; refused if it was changed since"`
		Warnings *[]policy.Warning `json:"warnings,omitempty" doc:"May be repeated; not changed by it"`
	}
}

func (a *api) putRoutes(ctx context.Context, who auth.Caller, in *putRoutesInput) (*routesOutput, error) {
	lines, err := a.lines(ctx, who.Workspace, in.Body.Routes)
	if err != nil {
		return nil, err
	}
	saved, err := a.Policy.SaveRoutes(ctx, who.Workspace, actor(who), lines, in.version(in.Body.Version))
	if err != nil {
		return nil, in.refused(err)
	}
	return routesAnswer(saved), nil
}

// lines reads a table as it was typed.
func (a *api) lines(ctx context.Context, workspace string, typed []routeLine) ([]stanna.RouteLine, error) {
	now, err := a.Policy.Routes(ctx, workspace)
	if err != nil {
		return nil, err
	}
	t := typedPlaces{api: a, workspace: workspace}
	for _, l := range now.Lines {
		t.known = append(t.known, l.To...)
	}
	lines := make([]stanna.RouteLine, len(typed))
	for i, l := range typed {
		lines[i] = stanna.RouteLine{Name: strings.TrimSpace(l.Name), Match: l.Match, Continue: l.Continue}
		if lines[i].To, err = t.read(ctx, l.To, fmt.Sprintf("routes[%d].to", i)); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

type routesHistoryOutput struct {
	Body struct {
		Versions   []routesVersionView `json:"versions" doc:"Newest first"`
		Pagination pagination          `json:"pagination"`
	}
}

type routesVersionView struct {
	Version int         `json:"version"`
	At      time.Time   `json:"at"`
	Author  string      `json:"author" doc:"system, user:… or key:…"`
	Routes  []routeLine `json:"routes"`
}

func (a *api) routesHistory(ctx context.Context, who auth.Caller, in *Page) (*routesHistoryOutput, error) {
	list, total, err := a.Policy.RoutesHistory(ctx, who.Workspace, in.Limit, in.Offset)
	out := &routesHistoryOutput{}
	out.Body.Pagination = paginationOf(in.Limit, in.Offset, total, len(list))
	out.Body.Versions = each(list, func(v policy.RoutesVersion) routesVersionView {
		return routesVersionView{v.Version, v.At.UTC(), v.Author, each(v.Lines, viewLine)}
	})
	return out, err
}

type restoreRoutesInput struct {
	IfRead
	Body struct {
		Version int `json:"version" minimum:"0" doc:"The version to go back to; 0 is the empty table"`
	}
}

func (a *api) restoreRoutes(ctx context.Context, who auth.Caller, in *restoreRoutesInput) (*routesOutput, error) {
	saved, err := a.Policy.RestoreRoutes(ctx, who.Workspace, actor(who), in.Body.Version, in.version(nil))
	if err != nil {
		return nil, missing("version", fmt.Sprint(in.Body.Version), in.refused(err))
	}
	return routesAnswer(saved), nil
}

type previewInput struct {
	Body struct {
		ClientID string           `json:"clientId,omitempty" maxLength:"200" doc:"Left out only for revenue_at_risk"`
		Type     stanna.AlertType `json:"type,omitempty" doc:"Of the alert; that of the rule without it"`
		Severity stanna.Severity  `json:"severity" enum:"critical,high,medium,low,info"`
		RuleID   string           `json:"ruleId,omitempty" maxLength:"200" doc:"The newest active rule of the type without it"`
		Step     int              `json:"step,omitempty" minimum:"0" doc:"A step of the rule's escalation, from 1; 0: it opens"`
		At       *time.Time       `json:"at,omitempty" doc:"The moment in question; now without it"`
		Routes   *[]routeLine     `json:"routes,omitempty" doc:"A table that is not saved, in the place of the one in force"`
	}
}

type previewOutput struct {
	Body struct {
		RuleID      *string       `json:"ruleId" doc:"Whose destinations, frequency and hours were used; null when no rule of the type is active"`
		At          time.Time     `json:"at"`
		Choices     []choiceView  `json:"choices" doc:"Where it would be told"`
		Reason      stanna.Reason `json:"reason" doc:"For the silence, without choices"`
		Explanation string        `json:"explanation"`
		SilenceID   *string       `json:"silenceId" doc:"The silence that holds it"`
	}
}

type choiceView struct {
	Destination string        `json:"destination"`
	Name        string        `json:"name" doc:"As people call it"`
	Intended    string        `json:"intended" doc:"Where it would have gone, were that not broken or away; else the destination"`
	Reason      stanna.Reason `json:"reason"`
	Explanation string        `json:"explanation"`
	When        string        `json:"when" enum:"now,later"`
	Why         stanna.Reason `json:"why" doc:"Why not at once"`
	WhyNot      string        `json:"whyNot"`
	Until       *time.Time    `json:"until" doc:"When it is looked at again"`
}

func viewChoice(c where.Choice, names placeNames) choiceView {
	view := choiceView{string(c.Destination), names.of(c.Destination), string(c.Intended), c.Reason, explain(c.Reason), "now", c.Manner.Why, explain(c.Manner.Why), moment(c.Manner.Until)}
	if c.Manner.Later() {
		view.When = "later"
	}
	return view
}

func (a *api) previewRoutes(ctx context.Context, who auth.Caller, in *previewInput) (*previewOutput, error) {
	q := policy.Question{ClientID: in.Body.ClientID, Type: in.Body.Type, Severity: in.Body.Severity, RuleID: in.Body.RuleID, Step: in.Body.Step, Sees: who.Sees}
	if in.Body.At != nil {
		q.At = in.Body.At.UTC()
	}
	if in.Body.Routes != nil {
		var err error
		if q.Lines, err = a.lines(ctx, who.Workspace, *in.Body.Routes); err != nil {
			return nil, err
		}
	}
	p, err := a.Policy.Preview(ctx, who.Workspace, q)
	if err != nil {
		return nil, missing("client", in.Body.ClientID, err)
	}
	names, err := a.placeNames(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	out := &previewOutput{}
	out.Body.RuleID, out.Body.At, out.Body.Reason, out.Body.Explanation = known(p.Rule.ID), p.At.UTC(), p.Reason, explain(p.Reason)
	out.Body.Choices = each(p.Choices, func(c where.Choice) choiceView { return viewChoice(c, names) })
	if p.Silence != nil {
		out.Body.SilenceID = &p.Silence.ID
	}
	return out, nil
}

// sees says whether a caller may see what is about a client of an owner; the
// whole portfolio is for those who see all of it.
func sees(who auth.Caller, clientID, owner string) bool {
	return clientID == "" && !who.OwnAccountsOnly() || clientID != "" && who.Sees(owner)
}
