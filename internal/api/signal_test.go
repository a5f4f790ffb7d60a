package api

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func TestOneSignal(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		now := st.now()
		var out signalAnswer
		st.ask("POST", "/api/signals", scored("s1", "c1", 60, now.Add(-time.Hour))).want(200, &out)
		if out.ID != "s1" || out.Status != stanna.Accepted || out.Reason != stanna.ReasonFirstValue || out.Explanation == "" || out.Alerts == nil {
			st.Errorf("first: %+v", out)
		}
		st.ask("POST", "/api/signals", scored("s2", "c1", 38, now)).want(200, &out)
		if len(out.Alerts) != 1 || out.Alerts[0].Event != stanna.Opened || out.Alerts[0].ID == "" {
			st.Errorf("fall: %+v", out)
		}
		st.ask("POST", "/api/signals", scored("s2", "c1", 38, now)).want(200, &out)
		if out.Status != stanna.Duplicate || out.Reason != stanna.ReasonDuplicate {
			st.Errorf("repeat: %+v", out)
		}
		st.ask("POST", "/api/signals", scored("s0", "c1", 90, now.Add(-2*time.Hour))).want(200, &out)
		if out.Status != stanna.Late {
			st.Errorf("late: %+v", out)
		}
		st.ask("POST", "/api/signals", scored("s-1", "c1", 90, now.Add(-72*time.Hour))).want(200, &out)
		if out.Status != stanna.Backfill {
			st.Errorf("backfill: %+v", out)
		}
		// Without a time it is now.
		st.ask("POST", "/api/signals", "\xef\xbb\xbf "+`{"id":"s3","clientId":"c1","type":"custom.login","data":{"who":"\u0041na"}}`).want(200, &out)
	})
}

func TestABadSignalNamesItsFault(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		good := `"id":"x","clientId":"c1","type":"health.scored","data":{"score":50}`
		for name, x := range map[string]struct{ body, field, says string }{
			"no JSON":         {`{"id":`, "body", "not valid JSON"},
			"empty":           {` `, "body", "is empty"},
			"text":            {`"hello"`, "body", "must be a JSON object"},
			"two objects":     {`{` + good + `}{}`, "body", "not valid JSON"},
			"unknown field":   {`{` + good + `,"score":3}`, "score", "not a field"},
			"field twice":     {`{` + good + `,"id":"y"}`, "id", "twice"},
			"no id":           {`{"clientId":"c1","type":"health.scored"}`, "id", "required"},
			"id a number":     {`{"id":7,"clientId":"c1","type":"health.scored"}`, "id", "must be text"},
			"id with space":   {`{"id":"a b","clientId":"c1","type":"health.scored"}`, "id", "may not contain"},
			"unknown client":  {`{"id":"x","clientId":"nobody","type":"health.scored","data":{"score":50}}`, "clientId", "no client has this id"},
			"unknown type":    {`{"id":"x","clientId":"c1","type":"health.sored","data":{}}`, "type", "not known"},
			"score 101":       {`{"id":"x","clientId":"c1","type":"health.scored","data":{"score":101}}`, "data.score", "0 to 100"},
			"data a list":     {`{"id":"x","clientId":"c1","type":"custom.x","data":[1]}`, "data", "JSON object"},
			"future":          {`{` + good + `,"occurredAt":"` + st.now().Add(6*time.Minute).Format(time.RFC3339) + `"}`, "occurredAt", "future"},
			"no time":         {`{` + good + `,"occurredAt":"yesterday"}`, "occurredAt", "must be a time"},
			"the zero time":   {`{` + good + `,"occurredAt":"0001-01-01T00:00:00Z"}`, "occurredAt", "after the year 2000"},
			"no UTF-8":        {"{" + good + ",\"source\":\"\xff\"}", "body", "UTF-8"},
			"a NUL in source": {`{` + good + `,"source":"a\u0000b"}`, "source", "control"},
			"a bad array":     {`[{` + good + `},`, "body", "not valid JSON"},
		} {
			p := st.ask("POST", "/api/signals", x.body).problem(400, validationError)
			if text, _ := p.Details[x.field].(string); !strings.Contains(text, x.says) {
				st.Errorf("%s: %+v", name, p)
			}
		}
		if p := st.ask("POST", "/api/signals", `{"id":"x","clientId":"nobody","type":"custom.x"}`).problem(400, validationError); p.Details["reason"] != "unknown_client" {
			st.Errorf("%+v", p)
		}
		st.ask("POST", "/api/signals", "id=1", header("Content-Type", "application/x-www-form-urlencoded")).problem(415, validationError)
		// Nothing of it was stored.
		var out signalAnswer
		if st.ask("POST", "/api/signals", `{`+good+`}`).want(200, &out); out.Status != stanna.Accepted {
			st.Errorf("%+v", out)
		}
	})
}

func TestAnArrayOfSignals(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		now := st.now()
		list := []any{scored("a", "c1", 60, now), scored("b", "c1", 101, now), scored("a", "c1", 60, now), 7, scored("c", "nobody", 60, now), scored("d", "c1", 59, now.Add(time.Second))}
		var out signalReport
		st.ask("POST", "/api/signals", list).want(200, &out)
		if out.Accepted != 2 || out.Rejected != 3 || out.Duplicate != 1 || out.Failed != 0 || len(out.Items) != 4 {
			st.Fatalf("%+v", out)
		}
		for i, want := range []struct {
			index      int
			id, status string
		}{{1, "b", "rejected"}, {2, "a", "duplicate"}, {3, "", "rejected"}, {4, "c", "rejected"}} {
			if got := out.Items[i]; *got.Index != want.index || got.ID != want.id || got.Status != want.status || got.Reason == "" {
				st.Errorf("item %d: %+v", i, got)
			}
		}
		st.ask("POST", "/api/signals", "[]").want(200, &out)
		// More than a slice, with more faults than are named.
		list = nil
		for i := range 2500 {
			list = append(list, scored(fmt.Sprint("n", i), "nobody", 50, now))
		}
		out = signalReport{}
		st.ask("POST", "/api/signals", list).want(200, &out)
		if out.Rejected != 2500 || len(out.Items) != maxReported || out.LeftOut != 1500 {
			st.Errorf("rejected %d, named %d, left out %d", out.Rejected, len(out.Items), out.LeftOut)
		}
	})
}

func TestLinesDoNotSpoilTheirNeighbours(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		var body strings.Builder
		body.WriteString("\xef\xbb\xbf")
		now := st.now().Add(-time.Hour)
		for i := 1; i <= 1000; i++ {
			switch i {
			case 300:
				body.WriteString("{\"id\": oops\n")
			case 301:
				body.WriteString("\n")
			case 302:
				body.WriteString(`{"id":"long","clientId":"c1","type":"custom.x","data":{"x":"` + strings.Repeat("x", maxLine) + "\"}}\n")
			case 303:
				body.WriteString(`{"id":"large","clientId":"c1","type":"custom.x","data":{"x":"` + strings.Repeat("x", maxLine-100) + "\"}}\r\n")
			default:
				body.WriteString(lineOf(scored(fmt.Sprint("l", i), "c1", 60, now.Add(time.Duration(i)*time.Second))))
			}
		}
		body.WriteString(`{"id":"last","clientId":"c1","type":"custom.x"}`) // no line end
		var out signalReport
		st.ask("POST", "/api/signals", body.String(), ndjsonBody).want(200, &out)
		if out.Accepted != 998 || out.Rejected != 2 || len(out.Items) != 2 {
			st.Fatalf("%+v", out)
		}
		if out.Items[0].Line != 300 || !strings.Contains(out.Items[0].Error, "not valid JSON") || out.Items[1].Line != 302 || !strings.Contains(out.Items[1].Error, "1 MB") {
			st.Errorf("%+v", out.Items)
		}
		// All of it again changes nothing.
		st.ask("POST", "/api/signals", body.String(), ndjsonBody).want(200, &out)
		if out.Accepted != 0 || out.Duplicate != 998 {
			st.Errorf("again: accepted %d, duplicate %d", out.Accepted, out.Duplicate)
		}
	})
}

func TestLinesAreAnsweredOneByOne(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		in, out := io.Pipe()
		r, err := http.NewRequest("POST", st.server.URL+"/api/signals", in)
		st.must(err)
		as(st.key)(r)
		ndjsonBody(r)
		r.Header.Set("Accept", ndjson)
		res, err := http.DefaultClient.Do(r)
		st.must(err)
		defer res.Body.Close()
		answers := bufio.NewScanner(res.Body)
		now := st.now().Add(-time.Hour)
		for i := range 3 { // each is answered before the next is sent
			io.WriteString(out, lineOf(scored(fmt.Sprint("o", i), "c1", 60, now.Add(time.Duration(i)*time.Second))))
			if !answers.Scan() || !strings.Contains(answers.Text(), fmt.Sprintf(`{"line":%d,"id":"o%d","status":"accepted"`, i+1, i)) {
				st.Fatalf("line %d: %s %v", i, answers.Text(), answers.Err())
			}
		}
		// The sender goes away in the middle of a line: what was answered stays.
		io.WriteString(out, `{"id":"half",`)
		out.CloseWithError(io.ErrUnexpectedEOF)
		for answers.Scan() {
		}
		var again signalAnswer
		if st.ask("POST", "/api/signals", scored("o2", "c1", 60, now.Add(2*time.Second))).want(200, &again); again.Status != stanna.Duplicate {
			st.Errorf("%+v", again)
		}
	})
}

func TestALargeBodyIsRefused(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		endless := func(n int64) io.Reader { return io.LimitReader(spaces{}, n) }
		known := func(r *http.Request) { r.ContentLength = 100 << 20 }
		for name, path := range map[string]string{"signals": "POST /api/signals", "typed": "PUT /api/clients/c1", "settings": "PUT /api/settings"} {
			method, path, _ := strings.Cut(path, " ")
			p := st.ask(method, path, endless(100<<20), known).problem(413, tooLarge)
			if p.Details["limitBytes"] != float64(maxBody) {
				st.Errorf("%s: %+v", name, p)
			}
			st.ask(method, path, endless(100<<20)).problem(413, tooLarge) // chunked: not known beforehand
		}
		st.ask("POST", "/api/integrations/slack/events", endless(2<<20), nobody).problem(413, tooLarge)
		st.ask("POST", "/api/integrations/slack/interactions", endless(2<<20), nobody).problem(413, tooLarge)
		st.ask("POST", "/api/integrations/slack/interactions", "payload=%7B%7D", nobody).problem(401, invalidKey)
	})
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte(" "), len(p)))
	return len(p), nil
}

func TestTwoAtOnceForOneClient(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		now := st.now()
		st.ask("POST", "/api/signals", scored("base", "c1", 80, now.Add(-time.Hour))).want(200)
		var opened, duplicates sync.Map
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				var out signalAnswer
				id := fmt.Sprint("p", i/2) // two of each
				a := st.ask("POST", "/api/signals", scored(id, "c1", 30, now))
				if a.status != 200 {
					st.Errorf("%d %s", a.status, a.body)
				}
				a.want(a.status, &out)
				if len(out.Alerts) > 0 {
					opened.Store(id, out)
				}
				if out.Status == stanna.Duplicate {
					duplicates.Store(id, true)
				}
			})
		}
		all.Wait()
		n, d := 0, 0
		opened.Range(func(_, _ any) bool { n++; return true })
		duplicates.Range(func(_, _ any) bool { d++; return true })
		if n != 1 || d != 8 {
			st.Errorf("%d opened, %d repeats", n, d)
		}
	})
}

func TestWhatCannotBeStoredIsNotClaimed(t *testing.T) {
	st := newStage(t, openStore(t), nil)
	st.client("c1")
	st.must(st.store.Close())
	now := st.now()
	// The key is remembered for a second, so the door still opens.
	a := st.ask("POST", "/api/signals", scored("x", "c1", 60, now))
	if a.status < 500 {
		st.Fatalf("%d %s", a.status, a.body)
	}
	list := lineOf(scored("y", "c1", 60, now)) + lineOf(scored("z", "c1", 60, now))
	var out signalReport
	a = st.ask("POST", "/api/signals", list, ndjsonBody)
	a.want(a.status, &out)
	if a.status < 500 || out.Accepted != 0 || out.Failed != 2 || out.ResumeFrom == nil || *out.ResumeFrom != 1 || out.Error == "" {
		st.Errorf("%d %s", a.status, a.body)
	}
}
