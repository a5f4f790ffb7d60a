package locale

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Spanish is what there is to say in Spanish.
func Spanish() *Language { return spanish }

var spanish = &Language{
	Tag: language.Spanish, Name: "Español", Forms: []plural.Form{plural.One, plural.Other},
	Weekdays: [7]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
	Months:   [12]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"},
	Sentences: together(spanishAlerts, map[string]string{
		// Days and durations (words.go).
		"{day} {month} {year}":           "{day} {month} {year}",
		"{weekday} {day} {month} {year}": "{weekday} {day} {month} {year}",
		"{weekday} {day} {month}":        "{weekday} {day} {month}",
		"first":                          "primera",
		"second":                         "segunda",
		"third":                          "tercera",
		"fourth":                         "cuarta",
		"fifth":                          "quinta",
		"{n}st":                          "{n}.ª",
		"{n}nd":                          "{n}.ª",
		"{n}rd":                          "{n}.ª",
		"{n}th":                          "{n}.ª",
		"today":                          "hoy",
		"yesterday":                      "ayer",
		"{n} {n|day|days} ago":           "hace {n} {n|día|días}",
		"less than a minute":             "menos de un minuto",
		"{n} {n|minute|minutes}":         "{n} {n|minuto|minutos}",
		"{n} {n|hour|hours}":             "{n} {n|hora|horas}",
		"{n} {n|day|days}":               "{n} {n|día|días}",
	}),
}

func together(maps ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}
