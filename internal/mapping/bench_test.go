package mapping_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
)

func BenchmarkRead(b *testing.B) {
	for _, r := range mapping.Ready() {
		c, err := mapping.Compile(r.Mapping)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(r.Name, func(b *testing.B) {
			body := []byte(r.Samples[0].Body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if r := c.Read(body, nil, noon); r.Err != nil {
					b.Fatal(r.Err)
				}
			}
		})
	}
}

// BenchmarkReadLargest reads the most items that a body may have.
func BenchmarkReadLargest(b *testing.B) {
	c, err := mapping.Compile(ready(b, "segment").Mapping)
	if err != nil {
		b.Fatal(err)
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(ready(b, "segment").Samples[1].Body, &batch); err != nil {
		b.Fatal(err)
	}
	body := append(append([]byte("["), bytes.Repeat(append(batch[1], ','), mapping.MaxItems-1)...), append(batch[1], ']')...)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := c.Read(body, nil, noon)
		if r.Err != nil || len(r.Items) != mapping.MaxItems || r.Items[mapping.MaxItems-1].Err != nil {
			b.Fatal(r.Err, len(r.Items), r.Items[len(r.Items)-1].Err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	m := ready(b, "hubspot").Mapping
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mapping.Compile(m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApply changes a client.
func BenchmarkApply(b *testing.B) {
	c, err := mapping.Compile(ready(b, "calls").Mapping)
	if err != nil {
		b.Fatal(err)
	}
	item := c.Read(ready(b, "calls").Samples[4].Body, nil, noon).Items[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Apply(item, stanna.Client{ID: "acme", Name: "Acme"}, "USD"); err != nil {
			b.Fatal(err)
		}
	}
}
