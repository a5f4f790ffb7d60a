package api

import (
	"context"
	"math"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
)

type qualityInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The rule's id"`
	Days int    `query:"days" minimum:"1" maximum:"365" default:"90" doc:"How far back"`
}

type qualityOutput struct{ Body qualityView }

type qualityView struct {
	RuleID    string                 `json:"ruleId"`
	Since     time.Time              `json:"since"`
	Told      int                    `json:"told" doc:"Alerts that reached people"`
	Receipts  map[stanna.Verdict]int `json:"receipts" doc:"Alerts, by what was said of each last"`
	Judged    int                    `json:"judged"`
	NotJudged int                    `json:"notJudged"`
	Right     int                    `json:"right" doc:"Judged useful, already known or too late: true, whether or not it helped"`
	Precision *precisionView         `json:"precision" doc:"right / judged; null: nothing was judged"`
	Acted     int                    `json:"acted" doc:"Taken up, given to somebody, put off or closed by a person"`
	Median    *float64               `json:"medianMinutesToTakeUp" doc:"Of those that are or were taken up; null: none was"`
	Proposal  *proposalView          `json:"proposal" doc:"Of a rule of poor precision (below 70 % with ten judged or more) the threshold that would have spared the most of what was not useful and kept nine in ten of what was right; null: the rule is not poor, or there is none"`
}

type precisionView struct {
	Percent float64 `json:"percent"`
	Low     float64 `json:"low" doc:"It lies between low and high with a certainty of 95 % (Wilson)"`
	High    float64 `json:"high"`
}

type proposalView struct {
	Threshold    string  `json:"threshold"`
	Unit         string  `json:"unit"`
	Current      float64 `json:"current"`
	Value        float64 `json:"value"`
	AlertsBefore int     `json:"alertsBefore" doc:"Of the rule in the same days, by a backtest"`
	AlertsAfter  int     `json:"alertsAfter"`
	Right        int     `json:"right" doc:"Of the right ones those that the backtest finds again"`
	RightLost    int     `json:"rightLost"`
	Noise        int     `json:"noise"`
	NoiseSpared  int     `json:"noiseSpared"`
}

// ruleQuality counts how a rule has done. Only of a poor one history is
// played, which takes its turn with other backtests.
func (a *api) ruleQuality(ctx context.Context, who auth.Caller, in *qualityInput) (*qualityOutput, error) {
	q, err := a.Policy.Quality(ctx, who.Workspace, in.ID, in.Days)
	if err != nil {
		return nil, missing("rule", in.ID, err)
	}
	out := &qualityOutput{viewQuality(q)}
	if !q.Poor() {
		return out, nil
	}
	free, err := a.takeTurn(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	p, err := a.Policy.Propose(ctx, q)
	if p != nil {
		view := proposalView(*p)
		out.Body.Proposal = &view
	}
	return out, err
}

func viewQuality(q policy.Quality) qualityView {
	view := qualityView{RuleID: q.Rule.ID, Since: q.Since.UTC(), Told: q.Told, Receipts: map[stanna.Verdict]int{}, Judged: q.Judged(),
		NotJudged: q.Told - q.Judged(), Right: q.Right, Acted: q.Acted}
	for _, v := range stanna.Verdicts() {
		view.Receipts[v] = q.By[v]
	}
	percent := func(x float64) float64 { return math.Round(x*1000) / 10 }
	if share, low, high, ok := q.Precision(); ok {
		view.Precision = &precisionView{percent(share), percent(low), percent(high)}
	}
	if q.Taken > 0 {
		minutes := math.Round(q.ToTake.Minutes()*10) / 10
		view.Median = &minutes
	}
	return view
}
