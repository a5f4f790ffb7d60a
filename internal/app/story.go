package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
)

// stormSize is how many accounts fall at once in the story.
const stormSize = 60

// openStory loads the accounts that the story is about, with the people there
// and the colleagues who own them; the rest of the book follows behind the
// first scene.
func (d *Demo) openStory(ctx context.Context) error {
	if err := d.load(ctx, leads); err != nil {
		return err
	}
	for _, a := range leads {
		client := map[string]any{"name": a.name, "domain": a.id + ".example.com", "mrr": a.mrr, "tier": a.tier, "csmOwner": a.owner,
			"renewalDate": time.Now().AddDate(0, 0, a.renewsIn).Format(time.DateOnly), "renewalTermMonths": 12,
			"contacts": []map[string]any{{"name": a.contact, "title": a.title, "email": a.id + "@example.com", "primary": true}}}
		if err := d.call(ctx, http.MethodPut, "/api/clients/"+a.id, client, nil); err != nil {
			return err
		}
	}
	_, err := d.app.line.Directory(ctx, d.workspace)
	return err
}

// tellStory plays about a minute of a customer-success team's life, a line on
// the terminal for each scene.
func (d *Demo) tellStory(ctx context.Context) error {
	accounts := book(116)
	scenes := []struct {
		after time.Duration
		title string
		play  func(context.Context) error
	}{
		{0, "A fall      Northwind Traders drops from 60 to 38, out of the blue", func(ctx context.Context) error {
			return d.scores(ctx, score{"northwind", 38, []factor{{"Usage", "118 a day, usually 200", -11}, {"Payment", "invoice of $12,400 failed, next retry Thursday", -5},
				{"Support", "3 tickets open, the oldest for 9 days", -4}}})
		}},
		{1 * time.Second, "The book    116 more accounts and five weeks of their history are loaded, and open no alert", func(ctx context.Context) error {
			return d.load(ctx, accounts[len(leads):])
		}},
		{9 * time.Second, "A worsening Northwind falls on, to 19: the same message changes, nobody is told twice", func(ctx context.Context) error {
			return d.scores(ctx, score{"northwind", 19, []factor{{"Usage", "40 a day, usually 200", -26}, {"Payment", "second attempt failed", -9}, {"Sponsor", "has left the company", -6}}})
		}},
		{9 * time.Second, "A recovery  Northwind is back at 57: out of the red by a margin, and more than half is regained", func(ctx context.Context) error {
			return d.scores(ctx, score{"northwind", 57, []factor{{"Usage", "190 a day again", 30}, {"Payment", "invoice paid", 8}}})
		}},
		{9 * time.Second, fmt.Sprintf("A storm     %d accounts fall at once, all by one source: likelier a change of the scoring. One message says so, the rest is held", stormSize), func(ctx context.Context) error {
			var falls []score
			for i, a := range accounts[len(leads) : len(leads)+stormSize] {
				falls = append(falls, score{a.id, a.health - 18 - float64(i*7%23), nil})
			}
			return d.scores(ctx, falls...)
		}},
		{9 * time.Second, "Released    Somebody knows better and presses Release: what was held is told, most of it in one message", d.release},
		{9 * time.Second, "An outage   Slack is down for 8 seconds; Globex and Hooli fall meanwhile", func(ctx context.Context) error {
			if _, err := d.slack.SetFault(sandbox.Fault{Kind: sandbox.FaultOutage, ForMS: 8000}); err != nil {
				return err
			}
			return d.scores(ctx, score{"globex", 39, []factor{{"Support", "an escalation is open", -20}, {"Meetings", "two were cancelled", -11}}}, score{"hooli", 44, nil})
		}},
		{8 * time.Second, "Its end     Slack is back: what waited is told, in order, and nothing was lost", func(ctx context.Context) error {
			return d.await(ctx, func() bool {
				v, err := d.telling(ctx)
				return err == nil && v.notifications[stanna.Waiting] == 0
			})
		}},
	}
	for _, s := range scenes {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.after):
		}
		fmt.Fprintf(d.out, "  %5.1f s  %s\n", time.Since(d.begun).Seconds(), s.title)
		if err := s.play(ctx); err != nil {
			return err
		}
	}
	return nil
}

// release tells what many falls at once have held back.
func (d *Demo) release(ctx context.Context) error {
	var list struct{ Surges []struct{ ID, Status string } }
	if err := d.call(ctx, http.MethodGet, "/api/surges", nil, &list); err != nil {
		return err
	}
	for _, s := range list.Surges {
		if s.Status == string(stanna.SurgeHolding) {
			if err := d.call(ctx, http.MethodPost, "/api/surges/"+s.ID+"/release", struct{}{}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// load imports accounts and their history.
func (d *Demo) load(ctx context.Context, accounts []account) error {
	now := time.Now()
	var clients, past bytes.Buffer
	if err := writeClients(&clients, accounts, now); err != nil {
		return err
	}
	if err := writePast(&past, accounts, now); err != nil {
		return err
	}
	if err := d.send(ctx, http.MethodPost, "/api/clients/import", "text/csv", &clients, nil); err != nil {
		return err
	}
	return d.stream(ctx, &past)
}

// score is a new health score of an account.
type score struct {
	client  string
	value   float64
	factors []factor
}

type factor struct {
	Name   string  `json:"name"`
	Detail string  `json:"detail"`
	Impact float64 `json:"impact"`
}

func (d *Demo) scores(ctx context.Context, scores ...score) error {
	now := time.Now().UTC()
	var lines bytes.Buffer
	out := json.NewEncoder(&lines)
	for _, s := range scores {
		data := map[string]any{"score": s.value}
		if s.factors != nil {
			data["factors"] = s.factors
		}
		if err := out.Encode(signalLine{fmt.Sprintf("story-%s-%d", s.client, now.UnixMilli()), s.client, "health.scored", now, "demo", data}); err != nil {
			return err
		}
	}
	return d.stream(ctx, &lines)
}
