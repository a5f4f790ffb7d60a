package api

import (
	"time"
)

// pagination says where in a list an answer stands.
type pagination struct {
	Total   int  `json:"total"`
	Limit   int  `json:"limit"`
	Offset  int  `json:"offset"`
	HasMore bool `json:"hasMore"`
}

func paginationOf(limit, offset, total, shown int) pagination {
	return pagination{Total: total, Limit: limit, Offset: offset, HasMore: offset+shown < total}
}

// done is the documented answer to a change.
type done struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

type doneOutput struct{ Body done }

func did(message string) *doneOutput { return &doneOutput{done{true, message}} }

// moment is a time that may not be known: null.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// known is nil for "", so that what is not known reads null.
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// all is never null in JSON.
func all[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// each makes a list of views.
func each[T, V any](list []T, view func(T) V) []V {
	out := make([]V, len(list))
	for i, x := range list {
		out[i] = view(x)
	}
	return out
}
