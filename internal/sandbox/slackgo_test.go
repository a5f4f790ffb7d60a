package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// TestSlackGoTakesItForSlack: the Socket Mode client that most Go apps use connects, acknowledges, and comes back after
// a line was cut.
func TestSlackGoTakesItForSlack(t *testing.T) {
	st := withSockets(t)
	client := socketmode.New(slack.New(pasted, slack.OptionAppLevelToken(appToken), slack.OptionAPIURL(st.url+"/api/")))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	pressed, ended := make(chan string, 10), make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				if e.Type != socketmode.EventTypeInteractive {
					continue
				}
				if err := client.Ack(*e.Request); err != nil {
					t.Error(err)
				}
				press, _ := e.Data.(slack.InteractionCallback)
				for _, a := range press.ActionCallback.BlockActions {
					pressed <- string(press.Type) + " " + a.ActionID + a.SelectedOption.Value + " by " + press.User.ID + " on " + press.Message.Timestamp
				}
			}
		}
	}()
	if err := st.WaitFor(ctx, func() bool { return len(st.Connections()) == 1 }); err != nil {
		t.Fatal(err)
	}
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	diff(t, "warning", st.press(Press{TS: ts, ActionID: "take"}).Warning, "")
	diff(t, "press", <-pressed, "block_actions take by U0ANASILVA on "+ts)

	line := st.Connections()[0].ID
	if err := st.OrderSockets(SocketOrder{Drop: true}); err != nil {
		t.Fatal(err)
	}
	if err := st.WaitFor(ctx, func() bool { c := st.Connections(); return len(c) == 1 && c[0].ID != line }); err != nil {
		t.Fatal(err)
	}
	diff(t, "warning after the cut", st.press(Press{TS: ts, ActionID: "more", Value: "late"}).Warning, "")
	diff(t, "press after the cut", <-pressed, "block_actions morelate by U0ANASILVA on "+ts)
	cancel()
	<-ended
}
