package message

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func TestBudget(t *testing.T) {
	view := func(locale string, held int) BudgetView {
		s := settings()
		s.Locale = locale
		return BudgetView{Settings: s, Told: 20, Held: held, Until: monday.Add(24 * time.Hour), Now: monday,
			Link: "https://stanna.example.com/notifications?status=held"}
	}
	checkGolden(t, "budget", Budget(view("en", 12)))
	checkGolden(t, "budget_one", Budget(view("en", 1)))
	checkGolden(t, "es_budget", Budget(view("es", 12)))
	away := view("en", 3)
	away.Intended = Intended{Name: "Ana Silva", Reason: stanna.ReasonDeputy, Away: true}
	checkGolden(t, "budget_deputy", Budget(away))
}
