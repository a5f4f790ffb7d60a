package expr

// idiom is how advice is worded, with examples that can be written where the
// text stands.
type idiom struct {
	split string // what to do with what is too large
	joint string // what may stand between two values
	loops string // the functions that look through a list

	loop, condition, list, there, contains, between, null, pattern, chained string // examples

	objects bool // braces and null have a meaning
}

func ofConditions() *idiom {
	return &idiom{
		split: "split it into several rules", joint: "join them with && (and), || (or), == (is) or another comparison", loops: "exists, all and filter",
		loop: `client.tags.exists(t, t == "pilot")`, condition: "client.mrr > 5000", list: `client.id in ["a", "b"]`, there: "has(client.custom.seats)",
		contains: `client.name.contains("Labs")`, between: "state.health >= 40 && state.health <= 70", null: "ask whether a value is known: known(client.mrr)",
		pattern: `client.name.matches("^Acme")`, chained: "40 < state.health && state.health < 70",
	}
}

func ofTemplates() *idiom {
	i := ofConditions()
	i.split, i.joint, i.loops = "split it into several {{ }}", "join text with +, or write each into its own {{ }}", "exists, all, filter and map"
	return i
}

func ofBodies() *idiom {
	return &idiom{
		split: "write it more simply", joint: "join text with +, or comparisons with && (and) and || (or)", loops: "exists, all, filter and map",
		loop: `item.tags.exists(t, t == "pilot")`, condition: `item.type == "closed"`, list: `item.type in ["a", "b"]`, there: "has(item.email)",
		contains: `item.subject.contains("cancel")`, between: "item.score >= 0 && item.score <= 6", null: "write null in small letters",
		pattern: `item.subject.matches("^Re:")`, chained: "0 < item.score && item.score < 7", objects: true,
	}
}
