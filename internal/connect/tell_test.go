package connect

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
)

// told lists the notices that an endpoint of acme's was promised, oldest
// first.
func (st *stage) told() (types []stanna.EventType, last stanna.Trouble) {
	st.Helper()
	st.update(func(tx *store.Tx) error {
		all, err := tx.WaitingDeliveries(acme, "ep_1", 100)
		for _, d := range all {
			types, last = append(types, d.Event.Type), stanna.Trouble{}
			st.must(json.Unmarshal(d.Event.Data, &last))
			if last.About != d.Event.Subject || d.Event.Text == "" {
				st.Errorf("%+v", d.Event)
			}
		}
		return err
	})
	return types, last
}

func (st *stage) wantTold(want ...stanna.EventType) stanna.Trouble {
	st.Helper()
	got, last := st.told()
	if len(got) != len(want) {
		st.Fatalf("told %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			st.Fatalf("told %v, want %v", got, want)
		}
	}
	return last
}

// That a connection is broken is told once, with what waits and what to do;
// and once that it works again.
func TestBrokenAndRestoredAreTold(t *testing.T) {
	each(t, nil, func(st *stage) {
		c := st.connect(acme)
		st.update(func(tx *store.Tx) error {
			st.must(tx.PutEndpoint(stanna.Endpoint{Workspace: acme, ID: "ep_1", Address: "https://hooks.acme.com", Types: stanna.Notices(), CreatedAt: st.clock.now()}))
			to := stanna.SlackChannel(c.TeamID, "C0HEALTH01")
			st.must(tx.PutMessages(stanna.Message{Workspace: acme, ID: "msg_1", Kind: stanna.Test, Destination: to, Intended: to, Revision: 1}))
			return tx.AddNotifications(stanna.Notification{Workspace: acme, ID: "ntf_1", MessageID: "msg_1", Destination: to, Status: stanna.Waiting})
		})
		st.clock.forward(time.Minute)
		for range 3 {
			st.update(func(tx *store.Tx) error { return st.MarkBroken(tx, acme, c.TeamID, "Connect again.", st.clock.now()) })
		}
		last := st.wantTold(stanna.ConnectionBroken)
		if last.About != "slack:"+c.TeamID || last.Waiting != 1 || last.Repair != "Connect again." || last.Name != st.cfg.Team.Name {
			st.Errorf("%+v", last)
		}
		broken := st.clock.now()
		st.clock.forward(time.Hour)
		for range 2 {
			st.must(st.Check(st.Context(), acme))
		}
		if last = st.wantTold(stanna.ConnectionBroken, stanna.ConnectionRestored); !last.Since.Equal(broken) {
			st.Errorf("%+v", last)
		}
		// By connecting anew, too.
		st.update(func(tx *store.Tx) error { return st.MarkBroken(tx, acme, c.TeamID, "Connect again.", st.clock.now()) })
		st.connect(acme)
		st.wantTold(stanna.ConnectionBroken, stanna.ConnectionRestored, stanna.ConnectionBroken, stanna.ConnectionRestored)
	})
}

// A channel that somebody has chosen is told of when it breaks; one that a
// person only looked at concerns nobody.
func TestDeadChannelsAreTold(t *testing.T) {
	each(t, nil, func(st *stage) {
		c := st.connect(acme)
		st.update(func(tx *store.Tx) error {
			return tx.PutEndpoint(stanna.Endpoint{Workspace: acme, ID: "ep_1", Address: "https://hooks.acme.com", Types: stanna.Notices(), CreatedAt: st.clock.now()})
		})
		for _, channel := range []string{"C0HEALTH01", "C0MANY0001"} {
			_, err := st.slack.SetFault(sandbox.Fault{Kind: sandbox.FaultOKFalse, Error: "channel_not_found", Channel: channel})
			st.must(err)
			for range 2 {
				_, err = st.checkChannel(st.Context(), &c, channel)
				st.must(err)
			}
		}
		if last := st.wantTold(stanna.ChannelBroken); last.About != "slack:"+c.TeamID+":C0HEALTH01" || last.Repair == "" {
			st.Errorf("%+v", last)
		}
	})
}
