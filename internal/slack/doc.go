// Package slack is the road to Slack. It answers: how does Slack know us
// (OAuth), how do words get into a channel and how are they changed there,
// who is behind an e-mail address or an id, did this request really come from
// Slack, what did somebody press, and, whenever Slack says no, what does that
// mean and who must do what.
//
// It is entered by three doors. [App] is our app as Slack's settings page
// knows it: it connects, refreshes, uninstalls and checks signatures.
// [Client] is one installation: it posts, updates, lists, looks up and opens
// forms. [Socket] brings what Slack has to say where Slack cannot reach this
// server. All need the address of a Slack (https://slack.com,
// https://slack-gov.com or a sandbox on loopback); everything is at URL/api/
// and URL/oauth/v2/authorize.
//
// What somebody did comes as JSON, over signed HTTP or a Socket: [ReadPress]
// and [ParseEvent] read both alike, and [Respond] answers a person alone.
//
// The result of a send is an [Outcome]: delivered, retry, permanent or
// unknown. Every other call gives an [*Error] that carries the same Outcome.
// One table (codes.go) turns an error code into what it means.
//
// It deliberately knows nothing of lanes, pace, attempts or storage: it makes
// one call, once, and says what was seen. (A Socket alone tries again: it
// carries nothing that could be told twice.) It does not know what a press
// means, who may make it, or whether it came before. It never reads a message
// and asks for no scope that could. Deadlines come with the context.
//
// slack-go writes nearly all requests and names the answers; what counts as success
// is decided here, on the raw answer (call.go), because slack-go takes an
// ok:false without a code, and an ok:true without a ts, for success.
package slack
