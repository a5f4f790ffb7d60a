package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// What an expression may give. A value is nested no deeper than a body may
// be, with what is built around it.
const (
	maxGiven  = 1 << 20 // parts of a value, a text counted as one for each ten bytes
	maxNested = 150
)

// plain makes a value of CEL's one that JSON knows, and says how large it is;
// false when there is no such.
func plain(v ref.Val, depth int) (x any, size int, ok bool) {
	if depth > maxNested {
		return nil, 0, false
	}
	switch v := v.(type) {
	case types.Null:
		return nil, 1, true
	case types.Bool:
		return bool(v), 1, true
	case types.String:
		return string(v), 1 + len(v)/10, true
	case types.Double:
		if !isNumber(float64(v)) {
			return nil, 1, true
		}
		return float64(v), 1, true
	case types.Timestamp:
		return v.UTC(), 1, true
	case traits.Mapper:
		if came, ok := v.Value().(map[string]any); ok { // a part of the body, as it is
			size, ok := sizeOfJSON(came, depth)
			return came, size, ok
		}
		return plainObject(v, depth)
	case traits.Lister:
		if came, ok := v.Value().([]any); ok {
			size, ok := sizeOfJSON(came, depth)
			return came, size, ok
		}
		return plainList(v, depth)
	}
	return nil, 0, false
}

func plainList(v traits.Lister, depth int) (any, int, bool) {
	list, size := []any{}, 1
	for it := v.Iterator(); it.HasNext() == types.True; {
		x, n, ok := plain(it.Next(), depth+1)
		if size += n; !ok || size > maxGiven {
			return nil, size, false
		}
		list = append(list, x)
	}
	return list, size, true
}

func plainObject(v traits.Mapper, depth int) (any, int, bool) {
	fields, size := map[string]any{}, 1
	for it := v.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, isText := key.(types.String)
		x, n, ok := plain(v.Get(key), depth+1)
		if size += n + 1 + len(name)/10; !ok || !isText || size > maxGiven {
			return nil, size, false
		}
		fields[string(name)] = x
	}
	return fields, size, true
}

// sizeOfJSON counts the parts of a value that came in a body; false when they
// are nested too deeply.
func sizeOfJSON(x any, depth int) (size int, ok bool) {
	size, ok = 1, depth <= maxNested
	switch x := x.(type) {
	case string:
		size += len(x) / 10
	case []any:
		for _, part := range x {
			n, fits := sizeOfJSON(part, depth+1)
			if size, ok = size+n, ok && fits; !ok || size > maxGiven {
				return size, false
			}
		}
	case map[string]any:
		for name, part := range x {
			n, fits := sizeOfJSON(part, depth+1)
			if size, ok = size+n+1+len(name)/10, ok && fits; !ok || size > maxGiven {
				return size, false
			}
		}
	}
	return size, ok
}
