// Package stripe is the source Stripe: what Stripe's objects and events say to
// us. It answers: was this body sent by Stripe, what happened, what is a
// subscription worth a month, which payment failed and whether trying again
// may help, and what does Stripe still have that we were not told.
//
// [Verify] and [ReadEvent] take in a webhook. [Event.News] says what it means:
// a customer, a subscription with its [Worth], or a payment that failed or was
// recovered, as our own facts. [NewsOf] does the same for an object that was
// read. What an object leaves out (the customer of a dispute, why an invoice's
// payment was declined) [API.Complete] asks Stripe for.
//
// Objects come in the form of whatever API version an account or an endpoint
// was made with, so they are read by the few fields that we use, wherever a
// version keeps them (object.go); what has an odd type counts as absent. Our
// own calls are made with one [Version].
//
// It deliberately knows no store, no client of ours, no HTTP door and no
// pace: it makes one call, once, and says what came of it. The time is always
// given. Stripe's own library checks signatures; its types are not used, since
// each of its releases knows one API version.
package stripe
