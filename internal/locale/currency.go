package locale

import (
	"math"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/number"

	"github.com/gostanna/stanna"
)

// noBreak keeps a figure and its sign on one line.
const noBreak = "\u00a0"

// place is where a locale puts the sign of a currency.
type place int

const (
	before place = iota // "$12,400"; a code stands apart: "CHF 12,400"
	apart               // "€ 12.400"
	after               // "12.400 €"
)

// places are those of the locales that do not put it before. x/text knows the
// signs but not their places, so this is from the standard currency patterns
// of CLDR 48 (https://cldr.unicode.org, currencyFormats in the file of each
// locale). What a locale does not say, its parent does.
var places = map[string]place{
	"be": after, "bg": after, "bs": after, "ca": after, "cs": after, "da": after, "de": after, "el": after, "es": after, "et": after,
	"eu": after, "fi": after, "fr": after, "gl": after, "hr": after, "hu": after, "is": after, "it": after, "lt": after, "lv": after,
	"mk": after, "nb": after, "nn": after, "no": after, "pl": after, "ro": after, "ru": after, "sk": after, "sl": after, "sq": after,
	"sr": after, "sv": after, "uk": after, "vi": after,
	"pt": apart, "pt-PT": after, "nl": apart,
	"de-AT": apart, "de-CH": apart, "de-LI": apart, "it-CH": apart,
	"es-419": before, "es-GQ": before, "es-AR": apart, "es-CO": apart, "es-PY": apart, "es-UY": apart,
}

// placeIn is where the sign stands in a locale.
func placeIn(tag language.Tag) place {
	for ; tag != language.Und; tag = tag.Parent() {
		if p, ok := places[tag.String()]; ok {
			return p
		}
	}
	return before
}

// Money writes an amount, without decimals when it is whole. It is "" when
// there is none: an amount that is not known has no currency.
func (l Local) Money(m stanna.Money) string {
	unit, err := currency.ParseISO(m.Currency)
	if err != nil {
		return ""
	}
	digits := stanna.MinorDigits(m.Currency)
	amount := math.Abs(m.Amount())
	if amount == math.Trunc(amount) {
		digits = 0
	}
	symbol := l.print.Sprint(currency.Symbol(unit))
	figure := l.print.Sprint(number.Decimal(amount, number.MinFractionDigits(digits), number.MaxFractionDigits(digits)))
	sign := ""
	if m.Minor < 0 {
		sign = minus
	}
	// A symbol stands close to its amount, a code ("CHF") apart.
	isCode := symbol[len(symbol)-1] >= 'A' && symbol[len(symbol)-1] <= 'Z'
	switch {
	case l.sign == after:
		return sign + figure + noBreak + symbol
	case l.sign == apart || isCode:
		return sign + symbol + noBreak + figure
	}
	return sign + symbol + figure
}
