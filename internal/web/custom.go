package web

import (
	"encoding/json"
	"maps"
	"slices"
)

// fieldsOf are the company's own fields of a client, by name.
func fieldsOf(l local, custom map[string]any) []field {
	var list []field
	for _, k := range slices.Sorted(maps.Keys(custom)) {
		list = append(list, field{k, valueOf(l, custom[k])})
	}
	return list
}

func valueOf(l local, x any) string {
	switch x := x.(type) {
	case string:
		return x
	case float64:
		return l.number(x)
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
