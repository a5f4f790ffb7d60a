package web

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/gostanna/stanna/internal/locale"
)

// fieldsOf are the company's own fields of a client, by name.
func fieldsOf(l locale.Local, custom map[string]any) []field {
	var list []field
	for _, k := range slices.Sorted(maps.Keys(custom)) {
		list = append(list, field{k, valueOf(l, custom[k])})
	}
	return list
}

func valueOf(l locale.Local, x any) string {
	switch x := x.(type) {
	case string:
		return x
	case float64:
		return l.Number(x)
	case bool:
		if x {
			return "yes"
		}
		return "no"
	case nil:
		return ""
	}
	text, err := json.Marshal(x)
	if err != nil {
		return ""
	}
	return brief(text)
}
