package main

import (
	"fmt"
	"strconv"
	"time"
)

// book is the clients of a workspace, named c0000000 and on.
type book int

func clientID(i int) string { return fmt.Sprintf("c%07d", i) }

// csv is the book as a file to import.
func (n book) csv() []byte {
	out := make([]byte, 0, 64*int(n))
	out = append(out, "id,name,mrr,tier\n"...)
	for i := range int(n) {
		out = fmt.Appendf(out, "%s,Client %s,%d,standard\n", clientID(i), clientID(i), 1000+i%9000)
	}
	return out
}

// quietly appends a signal that opens nothing: a score that hardly moves, as
// most do, with a factor, as they have. Clients take turns in an order that
// is none in the book.
func (n book) quietly(out []byte, series string, i int64) []byte {
	return quiet(out, series, i, i*7919%int64(n))
}

func quiet(out []byte, series string, i, client int64) []byte {
	out = append(out, `{"id":"`...)
	out = append(out, series...)
	out = strconv.AppendInt(out, i, 10)
	out = append(out, `","clientId":"c`...)
	digits := strconv.FormatInt(client, 10)
	out = append(out, "0000000"[:7-len(digits)]...)
	out = append(out, digits...)
	out = append(out, `","type":"health.scored","source":"bench","data":{"score":`...)
	out = strconv.AppendInt(out, 72+i%5, 10)
	return append(out, `,"factors":[{"name":"Usage","detail":"118 a day, usually 120","impact":-1}]}}`...)
}

// batch appends an array of so many quiet signals, from i on.
func (n book) batch(out []byte, series string, i int64, size int) []byte {
	out = append(out, '[')
	for k := range int64(size) {
		if k > 0 {
			out = append(out, ',')
		}
		out = n.quietly(out, series, i+k)
	}
	return append(out, ']')
}

// before is a first score of every client, two hours old, as lines.
func (n book) before() []byte {
	at := time.Now().Add(-2 * time.Hour).UTC().Format(time.RFC3339)
	var out []byte
	for i := range int(n) {
		out = fmt.Appendf(out, `{"id":"before-%d","clientId":"%s","type":"health.scored","occurredAt":"%s","source":"bench","data":{"score":75}}`+"\n", i, clientID(i), at)
	}
	return out
}

// fall is the signal that opens the alert of a client: from 75 to 30, which
// is red. Each client has a source of its own: so many from one would be held
// as a change of the source.
func fall(client int) []byte {
	return fmt.Appendf(nil, `{"id":"fall-%d","clientId":"%s","type":"health.scored","source":"bench-%d",`+
		`"data":{"score":30,"factors":[{"name":"Usage","detail":"12 a day, usually 200","impact":-45}]}}`, client, clientID(client), client)
}

// falls is the fall of every client, as lines.
func (n book) falls() []byte {
	var out []byte
	for i := range int(n) {
		out = append(append(out, fall(i)...), '\n')
	}
	return out
}
