package main

import (
	"encoding/json"
	"fmt"
)

// sendArray sends signals that were sent before and counts those that the
// server takes as new.
func (v *victim) sendArray(w *wire, head []byte, list []int64) (fresh int, err error) {
	body := []byte{'['}
	for k, i := range list {
		if k > 0 {
			body = append(body, ',')
		}
		body = v.body(body, i)
	}
	status, answer, err := w.post(head, append(body, ']'))
	if err != nil {
		return 0, err
	}
	var report struct{ Accepted, Late, Backfill, Duplicate, Rejected int }
	if err := json.Unmarshal(answer, &report); err != nil {
		return 0, fmt.Errorf("signals sent again were answered %d %.200s", status, answer)
	}
	if report.Accepted+report.Late+report.Backfill+report.Duplicate != len(list) {
		return 0, fmt.Errorf("of %d signals sent again: %+v", len(list), report)
	}
	return report.Accepted + report.Late + report.Backfill, nil
}
