package api

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
)

// The thresholds of rules that the documented settings speak of.
const (
	dropPercent = "dropPercent" // of health_drop
	dropPoints  = "dropPoints"  // of health_drop
	trendScore  = "trendScore"  // of sentiment_negative
	silentDays  = "silentDays"  // of engagement_drop
)

// documented tells the settings in the words of the hosted product.
func documented(k policy.Kept, slackWorks bool) notificationPref {
	active := func(t stanna.AlertType) bool { r := k.Rule(t); return r != nil && r.Status == stanna.RuleActive }
	pref := notificationPref{Channels: map[string]bool{"email": false, "slack": slackWorks}, DailyDigest: k.Workspace.Settings.DigestOnly, WeeklyDigest: true,
		AlertOnScoreDrop: active(stanna.HealthDrop), AlertOnRenewals: active(stanna.RenewalUpcoming)}
	give(&pref.WeeklyDigest, k.Hosted.WeeklyDigest)
	pref.ScoreDropPct, _ = threshold(k, stanna.HealthDrop, dropPercent)
	pref.RenewalsAheadDays = renewalsAhead(k)
	return pref
}

// threshold is what a rule that the settings speak of has for a threshold.
func threshold(k policy.Kept, t stanna.AlertType, name string) (float64, bool) {
	r, e := k.Rule(t), rule.EntryOf(t)
	if r == nil || e == nil {
		return 0, false
	}
	if v, own := r.Thresholds[name]; own {
		return v, true
	}
	i := slices.IndexFunc(e.Thresholds, func(x rule.Threshold) bool { return x.Name == name })
	if i < 0 {
		return 0, false
	}
	return e.Thresholds[i].Default, true
}

// setDocumented sets a threshold by a documented field, which an error names.
func setDocumented(k *policy.Kept, t stanna.AlertType, name, field string, v float64) error {
	now, ok := threshold(*k, t, name)
	if !ok {
		return stanna.InvalidField(field, "there is no rule of type %s that has %s; make one with POST /api/rules", t, name)
	}
	if v == now {
		return nil
	}
	for _, x := range rule.EntryOf(t).Thresholds {
		if x.Name == name && !(v >= x.Min && v <= x.Max) {
			return stanna.InvalidField(field, "must be between %g and %g %s", x.Min, x.Max, x.Unit)
		}
	}
	setThreshold(k.Rule(t), name, v)
	return nil
}

// notificationInput is the documented object; partial ones are accepted.
type notificationInput struct {
	Channels          *map[string]bool `json:"channels,omitempty"`
	DailyDigest       *bool            `json:"dailyDigest,omitempty"`
	WeeklyDigest      *bool            `json:"weeklyDigest,omitempty"`
	AlertOnScoreDrop  *bool            `json:"alertOnScoreDrop,omitempty"`
	ScoreDropPct      *float64         `json:"scoreDropPct,omitempty"`
	AlertOnRenewals   *bool            `json:"alertOnRenewals,omitempty"`
	RenewalsAheadDays *float64         `json:"renewalsAheadDays,omitempty"`
	EmailFrom         *string          `json:"emailFrom,omitempty" nullable:"true"`
}

func (in notificationInput) into(k *policy.Kept) error {
	const at = "workspace.notifications."
	give(&k.Workspace.Settings.DigestOnly, in.DailyDigest)
	if in.WeeklyDigest != nil && (k.Hosted.WeeklyDigest != nil || !*in.WeeklyDigest) {
		k.Hosted.WeeklyDigest = in.WeeklyDigest
	}
	for _, x := range []struct {
		on    *bool
		of    stanna.AlertType
		field string
	}{{in.AlertOnScoreDrop, stanna.HealthDrop, "alertOnScoreDrop"}, {in.AlertOnRenewals, stanna.RenewalUpcoming, "alertOnRenewals"}} {
		r := k.Rule(x.of)
		switch {
		case x.on == nil, r == nil && !*x.on:
		case r == nil:
			return stanna.InvalidField(at+x.field, "there is no rule of type %s; make one with POST /api/rules", x.of)
		case *x.on:
			r.Status = stanna.RuleActive
		case r.Status == stanna.RuleActive:
			r.Status = stanna.RuleOff
		}
	}
	if in.ScoreDropPct != nil {
		if err := setDocumented(k, stanna.HealthDrop, dropPercent, at+"scoreDropPct", *in.ScoreDropPct); err != nil {
			return err
		}
	}
	if v := in.RenewalsAheadDays; v != nil && *v != renewalsAhead(*k) {
		return setRenewalsAhead(k, at+"renewalsAheadDays", *v)
	}
	return nil
}

// renewalSteps are the thresholds of the steps before a renewal.
var renewalSteps = []string{"firstDays", "secondDays", "thirdDays", "lastDays"}

// renewalsAhead is the earliest step before a renewal.
func renewalsAhead(k policy.Kept) (days float64) {
	for _, name := range renewalSteps {
		v, _ := threshold(k, stanna.RenewalUpcoming, name)
		days = max(days, v)
	}
	return days
}

// setRenewalsAhead makes a number of days the earliest step: the first step is
// set to it, and those that would come earlier are switched off.
func setRenewalsAhead(k *policy.Kept, field string, days float64) error {
	if days <= 0 {
		return stanna.InvalidField(field, "must be above 0; alertOnRenewals switches the rule off")
	}
	if err := setDocumented(k, stanna.RenewalUpcoming, renewalSteps[0], field, days); err != nil {
		return err
	}
	for _, name := range renewalSteps[1:] {
		if v, ok := threshold(*k, stanna.RenewalUpcoming, name); ok && v >= days {
			if err := setDocumented(k, stanna.RenewalUpcoming, name, field, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// insightThresholds are the documented thresholds, each where it lives here.
type insightThresholds struct {
	ScoreDropThreshold *float64 `json:"scoreDropThreshold,omitempty" doc:"Points: dropPoints of the rule of type health_drop"`
	ResponseDelayDays  *float64 `json:"responseDelayDays,omitempty" doc:"silentDays of the rule of type engagement_drop: days without any activity"`
	SentimentThreshold *float64 `json:"sentimentThreshold,omitempty" minimum:"0" maximum:"1" doc:"0 to 1: trendScore of the rule of type sentiment_negative, which counts from −2 to 2 (value × 4 − 2)"`
	StakeholderMinimum *float64 `json:"stakeholderMinimum,omitempty" minimum:"0" maximum:"1000" doc:"Fewer contacts on file are an insight of the client (GET /api/clients/{id}/insights); 2 without it. No rule counts contacts"`
	EnableEmailAlerts  *bool    `json:"enableEmailAlerts,omitempty" doc:"This server sends no e-mail; accepted and not used"`
	AlertFrequency     *string  `json:"alertFrequency,omitempty" enum:"realtime,daily,weekly" doc:"frequency of every severity; a GET shows that of the critical ones"`
}

type insightsInput struct {
	IfRead
	Body insightThresholds
}

type insightsDoneOutput struct {
	ETag string `header:"ETag" doc:"Of the settings, for If-Match"`
	Body struct {
		Success  bool             `json:"success"`
		Message  string           `json:"message"`
		Warnings []policy.Warning `json:"warnings,omitempty" doc:"What may be saved and is probably not what was meant"`
		NotUsed  []policy.Warning `json:"notUsed" doc:"What was accepted and changes no alert, and why"`
	}
}

func (a *api) putInsights(ctx context.Context, who auth.Caller, in *insightsInput) (*insightsDoneOutput, error) {
	out := &insightsDoneOutput{}
	kept, warnings, err := a.Policy.SaveSettings(ctx, who.Workspace, actor(who), in.tag(), func(k *policy.Kept) (err error) {
		out.Body.NotUsed, err = in.Body.into(k)
		return err
	})
	if err != nil {
		return nil, in.refused(err)
	}
	out.ETag = strconv.Quote(kept.Tag())
	out.Body.Success, out.Body.Message, out.Body.Warnings = true, "Thresholds updated", warnings
	return out, nil
}

func (in insightThresholds) into(k *policy.Kept) (notUsed []policy.Warning, err error) {
	notUsed = []policy.Warning{}
	unused := func(field, why string) { notUsed = append(notUsed, policy.Warning{Field: field, Message: why}) }
	if in.ScoreDropThreshold != nil {
		if err := setDocumented(k, stanna.HealthDrop, dropPoints, "scoreDropThreshold", *in.ScoreDropThreshold); err != nil {
			return nil, err
		}
	}
	if v := in.ResponseDelayDays; v != nil {
		if _, ok := threshold(*k, stanna.EngagementDrop, silentDays); !ok {
			unused("responseDelayDays", "there is no rule of type engagement_drop that counts days of silence")
		} else if err := setDocumented(k, stanna.EngagementDrop, silentDays, "responseDelayDays", *v); err != nil {
			return nil, err
		}
	}
	if v := in.SentimentThreshold; v != nil {
		score := fromUnit(*v)
		if score >= 0 {
			return nil, stanna.InvalidField("sentimentThreshold", "must be below 0.5: that is neither good nor bad, and only negative sentiment is an alert")
		}
		if err := setDocumented(k, stanna.SentimentNegative, trendScore, "sentimentThreshold", score); err != nil {
			return nil, err
		}
	}
	if in.StakeholderMinimum != nil {
		k.Hosted.StakeholderMinimum = in.StakeholderMinimum
		unused("stakeholderMinimum", "is used for insights of clients; no rule here counts contacts, so that it brings no alert. A rule of type custom can watch what you send")
	}
	if in.EnableEmailAlerts != nil {
		unused("enableEmailAlerts", "this server tells people in Slack and sends no e-mail")
	}
	if f := in.AlertFrequency; f != nil {
		given := frequencies{}
		for _, s := range stanna.Severities() {
			given[s] = stanna.Frequency(*f)
		}
		setFrequencies(&k.Workspace.Settings, given)
	}
	return notUsed, nil
}

// fromUnit is a sentiment of 0 to 1 on the scale of −2 to 2; toUnit the other
// way.
func fromUnit(v float64) float64 { return math.Round((v*4-2)*1000) / 1000 }
func toUnit(s float64) float64   { return math.Round((s+2)/4*10000) / 10000 }

type insightsOutput struct {
	ETag string `header:"ETag" doc:"Of the settings, for If-Match"`
	Body insightThresholds
}

func (a *api) getInsights(ctx context.Context, who auth.Caller, _ *struct{}) (*insightsOutput, error) {
	k, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	out := &insightsOutput{ETag: strconv.Quote(k.Tag())}
	shown := func(t stanna.AlertType, name string) *float64 {
		if v, ok := threshold(k, t, name); ok {
			return &v
		}
		return nil
	}
	no, frequency := false, string(stanna.RealTime)
	if f, own := k.Workspace.Settings.Frequency[stanna.Critical]; own {
		frequency = string(f)
	}
	out.Body = insightThresholds{shown(stanna.HealthDrop, dropPoints), shown(stanna.EngagementDrop, silentDays), shown(stanna.SentimentNegative, trendScore),
		k.Hosted.StakeholderMinimum, &no, &frequency}
	if s := out.Body.SentimentThreshold; s != nil {
		*s = toUnit(*s)
	}
	return out, nil
}

// settingsHistoryOutput lists what the settings were.
type settingsHistoryOutput struct {
	Body struct {
		Versions   []settingsVersionView `json:"versions" doc:"Newest first"`
		Pagination pagination            `json:"pagination"`
	}
}

type settingsVersionView struct {
	Version  int             `json:"version"`
	At       time.Time       `json:"at"`
	Author   string          `json:"author" doc:"system, user:… or key:…"`
	Name     string          `json:"workspaceName"`
	Settings stanna.Settings `json:"settings"`
}

func (a *api) settingsHistory(ctx context.Context, who auth.Caller, in *Page) (*settingsHistoryOutput, error) {
	list, total, err := a.Policy.SettingsHistory(ctx, who.Workspace, in.Limit, in.Offset)
	out := &settingsHistoryOutput{}
	out.Body.Pagination = paginationOf(in.Limit, in.Offset, total, len(list))
	out.Body.Versions = each(list, func(v policy.SettingsVersion) settingsVersionView {
		return settingsVersionView{v.Version, v.At.UTC(), v.Author, v.Name, v.Settings}
	})
	return out, err
}
