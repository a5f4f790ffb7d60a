package web

import (
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
)

// by says who acts, to the rooms that do it.
func (v *visit) by() intake.By {
	return intake.By{Actor: v.caller.Actor(), Name: v.caller.Email, Sees: v.caller.Sees}
}

// wrongs is what is wrong with a form, by field. A field is called as the
// rooms call it: "thresholds.dropPoints", "escalation[0].to".
type wrongs map[string]string

// at is what is wrong at a field, or at a part of it.
func (w wrongs) at(field string) string {
	if text, ok := w[field]; ok {
		return text
	}
	for _, name := range slices.Sorted(maps.Keys(w)) {
		if rest, ok := strings.CutPrefix(name, field); ok && rest[0] == '[' {
			return w[name]
		}
	}
	return ""
}

func (w wrongs) add(field, text string) {
	if _, ok := w[field]; !ok {
		w[field] = forPeople(text)
	}
}

// wrongsOf is what a refusal says about a form; ok is false when it is about
// something else.
func wrongsOf(err error) (w wrongs, ok bool) {
	var e *stanna.Error
	if !errors.As(err, &e) || e.Code != stanna.Invalid && e.Code != stanna.Conflict {
		return nil, false
	}
	w = wrongs{}
	for field, text := range e.Fields {
		w.add(field, text)
	}
	if len(w) == 0 {
		w.add("", e.Message)
	}
	if errors.Is(err, policy.Moved) {
		w[""] = "Somebody else has saved meanwhile, so nothing of yours was saved. Open this page in a second window to see what they did; save again here to put yours in its place."
	}
	return w, true
}

// hints are for programs; people have a page for each.
var hints = regexp.MustCompile(`\s*\((GET|PUT|POST|DELETE) /api/[^)]*\)|[;,.]?\s*(choose one of )?(GET|PUT|POST|DELETE) /api/\S+( lists them)?`)

// forPeople is a message of the rooms without what is meant for programs.
func forPeople(text string) string { return strings.TrimSpace(hints.ReplaceAllString(text, "")) }

// problem is one wrong field of a form, as the head of the form lists it.
type problem struct{ Label, Text, At string }

func (w wrongs) list() (list []problem) {
	for _, field := range slices.Sorted(maps.Keys(w)) {
		p := problem{Text: w[field], Label: fieldLabel(field)}
		if field != "" {
			p.At = "#" + fieldID(field)
		}
		list = append(list, p)
	}
	return list
}

// fieldID is the id of a field's element.
func fieldID(field string) string {
	if i := strings.LastIndexByte(field, '['); i > 0 && strings.HasSuffix(field, "]") && !strings.HasPrefix(field, "escalation") && !strings.HasPrefix(field, "routes") {
		field = field[:i]
	}
	return "f-" + strings.Trim(strings.NewReplacer("[", "-", "]", "", ".", "-").Replace(field), "-")
}

// fieldLabel is what a page calls a field.
func fieldLabel(field string) string {
	if field == "" {
		return ""
	}
	var words []string
	for i, part := range strings.Split(field, ".") {
		if i == 1 && len(words) == 1 && words[0] == "channel" {
			continue // its id, which says nothing to a person
		}
		part, index, _ := strings.Cut(part, "[")
		switch part {
		case "thresholds", "filter", "match", "matcher", "routes", "mapping", "hook":
			if part != "routes" {
				continue
			}
			part = "line"
		case "escalation":
			part = "escalation, step"
		case "windows":
			part = "window"
		case "fields":
			part = "field"
		case "buttons":
			part = "link"
		case "channels":
			part = "channel"
		case "signals":
			part = "signal"
		}
		word := humanised(part)
		if n, err := strconv.Atoi(strings.TrimSuffix(index, "]")); err == nil && (part == "line" || part == "window" || part == "field" || part == "link" || part == "signal" || strings.HasPrefix(part, "escalation")) {
			word += " " + strconv.Itoa(n+1)
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return capital(field)
	}
	return capital(strings.Join(words, ", "))
}

// humanised makes words of a name: "keyAccountMrr" is "key account MRR".
func humanised(name string) string {
	known := map[string]string{"subject": "headline", "minMrr": "minimum MRR", "only": "only these accounts", "never": "never these accounts", "endsAt": "end", "startsAt": "begin",
		"outside": "outside hours", "to": "where it goes", "do": "what happens", "away": "away", "afterMinutes": "after", "destinations": "where it goes",
		"businessHours": "working hours", "riskThreshold": "red up to", "healthyAbove": "green above", "csmOwner": "owner", "mrr": "MRR", "workspaceName": "name", "clientUrlTemplate": "link to your system", "logoUrl": "logo", "sharedChannels": "shared channels", "locale": "language", "apiKey": "key", "json": "mapping", "fieldsFrom": "fields that the sender names", "quietFor": "silence", "timezone": "time zone",
		"defaultChannel": "default channel", "fallbackChannel": "fallback channel"}
	if text, ok := known[name]; ok {
		return text
	}
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.ReplaceAll(b.String()+" ", "mrr ", "MRR ")[:len(b.String())]
}

// typed is a form as it was sent; nil before it was.
type typed url.Values

// or is what was typed in a field, else what is stored.
func (t typed) or(field, stored string) string {
	if t == nil {
		return stored
	}
	return url.Values(t).Get(field)
}

// numberOf reads a figure as people write it; ok is false when it is none.
func numberOf(text string) (x float64, ok bool) {
	text = strings.NewReplacer(",", "", " ", "", "\u00a0", "", "−", "-").Replace(text)
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

// plainNumber is a figure as a field shows it.
func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// listOf reads a list that was typed with commas or lines between.
func listOf(text string) (list []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' }) {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(list, part) {
			list = append(list, part)
		}
	}
	return list
}

// option is one of a list to choose from.
type option struct {
	Value, Label string
	Chosen       bool
}

func options[T ~string](chosen T, pairs ...string) []option {
	var list []option
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, option{pairs[i], pairs[i+1], pairs[i] == string(chosen)})
	}
	return list
}

// versionOf is the version that a form was made of; nil when it names none.
func (v *visit) versionOf() *int {
	n, err := strconv.Atoi(v.given("version"))
	if err != nil {
		return nil
	}
	return &n
}
