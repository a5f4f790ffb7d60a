// Package stanna holds the nouns of Stanna: what a customer-success team and
// the people who run the server talk about, and nothing of how it is done.
//
// The story they tell is always the same one. A [Signal] arrives: one dated
// fact about one [Client] of a [Workspace]. It brings the client's [State] up
// to date. Each [Rule] of the workspace looks at the state before and after
// and says whether somebody should be told; when it says yes, an [Alert]
// opens, is updated, or closes, always with a [Reason]. The alert is promised
// to a [Destination] as a [Notification]. What stands in Slack is a
// [Message]: the living one about a client at a destination is its Thread,
// and many notifications may share it. Messages travel on a [Lane], one
// ordered road to one destination, over a [Connection] that an admin made.
// Every deed leaves an [AuditEntry].
//
// The package uses the standard library only and asks nobody for the time:
// whoever needs it is given it. It knows no SQL, no HTTP and no Slack; the
// rooms under internal do, and they all speak in these nouns.
package stanna
