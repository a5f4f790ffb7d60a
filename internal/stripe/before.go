package stripe

import "maps"

// Before is the object of an update as it was: what changed is taken from
// previous_attributes, which alone say that somebody was downgraded. ok is
// false when the event does not say it.
func (e Event) Before() (n News, ok bool) {
	now, err := readObject(e.Object)
	was, none := readObject(e.Previous)
	if err != nil || none != nil || len(was) == 0 {
		return n, false
	}
	e.Object, e.Previous = object{"was": overlaid(now, was)}.raw("was"), nil
	n, err = e.News()
	return n, err == nil && n.Kind != ""
}

// overlaid is an object with some of its fields as they were. A list is given
// whole (https://docs.stripe.com/api/events/object#event_object-data-previous_attributes).
func overlaid(now, was map[string]any) map[string]any {
	out := maps.Clone(now)
	for name, before := range was {
		inner, isObject := before.(map[string]any)
		if outer, both := out[name].(map[string]any); isObject && both {
			out[name] = overlaid(outer, inner)
			continue
		}
		out[name] = before
	}
	return out
}
