package web

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// The page of a rule says how often it was right, and looks for a better
// threshold only when it is poor and somebody asks.
func TestQualityOfARule(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	mine, _ := h.book()
	h.until("somebody told", func() bool { return h.counts()[stanna.Delivered] >= 2 })
	b.get("/rules/rule_health_drop").ok(`id="quality"`, "Nobody has said yet", "2 alerts in 90 days").without(`id="propose"`)
	b.post(alertPath(mine)+"/judge", url.Values{"verdict": {"useful"}}).ok()
	b.get("/rules/rule_health_drop").ok("100 % right", "by 1 of 2 alerts").without(`id="propose"`)
	h.as(carl).get("/rules/rule_health_drop").ok("100 % right")

	now := time.Now()
	h.update(func(tx *store.Tx) error {
		for i := range 10 {
			id := fmt.Sprintf("alr_noise%d", i)
			a := stanna.Alert{Workspace: acme, ID: id, RuleID: "rule_health_drop", RuleName: "Health drop", Type: stanna.HealthDrop, ClientID: "gone", Severity: stanna.Medium,
				Status: stanna.AlertResolved, OpenedAt: now.Add(-time.Hour), UpdatedAt: now, ClosedAt: now}
			n := stanna.Notification{Workspace: acme, ID: "ntf_" + id, AlertID: id, Status: stanna.Delivered, CreatedAt: now}
			r := stanna.Receipt{Workspace: acme, AlertID: id, RuleID: a.RuleID, By: ana, Verdict: stanna.VerdictNotUseful, At: now}
			if err := tx.PutAlerts([]stanna.Alert{a}); err != nil {
				return err
			}
			if err := tx.AddNotifications(n); err != nil {
				return err
			}
			if err := tx.PutReceipt(r); err != nil {
				return err
			}
		}
		return nil
	})
	b.get("/rules/rule_health_drop").ok("9.1 % right", "by 11 of 12 alerts", `id="propose"`).without(`id="proposal"`)
	b.get("/rules/rule_health_drop?propose=1").ok(`id="proposal"`, "No other value of its main threshold")
}
