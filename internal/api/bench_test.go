package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// The benchmarks run against the whole road on a durable SQLite, with the
// load generator beside it, on what cores there are.

func benchStage(b *testing.B, clients int) *stage {
	b.Helper()
	st := newStage(b, openStore(b), nil)
	st.api.Log = nopLog()
	var csv strings.Builder
	csv.WriteString("id,name\n")
	for i := range clients {
		fmt.Fprintf(&csv, "c%d,Client %d\n", i, i)
	}
	st.ask("POST", "/api/clients/import", csv.String(), csvBody).want(200)
	return st
}

// BenchmarkOneSignal is one signal a request over 16 connections.
func BenchmarkOneSignal(b *testing.B) {
	const clients = 1000
	st := benchStage(b, clients)
	transport := &http.Transport{MaxIdleConnsPerHost: 16, MaxConnsPerHost: 16}
	client := &http.Client{Transport: transport}
	var n atomic.Int64
	now := st.now().Add(-time.Hour)
	b.SetParallelism(8) // 16 on two cores
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			body := scoredText(i, clients, now)
			r, _ := http.NewRequest("POST", st.server.URL+"/api/signals", strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+st.key)
			r.Header.Set("Content-Type", "application/json")
			res, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != 200 {
				b.Errorf("status %d", res.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signals/s")
}

// BenchmarkLines is one stream of lines.
func BenchmarkLines(b *testing.B) {
	const clients = 1000
	st := benchStage(b, clients)
	now := st.now().Add(-time.Hour)
	var body bytes.Buffer
	for i := range int64(b.N) {
		body.WriteString(scoredText(i, clients, now))
		body.WriteByte('\n')
	}
	b.ReportAllocs()
	b.ResetTimer()
	var out signalReport
	st.ask("POST", "/api/signals", &body, ndjsonBody).want(200, &out)
	if out.Accepted != b.N {
		b.Errorf("%+v", out)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signals/s")
}

// BenchmarkArrays is arrays of 64 over 16 connections.
func BenchmarkArrays(b *testing.B) {
	const clients, size = 1000, 64
	st := benchStage(b, clients)
	transport := &http.Transport{MaxIdleConnsPerHost: 16, MaxConnsPerHost: 16}
	client := &http.Client{Transport: transport}
	var n atomic.Int64
	now := st.now().Add(-time.Hour)
	b.SetParallelism(8)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			var body bytes.Buffer
			for k := range size {
				body.WriteByte("[,"[min(k, 1)])
				body.WriteString(scoredText(n.Add(1), clients, now))
			}
			body.WriteByte(']')
			r, _ := http.NewRequest("POST", st.server.URL+"/api/signals", &body)
			r.Header.Set("Authorization", "Bearer "+st.key)
			r.Header.Set("Content-Type", "application/json")
			res, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "signals/s")
}

// BenchmarkReadSignal is the decoding alone; encoding/json is beside it.
func BenchmarkReadSignal(b *testing.B) {
	text := []byte(scoredText(1, 1000, time.Unix(1_790_000_000, 0)))
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := readSignal(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reflection", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var s struct {
				ID, ClientID, Type, Source string
				OccurredAt                 time.Time
				Data                       json.RawMessage
			}
			if err := json.Unmarshal(text, &s); err != nil {
				b.Fatal(err)
			}
			_ = stanna.Signal{Data: s.Data}
		}
	})
}

func scoredText(i, clients int64, from time.Time) string {
	return fmt.Sprintf(`{"id":"bench-%d","clientId":"c%d","type":"health.scored","occurredAt":"%s","source":"bench","data":{"score":%d,"factors":[{"name":"Usage","detail":"118 a day, usually 200","impact":-11}]}}`,
		i, i%clients, from.Add(time.Duration(i)*time.Millisecond).UTC().Format(time.RFC3339Nano), 50+i/clients%20)
}

// BenchmarkDoor is what the door itself costs a signal, without the network
// and without a transaction: it is about a time in the future.
func BenchmarkDoor(b *testing.B) {
	st := newStage(b, openStore(b), func(o *Options) { o.Limits = DefaultLimits(); o.Limits.SignalsPerMinute = 1 << 40 })
	st.api.Log = nopLog()
	body := scoredText(1, 1000, st.now().Add(time.Hour))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/api/signals", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+st.key)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		st.api.ServeHTTP(w, r)
		if w.Code != 400 {
			b.Fatal(w.Code, w.Body)
		}
	}
}
