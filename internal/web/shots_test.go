package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func TestShots(t *testing.T) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		t.Skip()
	}
	h := newHouse(t)
	_ = bytes.MinRead
	emptyShots := strings.Contains(os.Getenv("SHOT_ONLY"), "empty")
	b := h.as(ana)
	alert, group := "", ""
	if !emptyShots {
		b.post("/integrations/slack/token", url.Values{"token": {botToken}})
		h.until("channels", func() bool {
			n := 0
			h.view(func(tx *store.Tx) error { l, err := tx.Channels(acme); n = len(l); return err })
			return n >= 3
		})
		b.post("/integrations/slack/settings", url.Values{"default": {"C0HEALTH01"}, "fallback": {"C0ALERTS01"}})
		alert, group = h.town()
		b.post("/integrations/slack/test", url.Values{"to": {"C0OLDNEWS1"}})
	}
	pages := map[string]string{"overview": "/", "clients": "/clients", "client": "/clients/globex", "long": "/clients/long", "alerts": "/alerts", "all": "/alerts?status=all",
		"alert": "/alerts/" + alert, "group": "/alerts?group=" + group, "integrations": "/integrations", "slack": "/integrations/slack", "check": "/integrations/slack/check", "disconnect": "/integrations/slack/disconnect",
		"notifications": "/notifications", "dead": "/notifications?status=dead", "welcome": "/welcome", "404": "/nothing/here", "search": "/clients?q=zzz"}
	if !emptyShots {
		p := b.post("/integrations/slack/test", url.Values{"to": {"C0HEALTH01"}})
		pages["test"] = p.path
	}
	u, _ := url.Parse(h.server.URL)
	cookies := b.http.Jar.Cookies(u)
	inner := h.server.Config.Handler
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("out") == "" {
			for _, c := range cookies {
				r.AddCookie(c)
			}
		}
		inner.ServeHTTP(w, r)
	}))
	defer front.Close()
	pages["signin"] = "/sign-in?out=1&next=%2Falerts"
	pages["link"] = "/sign-in/link?out=1&token=abc"
	for name, path := range pages {
		if only := os.Getenv("SHOT_ONLY"); only != "" && !strings.Contains(","+only+",", ","+name+",") {
			continue
		}
		for _, k := range strings.Split(os.Getenv("SHOT_SIZES"), ",") {
			size, dark, _ := strings.Cut(k, "d")
			args := []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--hide-scrollbars", "--user-data-dir=" + t.TempDir(), "--window-size=" + strings.Replace(size, "x", ",", 1), "--screenshot=" + dir + "/" + name + "-" + k + ".png"}
			_ = dark
			if strings.HasSuffix(k, "d") {
				args = append(args, "--blink-settings=preferredColorScheme=0", "--force-dark-mode=0")
			}
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			out, err := exec.CommandContext(ctx, "chromium", append(args, front.URL+path)...).CombinedOutput()
			cancel()
			if err != nil {
				t.Error(name, err, string(out))
			}
		}
	}
}

// town is a book of clients with everything that can be the matter.
func (h *house) town() (alert, group string) {
	now := time.Now()
	owner := []string{carl, dora, ""}
	names := []string{"Globex", "Initech", "Umbrella Health", "Hooli", "Wayne Logistics", "Stark Medical", "Wonka Foods", "Tyrell Systems", "Cyberdyne", "Soylent", "Acme Fabrics", "Vandelay", "Prestige", "Sirius", "Oceanic", "Massive Dynamic", "Virtucon", "Duff", "Octan", "Monsters", "Gringotts", "Zorg", "Pied Piper", "Dunder", "Bluth", "Sterling", "Los Pollos"}
	for i, n := range names {
		id := strings.ToLower(strings.Fields(n)[0])
		h.client(stanna.Client{ID: id, Name: n, Domain: id + ".example", MRR: stanna.MoneyOf(float64(900+i*i*137), "USD"), Tier: []string{"enterprise", "growth", "starter"}[i%3], CSMOwner: owner[i%3],
			RenewalDate: now.AddDate(0, 0, 20+i*13).Format(time.DateOnly), RenewalMonths: 12, Tags: []string{"emea", "pilot"}, Custom: map[string]any{"seats": 120.0, "region": "EU", "onboarded": true},
			Contacts: []stanna.Contact{{Name: "Maria Costa", Email: "maria@" + id + ".example", Title: "Head of Operations", Primary: true}, {Name: "Jon Bell", Email: "jon@" + id + ".example"}}})
		if i%2 == 1 {
			for d := 40; d > 0; d -= 4 {
				h.signal(fmt.Sprintf("%s-%d", id, d), id, stanna.HealthScoredType, now.AddDate(0, 0, -d), fmt.Sprintf(`{"score":%d}`, 55+(i*7+d)%40))
			}
		}
	}
	h.client(stanna.Client{ID: "long", Name: strings.Repeat("Very long name without end ", 200), Domain: "long.example", CSMOwner: carl, MRR: stanna.MoneyOf(1, "USD")})
	h.client(stanna.Client{ID: "hostile", Name: "\u202eevil <script>alert(1)</script> \u202d" + strings.Repeat("W", 400), Tier: strings.Repeat("x", 90), CSMOwner: "a@b"})
	alert = h.fall("globex", 60, 38)
	h.fall("umbrella", 80, 61)
	h.fall("wayne", 44, 12)
	h.fall("wonka", 75, 52)
	h.fall("hostile", 66, 20)
	h.fall("long", 91, 70)
	h.signal("e1", "globex", stanna.EngagementMeasuredType, now.AddDate(0, 0, -3), `{"value":190,"unit":"sessions"}`)
	h.signal("e2", "globex", stanna.EngagementMeasuredType, now.AddDate(0, 0, -2), `{"value":210,"unit":"sessions"}`)
	h.signal("e3", "globex", stanna.EngagementMeasuredType, now.AddDate(0, 0, -1), `{"value":118,"unit":"sessions"}`)
	h.signal("c1", "globex", stanna.ChurnPredictedType, now.Add(-time.Hour), `{"probability":0.64}`)
	h.signal("s1", "globex", stanna.SentimentDetectedType, now.Add(-time.Hour), `{"score":-1.2,"quote":"Third time I ask about this."}`)
	h.signal("i1", "globex", stanna.InteractionLoggedType, now.AddDate(0, 0, -1), `{"type":"call","summary":"talked about usage"}`)
	h.signal("p1", "globex", stanna.PaymentFailedType, now.Add(-time.Hour), `{"amount":12400,"currency":"USD","attempt":1}`)
	h.signal("wonka-up", "wonka", stanna.HealthScoredType, now.Add(-time.Minute), `{"score":79}`)
	h.signal("globex-worse", "globex", stanna.HealthScoredType, now.Add(-time.Minute), `{"score":25,"factors":[{"name":"Usage","detail":"60 a day","impact":-13}]}`)
	h.until("told", func() bool {
		n := map[stanna.NotificationStatus]int{}
		h.view(func(tx *store.Tx) (err error) { n, err = tx.NotificationCounts(acme); return err })
		return n[stanna.Waiting] == 0 && n[stanna.Delivered] > 5
	})
	group = h.group("globex", "umbrella", "wayne", "wonka", "hostile")
	return alert, group
}
