package internal

import (
	"slices"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/rule"
)

// TestEveryTypeHasItsWords pairs the alert types that can open with those that
// can be told. The two rooms stand on one floor and do not know each other.
func TestEveryTypeHasItsWords(t *testing.T) {
	var opened []stanna.AlertType
	for _, e := range rule.Catalogue() {
		opened = append(opened, e.Type)
	}
	told := message.Types()
	slices.Sort(opened)
	slices.Sort(told)
	if !slices.Equal(opened, told) {
		t.Errorf("rule opens %v\nmessage tells %v", opened, told)
	}
}
