package web

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Limits of what is shown of a body, to point at.
const (
	shownPaths = 60
	deepPaths  = 6
)

// holdsOf is what a body holds, as expressions with their values.
func holdsOf(body []byte) (list []field) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var x any
	if len(body) == 0 || d.Decode(&x) != nil {
		return nil
	}
	var walk func(path string, x any, depth int)
	walk = func(path string, x any, depth int) {
		if len(list) >= shownPaths || depth > deepPaths {
			return
		}
		switch x := x.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(x)) {
				walk(path+pathPart(name), x[name], depth+1)
			}
		case []any:
			for i, item := range x[:min(len(x), 2)] {
				walk(path+"["+strconv.Itoa(i)+"]", item, depth+1)
			}
		default:
			b, _ := json.Marshal(x) // it was read as JSON
			list = append(list, field{path, brief(b)})
		}
	}
	walk("body", x, 0)
	return list
}

// pathPart is a field of an object as an expression names it.
func pathPart(name string) string {
	plain := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if plain && (name[0] < '0' || name[0] > '9') {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}
