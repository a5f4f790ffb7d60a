// Package expr is the one language in which people say when something
// matters: the condition of a rule, its severity, what a route or a silence
// matches. It is CEL over the nouns, compiled and tried out when it is saved,
// so that a slip is found by the person who made it and not by the night that
// needed it. The package answers "does this hold, for this client, now?" and
// "what is wrong with this text, and where?".
//
// # What may be written
//
// [Names] lists it all: a name per fact (client.mrr, state.health,
// alert.severity, now), a dozen functions (known, lower, days, hour, ...) and
// the operators && || ! == != < <= > >= in ? : + - * /. There is one kind of
// number, so client.mrr * 12 > 50000 means what it says; there are no types to
// convert, no maps and objects to build, and patterns are RE2 and short.
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
// # What it costs
//
// Text is at most 4,000 characters, brackets and comprehensions are nested a
// little, the work is estimated when it is saved, and what may be costly is
// counted while it runs. A plain comparison is not counted.
//
// The package deliberately does not know rules, routes or alerts' lives, where
// its texts are stored, who wrote them, or what time it is: it is told.
package expr
