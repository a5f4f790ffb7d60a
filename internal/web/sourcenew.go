package web

import (
	"cmp"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/webhook"
)

// kindsView lists what a source can begin with.
type kindsView struct{ Ready []mapping.Template }

// newSourceView is the form of a new source.
type newSourceView struct {
	Kind, Title, Doc string
	Steps            []string
	Name, Header     string
	Own              bool // its mapping is written afterwards
	Schemes          []schemeChoice
	Scheme           webhook.Guide // the tool's usual one
	OtherWay         bool          // another was chosen
	Quiet            []option
	Wrong            wrongs
}

type schemeChoice struct {
	Guide  webhook.Guide
	Chosen bool
}

func (s *site) newSourcePage(v *visit) (answer, error) {
	kind := v.asked("kind")
	if kind == "" {
		return answer{title: "Add another tool", body: kindsBody(kindsView{mapping.Ready()})}, nil
	}
	if _, ok := readyOf(kind, mapping.Ready()); !ok && kind != ownKind {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is no ready mapping for this tool; begin with one of your own")
	}
	return s.newSourceForm(v, kind, nil, nil)
}

// ownKind is how an address says that a source begins with no ready mapping.
const ownKind = "own"

func (s *site) newSourceForm(v *visit, kind string, t typed, w wrongs) (answer, error) {
	f := newSourceView{Kind: kind, Own: kind == ownKind, Header: t.or("header", ""), Quiet: quietOptions(24*time.Hour, t), Wrong: w, Title: "Another tool",
		Doc: "Whatever can post JSON to an address. You get the address first; when the first bodies have come, you say what they mean, and see what would become of them before anything is taken in."}
	scheme := string(webhook.Token)
	if r, ok := readyOf(kind, mapping.Ready()); ok {
		f.Title, f.Doc, f.Steps, f.Name, scheme = r.Title, r.Doc, r.Steps, t.or("name", r.Title), r.Scheme
		f.Header = t.or("header", r.Header)
	} else {
		f.Name = t.or("name", "")
	}
	f.Scheme = guideOf(scheme)
	f.OtherWay = t.or("scheme", scheme) != scheme || w["scheme"]+w["header"] != ""
	for _, g := range webhook.Schemes() {
		f.Schemes = append(f.Schemes, schemeChoice{g, string(g.Scheme) == t.or("scheme", scheme)})
	}
	a := answer{title: "Add " + f.Title, body: newSourceBody(f)}
	if len(w) > 0 {
		a.status = 400
	}
	return a, nil
}

// starter is the mapping of a source whose own is written when the first
// bodies have come; it waits paused until then.
var starter = stanna.Mapping{Client: stanna.ClientMapping{ID: "optional(item.clientId)", Email: "optional(item.email)"},
	Signals: []stanna.SignalMapping{{Type: "custom.event", Data: map[string]string{"what": "optional(item.what)"}}}}

// addSource makes a source, and shows its secret in its answer: it is shown
// this once.
func (s *site) addSource(v *visit) (answer, error) {
	kind := v.given("kind")
	begin := kind
	if kind == ownKind {
		begin = ""
	}
	x, err := s.sources.Begin(begin)
	if err != nil {
		return s.sorry(v, sourcesPath+"/new", err)
	}
	w := wrongs{}
	x.Name, x.QuietFor, x.Secret = v.given("name"), v.readQuiet(w), stanna.Secret(v.given("secret"))
	x.Scheme, x.Header = cmp.Or(v.given("scheme"), x.Scheme), ""
	if guide := guideOf(x.Scheme); guide.Header != "" { // the others have their own
		x.Header = v.given("header")
	}
	if kind == ownKind {
		x.Mapping, x.Paused = starter, true
	}
	made := x.Secret == ""
	if len(w) == 0 {
		x, err = s.sources.Add(v.ctx, v.workspace(), v.caller.Actor(), x)
		var refused bool
		if w, refused = wrongsOf(err); !refused && err != nil {
			return answer{}, err
		}
	}
	if len(w) > 0 {
		return s.newSourceForm(v, kind, typed(v.r.PostForm), w)
	}
	return s.secretAnswer(v, x, made, false)
}

// secretView shows a secret, once.
type secretView struct {
	Back, BackLabel string
	Heading, Lead   string
	Address, Secret string // Secret "": the other tool's, which it has
	Setup           string
	Steps           []string
	Header          string
	Next, NextLabel string
}

func (s *site) secretAnswer(v *visit, x stanna.Source, ours, rotated bool) (answer, error) {
	guide := guideOf(x.Scheme)
	view := secretView{Back: sourcesPath, BackLabel: "Other tools", Heading: plainTitle(x.Name) + " is made", Address: s.sources.Address(x.ID), Setup: guide.Setup,
		Next: sourcePath(x.ID), NextLabel: "To the source"}
	if guide.Header != "" {
		view.Header = cmp.Or(x.Header, guide.Header)
	}
	if ours {
		view.Secret = x.Secret.Reveal()
	}
	switch {
	case rotated:
		view.Heading, view.Back, view.BackLabel = "The new secret of "+plainTitle(x.Name), sourcePath(x.ID), plainTitle(x.Name)
		view.Lead = "The one before is not taken any more."
		if x.Previous != "" {
			view.Lead = "The one before is taken as well until " + v.road.Moment(x.PreviousUntil) + ", so that nothing is refused while you change it in the other tool."
		}
	case x.Paused:
		view.Lead = "Now have the other tool post to this address. What comes is kept and waits: when the first bodies are here, write the mapping, try it on them, and resume the source."
	default:
		view.Lead = "One thing is left: tell the other tool where to post."
	}
	if r, ok := readyOf(x.Kind, mapping.Ready()); ok && !rotated {
		view.Steps = r.Steps
	}
	return answer{title: view.Heading, body: secretBody(view)}, nil
}

// rotateView asks for a new secret.
type rotateView struct {
	Heading, Action, Back, BackLabel string
	Theirs, Choice                   bool // the other tool makes it; either can
	Setup                            string
	Overlaps                         []option
	Wrong                            wrongs
}

// overlaps are how long the secret before can be taken as well, in hours.
var overlaps = []string{"24", "a day", "1", "an hour", "168", "a week", "720", "30 days", "0", "not at all: from now on only the new one"}

func (s *site) rotateSourcePage(v *visit) (answer, error) { return s.rotateSourceForm(v, nil) }

func (s *site) rotateSourceForm(v *visit, w wrongs) (answer, error) {
	x, err := s.sources.Get(v.ctx, v.workspace(), v.r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	g := guideOf(x.Scheme)
	view := rotateView{Heading: "A new secret for " + plainTitle(x.Name), Action: sourcePath(x.ID) + "/rotate", Back: sourcePath(x.ID), BackLabel: plainTitle(x.Name), Theirs: g.Theirs, Choice: true,
		Setup: g.Setup, Overlaps: options(cmp.Or(v.given("overlap"), "24"), overlaps...), Wrong: w}
	a := answer{title: view.Heading, body: rotateBody(view)}
	if len(w) > 0 {
		a.status = 400
	}
	return a, nil
}

func (s *site) rotateSource(v *visit) (answer, error) {
	overlap, ok := v.readOverlap()
	if !ok {
		return s.rotateSourceForm(v, wrongs{"overlap": "choose how long the one before is taken as well"})
	}
	secret := stanna.Secret(v.given("secret"))
	x, err := s.sources.Rotate(v.ctx, v.workspace(), v.caller.Actor(), v.r.PathValue("id"), secret, overlap)
	if w, refused := wrongsOf(err); refused {
		return s.rotateSourceForm(v, w)
	}
	if err != nil {
		return answer{}, err
	}
	return s.secretAnswer(v, x, secret == "", true)
}

// readOverlap is how long the secret before is taken as well.
func (v *visit) readOverlap() (d time.Duration, ok bool) {
	n, err := strconv.Atoi(v.given("overlap"))
	return time.Duration(n) * time.Hour, err == nil
}
