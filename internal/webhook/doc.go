// Package webhook is the road that webhooks travel, out and in. It answers:
// how is a body signed and sent ([Sign], [Send]), when is it tried again
// ([RetryAfter]), which addresses may be called at all ([CheckURL],
// [NewHTTPClient]), and was a request that came to us really signed by who
// knows the secret ([Verify]).
//
// What goes out follows Standard Webhooks
// (https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0). What
// comes in is signed as the other tool does it; [Schemes] lists the ways.
//
// An address is judged when it is dialled, after its name was resolved: a
// name that means another address the second time is judged anew. Redirects
// are not followed, and no proxy stands between, which would resolve names
// where nothing is judged.
//
// It deliberately knows no store, no queue, no kind of event and no mapping:
// it makes one call, once, and says what was seen. It does not know whether a
// request came before, and it is given the time.
package webhook
