package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// What an older program stored is there after the upgrade, and means the same.
func TestUpgradeFromVersion2(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url, keys := storetest.URL(t, engine), newKeyset(t)
			old, err := store.OpenAt(url, keys, 2)
			if err != nil {
				t.Fatal(err)
			}
			at, no := day.UnixMicro(), map[string]string{"sqlite": "0", "postgres": "false"}[engine]
			empty := map[string]string{"sqlite": "x''", "postgres": `'\x'`}[engine]
			for _, x := range []struct {
				query string
				args  []any
			}{
				{`insert into workspace (id, name, settings, version, created_at) values ('acme.com', 'Acme', '{"defaultChannel":"C1"}', 7, $1)`, []any{at}},
				{`insert into rule (workspace, id, version, name, type, status, body, created_at, updated_at)
					values ('acme.com', 'r1', 5, 'Drop', 'health_drop', 'active', $1, $2, $2)`,
					[]any{`{"thresholds":{"dropPoints":12.5},"destinations":["slack:T1:C1"],"playbook":"call"}`, at}},
				{`insert into client (workspace, id, name, domain, currency, tier, csm_owner, contacts, renewal_date, renewal_months, tags, custom, is_excluded, created_at, updated_at)
					values ('acme.com', 'c1', 'Client', '', '', '', '', '', '', 0, '', '', ` + no + `, $1, $1)`, []any{at}},
				{`insert into client_state (workspace, client_id, facts, health, engagement, health_score, updated_at)
					values ('acme.com', 'c1', $1, ` + empty + `, ` + empty + `, 38, $2)`, []any{`{"quote":"\"churnedAt\":","churnedAt":"2026-11-02T09:00:00Z"}`, at}},
				{`insert into client_state (workspace, client_id, facts, health, engagement, health_score, updated_at)
					values ('acme.com', 'c2', $1, ` + empty + `, ` + empty + `, null, $2)`, []any{`{"quote":"\"churnedAt\": soon"}`, at}},
				{`insert into alert (workspace, id, rule_id, rule_version, rule_name, client_id, type, severity, status, unstable, evidence, opened_at, updated_at, closed_at, why)
					values ('acme.com', 'alr_1', 'r1', 5, 'Drop', 'c1', 'health_drop', 'high', 'open', ` + no + `, '{"trigger":"entered_red","opened":38}', $1, $1, 0, 'entered_red')`, []any{at}},
				{`insert into message (workspace, id, kind, client_id, destination, intended, channel, ts, revision, sending, rendered, summary_id, repeated, text_only, created_at, posted_at, closed_at)
					values ('acme.com', 'msg_1', 'thread', 'c1', 'slack:T1:C1', 'slack:T1:C1', '', '', 1, 0, 0, '', ` + no + `, ` + no + `, $1, 0, 0)`, []any{at}},
				{`insert into notification (workspace, id, alert_id, client_id, message_id, destination, event, severity, revision, status, reason, detail, attempts, repeated, created_at, delivered_at)
					values ('acme.com', 'ntf_1', 'alr_1', 'c1', 'msg_1', 'slack:T1:C1', 'opened', 'high', 1, 'waiting', '', '', 0, ` + no + `, $1, 0)`, []any{at}},
				{`insert into person (workspace, email, slack_id, name, seen_at) values ('acme.com', 'ana@acme.com', 'U1', 'Ana', $1)`, []any{at}},
				{`insert into person (workspace, email, slack_id, name, seen_at) values ('acme.com', 'Ben@acme.com', 'U2', 'Ben', $1)`, []any{at}},
			} {
				if err := old.Raw(x.query, x.args...); err != nil {
					t.Fatalf("%s: %v", x.query, err)
				}
			}
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}

			s, err := store.Open(context.Background(), store.Config{URL: url, Keyset: keys})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			wantRule := stanna.Rule{Workspace: "acme.com", ID: "r1", Version: 5, Name: "Drop", Type: stanna.HealthDrop, Status: stanna.RuleActive, CreatedAt: day, UpdatedAt: day,
				Terms: stanna.Terms{Thresholds: map[string]float64{"dropPoints": 12.5}, Destinations: []stanna.Destination{"slack:T1:C1"}, Playbook: "call"}}
			update(t, s, func(tx *store.Tx) error {
				r, err := tx.Rule("acme.com", "r1")
				if diff := cmp.Diff(wantRule, r); diff != "" || err != nil {
					t.Errorf("rule: %v %s", err, diff)
				}
				p, err := tx.Portrait("acme.com", "c1")
				if score, known := p.State.HealthScore(); err != nil || known || score != stanna.UnknownHealth || !p.State.ChurnedAt.Equal(day) || !p.State.Due.Equal(stanna.AtOnce) {
					t.Errorf("portrait: %v %+v", err, p)
				}
				a, err := tx.Alert("acme.com", "alr_1")
				if a.Evidence.Opened != 38 || a.Life != (stanna.Life{}) || err != nil {
					t.Errorf("alert: %v %+v", err, a)
				}
				m, err := tx.Message("acme.com", "msg_1")
				if m.Occasion != (stanna.Occasion{}) || m.Intended != road || err != nil {
					t.Errorf("message: %v %+v", err, m)
				}
				n, err := tx.Notification("acme.com", "ntf_1")
				if n.Hold != (stanna.Hold{}) || n.Status != stanna.Waiting || err != nil {
					t.Errorf("notification: %v %+v", err, n)
				}
				people, err := tx.People("acme.com")
				if diff := cmp.Diff(map[string]stanna.Person{"ana@acme.com": {Workspace: "acme.com", Email: "ana@acme.com", SlackID: "U1", Name: "Ana", SeenAt: day}}, people); diff != "" || err != nil {
					t.Errorf("people: %v %s", err, diff)
				}
				return tx.PutRule(r, "user:ana", day.Add(time.Hour))
			})
			if got := s.Texts(t, `select client_id || ' ' || case when churned then 'left' else 'stays' end || ' ' || coalesce(cast(health_score as text), 'unknown') from client_state order by client_id`); len(got) != 2 ||
				got[0][:7] != "c1 left" || got[1] != "c2 stays unknown" {
				t.Errorf("states: %q", got)
			}
			if diff := cmp.Diff([]store.DueClient{{"c1", stanna.AtOnce}, {"c2", stanna.AtOnce}}, dues(t, s, "acme.com")); diff != "" {
				t.Errorf("due: %s", diff)
			}
			update(t, s, func(tx *store.Tx) error { // it goes on counting
				v, err := tx.RevisionOf("acme.com", store.RuleSubject("r1"), 6)
				if v.Author != "user:ana" {
					t.Errorf("%+v", v)
				}
				return err
			})
		})
	}
}
