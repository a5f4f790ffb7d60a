package table

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// forms are the ways in which a file writes what can be written in several.
type forms struct {
	dates   Dates
	decimal rune
	zone    *time.Location
}

var errNumber = errors.New("is no number; write it as 1492.50")

// exponent is how programs write very large numbers.
var exponent = regexp.MustCompile(`^[+-]?\d+(\.\d+)?[eE][+-]?\d{1,3}$`)

// number reads a number as people and programs write it: 1492.50, 1,492.50,
// 1.492,50, 1 492,50, 1'492.50. A single mark with three digits after it may
// be either; it is read by the option, else as the one reading that is
// possible up to most, else refused.
func (f forms) number(s string, most float64) (float64, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "=") {
		return 0, errors.New("is a formula; save the file with values in the place of formulas")
	}
	if exponent.MatchString(s) && f.decimal != ',' {
		return finite(s)
	}
	sign := ""
	if r, n := utf8.DecodeRuneInString(s); r == '-' || r == '−' || r == '+' {
		if s = s[n:]; r != '+' {
			sign = "-"
		}
	}
	parts, marks, ok := cut(s)
	if !ok {
		return 0, errNumber
	}
	fraction, err := f.fraction(parts, marks, most)
	if err != nil {
		return 0, fmt.Errorf("%s: %q", err, clip(s, 40))
	}
	whole := parts
	if fraction {
		whole, marks = parts[:len(parts)-1], marks[:len(marks)-1]
	}
	if !grouped(whole, marks) || slices.Contains(marks, f.decimal) {
		return 0, errNumber
	}
	text := sign + strings.Join(whole, "")
	if fraction {
		text += "." + parts[len(parts)-1]
	}
	return finite(text)
}

func finite(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil { // too large, or no digits
		return 0, errNumber
	}
	return x, nil
}

// cut takes a number apart into digits and the marks between them.
func cut(s string) (parts []string, marks []rune, ok bool) {
	from := 0
	for i, r := range s {
		switch r {
		case '\u00a0', '\u202f', '\u2009':
			r = ' '
		case '’':
			r = '\''
		}
		switch {
		case r >= '0' && r <= '9':
			continue
		case strings.ContainsRune(".,' ", r):
			parts, marks = append(parts, s[from:i]), append(marks, r)
			_, n := utf8.DecodeRuneInString(s[i:])
			from = i + n
		default:
			return nil, nil, false
		}
	}
	return append(parts, s[from:]), marks, s != ""
}

// fraction says whether the last mark is the one before the decimals.
func (f forms) fraction(parts []string, marks []rune, most float64) (bool, error) {
	if len(marks) == 0 {
		return false, nil
	}
	last, after := marks[len(marks)-1], parts[len(parts)-1]
	is := true
	switch {
	case last != '.' && last != ',', slices.Contains(marks[:len(marks)-1], last):
		return false, nil // separates thousands
	case len(marks) == 1 && len(after) == 3 && parts[0] != "" && parts[0][0] != '0' && len(parts[0]) <= 3:
		if is = f.decimal == last; f.decimal == 0 {
			large, err := finite(parts[0] + after)
			if err != nil || large <= most {
				return false, errors.New("may be thousands or decimals; say with the option decimal which mark is for decimals, . or ,")
			}
			is = true
		}
	}
	if is && f.decimal != 0 && f.decimal != last {
		return false, fmt.Errorf("has decimals after a %c, and the file's mark for them is said to be %c", last, f.decimal)
	}
	return is, nil
}

// grouped says whether the digits before the decimals stand in groups as
// people write them: of three, or of two and a last of three.
func grouped(parts []string, marks []rune) bool {
	if len(parts) == 1 {
		return true
	}
	twos := len(parts) > 2 && len(parts[1]) == 2
	for i, p := range parts {
		switch {
		case i > 0 && i < len(marks) && marks[i] != marks[0]:
			return false
		case i == 0 && (p == "" || len(p) > 3 || twos && len(p) > 2):
			return false
		case i > 0 && i < len(parts)-1 && twos && len(p) != 2:
			return false
		case i > 0 && (i == len(parts)-1 || !twos) && len(p) != 3:
			return false
		}
	}
	return true
}

// share reads a part of one: 0.7, or 70 %.
func (f forms) share(s string) (float64, error) {
	bare, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	if !percent {
		return f.number(s, 1)
	}
	x, err := f.number(bare, 100)
	return x / 100, err
}

// signs are the currencies that a sign can mean, the likeliest first.
var signs = map[rune][]string{
	'$': {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BRL"},
	'€': {"EUR"}, '£': {"GBP"}, '¥': {"JPY", "CNY"}, '₹': {"INR"}, '₩': {"KRW"}, '₺': {"TRY"}, '₪': {"ILS"}, '₴': {"UAH"}, '฿': {"THB"}, '₫': {"VND"}, '₦': {"NGN"},
}

// amount reads an amount of money, which may carry its currency as a sign or
// as a code, and the currencies that this can be; none when it carries none.
func (f forms) amount(s string) (x float64, currencies []string, err error) {
	if s, currencies, err = currencyIn(strings.TrimSpace(s)); err != nil {
		return 0, nil, err
	}
	if x, err = f.number(s, stanna.MaxAmount); err != nil {
		return 0, nil, err
	}
	switch {
	case x < 0:
		err = errors.New("must not be negative")
	case x > stanna.MaxAmount:
		err = fmt.Errorf("must not be above %g", float64(stanna.MaxAmount))
	}
	return x, currencies, err
}

// currencyIn cuts off what stands before or after an amount to say in which
// currency it is.
func currencyIn(s string) (rest string, currencies []string, err error) {
	first, n := utf8.DecodeRuneInString(s)
	last, m := utf8.DecodeLastRuneInString(s)
	switch {
	case len(s) > 3 && stanna.ValidCurrency(s[:3]):
		return strings.TrimSpace(s[3:]), []string{s[:3]}, nil
	case len(s) > 3 && stanna.ValidCurrency(s[len(s)-3:]):
		return strings.TrimSpace(s[:len(s)-3]), []string{s[len(s)-3:]}, nil
	case unicode.Is(unicode.Sc, first):
		rest, currencies = s[n:], signs[first]
	case unicode.Is(unicode.Sc, last):
		rest, currencies = s[:len(s)-m], signs[last]
	default:
		return s, nil, nil
	}
	if currencies == nil {
		return "", nil, errors.New("has a sign of a currency that is not known here; write the currency as a code, such as EUR")
	}
	return strings.TrimSpace(rest), currencies, nil
}
