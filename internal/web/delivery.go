package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/store"
)

// deliveriesPath is the log of all that was sent to endpoints.
const deliveriesPath = "/integrations/deliveries"

func deliveryPath(id string) string { return deliveriesPath + "/" + url.PathEscape(id) }

// deliveryList is what was sent to endpoints, with the choice of a state and
// of a type.
type deliveryList struct {
	Path    string
	Tabs    []tab
	State   string
	Types   []option
	Rows    []deliveryRow
	Further further
	Back    string
	Named   bool // the endpoints are named
}

// deliveryRow is one event on its way to one endpoint.
type deliveryRow struct {
	ID, Path           string
	Endpoint, To       string
	Event, Type        string
	About, AboutPath   string
	Promised           stamp
	State              mark
	Next, Ended        stamp
	Tried              int
	Answer, Error      string
	Failed, Test, Wait bool
}

func deliveryMark(s stanna.DeliveryState) mark {
	switch s {
	case stanna.DeliveryArrived:
		return mark{"delivered", "check", "Arrived"}
	case stanna.DeliveryLost:
		return mark{"dead", "cross", "Failed"}
	}
	return mark{"waiting", "clock", "Waiting"}
}

// deliveries is a page of the log at path, of one endpoint or of all; tally
// counts what it holds.
func (v *visit) deliveries(tx *store.Tx, path, endpoint string, tally store.DeliveryTally) (l deliveryList, err error) {
	l.Path, l.Back, l.Named = path, v.r.URL.RequestURI(), endpoint == ""
	q := store.DeliveryQuery{Endpoint: endpoint, Before: v.asked("before"), Limit: perPage + 1}
	for _, s := range []stanna.DeliveryState{stanna.DeliveryLost, stanna.DeliveryWaiting, stanna.DeliveryArrived} {
		if string(s) == v.asked("state") {
			q.State, l.State = s, string(s)
		}
	}
	l.Types = []option{{"", "every type", true}}
	for _, t := range append(stanna.EventTypes(), stanna.EndpointTest) {
		chosen := string(t) == v.asked("type")
		if l.Types = append(l.Types, option{string(t), eventName(t), chosen}); chosen {
			q.Type, l.Types[0].Chosen = t, false
		}
	}
	with := func(state stanna.DeliveryState) string {
		more := url.Values{}
		if state != "" {
			more.Set("state", string(state))
		}
		if q.Type != "" {
			more.Set("type", string(q.Type))
		}
		return pathWith(path, more)
	}
	l.Tabs = []tab{{ID: "tab-all", Label: "All", Path: with(""), Here: q.State == ""}}
	for _, t := range []struct {
		state stanna.DeliveryState
		n     int
	}{{stanna.DeliveryLost, tally.Lost}, {stanna.DeliveryWaiting, tally.Waiting}, {stanna.DeliveryArrived, tally.Arrived}} {
		l.Tabs = append(l.Tabs, tab{"tab-" + string(t.state), deliveryMark(t.state).Word, with(t.state), v.local.Number(float64(t.n)), q.State == t.state})
	}
	list, err := tx.Deliveries(v.workspace(), q)
	if err != nil {
		return l, err
	}
	l.Further = furtherOf(v, "before", len(list) > perPage, func() string { return list[perPage-1].ID })
	endpoints, err := tx.Endpoints(v.workspace())
	if err != nil {
		return l, err
	}
	for _, d := range list[:min(len(list), perPage)] {
		l.Rows = append(l.Rows, v.deliveryRow(d, endpoints))
	}
	return l, nil
}

func (v *visit) deliveryRow(d stanna.Delivery, endpoints []stanna.Endpoint) deliveryRow {
	row := deliveryRow{ID: d.ID, Path: deliveryPath(d.ID), Endpoint: d.EndpointID, To: webhookPath(d.EndpointID), Event: eventName(d.Event.Type), Type: string(d.Event.Type), About: d.Event.Text,
		AboutPath: relay.PageOf(d.Event), Promised: stampOf(v.road, d.CreatedAt), State: deliveryMark(d.State), Ended: stampOf(v.road, d.EndedAt), Tried: d.Tried,
		Failed: d.State == stanna.DeliveryLost, Test: d.Event.Type == stanna.EndpointTest, Wait: d.State == stanna.DeliveryWaiting}
	if i := slices.IndexFunc(endpoints, func(e stanna.Endpoint) bool { return e.ID == d.EndpointID }); i >= 0 {
		row.Endpoint = endpoints[i].Title()
	}
	if row.Wait {
		row.Next = stampOf(v.road, d.NextAt)
	}
	if n := len(d.Attempts); n > 0 {
		last := d.Attempts[n-1]
		if row.Error = last.Error; last.Status != 0 {
			row.Answer = strconv.Itoa(last.Status)
		}
	}
	return row
}

func (s *site) deliveryLog(v *visit) (answer, error) {
	var l deliveryList
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		all, err := tx.DeliveryTallies(v.workspace(), time.Time{})
		if err != nil {
			return err
		}
		var sum store.DeliveryTally
		for _, t := range all {
			sum.Waiting, sum.Arrived, sum.Lost = sum.Waiting+t.Waiting, sum.Arrived+t.Arrived, sum.Lost+t.Lost
		}
		l, err = v.deliveries(tx, deliveriesPath, "", sum)
		return err
	})
	return answer{title: "Deliveries", body: deliveryLogBody(l)}, err
}

// deliveryView is one event on its way to one endpoint: what was sent, and
// every answer.
type deliveryView struct {
	Row      deliveryRow
	Mail     bool
	Headers  []field
	Body     string
	Attempts []attemptRow
	Event    string // its id
	At       stamp
}

type attemptRow struct {
	At             stamp
	Mark           mark
	Took           string
	Answer, Error  string
	Number, Status string
}

func (s *site) delivery(v *visit) (answer, error) {
	var view deliveryView
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		d, err := tx.Delivery(v.workspace(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		e, err := tx.Endpoint(v.workspace(), d.EndpointID)
		if err != nil {
			return err
		}
		view = deliveryView{Row: v.deliveryRow(d, []stanna.Endpoint{e}), Event: d.Event.ID, At: stampOf(v.local, d.Event.At)}
		_, view.Mail = e.Mailbox()
		headers, body, err := s.relay.Request(d)
		if err != nil {
			return err
		}
		if !view.Mail {
			view.Headers = sortedFields(headers)
		}
		view.Body, _ = prettyBody([]byte(body))
		first := max(d.Tried-len(d.Attempts), 0) // only the latest are kept
		for i, a := range d.Attempts {
			row := attemptRow{At: stampOf(v.road, a.At), Took: tookWords(a.Took), Answer: a.Answer, Error: a.Error, Number: strconv.Itoa(first + i + 1), Mark: mark{"dead", "cross", "Did not arrive"}}
			if a.Error == "" {
				row.Mark = mark{"delivered", "check", "Arrived"}
			}
			if row.Status = "no answer"; a.Status != 0 {
				row.Status = strconv.Itoa(a.Status)
			}
			view.Attempts = append([]attemptRow{row}, view.Attempts...)
		}
		return nil
	})
	return answer{title: "A delivery", body: deliveryBody(view)}, err
}

// tookWords is how long an answer took.
func tookWords(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func (s *site) resendDelivery(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	back := localPath(v.given("back"))
	if back == "" {
		back = deliveryPath(id)
	}
	if _, err := s.policy.ResendDelivery(v.ctx, v.workspace(), v.by(), id); err != nil {
		return s.sorry(v, back, err)
	}
	return s.done(v, back, "It is sent again, as it was: the receiver knows it by its id.")
}
