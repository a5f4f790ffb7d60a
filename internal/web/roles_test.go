package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// book is two clients with an alert each: one is Carl's.
func (h *house) book() (mine, other string) {
	h.Helper()
	h.client(stanna.Client{ID: "mine", Name: "Carls Globex", CSMOwner: "Carl@acme.com", MRR: stanna.MoneyOf(100, "USD")})
	h.client(stanna.Client{ID: "other", Name: "Doras Initech", CSMOwner: dora, MRR: stanna.MoneyOf(200, "USD")})
	mine, other = h.fall("mine", 60, 38), h.fall("other", 60, 30)
	h.until("the messages", func() bool { return h.counts()[stanna.Delivered] == 2 })
	return mine, other
}

func TestCSMSeesOwnAccountsOnly(t *testing.T) {
	h := newHouse(t)
	admin := h.connected()
	mine, other := h.book()
	b := h.as(carl)
	for _, path := range []string{"/", "/clients", "/alerts", "/alerts?status=all", "/notifications"} {
		b.get(path).ok("Carls Globex").without("Doras Initech")
		admin.get(path).ok("Carls Globex", "Doras Initech")
	}
	b.get("/clients/mine").ok("Newest signals", "Messages")
	b.get("/alerts/" + mine).ok("Who was told")
	b.get("/clients/other").is(http.StatusNotFound)
	b.get("/alerts/" + other).is(http.StatusNotFound).without("Initech")
	b.get("/alerts").ok(`Open <span class="count">1</span>`)
	b.get("/integrations/slack").ok("An admin looks after this", ana).without(`id="connect-form"`, `id="settings-form"`, `id="disconnect"`)
	b.get("/integrations/slack/check").is(http.StatusForbidden)
	b.post("/integrations/slack/disconnect", nil).is(http.StatusForbidden, "not for your role", ana)
	b.post("/integrations/slack/settings", url.Values{"default": {""}}).is(http.StatusForbidden)
	b.post("/integrations/slack/token", url.Values{"token": {botToken}}).is(http.StatusForbidden)
	b.post("/notifications/x/resend", nil).is(http.StatusForbidden)
}

func TestLeadershipSeesNoDetail(t *testing.T) {
	h := newHouse(t)
	h.connected()
	mine, _ := h.book()
	h.signal("q", "mine", stanna.SentimentDetectedType, time.Now(), `{"score":-1,"quote":"the words themselves","author":"who said them","url":"https://support.example.com/118"}`)
	b := h.as(lea)
	b.get("/").ok("Carls Globex", "Doras Initech").without("Last told", "nav-integrations", "nav-notifications", "figure-slack")
	b.get("/clients/mine").ok("Health", "−1").without("Newest signals", "the words themselves", "who said them", "support.example.com", `id="messages"`)
	b.get("/alerts/"+mine).ok("Why this alert", "Alert opened").without("Who was told", "Told in Slack")
	b.get("/notifications").is(http.StatusForbidden, "not for your role", ana)
	b.get("/integrations").is(http.StatusForbidden, ana)
}

func TestDirectorReadsAndResends(t *testing.T) {
	h := newHouse(t)
	h.connected()
	h.book()
	b := h.as(dora)
	b.get("/").ok("Carls Globex", "Doras Initech", "Last told")
	b.get("/integrations/slack").ok("#customer-health", "An admin looks after this")
	b.post("/notifications/ntf_none/resend", nil).ok("Notification not found")
	b.post("/integrations/slack/test", url.Values{"to": {"C0HEALTH01"}}).is(http.StatusForbidden)
}

func TestNamesOfPrivateChannels(t *testing.T) {
	h := newHouse(t)
	admin := h.connected()
	h.update(func(tx *store.Tx) error {
		return tx.PutChannels(stanna.Channel{Workspace: acme, TeamID: h.team, ID: "C0HEALTH01", Name: "board-secret", Private: true, Member: true, SeenAt: time.Now(), Health: stanna.Healthy})
	})
	h.book()
	admin.get("/notifications").ok("#board-secret")
	for _, path := range []string{"/", "/notifications", "/integrations", "/integrations/slack", "/clients/mine"} {
		h.as(carl).get(path).ok("a private channel").without("board-secret")
	}
}

func TestGroupOfASummary(t *testing.T) {
	h := newHouse(t)
	admin := h.connected()
	mine, other := h.book()
	group := h.group("mine", "other")
	p := admin.get("/alerts?group="+group).ok("2 alerts told together", "Carls Globex", "Doras Initech", "$300", alertPath(mine), alertPath(other), "#customer-health", "Open in Slack")
	if first, second := index(p.body, "Doras Initech"), index(p.body, "Carls Globex"); first > second {
		t.Error("the smaller account of the same severity comes first")
	}
	h.as(carl).get("/alerts?group="+group).ok("1 of its 2 alerts", "Carls Globex").without("Doras Initech", "$300")
	h.as(lea).get("/alerts?group=" + group).ok("2 alerts told together").without("#customer-health")
	admin.get("/alerts?group=" + group + "&page=7").ok("Nothing to show")
	admin.get("/alerts?group=" + mine).is(http.StatusNotFound)
	admin.get("/clients/mine").ok("/alerts?group=" + group)
}

// group puts the threads of clients into one summary.
func (h *house) group(clients ...string) string {
	h.Helper()
	id := store.NewID("sum")
	h.update(func(tx *store.Tx) error {
		d := stanna.SlackChannel(h.team, "C0HEALTH01")
		if err := tx.PutMessages(stanna.Message{Workspace: acme, ID: id, Kind: stanna.Summary, Destination: d, Intended: d, Revision: 1, Rendered: 1,
			Channel: "C0HEALTH01", TS: "1700000000.000100", CreatedAt: time.Now(), PostedAt: time.Now()}); err != nil {
			return err
		}
		for _, c := range clients {
			list, err := tx.ClientMessages(acme, c, 1)
			if err != nil {
				return err
			}
			list[0].SummaryID = id
			if err := tx.PutMessages(list[0]); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}
