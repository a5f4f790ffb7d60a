package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/store"
)

func TestImport(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		upload := func(csv string) (r clientImportReport) {
			st.Helper()
			st.ask("POST", "/api/clients/import", csv, csvBody).want(200, &r)
			return r
		}
		// A mark before, capitals, quoted line breaks, columns of others, rows that are wrong.
		r := upload("\xef\xbb\xbfID,Name,Domain,MRR,Currency,Tier,CSM_Owner,Renewal Date,created_at,tags,churned,score\r\n" +
			"a,\"Acme,\r\nthe \"\"first\"\"\",acme.example,1492.50,usd,growth,Ana@acme.com,2026-10-30,2023-12-04,vip;eu,no,7\r\n" +
			",Globex,GLOBEX.example,,,,,,,,no,\r\n" + // line 4: id from the domain
			"b,,b.example,,,,,,,,,\r\n" + // 5: no name
			"c,C,c.example,many,,,,,,,,\r\n" + // 6
			"d,D,d.example,1\r\n" + // 7: short
			"e,\"E\"x,e.example,,,,,,,,,\r\n" + // 8: a quote in the middle
			"f,F,acme.example,,,,,,,,,\r\n" + // 9: the domain is a's
			"a,Acme again,acme.example,10,,,,,,,,\r\n" + // 10: the last wins
			"g,G,g.example,,,,,,,,,")
		if r.Rows != 9 || r.Created != 3 || r.Updated != 1 || r.Rejected != 5 || !slices.Equal(r.IgnoredColumns, []string{"churned", "score"}) {
			st.Fatalf("%+v", r)
		}
		for i, line := range []int{5, 6, 7, 8, 9} {
			if !slices.ContainsFunc(r.Lines, func(l importLine) bool { return l.Line == line && l.Error != "" }) {
				st.Errorf("%d: line %d is missing in %+v", i, line, r.Lines)
			}
		}
		var d clientDetail
		st.ask("GET", "/api/clients/a", nil).want(200, &d)
		if d.Client.Name != "Acme again" || *d.Client.MRR != 10 || d.Client.Tier != "" || d.Client.CreatedAt.Format(time.DateOnly) != "2023-12-04" {
			st.Errorf("%+v", d.Client)
		}
		st.ask("GET", "/api/clients/globex.example", nil).want(200, &d)
		if d.Client.Name != "Globex" || d.Client.MRR != nil {
			st.Errorf("%+v", d.Client)
		}

		// What the file does not speak of stays; without an id the domain says who it is.
		st.ask("PUT", "/api/clients/k", map[string]any{"name": "K", "domain": "k.example", "mrr": 7, "contacts": []any{map[string]any{"name": "Kim"}}}).want(201)
		if r = upload("name;domain;tier\nKay;k.example;starter\n"); r.Updated != 1 || r.Created != 0 {
			st.Errorf("%+v", r)
		}
		st.ask("GET", "/api/clients/k", nil).want(200, &d)
		if d.Client.Name != "Kay" || d.Client.Tier != "starter" || *d.Client.MRR != 7 || len(d.Contacts) != 1 {
			st.Errorf("%+v", d)
		}
		// Two clients change domains in one file, in order.
		if r = upload("id,name,domain\nk,Kay,k2.example\nm,M,k.example\n"); r.Rejected != 0 || r.Created != 1 || r.Updated != 1 {
			st.Errorf("%+v", r)
		}

		for csv, says := range map[string]string{
			"":                      "is empty",
			"domain,mrr\nx,1\n":     "no column name",
			"name,mrr\nx,1\n":       "neither a column domain nor a column id",
			"name,id,Name\nx,1,y\n": "twice",
			"PK\x03\x04":            "xlsx",
			"{\"clients\":[]}":      "cannot be read",
		} {
			if p := st.ask("POST", "/api/clients/import", csv, csvBody).problem(400, validationError); !strings.Contains(p.Message, says) {
				st.Errorf("%q: %+v", csv, p)
			}
		}
		st.ask("POST", "/api/clients/import", map[string]any{}).problem(415, validationError)

		// A quote that is never closed does not fill the memory.
		var stuck clientImportReport
		a := st.ask("POST", "/api/clients/import", io.MultiReader(strings.NewReader("id,name\nx1,X\nx2,\"open\n"), io.LimitReader(spaces{}, 50<<20)), csvBody)
		a.want(400, &stuck)
		if stuck.Created != 1 || !strings.Contains(stuck.Error, "never closed") {
			st.Errorf("%s", a.body)
		}
	})
}

func TestImportManyInConstantMemory(t *testing.T) {
	const rows = manyRows
	st := newStage(t, openStore(t), nil)
	in, out := io.Pipe()
	var base, peak runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&base)
	go func() {
		fmt.Fprintln(out, "id,name,domain,mrr,tags")
		for i := range rows {
			fmt.Fprintf(out, "c%d,\"Client %d,\n the %dth\",c%d.example.com,%d.50,a;b\n", i, i, i, i, i)
			if i%(rows/5) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				peak.HeapAlloc = max(peak.HeapAlloc, m.HeapAlloc)
			}
		}
		out.Close()
	}()
	var r clientImportReport
	began := time.Now()
	st.ask("POST", "/api/clients/import", in, csvBody).want(200, &r)
	st.Logf("%d rows in %v, heap from %d to %d KB", rows, time.Since(began).Round(time.Millisecond), base.HeapAlloc>>10, peak.HeapAlloc>>10)
	if r.Created != rows || r.Rejected != 0 {
		st.Errorf("%+v", r)
	}
	if peak.HeapAlloc > base.HeapAlloc+24<<20 {
		st.Errorf("the heap grew by %d MB", (peak.HeapAlloc-base.HeapAlloc)>>20)
	}
	var list []json.RawMessage
	if a := st.ask("GET", "/api/clients", nil).want(200, &list); len(list) != 1000 || a.header.Get("X-Total-Count") != fmt.Sprint(rows) {
		st.Errorf("%d clients, %v", len(list), a.header)
	}
}

// What a file says that is there already is not written again.
func TestImportTwice(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		const file = "id,name,domain,mrr,tags,custom.seats,contact_name,contact_email,created_at\n" +
			"a,A,a.example,10,x;y,5,Eva,eva@a.example,2020-01-01\nb,B,,,,,,,\n"
		upload := func(csv string) (r clientImportReport) {
			st.Helper()
			st.ask("POST", "/api/clients/import", csv, csvBody).want(200, &r)
			return r
		}
		if r := upload(file); r.Created != 2 || r.LastLine != 3 {
			st.Fatalf("%+v", r)
		}
		latest := st.latest()
		if r := upload(file); r.Unchanged != 2 || r.Created+r.Updated+r.Rejected != 0 {
			st.Errorf("%+v", r)
		}
		if st.latest() != latest {
			st.Error("the audit trail speaks of what did not change")
		}
		if r := upload(strings.Replace(file, ",5,", ",6,", 1)); r.Updated != 1 || r.Unchanged != 1 || st.latest() == latest {
			st.Errorf("%+v", r)
		}
		if r := upload(strings.Replace(file, "eva@", "ada@", 1)); r.Updated != 1 || r.Unchanged != 1 {
			st.Errorf("%+v", r)
		}
	})
}

// latest is the last entry of the audit trail.
func (st *stage) latest() string {
	st.Helper()
	var page struct{ Entries []struct{ ID string } }
	st.ask("GET", "/api/audit?limit=1", nil).want(200, &page)
	return page.Entries[0].ID
}

func TestImportDryRun(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		st.ask("POST", "/api/signals", scored("s1", "c1", 70, st.now().Add(-time.Hour))).want(200)
		var r clientImportReport
		st.ask("POST", "/api/clients/import?dryRun=true&mapping="+url.QueryEscape(`{"Firma":"name","Umsatz":"mrr","Notiz":"-"}`),
			"id;Firma;Umsatz;Notiz;Fax\nc1;Client c1;12.400,50;x;1\nc2;M\xfcller;1,5;y;2\nc3;;1;z;3\n", csvBody).want(200, &r)
		if !r.DryRun || r.Created != 1 || r.Unchanged != 1 || r.Rejected != 1 || r.Encoding != "Windows-1252" || r.Delimiter != ";" || !slices.Equal(r.IgnoredColumns, []string{"Notiz", "Fax"}) ||
			r.Columns[1] != (importColumn{"Firma", "name"}) || len(r.Preview) != 2 || r.Preview[0].Becomes != "unchanged" || r.Preview[1].Client.Name != "Müller" || *r.Preview[1].Client.MRR != 1.5 {
			st.Errorf("%+v", r)
		}
		st.ask("GET", "/api/clients/c2", nil).problem(404, resourceNotFound)

		var s signalImportReport
		st.ask("POST", "/api/signals/import?dryRun=true&type=health.scored&occurredAt="+st.now().Add(-time.Minute).Format(time.RFC3339),
			"id,clientId,domain,score,occurredAt\ns1,c1,,1,\ns2,c1,,30,\ns2,c1,,30,\ns3,,c1.example.com,200,\ns4,nobody,,5,\ns5,,nobody.example,5,\ns6,c1,,5,2020-01-01\n", csvBody).want(200, &s)
		if s.Accepted != 1 || s.Duplicate != 2 || s.Backfill != 1 || s.Rejected != 3 || len(s.Lines) != 3 || s.Lines[0].Line != 5 || len(s.Preview) != 4 || s.Preview[1].Signal.Data["score"] != 30. {
			st.Errorf("%+v", s)
		}
		var d clientDetail
		if st.ask("GET", "/api/clients/c1", nil).want(200, &d); d.Client.SentimentScore != 70 || len(d.OpenAlerts) != 0 {
			st.Errorf("%+v", d)
		}
	})
}

func TestImportSignals(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		st.client("c2")
		ago := func(d time.Duration) string { return st.now().Add(-d).Format(time.RFC3339) }
		file := "Client,Website,Type,Time,Score,Quote,Name\n" +
			"c1,,health.scored," + ago(2*time.Hour) + ",70,,\n" +
			",https://www.c2.example.com,health.scored," + ago(2*time.Hour) + ",70,,\n" +
			"c1,,health.scored," + ago(time.Hour) + ",\"30,5\",,\n" +
			"c2,,sentiment.detected," + ago(time.Hour) + ",-2,\"=no, never\",\n" +
			"c1,,health.scored," + ago(100*time.Hour) + ",50,,\n" +
			"c9,,health.scored," + ago(time.Hour) + ",50,,\n" +
			",c9.example.com,health.scored," + ago(time.Hour) + ",50,,\n" +
			"c1,,health.scored," + ago(-time.Hour) + ",50,,\n" +
			"c1,,health.scored," + ago(time.Hour) + ",150,,\n" +
			"c1,,health.guessed," + ago(time.Hour) + ",50,,\n" +
			"c1,,health.scored,05/06/2026,50,,\n"
		upload := func() (r signalImportReport) {
			st.Helper()
			st.ask("POST", "/api/signals/import?source=Excel", file, csvBody).want(200, &r)
			return r
		}
		r := upload()
		if r.Rows != 11 || r.Accepted != 4 || r.Backfill+r.Late != 1 || r.Rejected != 6 {
			st.Fatalf("%+v", r)
		}
		for i, line := range []int{7, 8, 9, 10, 11, 12} {
			if r.Lines[i].Line != line {
				st.Errorf("%+v", r.Lines[i])
			}
		}
		var d clientDetail
		if st.ask("GET", "/api/clients/c1", nil).want(200, &d); d.Client.SentimentScore != 30.5 || d.State.Health.Source != "Excel" || len(d.OpenAlerts) == 0 {
			st.Errorf("%+v", d)
		}
		if r = upload(); r.Duplicate != 5 || r.Accepted+r.Late+r.Backfill != 0 || r.Rejected != 6 {
			st.Errorf("%+v", r)
		}
		sends := st.newKey(acme, "signals")
		st.ask("POST", "/api/signals/import?source=Excel", file, csvBody, as(sends)).want(200)
		st.ask("POST", "/api/clients/import", "id,name\n", csvBody, as(sends)).problem(403, forbidden)
	})
}

func TestImportRefusesWhatItDoesNotKnow(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		for query, field := range map[string]string{
			"dryrun=true": "dryrun", "dryRun=yes": "dryRun", "dates=ymd": "dates", "decimal=x": "decimal", "encoding=klingon": "encoding", "delimiter=x": "delimiter", "startLine=-1": "startLine",
			"startLine=x": "startLine", "mapping=x": "mapping", "mapping=null": "mapping", "mapping=[]": "mapping", "occurredAt=soon": "occurredAt", "dates=dmy&dates=mdy": "dates",
			"mapping=" + url.QueryEscape(`{"x":"name"}`): "mapping",
		} {
			if p := st.ask("POST", "/api/clients/import?"+query, "id,name\n1,x\n", csvBody).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", query, p)
			}
		}
		st.ask("POST", "/api/clients/import?workspaceId="+acme, "id,name\n1,x\n", csvBody).want(200)
		if p := st.ask("POST", "/api/signals/import", "id,client_id,score\n", csvBody).problem(400, validationError); !strings.Contains(p.Message, "no column type") {
			st.Errorf("%+v", p)
		}
		// A million columns do not fill the memory, and are answered.
		a := st.ask("POST", "/api/clients/import", io.MultiReader(strings.NewReader("id,name"), io.LimitReader(commas{}, 1_000_000)), csvBody)
		if p := a.problem(400, validationError); !strings.Contains(p.Message, "1000 columns at most") {
			st.Errorf("%+v", p)
		}
	})
}

type commas struct{}

func (commas) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte{','}, len(p))), nil }

// importLines streams a file and gives the lines of the answer.
func (st *stage) importLines(path, csv string) (progress []map[string]any, rejected []importLine, report map[string]any) {
	st.Helper()
	a := st.ask("POST", path, csv, csvBody, header("Accept", ndjson)).want(200)
	for line := range bytes.Lines(a.body) {
		var e struct {
			Progress map[string]any
			Rejected *importLine
			Report   map[string]any
		}
		if err := json.Unmarshal(line, &e); err != nil || report != nil {
			st.Fatalf("%v in %s", err, line)
		}
		switch {
		case e.Progress != nil:
			progress = append(progress, e.Progress)
		case e.Rejected != nil:
			rejected = append(rejected, *e.Rejected)
		default:
			report = e.Report
		}
	}
	return progress, rejected, report
}

func TestImportTellsHowFarItIs(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		var file strings.Builder
		file.WriteString("id,name\n")
		for i := range 600 {
			name := "x"
			if i%100 == 50 {
				name = ""
			}
			fmt.Fprintf(&file, "c%d,%s\n", i, name)
		}
		progress, rejected, report := st.importLines("/api/clients/import", file.String())
		if len(progress) != 4 || progress[0]["rows"] != 0. || progress[1]["rows"] != 256. || progress[1]["lastLine"] != 257. || progress[1]["created"] != 253. || progress[3]["lastLine"] != 601. {
			st.Errorf("%v", progress)
		}
		if len(rejected) != 6 || rejected[0].Line != 52 || report["created"] != 594. || report["rejected"] != 6. || report["lastLine"] != 601. {
			st.Errorf("%v %v", rejected, report)
		}
		// From a line on, the rest is as if the file began there.
		progress, rejected, report = st.importLines("/api/clients/import?startLine=257", file.String())
		if len(progress) != 3 || progress[0]["lastLine"] != 257. || report["rows"] != 344. || report["unchanged"] != 341. || len(rejected) != 3 || rejected[0].Line != 352 {
			st.Errorf("%v %v %v", progress, rejected, report)
		}
		// What is wrong from the start is an answer of its own.
		st.ask("POST", "/api/clients/import", "x,y\n", csvBody, header("Accept", ndjson)).problem(400, validationError)
	})
}

// An answer comes for each chunk while the file is still on its way, and what
// is committed stays when the line breaks.
func TestImportThatBreaksOff(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		in, out := io.Pipe()
		r, err := http.NewRequest("POST", st.server.URL+"/api/clients/import", in)
		st.must(err)
		r.Header = http.Header{"Authorization": {"Bearer " + st.key}, "Content-Type": {"text/csv"}, "Accept": {ndjson}}
		go func() {
			fmt.Fprintln(out, "id,name"+strings.Repeat(" ", 64<<10)) // the beginning is looked at before anything else
			for i := range 256 {
				fmt.Fprintf(out, "c%d,x\n", i)
			}
			io.WriteString(out, strings.Repeat("\n", 130<<10)) // and what is read ahead is filled
		}()
		res, err := http.DefaultTransport.RoundTrip(r)
		st.must(err)
		defer res.Body.Close()
		lines := json.NewDecoder(res.Body)
		for {
			var e struct{ Progress struct{ Rows int } }
			if st.must(lines.Decode(&e)); e.Progress.Rows == 256 {
				break
			}
		}
		st.must(out.CloseWithError(io.ErrUnexpectedEOF))
		st.until("the end of the import", func() bool { return strings.Contains(st.log.String(), "POST /api/clients/import") })
		n := 0
		st.must(st.store.View(context.Background(), func(tx *store.Tx) (err error) { n, err = tx.ClientCount(acme); return err }))
		if n != 256 {
			st.Errorf("%d clients", n)
		}
	})
}
