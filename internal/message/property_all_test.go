package message

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

func anyBranding(t *rapid.T) stanna.Branding {
	return stanna.Branding{Name: anyText().Draw(t, "brand"), LogoURL: anyAddress().Draw(t, "logo"), Footer: anyText().Draw(t, "footer"),
		Accent: rapid.SampledFrom([]string{"", "#1a7f5a", "#FFFFFF"}).Draw(t, "accent")}
}

func anyThread(t *rapid.T) ThreadView {
	v := ThreadView{
		Settings: anySettings(t), Client: anyClient().Draw(t, "client"), State: anyState(t), Owner: anyOwner(t), People: anyTeam(t),
		Link: anyAddress().Draw(t, "client link"), Intended: anyIntended(t), Now: monday, Revision: rapid.Int64().Draw(t, "revision"),
		Message: rapid.OneOf(rapid.Just(longMessage), anyText()).Draw(t, "message"),
	}
	v.Settings.Buttons = true
	for range rapid.SampledFrom([]int{1, 1, 2, 12}).Draw(t, "alerts") {
		a := AlertView{Alert: anyAlert().Draw(t, "alert"), Playbook: anyText().Draw(t, "playbook"), Escalation: anyEscalation(t),
			Links: Links{Alert: anyAddress().Draw(t, "alert link"), Rule: anyAddress().Draw(t, "rule link")}}
		if rapid.Bool().Draw(t, "id of ours") {
			a.ID = longAlert
		}
		v.Alerts = append(v.Alerts, a)
	}
	return v
}

func anyEntry(alerts []AlertView) *rapid.Generator[stanna.Entry] {
	return rapid.Custom(func(t *rapid.T) stanna.Entry {
		return stanna.Entry{
			At: anyTime().Draw(t, "at"), AlertID: rapid.SampledFrom([]string{alerts[0].ID, "of nobody"}).Draw(t, "alert"),
			Event: rapid.SampledFrom([]stanna.AlertEvent{"", stanna.Opened, stanna.Worsened, stanna.Resolved, stanna.Reminded, stanna.Escalated, "?"}).Draw(t, "event"),
			What:  rapid.OneOf(rapid.SampledFrom([]stanna.Reason{stanna.ReasonTakenUp, stanna.ReasonAssigned, stanna.ReasonSnoozed}), anyReason()).Draw(t, "what"),
			By:    anyPerson(t), To: anyPerson(t), Until: anyTime().Draw(t, "until"), Rose: rapid.Bool().Draw(t, "rose"), Broadcast: rapid.Bool().Draw(t, "broadcast"),
			Severity: rapid.SampledFrom([]stanna.Severity{stanna.Critical, stanna.Low, "", "?"}).Draw(t, "severity"),
		}
	})
}

// Whatever is told, of whatever client and by whatever company: it fits, and
// nothing from outside becomes a mark of Slack's.
func TestAnyBrandedMessageFitsAndIsSafe(t *testing.T) {
	kinds := map[string]func(*rapid.T) (Rendered, []Owner){
		"a thread with buttons": func(t *rapid.T) (Rendered, []Owner) {
			v := anyThread(t)
			return Thread(v), []Owner{v.Owner}
		},
		"a history": func(t *rapid.T) (Rendered, []Owner) {
			v := anyThread(t)
			return History(HistoryView{Settings: v.Settings, Client: v.Client, State: v.State, Alerts: v.Alerts, Owner: v.Owner, People: v.People, Now: v.Now,
				Entries: rapid.SliceOfN(anyEntry(v.Alerts), 1, MaxEntries).Draw(t, "entries")}), []Owner{v.Owner}
		},
		"a budget": func(t *rapid.T) (Rendered, []Owner) {
			return Budget(BudgetView{Settings: anySettings(t), Told: rapid.Int().Draw(t, "told"), Held: rapid.Int().Draw(t, "held"), Until: anyTime().Draw(t, "until"),
				Link: anyAddress().Draw(t, "link"), Intended: anyIntended(t), Now: monday.Add(time.Hour)}), nil
		},
		"a redacted one": func(t *rapid.T) (Rendered, []Owner) {
			return Redacted(RedactedView{Settings: anySettings(t), Open: rapid.Int().Draw(t, "open"), Link: anyAddress().Draw(t, "link"), Now: monday,
				Worst: rapid.SampledFrom([]stanna.Severity{stanna.Critical, stanna.Info, "", "?"}).Draw(t, "worst")}), nil
		},
	}
	for name, tell := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r, owners := tell(t)
				r = Brand(r, anyBranding(t))
				checkLimits(t, r)
				checkSafe(t, r, owners...)
			})
		})
	}
}
