// Package web is the DOOR FOR PEOPLE. It answers, on pages that work without
// script: which clients need somebody now and why, what was told about them
// and what became of each message; whether the line to Slack works, what came
// from Stripe and from other tools, what went out to other programs, and who
// must do what where something does not work; and by which rules, routes,
// silences and settings all that happens, with the forms that change them.
// Only what a person posts changes anything: a link that would opens a page
// that asks.
//
// It is entered by [New], an http.Handler whose whole route table stands in
// routes.go. Each route names the permission that it takes; a handler gets a
// visit (who is asking, in which workspace, at what time) and gives an answer
// or an error, and one adapter (answer.go) makes a page of either. A page
// family is a .go file, which gathers a typed view on one snapshot of the
// store, and a .templ file of the same name, which shows it.
//
// Two pages have a script (htmx, embedded): the form of a rule judges an
// expression while it is written, and the page of Stripe shows how far it has
// been read. Without it the same is said when the form is sent, and when the
// page is opened again.
//
// [Secure] puts the security headers round this door and the JSON one.
//
// It deliberately knows no SQL, no rule, no call of Slack's or Stripe's and no
// JSON but what it shows as it came and a mapping that people write so: it
// calls the same rooms as the JSON door and never that door itself. It decides
// nothing, and it says a Reason in the words of the nouns. Text of customers
// and of other tools reaches a page through templ's escaping only; a secret
// reaches one once, in the answer that made it.
package web
