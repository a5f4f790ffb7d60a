package message

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

func team() People {
	return People{
		"ana@example.com": {Name: "Ana Silva", Email: "ana@example.com", SlackID: "U012ANA"},
		"ben@example.com": {Name: "Ben Lim", Email: "ben@example.com", SlackID: "U013BEN"},
	}
}

// lives are what people and time may do with an alert.
func lives(t *testing.T) map[string]ThreadView {
	open := func(change func(*ThreadView, *AlertView)) ThreadView {
		v := fullView()
		v.People = team()
		change(&v, &v.Alerts[0])
		return v
	}
	resolved := func(outcome stanna.Outcome, note string) ThreadView {
		return open(func(v *ThreadView, a *AlertView) {
			v.Now = monday.Add(9 * oneDay)
			if err := a.Resolve("ana@example.com", outcome, note, v.Now); err != nil {
				t.Fatal(err)
			}
		})
	}
	return map[string]ThreadView{
		"life_taken": open(func(_ *ThreadView, a *AlertView) {
			a.Status, a.TakenBy, a.TakenAt, a.Why = stanna.AlertTaken, "ana@example.com", monday, stanna.ReasonTakenUp
		}),
		"life_taken_earlier_by_unknown": open(func(_ *ThreadView, a *AlertView) {
			a.Status, a.TakenBy, a.TakenAt, a.Why = stanna.AlertTaken, "carla@partner.test", monday.Add(-3*oneDay), stanna.ReasonTakenUp
			a.AssignedTo = "ben@example.com"
		}),
		"life_assigned": open(func(_ *ThreadView, a *AlertView) {
			a.AssignedTo, a.Why = "Ben@example.com", stanna.ReasonAssigned
		}),
		"life_snoozed": open(func(_ *ThreadView, a *AlertView) {
			a.Status, a.SnoozedBy, a.SnoozedUntil, a.Why = stanna.AlertSnoozed, "ana@example.com", monday.Add(7*oneDay), stanna.ReasonSnoozed
		}),
		"life_snooze_over": open(func(_ *ThreadView, a *AlertView) { a.Why = stanna.ReasonSnoozeOver }),
		"life_escalated": open(func(_ *ThreadView, a *AlertView) {
			a.Severity, a.Escalated, a.Why = stanna.Critical, 1, stanna.ReasonNotTakenUp
			a.Escalation = []stanna.EscalationStep{{After: 120, Raise: stanna.Critical}}
		}),
		"life_first_contact": open(func(_ *ThreadView, a *AlertView) { a.Why = stanna.ReasonFirstContact }),
		"life_backfill":      open(func(_ *ThreadView, a *AlertView) { a.Why = stanna.ReasonFoundInBackfill }),
		"life_saved":         resolved(stanna.Saved, "New sponsor found; weekly calls until January."),
		"life_lost":          resolved(stanna.Lost, ""),
		"life_noise":         resolved(stanna.Noise, "They were on holiday"),
		"life_known":         resolved(stanna.AlreadyKnown, ""),
		"life_joined": open(func(v *ThreadView, a *AlertView) {
			s := stories()
			churn, payment := s[0].view().Alerts[0], s[1].view().Alerts[0]
			churn.ID, churn.Links.Alert = "al_c", "https://stanna.example.com/alerts/al_c"
			payment.ID, payment.Links.Alert, payment.Severity = "al_p", "https://stanna.example.com/alerts/al_p", stanna.High
			payment.JoinedTo, payment.Status, payment.TakenBy = "al_c", stanna.AlertTaken, "ben@example.com"
			old := closedView(stanna.ReasonRecovered, 57).Alerts[0]
			v.Alerts = []AlertView{old, payment, churn}
		}),
		"away_deputy": open(func(v *ThreadView, _ *AlertView) {
			v.Intended = Intended{Name: "Ana Silva", Reason: stanna.ReasonDeputy, Away: true, BackAt: monday.Add(7 * oneDay)}
		}),
	}
}

func TestGoldenLife(t *testing.T) {
	for name, v := range lives(t) {
		checkGolden(t, name, Thread(v))
		v.Settings.Locale = "es"
		checkGolden(t, "es_"+name, Thread(v))
	}
}

// archived is why Slack refused, and what to do, as the connection keeps it.
const archived = "The channel is archived. Unarchive it in Slack, or choose another."

func TestIntendedReadsWell(t *testing.T) {
	l := inEnglish().tongue
	for want, in := range map[string]Intended{
		"": {Why: archived},
		"Meant for #old. The channel is archived. Unarchive it in Slack, or choose another. Sent here instead.": {Name: "#old", Why: archived},
		"Meant for #old. The moon is full. Sent here instead.":                                                  {Name: "#old", Why: "The moon is full"},
		"Meant for #old, which cannot be reached; sent here instead":                                            {Name: "#old"},
		"Meant for Ana Silva, who is away until Mon 30 Nov; sent to their deputy":                               {Name: "Ana Silva", Reason: stanna.ReasonDeputy, Away: true, BackAt: monday.Add(7 * oneDay)},
		"Meant for Ana Silva, who is away; sent to their manager":                                               {Name: "Ana Silva", Reason: stanna.ReasonManager, Why: "is not in Slack", Away: true},
		"Meant for ana@example.com, who is not in Slack; sent here instead":                                     {Name: "ana@example.com", Reason: stanna.ReasonNobodyThere, Why: "is not in Slack"},
		"Meant for Ana Silva, who cannot be reached; sent here instead":                                         {Name: "Ana Silva", Reason: stanna.ReasonNobodyThere},
	} {
		got := ""
		for _, p := range in.note(l) {
			got += p.write(plain, 999)
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func inSpanish() tongue { return tongue{locale.For(stanna.Settings{Locale: "es"}, monday)} }

func TestIntendedReadsWellInSpanish(t *testing.T) {
	for want, in := range map[string]Intended{
		"Destinado a #old, que no está disponible; enviado aquí en su lugar":                                                 {Name: "#old"},
		"Destinado a #old. El canal está archivado. Hay que desarchivarlo en Slack o elegir otro. Enviado aquí en su lugar.": {Name: "#old", Why: archived},
		"Destinado a Ana Silva, ausente; enviado a su superior":                                                              {Name: "Ana Silva", Reason: stanna.ReasonManager, Away: true},
		"Destinado a Ana Silva, que no está en Slack; enviado aquí en su lugar":                                              {Name: "Ana Silva", Reason: stanna.ReasonNobodyThere, Why: "is not in Slack"},
		"Destinado a la persona responsable, que no se conoce; enviado aquí en su lugar":                                     {Name: "the owner", Reason: stanna.ReasonNobodyThere, Why: "is not known"},
		"Destinado a Ana Silva, ausente hasta el lun 30 nov; enviado a su suplente":                                          {Name: "Ana Silva", Reason: stanna.ReasonDeputy, Away: true, BackAt: monday.Add(7 * oneDay)},
	} {
		if got := in.note(inSpanish())[0].write(plain, 999); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWorkingTime(t *testing.T) {
	for minutes, want := range map[int]string{45: "45 working minutes", 60: "1 working hour", 90: "90 working minutes", 120: "2 working hours", 150: "2.5 working hours"} {
		if got := inEnglish().working(minutes); got != want {
			t.Errorf("%d: %q, want %q", minutes, got, want)
		}
	}
}

// Every reason for which an alert may close says so; and no ending is said
// that the layout cannot tell from silence.
func TestEveryEndingIsSaid(t *testing.T) {
	ends := []stanna.Reason{stanna.ReasonRecovered, stanna.ReasonPaid, stanna.ReasonRenewed, stanna.ReasonConditionOver, stanna.ReasonResolvedByPerson}
	for r := range endings {
		ends = append(ends, r)
	}
	for _, why := range ends {
		v := closedView(why, 57)
		v.Alerts[0].Outcome = stanna.Saved
		if text := Thread(v).Text; strings.HasPrefix(text, "Acme Corp: closed.") {
			t.Errorf("%s: %s", why, text)
		}
	}
	v := closedView("made_up", 57)
	if text := Thread(v).Text; !strings.HasPrefix(text, "Acme Corp: closed.") {
		t.Errorf("an unknown end: %s", text)
	}
}

// Who is on it is not called again, and a holiday is no day to call on.
func TestNobodyIsCalledTwiceNorOnAHoliday(t *testing.T) {
	v := fullView()
	v.Alerts[0].Status, v.Alerts[0].TakenBy = stanna.AlertTaken, "ana@example.com"
	if text := Thread(v).Text; strings.Contains(text, "<@") {
		t.Errorf("called though somebody is on it: %s", text)
	}
	v = fullView()
	v.Settings.BusinessHours.Holidays = []string{"2026-11-24", "--11-25"}
	if text := Thread(v).Text; !strings.Contains(text, "call Maria Costa (sponsor) by Fri 27 Nov") {
		t.Errorf("asked for on a day off: %s", text)
	}
	if got := workdaysAfter(monday, 2, func(time.Time) bool { return true }); got.Before(monday) {
		t.Errorf("no working day ever: %s", got)
	}
}

// The causes that we translate are those that the connection to Slack keeps,
// word for word.
func TestKnownRepairsAreThoseOfSlack(t *testing.T) {
	var source strings.Builder
	for _, pattern := range []string{"../slack/*.go", "../connect/*.go", "../../audience.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			code, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(code)
		}
	}
	repairs := 0
	for _, s := range ours {
		if !strings.HasSuffix(s, ".") {
			continue
		}
		if repairs++; !strings.Contains(source.String(), strconv.Quote(s)) {
			t.Errorf("nobody gives this cause any more: %q", s)
		}
	}
	if repairs == 0 {
		t.Error("no cause is known")
	}
}
