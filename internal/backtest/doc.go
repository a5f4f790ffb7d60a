// Package backtest answers WHAT IF: history is played through rule and route,
// by the very functions that judge live signals, and nothing is sent. And it
// answers WHY, or why not: an explanation plays one client's signals again and
// takes down every question that a rule asked.
//
// It is entered by [Run], [RunAll], [Vary] and [Explain]. History is judged as
// if it had come live: a signal's now is when it occurred, and between signals
// time passes as it does for a workspace whose time follows its signals. So a
// backtest of what a demo plays finds the alerts that the demo raises.
//
// It works client by client, since no client's signals bear on another's
// alerts, and puts together at the end what concerns them all: the portfolio's
// sums and the messages that several clients share.
//
// What it does not know: what people would have done about an alert, silences,
// and clients as they were then; they are taken as they are today. Many at once
// are told singly, as after the hour for which they would be held.
package backtest
