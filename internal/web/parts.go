package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// current is the value of aria-current of a link.
func current(here bool) string {
	if here {
		return "page"
	}
	return "false"
}

// mark is a word with a symbol: no meaning is carried by colour alone.
type mark struct{ Class, Symbol, Word string }

func severityMark(s stanna.Severity) mark {
	switch s {
	case stanna.Critical:
		return mark{"critical", "octagon", "Critical"}
	case stanna.High:
		return mark{"high", "triangle", "High"}
	case stanna.Medium:
		return mark{"medium", "diamond", "Medium"}
	case stanna.Low:
		return mark{"low", "down", "Low"}
	case stanna.Info:
		return mark{"info", "info", "Info"}
	}
	return mark{"info", "info", "Unrated"}
}

func zoneMark(z stanna.Zone) mark {
	switch z {
	case stanna.Red:
		return mark{"red", "bar1", "Red"}
	case stanna.Yellow:
		return mark{"yellow", "bar2", "Yellow"}
	}
	return mark{"green", "bar3", "Green"}
}

func statusMark(s stanna.NotificationStatus) mark {
	switch s {
	case stanna.Delivered:
		return mark{"delivered", "check", "Delivered"}
	case stanna.Dead:
		return mark{"dead", "cross", "Not delivered"}
	case stanna.Held:
		return mark{"held", "clock", "Held back"}
	case stanna.Spared:
		return mark{"spared", "skip", "Not told"}
	}
	return mark{"waiting", "clock", "Waiting"}
}

// score is a client's health as a list shows it.
type score struct {
	Known bool
	Value string
	Zone  mark
}

func scoreOf(l locale.Local, st stanna.State) score {
	value, known := st.HealthScore()
	if !known {
		return score{}
	}
	return score{true, l.Number(value), zoneMark(l.Settings.ZoneOf(value))}
}

// pager leads through a list.
type pager struct {
	First, Last, Total int
	Before, After      string // addresses, "" at an end
}

// pagerOf is about a page of a list at path, whose query stays what it is.
func pagerOf(path string, query url.Values, page, shown, total int) pager {
	at := func(n int) string {
		q := url.Values{}
		for k, v := range query {
			if k != "page" && len(v) > 0 && v[0] != "" {
				q.Set(k, v[0])
			}
		}
		if n > 1 {
			q.Set("page", strconv.Itoa(n))
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	p := pager{First: (page-1)*perPage + 1, Last: (page-1)*perPage + shown, Total: total}
	if page > 1 {
		p.Before = at(min(page-1, (total+perPage-1)/perPage))
		if total == 0 {
			p.Before = at(1)
		}
	}
	if p.Last < total && shown > 0 {
		p.After = at(page + 1)
	}
	return p
}

// further leads through a list that is read on from the last row seen.
type further struct{ First, Next string } // addresses, "" at an end

// furtherOf is about the list at the visit's address, whose word names the
// last row seen.
func furtherOf(v *visit, word string, more bool, last func() string) (f further) {
	q := v.r.URL.Query()
	began := q.Get(word) != ""
	q.Del(word)
	if began {
		f.First = pathWith(v.r.URL.Path, q)
	}
	if more {
		q.Set(word, last())
		f.Next = pathWith(v.r.URL.Path, q)
	}
	return f
}

func pathWith(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// sortedFields are the entries of a map in the order of their names.
func sortedFields(m map[string]string) (list []field) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, field{name, m[name]})
	}
	return list
}

// clientPath is the page of a client; ids may hold what means something in an
// address.
func clientPath(id string) string { return "/clients/" + url.PathEscape(id) }

func alertPath(id string) string { return "/alerts/" + url.PathEscape(id) }

func rulePath(id string) string { return "/rules/" + url.PathEscape(id) }

func ruleStatusMark(s stanna.RuleStatus) mark {
	switch s {
	case stanna.RuleActive:
		return mark{"delivered", "check", "Active"}
	case stanna.RuleShadow:
		return mark{"low", "eye", "On trial"}
	}
	return mark{"waiting", "circle", "Off"}
}

// tab is one choice of a filter.
type tab struct {
	ID, Label, Path string
	Count           string
	Here            bool
}

// digits is a number of rows.
func digits(n int) string { return strconv.Itoa(n) }

// commas is "a, b, c".
func commas(words []string) string { return strings.Join(words, ", ") }

// backLabel is what a link back is called.
func backLabel(path string) string {
	if path == "/silences" {
		return "Silences"
	}
	return "The client"
}
