package web

import "strconv"

// askView is a page that asks before something happens: a link alone changes
// nothing, since scanners follow links.
type askView struct {
	Heading, Lead   string
	Points          []string
	Action          string // where the answer is posted
	Hidden          []field
	Do, Dont, Class string
	Back, BackLabel string
}

func ask(title string, v askView) answer {
	if v.Dont == "" {
		v.Dont = "Leave it"
	}
	if v.Class == "" {
		v.Class = "primary"
	}
	return answer{title: title, body: asking(v)}
}

func versionField(n int) field { return field{"version", strconv.Itoa(n)} }
