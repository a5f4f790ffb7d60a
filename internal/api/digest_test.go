package api

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

func TestDigests(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		const path = "/api/digests"
		var got struct{ Digests []plannedDigest }
		st.ask("PUT", path, map[string]any{"digests": []any{map[string]any{"to": "#general", "daily": true}}}).problem(400, notConnected)
		id, name := st.channel()
		first := st.ask("GET", path, nil).want(200, &got)
		if len(got.Digests) != 0 {
			st.Fatalf("%+v", got)
		}
		put := func(plans ...map[string]any) answer {
			return st.ask("PUT", path, map[string]any{"digests": plans})
		}
		channel := map[string]any{"to": "#" + name, "daily": true, "weekly": true, "empty": "say"}
		owners := map[string]any{"to": "owner", "weekly": true}
		put(channel, owners, map[string]any{"to": "Boss@acme.com", "weekly": true, "edition": "leadership"}).want(200, &got)
		if len(got.Digests) != 3 || !strings.HasSuffix(got.Digests[0].To, ":"+id) || *got.Digests[0].Name != "#"+name || got.Digests[0].Empty != "say" || got.Digests[0].Edition != "team" ||
			got.Digests[0].Next == nil || got.Digests[1].To != "owner" || got.Digests[2].To != "person:boss@acme.com" || got.Digests[2].Edition != "leadership" {
			st.Fatalf("%+v", got)
		}
		again := st.ask("GET", path, nil).want(200, &got)
		st.ask("PUT", path, string(again.body)).want(200) // as it was read
		for field, plan := range map[string]map[string]any{
			"digests[0].to":      {"to": "#nowhere-at-all", "daily": true},
			"digests[0].daily":   {"to": "owner"},
			"digests[0].owner":   {"to": "owner", "daily": true, "owner": "ana@acme.com"},
			"digests[0].edition": {"to": "owner", "daily": true, "edition": "leadership"},
		} {
			if p := put(plan).problem(400, validationError); fields(p.Details)[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		if p := put(channel, channel).problem(400, validationError); fields(p.Details)["digests[1].to"] == nil {
			st.Errorf("%+v", p)
		}
		put(map[string]any{"daily": true, "to": " "}).problem(400, validationError)
		st.ask("PUT", path, map[string]any{"digests": []any{}}, header("If-Match", first.header.Get("ETag"))).want(412)
		if st.ask("GET", path, nil).want(200, &got); len(got.Digests) != 3 {
			st.Fatalf("what was refused changed something: %+v", got)
		}
		var history struct {
			Versions []struct{ Settings stanna.Settings }
		}
		if st.ask("GET", "/api/settings/history", nil).want(200, &history); len(history.Versions[0].Settings.Digests) != 3 {
			st.Errorf("%+v", history.Versions[0])
		}
	})
}

func TestDigestByHand(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		_, name := st.channel()
		st.client("c1", "csmOwner", "bo@acme.com")
		st.client("c2", "csmOwner", "di@acme.com")
		var p struct {
			Digest  stanna.Digest
			Nothing bool
			Text    string
			Blocks  []map[string]any
		}
		preview := func(query string, options ...with) answer {
			return st.ask("GET", "/api/digests/preview?"+query, nil, options...)
		}
		here := "to=" + url.QueryEscape("#"+name)
		preview(here+"&weekly=true").want(200, &p)
		if !p.Digest.Weekly || p.Digest.Risk.Total.Clients != 2 || p.Nothing || !strings.Contains(p.Text, "Weekly summary") || len(p.Blocks) < 3 || p.Blocks[0]["type"] != "header" {
			st.Errorf("%+v", p)
		}
		preview(here+"&owner=bo@acme.com").want(200, &p)
		if p.Digest.Owner != "bo@acme.com" || p.Digest.Risk.Total.Clients != 1 || !p.Nothing {
			st.Errorf("%+v", p)
		}
		if pr := preview("to=owner").problem(400, validationError); fields(pr.Details)["owner"] == nil {
			st.Errorf("%+v", pr)
		}
		if pr := preview("weekly=true").problem(400, validationError); fields(pr.Details)["to"] == nil {
			st.Errorf("%+v", pr)
		}

		// Who sees their own accounts has theirs; leadership has figures.
		bo, leader, director := signedIn(st.member("bo@acme.com", stanna.CSM)), signedIn(st.member("lu@acme.com", stanna.Leadership)), signedIn(st.member("di@acme.com", stanna.Director))
		preview(here, bo).problem(403, forbidden)
		preview("to=owner&owner=di@acme.com", bo).problem(403, forbidden)
		preview("to=owner", bo).want(200, &p)
		if p.Digest.Owner != "bo@acme.com" {
			st.Errorf("%+v", p.Digest)
		}
		preview(here, leader).want(200, &p)
		if p.Digest.Edition != stanna.LeadershipEdition {
			st.Errorf("%+v", p.Digest)
		}
		st.ask("PUT", "/api/digests", map[string]any{"digests": []any{}}, director).problem(403, forbidden)

		var sent struct{ Notifications []notificationView }
		st.ask("POST", "/api/digests/send", map[string]any{"to": "#" + name, "weekly": true}, bo).problem(403, forbidden)
		st.ask("POST", "/api/digests/send", map[string]any{"to": "nobody@acme.com"}, director).problem(409, "CONFLICT")
		st.ask("POST", "/api/digests/send", map[string]any{"to": "#" + name, "weekly": true}, director).want(202, &sent)
		if len(sent.Notifications) != 1 || sent.Notifications[0].Event != stanna.Digested {
			st.Fatalf("%+v", sent)
		}
		st.until("the digest", func() bool { return len(st.sandbox.Messages()) == 1 })
		if m := st.sandbox.Messages()[0]; !strings.Contains(m.Text, "Weekly summary") || !strings.Contains(m.Text, "ent by di@acme.com") {
			st.Errorf("%+v", m)
		}
		st.ask("POST", "/api/digests/send", map[string]any{"to": "#" + name, "weekly": true}, director).want(202, &sent) // its date has one still
		var log struct{ Log []digestLogEntry }
		st.ask("GET", "/api/digests/log", nil, bo).want(200, &log)
		if len(log.Log) != 2 || *log.Log[0].SentBy != "di@acme.com" || log.Log[0].Name != "#"+name || !log.Log[0].Sent || log.Log[0].Explanation == "" {
			st.Errorf("%+v", log)
		}
	})
}
