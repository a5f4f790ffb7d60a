package app

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// metrics is what the house counts, in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	signals  *prometheus.CounterVec
	presses  *prometheus.CounterVec
	parcels  *prometheus.CounterVec
	calls    *prometheus.HistogramVec
	passes   *prometheus.HistogramVec
	failed   prometheus.Counter
}

func newMetrics(s *store.Store) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		signals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stanna_signals_total", Help: "Signals that came in, by what became of them."}, []string{"became"}),
		parcels: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stanna_source_bodies_total", Help: "Bodies that other tools sent and that were opened, by what became of them."}, []string{"state"}),
		presses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stanna_slack_presses_total", Help: "Presses of buttons in Slack, by what became of them."}, []string{"became"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stanna_slack_call_seconds", Help: "Calls to Slack that carry a message, by outcome.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"outcome"}),
		passes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stanna_relay_seconds", Help: "Events passed on by webhook, by mail and to the event log, by road and outcome.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"road", "outcome"}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "stanna_template_failures_total", Help: "Messages that were sent in the standard form, or without a link, because their template failed."}),
	}
	m.registry.MustRegister(m.signals, m.presses, m.parcels, m.calls, m.passes, m.failed, &jobGauge{store: s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) signal(became stanna.Became, n int) {
	m.signals.WithLabelValues(string(became)).Add(float64(n))
}

// opened counts a body; of which source is no label, since there may be many.
func (m *metrics) opened(_ string, state stanna.ParcelState) {
	m.parcels.WithLabelValues(string(state)).Inc()
}

func (m *metrics) press(became string) { m.presses.WithLabelValues(became).Inc() }

func (m *metrics) call(outcome string, took time.Duration) {
	m.calls.WithLabelValues(outcome).Observe(took.Seconds())
}

func (m *metrics) passed(road, outcome string, took time.Duration) {
	m.passes.WithLabelValues(road, outcome).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// jobGauge counts the jobs that are not done, when somebody asks.
type jobGauge struct{ store *store.Store }

var jobsDesc = prometheus.NewDesc("stanna_jobs", "Jobs on the lanes of all replicas, by state.", []string{"state"}, nil)

// Describe implements prometheus.Collector.
func (g *jobGauge) Describe(ch chan<- *prometheus.Desc) { ch <- jobsDesc }

// Collect implements prometheus.Collector.
func (g *jobGauge) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var counts map[stanna.JobState]int
	err := g.store.View(ctx, func(tx *store.Tx) (err error) {
		counts, err = tx.JobCounts()
		return err
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(jobsDesc, err)
		return
	}
	for _, state := range []stanna.JobState{stanna.JobWaiting, stanna.JobSending, stanna.JobDead} {
		ch <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(counts[state]), string(state))
	}
}
