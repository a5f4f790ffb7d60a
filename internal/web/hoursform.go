package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// hoursForm is working hours in a form.
type hoursForm struct {
	Field    string
	Windows  []windowForm
	Holidays string
	Timezone string
	ZoneHint string
	Wrong    wrongs
}

type windowForm struct {
	Field    string
	Days     []option
	From, To string
	Wrong    string
}

var weekdays = []string{"mon", "Mon", "tue", "Tue", "wed", "Wed", "thu", "Thu", "fri", "Fri", "sat", "Sat", "sun", "Sun"}

// maxWindowRows bounds the windows that a form shows and reads.
const maxWindowRows = 50

func hoursFormOf(name string, h stanna.Hours, zoneHint string, t typed, w wrongs) hoursForm {
	f := hoursForm{Field: name, Holidays: t.or(name+".holidays", strings.Join(h.Holidays, "\n")), Timezone: t.or(name+".timezone", h.Timezone), ZoneHint: zoneHint, Wrong: w}
	for i, x := range append(slices.Clone(h.Windows), stanna.Window{}) {
		row := windowForm{Field: fmt.Sprintf("%s.windows[%d]", name, i), From: x.From, To: x.To}
		for _, part := range []string{"", ".days", ".from", ".to"} {
			if text := w.at(row.Field + part); text != "" && row.Wrong == "" {
				row.Wrong = text
			}
		}
		for d := 0; d < len(weekdays); d += 2 {
			row.Days = append(row.Days, option{weekdays[d], weekdays[d+1], slices.Contains(x.Days, weekdays[d])})
		}
		f.Windows = append(f.Windows, row)
	}
	return f
}

// readHours reads what the form says; a row that was left empty is none.
func (v *visit) readHours(name string) stanna.Hours {
	h := stanna.Hours{Timezone: v.given(name + ".timezone"), Holidays: listOf(v.given(name + ".holidays"))}
	for i := range maxWindowRows {
		at := fmt.Sprintf("%s.windows[%d]", name, i)
		w := stanna.Window{Days: v.r.PostForm[at+".days"], From: v.given(at + ".from"), To: v.given(at + ".to")}
		if len(w.Days) > 0 || w.From != "" || w.To != "" {
			h.Windows = append(h.Windows, w)
		}
	}
	return h
}

// hoursWords says hours as people would.
func hoursWords(h stanna.Hours) string {
	var parts []string
	for _, w := range h.Windows {
		parts = append(parts, daysWords(w.Days)+" "+w.From+"–"+w.To)
	}
	if len(parts) == 0 {
		parts = append(parts, "all day, every day")
	}
	text := strings.Join(parts, "; ")
	if n := len(h.Holidays); n == 1 {
		text += "; one day off"
	} else if n > 1 {
		text += fmt.Sprintf("; %d days off", n)
	}
	if h.Timezone != "" {
		text += " (" + h.Timezone + ")"
	}
	return text
}

// daysWords says days as people would: "Mon–Fri".
func daysWords(days []string) string {
	var at []int
	for i := 0; i < len(weekdays); i += 2 {
		if slices.Contains(days, weekdays[i]) {
			at = append(at, i/2)
		}
	}
	name := func(i int) string { return weekdays[2*i+1] }
	if n := len(at); n > 2 && at[n-1]-at[0] == n-1 {
		return name(at[0]) + "–" + name(at[n-1])
	}
	var names []string
	for _, i := range at {
		names = append(names, name(i))
	}
	return strings.Join(names, ", ")
}
