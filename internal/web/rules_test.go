package web

import (
	"context"
	"net/url"
	"testing"
)

// ruleForm is the form of a rule as its page shows it, with some fields
// changed.
func (h *house) ruleForm(id string, change url.Values) url.Values {
	h.Helper()
	form := h.formOf(h.as(ana), rulePath(id))
	for k, v := range change {
		form[k] = v
	}
	return form
}

var _ = context.Background
var _ testing.T
