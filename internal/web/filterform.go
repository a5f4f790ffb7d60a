package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// filterForm says in a form which clients something is about.
type filterForm struct {
	Field                                      string // "filter", "matcher.filter"
	MinMRR, Currency                           string
	Tiers, Owners, Tags, Only, Never, CustomAs string
	Zones                                      []option
	Wrong                                      wrongs
	Used                                       bool // something is asked for
}

func (v *visit) filterForm(name string, f stanna.Filter, t typed, w wrongs) filterForm {
	min := ""
	if f.MinMRR > 0 {
		min = plainNumber(f.MinMRR)
	}
	var custom []string
	for _, k := range slices.Sorted(maps.Keys(f.Custom)) {
		custom = append(custom, k+" = "+f.Custom[k])
	}
	form := filterForm{Field: name, Currency: v.local.Settings.Currency, Wrong: w, Used: !f.Empty(),
		MinMRR: t.or(name+".minMrr", min), Tiers: t.or(name+".tiers", strings.Join(f.Tiers, ", ")), Owners: t.or(name+".owners", strings.Join(f.Owners, ", ")),
		Tags: t.or(name+".tags", strings.Join(f.Tags, ", ")), Only: t.or(name+".only", strings.Join(f.Only, "\n")),
		Never: t.or(name+".never", strings.Join(f.Never, "\n")), CustomAs: t.or(name+".custom", strings.Join(custom, "\n"))}
	for _, z := range []stanna.Zone{stanna.Red, stanna.Yellow, stanna.Green} {
		form.Zones = append(form.Zones, option{string(z), zoneMark(z).Word, slices.Contains(f.Zones, z)})
	}
	return form
}

// readFilter reads what the form says.
func (v *visit) readFilter(name string, w wrongs) (f stanna.Filter) {
	if text := v.given(name + ".minMrr"); text != "" {
		x, ok := numberOf(text)
		if !ok {
			w.add(name+".minMrr", "is no amount; write it in figures, such as 5000")
		}
		f.MinMRR = x
	}
	f.Tiers, f.Owners, f.Tags = listOf(v.given(name+".tiers")), listOf(v.given(name+".owners")), listOf(v.given(name+".tags"))
	f.Only, f.Never = listOf(v.given(name+".only")), listOf(v.given(name+".never"))
	for _, z := range v.r.PostForm[name+".zones"] {
		f.Zones = append(f.Zones, stanna.Zone(z))
	}
	for _, line := range strings.Split(v.given(name+".custom"), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" {
			w.add(name+".custom", "each line is a field, an equals sign and a value, such as region = EMEA")
			continue
		}
		if f.Custom == nil {
			f.Custom = map[string]string{}
		}
		f.Custom[key] = value
	}
	return f
}

// matcherForm says in a form which alerts something is about.
type matcherForm struct {
	Field      string
	Types      []option
	Rules      []option
	Severities []option
	Filter     filterForm
	Condition  exprField
	Wrong      wrongs
}

func (v *visit) matcherForm(name string, m stanna.Matcher, rules []stanna.Rule, t typed, w wrongs) matcherForm {
	form := matcherForm{Field: name, Filter: v.filterForm(name+".filter", m.Filter, t, w), Wrong: w,
		Condition: exprField{Field: name + ".condition", Text: t.or(name+".condition", m.Condition), Kind: "condition", Example: `client.mrr >= 5000 && "pilot" in client.tags`}}
	form.Condition.judge(w)
	for _, e := range rule.Catalogue() {
		form.Types = append(form.Types, option{string(e.Type), e.Name, slices.Contains(m.Types, e.Type)})
	}
	for _, r := range rules {
		form.Rules = append(form.Rules, option{r.ID, r.Name, slices.Contains(m.Rules, r.ID)})
	}
	for _, s := range stanna.Severities() {
		form.Severities = append(form.Severities, option{string(s), severityMark(s).Word, slices.Contains(m.Severities, s)})
	}
	return form
}

func (v *visit) readMatcher(name string, w wrongs) (m stanna.Matcher) {
	for _, x := range v.r.PostForm[name+".types"] {
		m.Types = append(m.Types, stanna.AlertType(x))
	}
	for _, x := range v.r.PostForm[name+".severities"] {
		m.Severities = append(m.Severities, stanna.Severity(x))
	}
	m.Rules = v.r.PostForm[name+".rules"]
	m.Filter = v.readFilter(name+".filter", w)
	m.Condition = v.given(name + ".condition")
	return m
}

// filterWords says a filter as people would; named calls clients by name.
func (v *visit) filterWords(f stanna.Filter, named func(string) string) (list []string) {
	one := func(what string, words []string) {
		if len(words) > 0 {
			list = append(list, what+" "+orList(words))
		}
	}
	accounts := func(what string, ids []string) {
		names := make([]string, 0, 5)
		for _, id := range ids[:min(len(ids), 5)] {
			names = append(names, named(id))
		}
		if more := len(ids) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		one(what, names)
	}
	if f.MinMRR > 0 {
		list = append(list, "MRR of "+v.local.Money(stanna.MoneyOf(f.MinMRR, v.local.Settings.Currency))+" or more")
	}
	one("tier", f.Tiers)
	var zones []string
	for _, z := range f.Zones {
		zones = append(zones, string(z))
	}
	one("zone", zones)
	one("owner", f.Owners)
	one("tagged", f.Tags)
	accounts("only", f.Only)
	accounts("never", f.Never)
	for _, k := range slices.Sorted(maps.Keys(f.Custom)) {
		list = append(list, k+" is "+f.Custom[k])
	}
	return list
}

// matcherWords says a matcher as people would.
func (v *visit) matcherWords(m stanna.Matcher, rules map[string]string, named func(string) string) (list []string) {
	var types, sevs, names []string
	for _, t := range m.Types {
		types = append(types, typeName(t))
	}
	for _, s := range m.Severities {
		sevs = append(sevs, string(s))
	}
	for _, id := range m.Rules {
		name := rules[id]
		if name == "" {
			name = "a rule that is gone"
		}
		names = append(names, "“"+name+"”")
	}
	if len(types) > 0 {
		list = append(list, orList(types))
	}
	if len(names) > 0 {
		list = append(list, "by "+orList(names))
	}
	if len(sevs) > 0 {
		list = append(list, "severity "+orList(sevs))
	}
	list = append(list, v.filterWords(m.Filter, named)...)
	if m.Condition != "" {
		list = append(list, "where "+m.Condition)
	}
	return list
}

// orList is "a, b or c".
func orList(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// onlyHint says what naming accounts does.
func onlyHint(f filterForm) string {
	if f.Field == "filter" {
		return "Ids, one a line. A rule for named accounts stands in for the general rule of its type."
	}
	return "Ids, one a line."
}
