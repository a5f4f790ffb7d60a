// Package message answers one question: in which words is this told? It turns
// a client's open alerts, a summary of many clients, or a test into a Slack
// message: blocks for the eye and a text that says the same in sentences for
// screen readers and notifications.
//
// Sentences are built as phrases (phrase.go), which know whose words they are:
// our own, or text that came from outside. Nothing else in the package writes
// an escape, counts a character or cuts a name; the layout (layout.go) does,
// and it alone knows Slack's limits. So an alert type, which is one file and
// one line of the catalogue, cannot get them wrong.
//
// Every sentence is written in English where it is needed and said in the
// language of the workspace (tongue.go): whole, with places to be filled, so
// that a translator may order it otherwise. A test holds every language to it.
//
// A workspace may say an alert in words of its own (template.go). They pass
// the same layout, and in them too what came from outside is told apart.
//
// The package is pure: the same view gives the same message, and the time is
// given. What it deliberately does not know: whether the message should be
// told and where (rule, route), how it travels (slack, deliver), where an
// address comes from, and what stood in Slack before.
package message
