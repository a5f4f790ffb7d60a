package stanna

import (
	"fmt"
	"slices"
	"strings"
)

// Filter says which clients something is about. What is empty lets everybody
// pass; of a list, one entry must fit.
type Filter struct {
	MinMRR float64           `json:"minMrr,omitempty"` // in the workspace's currency, major units
	Tiers  []string          `json:"tiers,omitempty"`
	Zones  []Zone            `json:"zones,omitempty"` // of the health score now
	Owners []string          `json:"owners,omitempty"`
	Tags   []string          `json:"tags,omitempty"`
	Only   []string          `json:"only,omitempty"`  // ids of accounts
	Never  []string          `json:"never,omitempty"` // ids of accounts
	Custom map[string]string `json:"custom,omitempty"`
}

// Empty says whether the filter lets everybody pass.
func (f Filter) Empty() bool {
	return f.MinMRR == 0 && len(f.Tiers)+len(f.Zones)+len(f.Owners)+len(f.Tags)+len(f.Only)+len(f.Never)+len(f.Custom) == 0
}

// Stops is the reason why the filter does not let a client pass, or "". A
// client whose value is not known does not pass a filter that asks for it,
// and the reason says so.
func (f Filter) Stops(s Settings, c Client, st *State) Reason {
	has := func(list []string, word string) bool {
		return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, word) })
	}
	switch {
	case slices.Contains(f.Never, c.ID):
		return ReasonAccountLeftOut
	case len(f.Only) > 0 && !slices.Contains(f.Only, c.ID):
		return ReasonAccountNotNamed
	case f.MinMRR > 0 && !c.HasMRR():
		return ReasonMRRUnknown
	case f.MinMRR > 0 && c.MRR.Currency != s.Currency:
		return ReasonOtherCurrency
	case f.MinMRR > 0 && c.MRR.Amount() < f.MinMRR:
		return ReasonBelowMinMRR
	case len(f.Tiers) > 0 && !has(f.Tiers, c.Tier):
		return ReasonOtherTier
	case len(f.Owners) > 0 && !has(f.Owners, c.CSMOwner):
		return ReasonOtherOwner
	case len(f.Tags) > 0 && !slices.ContainsFunc(c.Tags, func(t string) bool { return has(f.Tags, t) }):
		return ReasonNoTag
	}
	for field, want := range f.Custom {
		if !customIs(c.Custom[field], want) {
			return ReasonOtherField
		}
	}
	if len(f.Zones) > 0 {
		score, known := st.HealthScore()
		if !known || !slices.Contains(f.Zones, s.ZoneOf(score)) {
			return ReasonOtherZone
		}
	}
	return ""
}

// customIs compares a custom field, which may be text, a number or a yes or
// no, with what a person wrote.
func customIs(value any, want string) bool {
	return value != nil && strings.EqualFold(fmt.Sprint(value), want)
}

// maxFilterList bounds a list of a filter.
const maxFilterList = 10_000

// Validate says what is wrong with the filter, whose fields are called
// field.minMrr and so on, or nil.
func (f Filter) Validate(field string) error {
	if !(f.MinMRR >= 0 && f.MinMRR <= MaxAmount) {
		return InvalidField(field+".minMrr", "must be an amount, 0 or more")
	}
	for _, z := range f.Zones {
		if z != Red && z != Yellow && z != Green {
			return InvalidField(field+".zones", "%q is no zone; they are red, yellow and green", z)
		}
	}
	lists := []struct {
		name string
		list []string
	}{{"tiers", f.Tiers}, {"owners", f.Owners}, {"tags", f.Tags}, {"only", f.Only}, {"never", f.Never}}
	for _, l := range lists {
		if len(l.list) > maxFilterList {
			return InvalidField(field+"."+l.name, "may hold %d entries", maxFilterList)
		}
		if slices.ContainsFunc(l.list, func(s string) bool { return strings.TrimSpace(s) == "" }) {
			return InvalidField(field+"."+l.name, "holds an empty entry")
		}
	}
	for _, o := range f.Owners {
		if !strings.Contains(o, "@") {
			return InvalidField(field+".owners", "%q is no e-mail address", clip(o, 60))
		}
	}
	for _, id := range f.Only {
		if slices.Contains(f.Never, id) {
			return InvalidField(field+".never", "%q is among the accounts of only as well", clip(id, 60))
		}
	}
	return nil
}

// Matcher says which alerts something is about: a line of the routing table,
// a silence. What is empty fits every alert.
type Matcher struct {
	Types      []AlertType `json:"types,omitempty"`
	Rules      []string    `json:"rules,omitempty"` // ids
	Severities []Severity  `json:"severities,omitempty"`
	Filter     Filter      `json:"filter,omitzero"`
	Condition  string      `json:"condition,omitempty"` // CEL
}

// Everything says whether the matcher fits every alert.
func (m Matcher) Everything() bool {
	return len(m.Types)+len(m.Rules)+len(m.Severities) == 0 && m.Filter.Empty() && m.Condition == ""
}

// Fits compares all but the condition.
func (m Matcher) Fits(s Settings, a Alert, c Client, st *State) bool {
	return (len(m.Types) == 0 || slices.Contains(m.Types, a.Type)) &&
		(len(m.Rules) == 0 || slices.Contains(m.Rules, a.RuleID)) &&
		(len(m.Severities) == 0 || slices.Contains(m.Severities, a.Severity)) &&
		(m.Filter.Empty() || m.Filter.Stops(s, c, st) == "")
}

// Validate says what is wrong with the matcher but for its condition, or nil.
func (m Matcher) Validate(field string) error {
	for _, s := range m.Severities {
		if s.Rank() < 0 {
			return InvalidField(field+".severities", "%q is no severity; they are critical, high, medium, low and info", clip(string(s), 40))
		}
	}
	return m.Filter.Validate(field + ".filter")
}
