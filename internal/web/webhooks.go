package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// webhooksPath is where the endpoints are listed to which events go.
const webhooksPath = "/integrations/webhooks"

func webhookPath(id string) string { return webhooksPath + "/" + url.PathEscape(id) }

// webhooksView lists the endpoints.
type webhooksView struct {
	Rows  []endpointRow
	Roads Roads
}

// endpointRow is one endpoint, and how it fares.
type endpointRow struct {
	ID, Path, Name  string
	Place           string
	Mail            bool
	Mark            mark
	Types           string
	Since           stamp // of what the mark says
	Why, Repair     string
	Arrived, Failed int // of 24 hours
	Waiting         int
	Last            stamp
}

func (s *site) webhooks(v *visit) (answer, error) {
	view := webhooksView{Roads: s.roads}
	err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		view.Rows, err = v.endpointRows(tx)
		return err
	})
	return answer{title: "Webhooks and notices", body: webhooksBody(view)}, err
}

func (v *visit) endpointRows(tx *store.Tx) ([]endpointRow, error) {
	list, err := tx.Endpoints(v.workspace())
	if err != nil {
		return nil, err
	}
	day, err := tx.DeliveryTallies(v.workspace(), v.road.Now.AddDate(0, 0, -1))
	if err != nil {
		return nil, err
	}
	all, err := tx.DeliveryTallies(v.workspace(), time.Time{})
	rows := make([]endpointRow, len(list))
	for i, e := range list {
		rows[i] = v.endpointRow(e, day[e.ID], all[e.ID])
	}
	return rows, err
}

func (v *visit) endpointRow(e stanna.Endpoint, day, all store.DeliveryTally) endpointRow {
	row := endpointRow{ID: e.ID, Path: webhookPath(e.ID), Name: e.Title(), Place: e.Place(), Types: typesInShort(e.Types), Arrived: day.Arrived, Failed: day.Lost, Waiting: all.Waiting,
		Last: stampOf(v.road, all.LastArrived)}
	if box, is := e.Mailbox(); is {
		row.Mail, row.Place = true, box
	}
	switch {
	case e.Paused != "":
		row.Mark, row.Since, row.Why = mark{"held", "clock", "Paused"}, stampOf(v.road, e.PausedAt), e.Paused.Sentence()
		if e.Paused != stanna.ReasonPausedByHand {
			row.Mark = mark{"dead", "warning", "Paused"}
			row.Repair = "Mend the receiver, send it a test, and resume it: what waits is sent then. What waits for 30 days is given up."
		}
	case !e.FailingSince.IsZero():
		row.Mark, row.Since, row.Why = mark{"warning", "warning", "Nothing arrives"}, stampOf(v.road, e.FailingSince), "The last tries did not arrive; each says why. It is tried again by itself, and paused after three days."
	case all.LastArrived.IsZero():
		row.Mark = mark{"waiting", "circle", "Nothing sent yet"}
	default:
		row.Mark = mark{"delivered", "check", "Works"}
	}
	return row
}

// typesInShort says which events an endpoint gets.
func typesInShort(types []stanna.EventType) string {
	every := func(of []stanna.EventType) bool {
		return !slices.ContainsFunc(of, func(t stanna.EventType) bool { return !slices.Contains(types, t) })
	}
	var parts []string
	groups := eventGroups()
	if every(groups[0].types) && every(groups[1].types) {
		return "everything"
	}
	for _, g := range groups {
		if every(g.types) {
			parts = append(parts, g.short)
			continue
		}
		for _, t := range g.types {
			if slices.Contains(types, t) {
				parts = append(parts, strings.ToLower(eventName(t)))
			}
		}
	}
	if len(parts) > 3 {
		return commas(parts[:2]) + " and " + strconv.Itoa(len(parts)-2) + " more"
	}
	return commas(parts)
}

// eventGroup is a kind of event types, as forms show them.
type eventGroup struct {
	label, short string
	types        []stanna.EventType
}

func eventGroups() []eventGroup {
	notices := stanna.Notices()
	work := slices.DeleteFunc(stanna.EventTypes(), func(t stanna.EventType) bool { return t.Notice() })
	return []eventGroup{{"What happens to clients", "alerts and digests", work}, {"Notices: something does not work, or works again", "notices", notices}}
}

// eventName is what people call a type of event.
func eventName(t stanna.EventType) string {
	about, what, found := strings.Cut(string(t), ".")
	if !found {
		return capital(about)
	}
	return capital(about) + " " + strings.ReplaceAll(what, "_", " ")
}

// endpointForm makes an endpoint or changes one.
type endpointForm struct {
	Heading, Action string
	Back, BackLabel string
	New, Mail       bool
	NoMail          bool // this server cannot send letters
	Name, Address   string
	Groups          []typeGroup
	Version         int
	Wrong           wrongs
}

type typeGroup struct {
	Label string
	Types []typeChoice
}

type typeChoice struct {
	Type, Label, Means string
	Chosen             bool
}

func (s *site) newEndpointPage(v *visit) (answer, error) {
	e := stanna.Endpoint{Types: eventGroups()[0].types}
	if v.asked("kind") == "mail" {
		e = stanna.Endpoint{Types: eventGroups()[1].types, Address: "mailto:"}
	}
	return s.endpointForm(v, e, nil)
}

func (s *site) changeEndpointPage(v *visit) (answer, error) {
	e, err := s.endpoint(v)
	if err != nil {
		return answer{}, err
	}
	return s.endpointForm(v, e, nil)
}

// endpoint is the endpoint that the address means.
func (s *site) endpoint(v *visit) (e stanna.Endpoint, err error) {
	err = s.store.View(v.ctx, func(tx *store.Tx) (err error) { e, err = tx.Endpoint(v.workspace(), v.r.PathValue("id")); return err })
	return e, err
}

func (s *site) endpointForm(v *visit, e stanna.Endpoint, w wrongs) (answer, error) {
	box, mail := e.Mailbox()
	f := endpointForm{New: e.ID == "", Mail: mail, NoMail: mail && !s.roads.Mail, Name: e.Name, Address: e.Place(), Version: int(e.Version), Wrong: w,
		Heading: "Change " + plainTitle(e.Title()), Action: webhookPath(e.ID) + "/change", Back: webhookPath(e.ID), BackLabel: plainTitle(e.Title())}
	if mail {
		f.Address = box
	}
	if f.New {
		f.Heading, f.Action, f.Back, f.BackLabel = "Add a web address", webhooksPath, webhooksPath, "Webhooks and notices"
		if mail {
			f.Heading = "Add a mailbox"
		}
	}
	for i, g := range eventGroups() {
		if mail && i == 0 {
			continue
		}
		group := typeGroup{Label: g.label}
		for _, t := range g.types {
			group.Types = append(group.Types, typeChoice{string(t), eventName(t), t.Sentence(), slices.Contains(e.Types, t)})
		}
		f.Groups = append(f.Groups, group)
	}
	a := answer{title: f.Heading, body: endpointFormBody(f)}
	if len(w) > 0 {
		a.status = 400
	}
	return a, nil
}

// readEndpoint is the endpoint that a form holds.
func (v *visit) readEndpoint() stanna.Endpoint {
	e := stanna.Endpoint{ID: v.r.PathValue("id"), Name: v.given("name"), Address: stanna.Secret(v.given("address"))}
	if v.given("kind") == "mail" {
		e.Address = stanna.Secret("mailto:" + strings.TrimPrefix(v.given("address"), "mailto:"))
	}
	for _, t := range v.r.PostForm["types"] {
		e.Types = append(e.Types, stanna.EventType(t))
	}
	return e
}

// addEndpoint makes an endpoint; its secret is shown in the answer, this once.
func (s *site) addEndpoint(v *visit) (answer, error) {
	draft := v.readEndpoint()
	e, err := s.policy.AddEndpoint(v.ctx, v.workspace(), v.by(), draft)
	if w, refused := wrongsOf(err); refused {
		return s.endpointForm(v, draft, w)
	}
	if err != nil {
		return answer{}, err
	}
	if _, mail := e.Mailbox(); mail {
		return s.done(v, webhookPath(e.ID), "The mailbox is kept. Send it a test to see a letter arrive.")
	}
	return endpointSecret(e, v, false), nil
}

// endpointSecret shows what signs.
func endpointSecret(e stanna.Endpoint, v *visit, rotated bool) answer {
	view := secretView{Back: webhooksPath, BackLabel: "Webhooks and notices", Heading: plainTitle(e.Title()) + " is made", Lead: "Put the secret where the receiver can read it.",
		Secret: e.Secret.Reveal(), Next: webhookPath(e.ID), NextLabel: "To the endpoint",
		Setup: "What is sent is signed as Standard Webhooks has it (standardwebhooks.com): the headers webhook-id, webhook-timestamp and webhook-signature. " +
			"Its libraries check it in a line, in most languages. Then answer with any status from 200 to 299, within four seconds, and do the work afterwards; know a repeat by webhook-id."}
	if rotated {
		view.Heading, view.Back, view.BackLabel = "The new secret of "+plainTitle(e.Title()), webhookPath(e.ID), plainTitle(e.Title())
		view.Lead = "What is sent is signed by it alone from now on."
		if e.Previous != "" {
			view.Lead = "What is sent is signed by both until " + v.road.Moment(e.PreviousUntil) + ", so that the receiver takes it whichever it knows."
		}
	}
	return answer{title: view.Heading, body: secretBody(view)}
}

func (s *site) changeEndpoint(v *visit) (answer, error) {
	now, err := s.endpoint(v)
	if err != nil {
		return answer{}, err
	}
	draft := v.readEndpoint()
	e, err := s.policy.ChangeEndpoint(v.ctx, v.workspace(), v.by(), draft, v.versionOf())
	if w, refused := wrongsOf(err); refused {
		draft.Version = now.Version
		return s.endpointForm(v, draft, w)
	}
	if err != nil {
		return answer{}, err
	}
	return s.done(v, webhookPath(e.ID), "Saved.")
}

// addressHint says what may be an address, and of one that is kept what is
// not shown.
func addressHint(fresh bool) string {
	if fresh {
		return "https, and public: an address inside your own network has to be allowed by whoever runs this server."
	}
	return "What stood after a ? is kept and not shown. Left as it is, the address stays whole."
}
