// Package expr is the one language in which people say when something
// matters and what is said of it: the condition of a rule, its severity, what a
// route or a silence matches, the placeholders of a message's template, and
// what is taken from a body that another tool sent. It is CEL over the nouns, compiled and tried out when it is saved, so that a slip
// is found by the person who made it and not by the night that needed it. The
// package answers "does this hold, for this client, now?", "what does this
// template say?" and "what is wrong with this text, and where?".
//
// # What may be written
//
// [Names] lists it all: a name per fact (client.mrr, state.health,
// alert.severity, now), a dozen functions (known, lower, days, hour, ...) and
// the operators && || ! == != < <= > >= in ? : + - * /. There is one kind of
// number, so client.mrr * 12 > 50000 means what it says; there are no types to
// convert, no maps and objects to build, and patterns are RE2 and short.
//
// # Templates
//
// A [Template] is text with placeholders, {{ client.name }}, in which the same
// language stands, with the functions of [TemplateNames] besides: money, day,
// plural, or, ... There are no blocks: a choice is written condition ? this :
// otherwise, and a list join(list.map(x, ...), ", "). A placeholder may have
// line breaks in it, and braces in quotes are text: {{ "{{" }} writes two. What
// it gives is written by its kind in the ways of the reader, which [Writing]
// brings; nothing is escaped here, but each [Piece] says where it is from.
//
// # What is not known
//
// A number that is not known (no MRR, never scored) is NaN: every <, <=, >, >=,
// == and in with it is false, in sums it stays unknown, and so is anything
// divided by zero. Two things follow that surprise: != with it is true, and so
// is the denial of a comparison, !(state.health > 40). Who means a known value
// writes known(state.health). Text that is not known is "".
//
// A field that is not there (client.custom.seats of a client without seats, a
// key of signal.data, the time of a signal that never came) decides nothing: a
// condition that hangs on it does not hold, in either direction, and its
// denial does not hold either. && and || still decide when their other side
// does. [SeverityOf] then says so with an [Error] of kind [Missing].
//
// A template does not fail for it: text that is not known is written as
// nothing, and a placeholder that comes to an unknown number, or hangs on a
// field, a time or an amount that is not there, as "not known" in the reader's
// words. or(x, "...") says something else instead. What does fail is a value of
// the wrong kind (a field of your own may be anything), a place that a list
// does not have, and too much work: then the whole template gives an [Error] of
// kind [Failed], so that somebody hears of it.
//
// # What it costs
//
// Text is at most 4,000 characters, and so is each of a template's 40
// placeholders at most; brackets and comprehensions are nested a little, the
// work is estimated when it is saved, and what may be costly is counted while
// it runs. A plain comparison is not counted. What a placeholder gives is cut at
// 2,000 characters.
//
// # Bodies
//
// A [Value] speaks of JSON that came from outside: item, body, headers and now,
// with the functions of [BodyNames]. Here objects may be built, {"name": item.x},
// and null has a meaning. Nothing is known beforehand of what comes, so kinds
// are asked when it is there, and an error names the path and what there is
// instead: names and kinds, and never a value, which is other people's.
//
// null in the body is as if nothing stood there, and no fault: what hangs on it
// gives null. A field that is not there is an [Error] of kind [Missing], unless
// or, optional, has or known ask for it. == and != take null as a value, and a
// comparison with null itself takes a missing field for null.
//
// The work is counted over all the expressions that are asked of one [Body];
// half a second is the most.
//
// The package deliberately does not know rules, routes or alerts' lives, where
// its texts are stored, who wrote them, how a language or Slack writes, or what
// time it is: it is told.
package expr
