package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func TestRoutingTable(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.book()
	finance, health := string(stanna.SlackChannel(h.team, "C0ALERTS01")), string(stanna.SlackChannel(h.team, "C0HEALTH01"))
	b.get("/routes").ok("No line yet", "the default channel, <bdi>#customer-health")
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"0"}, "match.types": {"health_drop"}}).is(http.StatusBadRequest, "Nothing was saved", "Is required: say where it goes")
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"0"}, "to": {finance}, "match.condition": {"client.mmr > 1"}}).is(http.StatusBadRequest, "Did you mean mrr?", `id="f-match-condition"`)
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"0"}, "name": {"Falls"}, "to": {finance}, "match.types": {"health_drop"}, "match.filter.minMrr": {"150"}}).ok("The routing table is saved", "Falls", "Health drop, MRR of $150 or more", "#cs-alerts")
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"1"}, "to": {health}, "match.types": {"health_drop"}, "match.filter.minMrr": {"200"}}).is(http.StatusBadRequest, "This line is never reached: line 1 takes everything")
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"1"}, "to.add": {"owner"}, "before": {"1"}, "continue": {"yes"}, "match.severities": {"critical"}}).ok("and on to the next", "the account&#39;s owner")
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"1"}, "to": {health}, "match.types": {"custom"}}).is(http.StatusBadRequest, "Somebody else changed the table meanwhile")
	saved := h.formOf(b, "/routes/line?n=2")
	b.post("/routes/line", saved).ok("The routing table is saved")
	lines := func() (list []stanna.RouteLine, version int) {
		h.view(func(tx *store.Tx) (err error) { list, version, err = tx.Routing(acme); return err })
		return list, version
	}
	if list, version := lines(); version != 2 || len(list) != 2 || list[1].Name != "Falls" {
		t.Errorf("version %d of the table is %+v", version, list)
	}
	tried := b.get("/routes?client=Doras+Initech&type=health_drop&severity=high").ok(`id="tried"`, "Doras Initech", "by the rule", "Health drop", "#cs-alerts", "A line of the routing table sends it there.", "At once")
	tried.without("TemplFailed")
	b.get("/routes?client=mine&type=health_drop&severity=low").ok("#customer-health", "It comes with the daily digest.")
	b.get("/routes?client=nobody&type=health_drop").ok("No client that you see has this id")
	b.get("/routes?client=&type=revenue_at_risk").ok(`id="tried"`)
	b.get("/routes?client=mine&at=x").ok("Is no date and time")
	h.as(carl).get("/routes?client=other&type=health_drop").ok("No client that you see").without("Initech")

	b.post("/routes/move", url.Values{"n": {"2"}, "to": {"up"}, "version": {"2"}}).ok("The line is moved")
	if list, _ := lines(); list[0].Name != "Falls" {
		t.Error("it was not moved")
	}
	b.get("/routes/remove?n=1").ok("Remove line 1?", "Health drop, MRR of $150 or more → #cs-alerts")
	b.post("/routes/remove", url.Values{"n": {"1"}, "version": {"2"}}).ok("omebody else has saved meanwhile")
	b.post("/routes/remove", url.Values{"n": {"1"}, "version": {"3"}}).ok("The line is removed")
	b.get("/routes/history").ok("Version 4", "− “Falls”, Health drop, MRR of $150 or more → #cs-alerts", "The lines stand in another order", ana)
	b.get("/routes/restore?version=1").ok("Go back to version 1?")
	b.post("/routes/restore", url.Values{"restore": {"1"}, "version": {"4"}}).ok("Version 1 is in force again")
}

func TestSilences(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.book()
	b.get("/silences").ok("Nothing is silenced")
	b.get("/silences/new?only=mine").ok("Silence ", "Carls Globex", ">mine</textarea>")
	b.post("/silences", url.Values{"until": {"week"}}).is(http.StatusBadRequest, "Is required: say why it is quiet")
	b.post("/silences", url.Values{"until": {"week"}, "comment": {"x"}}).is(http.StatusBadRequest, "would silence everything")
	b.post("/silences", url.Values{"comment": {"x"}, "matcher.filter.only": {"mine"}}).is(http.StatusBadRequest, "a silence without an end is forgotten", ">mine</textarea>")
	b.post("/silences", url.Values{"until": {"date"}, "comment": {"x"}, "matcher.filter.only": {"mine"}}).is(http.StatusBadRequest, "Choose the last day")
	b.post("/silences", url.Values{"until": {"week"}, "comment": {"<i>Migration</i>"}, "matcher.filter.only": {"mine"}, "matcher.types": {"health_drop"}}).ok("It is quiet until", "In force", "Health drop, only Carls Globex", "&lt;i&gt;Migration", ana)
	b.get("/clients/mine").ok(`id="silenced"`, "Migration", "End it…")
	b.get("/").ok("Silent now", "Health drop, only Carls Globex")

	c := h.as(carl) // sees that it is, and may end what is about his own
	c.get("/silences").ok("only Carls Globex", "End now")
	c.post("/silences", url.Values{"until": {"day"}, "comment": {"x"}, "matcher.filter.only": {"other"}}).is(http.StatusBadRequest, "not yours").without("Initech")
	c.post("/silences", url.Values{"until": {"day"}, "comment": {"x"}, "matcher.types": {"health_drop"}}).is(http.StatusBadRequest, "your own accounts")
	b.post("/silences", url.Values{"until": {"month"}, "comment": {"board"}, "matcher.filter.only": {"other"}}).ok("Only Doras Initech")
	theirs := c.get("/silences").ok("an account of somebody else").without("Initech")
	if n := strings.Count(theirs.body, "End now"); n != 1 {
		t.Errorf("a csm may end %d silences", n)
	}
	var list []stanna.Silence
	h.view(func(tx *store.Tx) (err error) { list, err = tx.CurrentSilences(acme, time.Now()); return err })
	c.post("/silences/"+list[1].ID+"/end", nil).is(http.StatusForbidden)
	c.get("/silences/"+list[0].ID+"/end").ok("End the silence now?", "Migration")
	c.post("/silences/"+list[0].ID+"/end", nil).ok("The silence is over", "Past", "early, by <bdi>"+carl)
	b.post("/silences/"+list[0].ID+"/end", nil).ok("has ended already")
	h.as(lea).post("/silences", nil).is(http.StatusForbidden)
}

func TestSettings(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	settings := func() stanna.Settings {
		var w stanna.Workspace
		h.view(func(tx *store.Tx) (err error) { w, err = tx.Workspace(acme); return err })
		return w.Settings
	}
	form := h.formOf(b, "/settings")
	before := settings()
	b.post("/settings", form).ok("The settings are saved")
	if after := settings(); before.Timezone != after.Timezone || after.Digest.At != "" || after.RiskThreshold != before.RiskThreshold {
		t.Errorf("saving what stands changed it: %+v", after)
	}
	form = h.formOf(b, "/settings")
	for k, v := range map[string][]string{"timezone": {"Europe/Lisbon"}, "riskThreshold": {"35"}, "businessHours.windows[0].days": {"mon", "tue"}, "businessHours.windows[0].from": {"09:00"},
		"businessHours.windows[0].to": {"17:30"}, "businessHours.holidays": {"--12-25\n2027-01-04"}, "digestOnly": {"yes"}, "digest.at": {"08:30"}, "frequency.high": {"daily"}} {
		form[k] = v
	}
	b.post("/settings", form).ok("The settings are saved", "Mon, Tue 09:00–17:30; 2 days off", `value="08:30"`)
	if s := settings(); s.RiskThreshold != 35 || !s.DigestOnly || s.Frequency[stanna.High] != stanna.Daily || len(s.BusinessHours.Windows) != 1 || s.Digest.At != "08:30" {
		t.Errorf("stored %+v", s)
	}
	b.post("/settings", form).is(http.StatusBadRequest, "Somebody else has saved meanwhile")
	form = h.formOf(b, "/settings")
	for k, v := range map[string][]string{"timezone": {"Nowhere/Land"}, "riskThreshold": {"30"}} {
		form[k] = v
	}
	b.post("/settings", form).is(http.StatusBadRequest, "is no time zone", `value="Nowhere/Land"`)
	form.Set("timezone", "Europe/Lisbon")
	form.Set("businessHours.windows[0].to", "25:00")
	b.post("/settings", form).is(http.StatusBadRequest, "is no time of day", `href="#f-businessHours-windows-0-to"`)
	form.Set("riskThreshold", "low")
	b.post("/settings", form).is(http.StatusBadRequest, "Is no figure")
	form.Del("digest.days")
	b.post("/settings", form).is(http.StatusBadRequest, "Choose at least one day")
	if settings().RiskThreshold != 35 {
		t.Error("something wrong was saved")
	}
	d := h.as(dora)
	d.get("/settings").ok("An admin changes them", ana, "Mon, Tue 09:00–17:30", "Europe/Lisbon").without(`id="save-settings"`)
	d.post("/settings", form).is(http.StatusForbidden)
	h.as(carl).get("/settings").is(http.StatusForbidden)
}

func TestAwayAndDeputies(t *testing.T) {
	h := newHouse(t)
	c := h.as(carl)
	person := func(email string) (p stanna.Person) {
		h.view(func(tx *store.Tx) (err error) { p, _, err = tx.Person(acme, email); return err })
		return p
	}
	c.get("/me").ok("Are you there?", "Who stands in", dora, "None. Press Follow")
	back := time.Now().AddDate(0, 0, 9).Format(time.DateOnly)
	c.post("/me", url.Values{"away": {"yes"}, "back": {back}, "deputy": {dora}}).ok("Saved: away, back on", "Away, back on", `id="away-now"`)
	if p := person(carl); p.Deputy != dora || !p.Away(time.Now()) || p.BackAt.IsZero() {
		t.Errorf("stored %+v", p.Habits)
	}
	c.post("/me", url.Values{"away": {"yes"}, "back": {"2020-01-01"}}).is(http.StatusBadRequest, "Nothing was saved")
	c.post("/me", url.Values{"away": {"yes"}, "from": {"x"}}).is(http.StatusBadRequest, "Is no date and time")
	c.post("/me", url.Values{"deputy": {carl}}).is(http.StatusBadRequest, "cannot be the person themselves"[1:])
	c.post("/me", url.Values{"away": {"no"}, "deputy": {dora}, "own": {"yes"}, "hours.windows[0].days": {"mon"}, "hours.windows[0].from": {"10:00"}, "hours.windows[0].to": {"10:00"}}).is(http.StatusBadRequest, "The window is empty")
	c.post("/me", h.formOf(c, "/me")).ok("Saved: away")
	c.post("/me", url.Values{"away": {"no"}, "deputy": {dora}}).ok("Saved.").without(`id="away-now"`)

	c.get("/settings/people").is(http.StatusForbidden)
	c.post("/settings/people/"+dora, url.Values{"away": {"yes"}}).is(http.StatusForbidden)
	b := h.as(ana)
	b.get("/settings/people").ok(carl, dora, "Customer success", "/settings/people/carl@acme.com")
	b.get("/settings/people/" + carl).ok("Are they there?")
	b.post("/settings/people/"+carl, url.Values{"away": {"yes"}, "manager": {ana}}).ok("away until they say so", ana)
	b.get("/settings/people/nobody@example.com").is(http.StatusNotFound)
	b.get("/settings/people/nonsense").is(http.StatusNotFound)
	h.as(lea).get("/me").ok("Are you there?")
}

// surge holds one alert of each of two clients back.
func (h *house) surge() string {
	h.Helper()
	mine, other := h.book()
	now := time.Now()
	d := stanna.SlackChannel(h.team, "C0HEALTH01")
	h.update(func(tx *store.Tx) error {
		if err := tx.PutSurge(stanna.Surge{Workspace: acme, ID: "srg_1", Type: stanna.HealthDrop, Source: "<b>warehouse", Status: stanna.SurgeHolding, Clients: 14, Book: 120, BeganAt: now, Until: now.Add(time.Hour), UpdatedAt: now}); err != nil {
			return err
		}
		for alert, client := range map[string]string{mine: "mine", other: "other"} {
			if err := tx.AddNotifications(stanna.Notification{Workspace: acme, ID: store.NewID("ntf"), AlertID: alert, ClientID: client, Destination: d, Event: stanna.Opened, Severity: stanna.High,
				Status: stanna.Held, Reason: stanna.ReasonManyAtOnce, CreatedAt: now, Hold: stanna.Hold{Intended: d, Since: now, Until: now.Add(time.Hour), Surge: "srg_1"}}); err != nil {
				return err
			}
		}
		return nil
	})
	return "srg_1"
}

func TestManyAtOnce(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	b.get("/surges").ok("It has not happened")
	path := surgePath(h.surge())
	b.get("/").ok("14 clients at once: Health drop", "&lt;b&gt;warehouse", "2 messages are held back until", `href="`+path, "held back")
	b.get("/surges").ok("14 clients at once", "Held back")
	b.get(path).ok("14 of 120 clients", "11.7 %", "Carls Globex", "Doras Initech", `id="release"`, "until")
	b.get("/notifications?status=held").ok("Carls Globex", "Many clients moved the same way at once", "until")
	b.get(path+"/release").ok("Tell them now?", "2 messages held back")
	b.get(path+"/discard").ok("Discard them?", "nobody is told")
	b.get(path + "/whatever").is(http.StatusNotFound)

	c := h.as(carl)
	c.get(path).ok("Carls Globex", "A director or an admin").without("Doras Initech", `id="release"`)
	c.get(path + "/release").is(http.StatusForbidden)
	c.post(path+"/discard", nil).is(http.StatusForbidden)
	h.as(lea).post(path+"/release", nil).is(http.StatusForbidden)

	b.post(path+"/discard", nil).ok("Discarded", "Discarded by <bdi>"+ana)
	b.post(path+"/release", nil).ok("This was discarded already")
	b.get(path + "/release").ok("already")
	b.get("/notifications?status=spared").ok("Carls Globex", "Not told")
	b.get("/").without("at once")
	b.get("/surges/srg_none").is(http.StatusNotFound)
}
