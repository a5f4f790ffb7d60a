package table

import (
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func readSignals(t *testing.T, text string, o Options) (map[int]SignalRow, map[int]string, Format) {
	t.Helper()
	f, err := Signals(strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("%v in %.200q", err, text)
	}
	good, bad := map[int]SignalRow{}, map[int]string{}
	for {
		r, wrong, err := f.Next()
		switch {
		case err == io.EOF:
			return good, bad, f.Format
		case err != nil:
			t.Fatal(err)
		case wrong != nil:
			bad[r.Line] = wrong.Error()
		default:
			good[r.Line] = r
		}
	}
}

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func TestSignals(t *testing.T) {
	good, bad, format := readSignals(t, "id,clientId,type,occurredAt,source,score,probability,value,unit,used,limit,quote,name,data,data.note,Remark\n"+
		"s1,acme,health.scored,2026-01-31T12:00:00Z,Pulse,72.125,,,,,,,Acme Corp,\"{\"\"factors\"\":[{\"\"name\"\":\"\"Usage\"\"}]}\",x,y\n"+
		"s2,acme,churn.predicted,2026-01-31T12:00:00Z,,,70%,,,,,,,,,\n"+
		"s3,acme,engagement.measured,2026-01-31T12:00:00Z,,,,\"1,492.5\",events,,,,,,,\n"+
		"s4,acme,usage.measured,2026-01-31T12:00:00Z,,,,,seats,9,10,,Seats,,,\n"+
		"s5,acme,sentiment.detected,2026-01-31T12:00:00Z,,-1.5,,,,,,\"=\"\"no\"\"\",,,,\n"+
		"s6,acme,custom.nps,2026-01-31T12:00:00Z,,9,,,,,,,Eva,,,\n"+
		"s7,acme,milestone.reached,,,,,,,,,,100 projects,,,\n", Options{})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	for line, want := range map[int]string{
		2: `{"factors":[{"name":"Usage"}],"note":"x","score":72.125}`, 3: `{"probability":0.7}`, 4: `{"unit":"events","value":1492.5}`,
		5: `{"limit":10,"name":"Seats","unit":"seats","used":9}`, 6: `{"quote":"=\"no\"","score":-1.5}`, 7: `{"name":"Eva","score":9}`, 8: `{"name":"100 projects"}`,
	} {
		if got := string(good[line].Signal.Data); got != want {
			t.Errorf("line %d: %s, want %s", line, got, want)
		}
		if s := good[line].Signal; line != 8 {
			if err := s.Check(noon); err != nil {
				t.Errorf("line %d: %v", line, err)
			}
		}
	}
	if s := good[2].Signal; s.ID != "s1" || s.ClientID != "acme" || s.Type != stanna.HealthScoredType || !s.OccurredAt.Equal(noon) || s.Source != "Pulse" {
		t.Errorf("%+v", s)
	}
	if got := format.Ignored(); len(got) != 1 || got[0] != "Remark" {
		t.Errorf("ignored: %v", got)
	}
}

func TestSignalsOfOneType(t *testing.T) {
	// The hosted product's export of clients, for its scores.
	o := Options{Type: stanna.HealthScoredType, OccurredAt: noon, Source: "export"}
	good, bad, format := readSignals(t, "name,domain,score,lastInteraction,mrr\nAcme,https://acme.example,72,2026-01-30,100\n,b.example,12,,\n", o)
	if len(bad) > 0 || string(good[2].Signal.Data) != `{"score":72}` || good[2].Domain != "acme.example" || good[2].Signal.ClientID != "" || good[2].Signal.Source != "export" || !good[2].Signal.OccurredAt.Equal(noon) {
		t.Errorf("%+v %v", good, bad)
	}
	if got := strings.Join(format.Ignored(), " "); got != "name lastInteraction mrr" {
		t.Errorf("ignored: %s", got)
	}
	again, _, _ := readSignals(t, "domain,score\nacme.example,72\n", o)
	if id := good[2].Signal.ID; !strings.HasPrefix(id, "csv:") || again[2].Signal.ID != id || good[3].Signal.ID == id || stanna.ValidID(id) != nil {
		t.Errorf("%s %s %s", id, again[2].Signal.ID, good[3].Signal.ID)
	}
	// Each part of what is said makes another signal.
	seen := map[string]int{}
	for i, row := range []string{"a,,1,2026-01-01", "b,,1,2026-01-01", ",a,1,2026-01-01", "a,,2,2026-01-01", "a,,1,2026-01-02", "a,b,1,2026-01-01"} {
		good, _, _ := readSignals(t, "client_id,domain,score,time\n"+row+"\n", Options{Type: stanna.HealthScoredType})
		if other, twice := seen[good[2].Signal.ID]; twice && i != 5 {
			t.Errorf("rows %d and %d have one id", other, i)
		}
		seen[good[2].Signal.ID] = i
	}
	if len(seen) != 5 { // the last names a domain beside the id, which says the same
		t.Errorf("%d ids", len(seen))
	}
}

func TestBadSignals(t *testing.T) {
	for header, says := range map[string]string{
		"type,score,id\n": "neither a column client_id nor a column domain", "client_id,score,id\n": "no column type", "client_id,type,score\n": "told from news", "client_id,type,data.a,data.A:text\n": "told from news", "client_id,type,id,Id\n": "twice", "client_id,type,id,score,data.score\n": "",
	} {
		_, err := Signals(strings.NewReader(header), Options{})
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", header, err)
		}
	}
	if _, err := Signals(strings.NewReader("client_id,type,id\n"), Options{Type: stanna.HealthScoredType}); err == nil {
		t.Error("the type is given twice")
	}
	const header = "id,client_id,domain,type,occurred_at,score,amount,data\n"
	for row, says := range map[string]string{
		"1,,,health.scored,2026-01-31,1,,":         "client_id",
		",a,,health.scored,,1,,":                   "told from news",
		"1,a,,health.scored,05/06/2026,1,,":        "dmy or mdy",
		"1,a,,health.scored,2026-01-31,x,,":        `score`,
		"1,a,,health.scored,2026-01-31,70%,,":      "no number",
		"1,a,,payment.failed,2026-01-31,,$5,":      "currency",
		"1,a,,payment.failed,2026-01-31,,5,[]":     "JSON object",
		"1,a,,payment.failed,2026-01-31,,5,null":   "JSON object",
		"1,a,,payment.failed,2026-01-31,,5,{\"a\"": "row",
	} {
		good, bad, _ := readSignals(t, header+row+"\n", Options{})
		if len(good) > 0 || !strings.Contains(bad[2], says) {
			t.Errorf("%s: %v %q; want %s", row, good, bad[2], says)
		}
	}
}

// Every field that a type has in JSON can be given in a column, but for the
// lists, which go into the column data.
func TestEveryFactHasItsColumns(t *testing.T) {
	for signalType, fact := range map[stanna.SignalType]stanna.Fact{
		stanna.HealthScoredType: stanna.HealthScored{}, stanna.ChurnPredictedType: stanna.ChurnPredicted{}, stanna.EngagementMeasuredType: stanna.EngagementMeasured{},
		stanna.UsageMeasuredType: stanna.UsageMeasured{}, stanna.SentimentDetectedType: stanna.SentimentDetected{}, stanna.InteractionLoggedType: stanna.Contacted{},
		stanna.InterventionLogged: stanna.Contacted{}, stanna.PaymentFailedType: stanna.PaymentFailed{}, stanna.PaymentRecoveredType: stanna.PaymentRecovered{},
		stanna.SubscriptionChangedType: stanna.SubscriptionChanged{}, stanna.MilestoneReachedType: stanna.MilestoneReached{}, stanna.AccountUpdatedType: stanna.AccountUpdated{},
		stanna.ClientChurnedType: stanna.ClientChurned{},
	} {
		has := map[string]bool{}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(fact)) {
			if f.Type.Kind() == reflect.Slice {
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			has[name] = true
			if dataFields[signalType][name] == nil {
				t.Errorf("%s has %s, and no column for it", signalType, name)
			}
		}
		for name := range dataFields[signalType] {
			if !has[name] {
				t.Errorf("%s has a column %s, and no such field", signalType, name)
			}
		}
	}
}
