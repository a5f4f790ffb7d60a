package web

import (
	"strings"

	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/policy"
)

// buttonsView is whether messages have buttons, and what these need.
type buttonsView struct {
	On    bool
	Ready bool
	Needs []checkRow
}

func (s *site) buttonsOf(v *visit) (view buttonsView, err error) {
	b, err := s.line.Buttons(v.ctx, v.workspace())
	if err != nil {
		return view, err
	}
	view.On, view.Ready = v.space.Settings.Buttons, b.Trouble == "" && len(b.Missing) == 0
	need := func(id string, state connect.FindingState, found, repair string) {
		view.Needs = append(view.Needs, checkRow{"need-" + id, findingMark(state), found, repair})
	}
	if len(b.Missing) > 0 {
		need("scopes", connect.Failed, "Slack does not tell who presses.", "Connect again below with buttons allowed ("+strings.Join(b.Missing, ", ")+").")
	} else {
		need("scopes", connect.OK, "Slack tells who presses, by their verified e-mail.", "")
	}
	switch {
	case b.Trouble != "":
		need("road", connect.Failed, b.Trouble, b.Repair)
	case b.Road == connect.RoadSocket:
		need("road", connect.OK, "Presses arrive over Socket Mode.", "")
	default:
		need("road", connect.OK, "Presses are taken at "+s.line.InteractionsURL()+".", "It must be the Request URL under Interactivity of the Slack app, which cannot be seen from here.")
	}
	return view, nil
}

// slackButtons switches buttons on or off.
func (s *site) slackButtons(v *visit) (answer, error) {
	const back = slackPath + "#buttons"
	on := v.given("on") == "yes"
	if on {
		if err := s.line.MayHaveButtons(v.ctx, v.workspace()); err != nil {
			return s.sorry(v, back, err)
		}
	}
	_, _, err := s.policy.SaveSettings(v.ctx, v.workspace(), v.by(), "", func(k *policy.Kept) error {
		k.Workspace.Settings.Buttons = on
		return nil
	})
	if err != nil {
		return s.sorry(v, back, err)
	}
	if on {
		return s.done(v, back, "Messages have buttons now.")
	}
	return s.done(v, back, "Messages have links now, and no buttons.")
}
