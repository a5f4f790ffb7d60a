package relay_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/store"
)

// texts are the letters so far, subject and text.
func (st *stage) texts() (list []string) {
	for _, l := range st.box.Letters() {
		list = append(list, l.Subject()+"\n"+l.Text)
	}
	return list
}

func (st *stage) wantLetters(n int, last ...string) {
	st.Helper()
	list := st.texts()
	if len(list) != n {
		st.Fatalf("%d letters, want %d:\n%s", len(list), n, strings.Join(list, "\n----\n"))
	}
	for _, want := range last {
		if !strings.Contains(list[n-1], want) {
			st.Errorf("no %q in\n%s", want, list[n-1])
		}
	}
}

func TestALetterSaysWhatToDo(t *testing.T) {
	onEach(t, func(st *stage) {
		e := st.endpoint("mailto:ops@acme.com", stanna.Notices()...)
		st.update(func(tx *store.Tx) error {
			w, err := tx.LockWorkspace(acme)
			st.must(err)
			w.Settings.Timezone = "Europe/Berlin"
			return tx.PutSettings(w)
		})
		st.tell(stanna.ConnectionBroken, "slack:T1")
		st.work(e.Lane())
		st.wantLetters(1, "[Stanna acme.com] A connection does not work\n",
			"The connection to Slack (Acme) does not work; what is for it waits.\nSince Tue 24 Nov 2026 10:20 CET. 3 messages waiting; none is lost.\n"+
				"What to do: An admin connects Slack again on the Integrations page.\nhttps://stanna.acme.com/integrations/slack\n\n"+
				"Test gets the notices of acme.com from Stanna. Change that at https://stanna.acme.com/integrations/webhooks")
		if d := st.deliveries(e)[0]; d.State != stanna.DeliveryArrived || d.Attempts[0].Status != 250 {
			st.Errorf("%+v", d)
		}
	})
}

// The first notice goes at once; what comes within a minute is one letter;
// that trouble is over is told at once.
func TestAMailboxGetsFewLetters(t *testing.T) {
	onEach(t, func(st *stage) {
		e := st.endpoint("mailto:ops@acme.com", stanna.Notices()...)
		st.tell(stanna.ConnectionBroken, "slack:T1")
		st.work(e.Lane())
		st.wantLetters(1)
		st.now = st.now.Add(10 * time.Second)
		st.tell(stanna.ChannelBroken, "slack:T1:C1", "slack:T1:C2")
		st.work(e.Lane())
		st.now = st.now.Add(10 * time.Second)
		st.tell(stanna.SourceSilent, "source:src_1")
		st.work(e.Lane())
		st.wantLetters(1)
		st.now = st.now.Add(41 * time.Second)
		st.work(e.Lane())
		st.wantLetters(2, "A channel cannot be reached, and 2 more", "Nothing has come from HubSpot")
		st.now = st.now.Add(time.Second)
		st.tell(stanna.ConnectionRestored, "slack:T1")
		st.work(e.Lane())
		st.wantLetters(3, "A connection works again")
	})
}

// What only goes on is told again after an hour, with how often; that it
// broke again after it had been mended is news.
func TestRepeatsAreOne(t *testing.T) {
	onEach(t, func(st *stage) {
		e := st.endpoint("mailto:ops@acme.com", stanna.Notices()...)
		st.tell(stanna.DeliveryFailed, "slack:T1:C1")
		st.work(e.Lane())
		st.wantLetters(1)
		for range 4 {
			st.now = st.now.Add(10 * time.Minute)
			st.tell(stanna.DeliveryFailed, "slack:T1:C1")
			st.work(e.Lane())
		}
		st.wantLetters(1)
		st.now = st.now.Add(19 * time.Minute)
		st.work(e.Lane())
		st.wantLetters(1)
		st.now = st.now.Add(time.Minute)
		st.work(e.Lane())
		st.wantLetters(2, "(and 3 more times since Tue 24 Nov 2026 09:30 UTC)")

		st.now = st.now.Add(3 * time.Hour)
		for _, kind := range []stanna.EventType{stanna.ConnectionBroken, stanna.ConnectionRestored, stanna.ConnectionBroken} {
			st.tell(kind, "slack:T1")
			st.now = st.now.Add(2 * time.Minute)
			st.work(e.Lane())
		}
		st.wantLetters(5, "A connection does not work")
	})
}

func TestMailThatIsNotTaken(t *testing.T) {
	onEach(t, func(st *stage) {
		e := st.endpoint("mailto:ops@acme.com", stanna.ConnectionBroken, stanna.DeliveryFailed)
		other := st.endpoint("mailto:boss@acme.com", stanna.DeliveryFailed)
		st.box.Refuse("DATA", "451 4.3.0 try again later")
		st.tell(stanna.ConnectionBroken, "slack:T1")
		for range 60 {
			st.work(e.Lane())
			st.now = st.now.Add(time.Minute)
		}
		d := st.deliveries(e)[0]
		if d.State != stanna.DeliveryWaiting || d.Tried < 12 || d.Tried > 22 || d.Attempts[0].Status != 451 || st.stored(e).FailingSince.IsZero() {
			st.Errorf("%+v", d)
		}
		st.box.Refuse("DATA", "")
		st.until(e.Lane(), time.Second, 6*time.Minute, func() bool { return st.states(e) == "delivered" })
		if !st.stored(e).FailingSince.IsZero() {
			st.Error("it is said to fail still")
		}

		st.box.Refuse("RCPT ops@acme.com", "550 5.1.1 no such user here")
		st.now = st.now.Add(2 * time.Hour)
		st.tell(stanna.ConnectionBroken, "slack:T2")
		st.work(e.Lane())
		st.work(other.Lane())
		if got := st.states(e); got != "delivered failed" {
			st.Error(got)
		}
		if l := st.box.Letters(); len(l) != 2 || l[1].To != "boss@acme.com" || !strings.Contains(l[1].Text, "no such user") {
			st.Errorf("%+v", st.texts())
		}
	})
}

// A mail server that is slower than a step is waited for by the next ones,
// and gets the letter once.
func TestSlowMailServer(t *testing.T) {
	onEach(t, func(st *stage) {
		e := st.endpoint("mailto:ops@acme.com", stanna.ConnectionBroken)
		release := st.box.Hold()
		defer release()
		st.step = 20 * time.Millisecond
		st.tell(stanna.ConnectionBroken, "slack:T1")
		go func() {
			for st.steps.Load() < 3 {
				<-time.After(time.Millisecond)
			}
			release()
		}()
		if steps := st.work(e.Lane()); steps < 3 {
			st.Errorf("%d steps", steps)
		}
		st.wantLetters(1)
		if got := st.states(e); got != "delivered" {
			st.Error(got)
		}
	})
}

func TestWithoutAMailServer(t *testing.T) {
	onOne(t, func(st *stage) {
		st.build(relay.Options{})
		e := st.endpoint("mailto:ops@acme.com", stanna.ConnectionBroken)
		st.tell(stanna.ConnectionBroken, "slack:T1")
		st.work(e.Lane())
		if d := st.deliveries(e)[0]; d.State != stanna.DeliveryWaiting || !strings.Contains(d.Attempts[0].Error, "STANNA_SMTP_URL") {
			st.Errorf("%+v", d)
		}
		d, err := st.relay.Test(context.Background(), acme, e.ID, "user:usr_1")
		if err != nil || d.State != stanna.DeliveryLost || !strings.Contains(d.Attempts[0].Error, "STANNA_SMTP_URL") {
			st.Errorf("%+v %v", d, err)
		}
	})
}

func TestTestLetter(t *testing.T) {
	onOne(t, func(st *stage) {
		e := st.endpoint("mailto:ops@acme.com", stanna.ConnectionBroken)
		d, err := st.relay.Test(context.Background(), acme, e.ID, "user:usr_1")
		if err != nil || d.State != stanna.DeliveryArrived {
			st.Fatalf("%+v %v", d, err)
		}
		st.wantLetters(1, "[Stanna acme.com] This is a test", "This is a test of Stanna. It works.")
		if got := st.deliveries(e); len(got) != 1 || got[0].Event.Type != stanna.EndpointTest || !got[0].NextAt.IsZero() {
			st.Errorf("%+v", got)
		}
		if _, err := st.relay.Test(context.Background(), "other.com", e.ID, "user:usr_1"); stanna.CodeOf(err) != stanna.NotFound {
			st.Errorf("another workspace may test it: %v", err)
		}
	})
}
