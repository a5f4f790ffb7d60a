package expr

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// toText gives a whole number without decimals.
func toText(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.String:
		return v
	case types.Double:
		if !isNumber(float64(v)) {
			return missing("a number")
		}
		return types.String(strconv.FormatFloat(float64(v), 'f', -1, 64))
	case types.Bool:
		return types.String(strconv.FormatBool(bool(v)))
	case types.Timestamp:
		return types.String(v.UTC().Format(time.RFC3339Nano))
	}
	return refuse("is "+a(kindOfValue(v))+", which has many parts", "say which of them, or join(list, \", \")")
}

// maxFigures is how long a number or a time may be, in bytes.
const maxFigures = 100

// figures are numbers as JSON and people write them, without doubt: a comma
// separates thousands.
var figures = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d{1,3})?$`)

func readNumber(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Double:
		return v
	case types.String:
		s := strings.TrimSpace(string(v))
		if s == "" {
			return none("is empty")
		}
		x, err := 0.0, strconv.ErrSyntax
		if len(s) <= maxFigures && figures.MatchString(s) {
			x, err = strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
		}
		if err != nil {
			return refuse("is text that is no number", "a number is written 1492.5 or 1,492.50")
		}
		return types.Double(x)
	}
	return refuse("is "+a(kindOfValue(v))+" and no number", "")
}

// forms in which a time may be written; one without a zone is UTC.
var timeForms = []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00"}

func readTime(v ref.Val) ref.Val {
	t, err := timeOf(v)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Timestamp{Time: t}
}

// timeOf reads a time; numbers below 10^11 are seconds.
func timeOf(v ref.Val) (time.Time, error) {
	var since float64
	switch v := v.(type) {
	case types.Timestamp:
		return v.Time, nil
	case types.Double:
		since = float64(v)
	case types.String:
		s := strings.TrimSpace(string(v))
		if s == "" {
			return time.Time{}, &nothingIn{"is empty"}
		}
		for _, form := range timeForms {
			if t, err := time.Parse(form, s); err == nil && t.Year() > 0 {
				return t.UTC(), nil
			}
		}
		x, err := strconv.ParseFloat(s[:min(len(s), maxFigures)], 64)
		if err != nil || len(s) > maxFigures || strings.Trim(s, "0123456789.") != "" {
			return time.Time{}, &refusal{"is text that is no time", "a time is written 2026-11-23T09:30:00Z"}
		}
		since = x
	default:
		return time.Time{}, &refusal{"is " + a(kindOfValue(v)) + " and no time", ""}
	}
	if since < 1e11 {
		since *= 1000
	}
	t := time.UnixMilli(int64(math.Round(since))).UTC()
	if math.IsNaN(since) || since > 1e13 || t.Year() < 2000 {
		return time.Time{}, &refusal{"is no time: it would be before the year 2000 or after 2286", "a number is read as seconds or milliseconds since 1970"}
	}
	return t, nil
}

// scale rounds to a millionth, so that 7 of 10 is 0.8 and not a hair less.
func scale(args ...ref.Val) ref.Val {
	var n [5]float64
	for i, v := range args {
		n[i] = float64(v.(types.Double))
	}
	x, from, to, low, high := n[0], n[1], n[2], n[3], n[4]
	if from == to {
		return refuse("is put on a scale that has no length", "")
	}
	return types.Double(math.Round((low+(x-from)/(to-from)*(high-low))*1e6) / 1e6)
}
