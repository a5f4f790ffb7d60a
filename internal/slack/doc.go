// Package slack is the road to Slack. It answers: how does Slack know us
// (OAuth), how do words get into a channel and how are they changed there,
// who is behind an e-mail address, did this request really come from Slack,
// and, whenever Slack says no, what does that mean and who must do what.
//
// It is entered by two doors. [App] is our app as Slack's settings page knows
// it: it connects, refreshes, uninstalls and checks signatures. [Client] is
// one installation: it posts, updates, lists and looks up. Both need the
// address of a Slack (https://slack.com, https://slack-gov.com or a sandbox
// on loopback); everything is at URL/api/ and URL/oauth/v2/authorize.
//
// The result of a send is an [Outcome]: delivered, retry, permanent or
// unknown. Every other call gives an [*Error] that carries the same Outcome.
// One table (codes.go) turns an error code into what it means.
//
// It deliberately knows nothing of lanes, pace, attempts or storage: it makes
// one call, once, and says what was seen. It never reads a message and asks
// for no scope that could. It has no clock; deadlines come with the context.
//
// slack-go writes the requests and names the answers; what counts as success
// is decided here, on the raw answer (call.go), because slack-go takes an
// ok:false without a code, and an ok:true without a ts, for success.
package slack
