package table

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// truth reads yes or no, in the words of spreadsheets in several languages;
// an empty cell is no.
func truth(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "", "no", "n", "false", "0", "nein", "falsch", "non", "faux", "falso":
		return false, nil
	case "yes", "y", "true", "1", "x", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero":
		return true, nil
	}
	return false, errors.New("must be yes or no")
}

// whole reads a whole number from 0 on.
func whole(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, errors.New("must be a whole number")
	}
	return n, nil
}

// tags are words separated by ; | or a comma.
func tags(s string) (list []string) {
	for tag := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '|' || r == ',' }) {
		if tag = strings.TrimSpace(tag); tag != "" {
			list = append(list, tag)
		}
	}
	return list
}

// domain is the bare domain of what may be written as a web address.
func domain(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	return strings.TrimPrefix(s, "www.")
}

// figure is a number as programs write it. A leading zero is part of a name:
// 007, a postal code.
var figure = regexp.MustCompile(`^-?(0|[1-9]\d*)([.,]\d+)?$`)

// value is what a cell of the company's own says: a number, true or false, or
// text. kind says which it is, where the column's title ends in :number,
// :boolean or :text.
func (f forms) value(s, kind string) (any, error) {
	switch {
	case kind == "text":
		return s, nil
	case kind == "number":
		return f.number(s, math.Inf(1))
	case kind == "boolean":
		return truth(s)
	case strings.EqualFold(s, "true"), strings.EqualFold(s, "false"):
		return strings.EqualFold(s, "true"), nil
	case !figure.MatchString(s) || len(s) > 16: // a longer one would lose digits
		return s, nil
	}
	x, err := f.number(s, math.Inf(1))
	if err != nil {
		return nil, errors.New(err.Error() + ", or end the column's title in :text")
	}
	return x, nil
}

// ownField takes a field of the company's own apart: its name, and the kind
// that it says to be.
func ownField(field, prefix string) (name, kind string) {
	name = strings.TrimPrefix(field, prefix)
	for _, kind := range []string{"text", "number", "boolean"} {
		if bare, ok := strings.CutSuffix(name, ":"+kind); ok && bare != "" {
			return strings.TrimSpace(bare), kind
		}
	}
	return name, ""
}
