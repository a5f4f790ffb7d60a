package web

import (
	"cmp"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/store"
)

// endpointView is an endpoint with its log.
type endpointView struct {
	Row     endpointRow
	Types   []typeChoice
	Until   stamp // both secrets sign until then
	Paused  bool
	NoMail  bool
	Log     deliveryList
	Lost    int // in 30 days
	Since   []option
	Sample  string
	Trail   []deedRow
	Created stamp
}

func (s *site) webhookPage(v *visit) (answer, error) {
	var view endpointView
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		e, err := tx.Endpoint(v.workspace(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		day, err := tx.DeliveryTallies(v.workspace(), v.road.Now.AddDate(0, 0, -1))
		if err != nil {
			return err
		}
		all, err := tx.DeliveryTallies(v.workspace(), time.Time{})
		if err != nil {
			return err
		}
		view = endpointView{Row: v.endpointRow(e, day[e.ID], all[e.ID]), Paused: e.Paused != "", Lost: all[e.ID].Lost, Created: stampOf(v.road, e.CreatedAt),
			Since: options("7", "1", "a day", "7", "a week", "30", "30 days")}
		view.NoMail = view.Row.Mail && !s.roads.Mail
		if len(e.Secrets(v.road.Now)) > 1 {
			view.Until = stampOf(v.road, e.PreviousUntil)
		}
		for _, t := range e.Types {
			view.Types = append(view.Types, typeChoice{Type: string(t), Label: eventName(t), Means: t.Sentence()})
		}
		if !view.Row.Mail && len(e.Types) > 0 {
			body, err := relay.Body(stanna.SampleOf(e.Types[0], v.workspace(), v.road.Now), s.publicURL)
			if err != nil {
				return err
			}
			view.Sample, _ = prettyBody(body)
		}
		if view.Log, err = v.deliveries(tx, webhookPath(e.ID), e.ID, all[e.ID]); err != nil {
			return err
		}
		view.Trail, err = v.trailOf(tx, e.ID)
		return err
	})
	return answer{title: view.Row.Name, body: webhookBody(view)}, err
}

// testEndpoint sends a sample now, and leads to what came of it.
func (s *site) testEndpoint(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	d, err := s.relay.Test(v.ctx, v.workspace(), id, v.caller.Actor())
	if err != nil {
		return s.sorry(v, webhookPath(id), err)
	}
	if d.State == stanna.DeliveryArrived {
		return s.done(v, deliveryPath(d.ID), "The test arrived.")
	}
	s.tell(v, flashBad, "The test did not arrive.")
	return answer{to: deliveryPath(d.ID)}, nil
}

// pauseEndpoint stops sending, or goes on.
func (s *site) pauseEndpoint(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	if v.given("paused") == "yes" {
		if _, err := s.policy.PauseEndpoint(v.ctx, v.workspace(), v.by(), id); err != nil {
			return s.sorry(v, webhooksPath, err)
		}
		return s.done(v, webhookPath(id), "Paused: what happens is kept and waits, for 30 days.")
	}
	if _, err := s.policy.ResumeEndpoint(v.ctx, v.workspace(), v.by(), id); err != nil {
		return s.sorry(v, webhooksPath, err)
	}
	return s.done(v, webhookPath(id), "Resumed: what waited is being sent.")
}

func (s *site) rotateEndpointPage(v *visit) (answer, error) { return s.rotateEndpointForm(v, nil) }

func (s *site) rotateEndpointForm(v *visit, w wrongs) (answer, error) {
	e, err := s.endpoint(v)
	if err != nil {
		return answer{}, err
	}
	if _, mail := e.Mailbox(); mail {
		return s.sorry(v, webhookPath(e.ID), stanna.Errorf(stanna.Conflict, "a mailbox has no secret"))
	}
	view := rotateView{Heading: "A new secret for " + plainTitle(e.Title()), Action: webhookPath(e.ID) + "/rotate", Back: webhookPath(e.ID), BackLabel: plainTitle(e.Title()),
		Overlaps: options(cmp.Or(v.given("overlap"), "24"), overlaps...), Wrong: w}
	a := answer{title: view.Heading, body: rotateBody(view)}
	if len(w) > 0 {
		a.status = 400
	}
	return a, nil
}

func (s *site) rotateEndpoint(v *visit) (answer, error) {
	overlap, ok := v.readOverlap()
	if !ok {
		return s.rotateEndpointForm(v, wrongs{"overlap": "choose how long the one before signs as well"})
	}
	e, err := s.policy.RotateEndpoint(v.ctx, v.workspace(), v.by(), v.r.PathValue("id"), overlap, nil)
	if w, refused := wrongsOf(err); refused {
		return s.rotateEndpointForm(v, w)
	}
	if err != nil {
		return answer{}, err
	}
	return endpointSecret(e, v, true), nil
}

func (s *site) deleteEndpointPage(v *visit) (answer, error) {
	e, err := s.endpoint(v)
	if err != nil {
		return answer{}, err
	}
	row := v.endpointRow(e, store.DeliveryTally{}, store.DeliveryTally{})
	return ask("Delete an endpoint", askView{Heading: "Delete " + plainTitle(e.Title()) + "?", Lead: "Nothing is sent to " + row.Place + " any more.",
		Points: []string{"What waits for it is not sent, and its log is forgotten.", "A new endpoint at the same address has another secret."},
		Action: webhookPath(e.ID) + "/delete", Do: "Delete it", Dont: "Keep it", Class: "danger", Back: webhookPath(e.ID), BackLabel: plainTitle(e.Title())}), nil
}

func (s *site) deleteEndpoint(v *visit) (answer, error) {
	if err := s.policy.DeleteEndpoint(v.ctx, v.workspace(), v.by(), v.r.PathValue("id"), nil); err != nil {
		return answer{}, err
	}
	return s.done(v, webhooksPath, "The endpoint is deleted.")
}

// resendFailed sends again what failed for good since some days ago.
func (s *site) resendFailed(v *visit) (answer, error) {
	id, days := v.r.PathValue("id"), 30
	switch v.given("since") {
	case "1":
		days = 1
	case "7":
		days = 7
	}
	n, err := s.policy.ResendFailed(v.ctx, v.workspace(), v.by(), id, v.road.Now.AddDate(0, 0, -days))
	if err != nil {
		return s.sorry(v, webhookPath(id), err)
	}
	if n == 0 {
		return s.done(v, webhookPath(id), "None has failed since then.")
	}
	return s.done(v, webhookPath(id)+"?state=waiting", capital(v.local.Count(n, "event"))+" wait to be sent again, the oldest first.")
}
