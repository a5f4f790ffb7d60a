package table

import (
	"io"
	"strings"
)

// Kind is what the rows of a file are about.
type Kind string

// The kinds of file.
const (
	OfClients Kind = "clients"
	OfSignals Kind = "signals"
)

// Guess says what a file is about by its header, and which columns show it: a
// moment or data make signals, a name makes clients, a type makes signals.
func Guess(in io.Reader, o Options) (kind Kind, shown string, err error) {
	f, err := open(in, Options{Encoding: o.Encoding, Separator: o.Separator}, fieldSet{})
	if err != nil {
		return "", "", err
	}
	for _, look := range []struct {
		kind   Kind
		fields fieldSet
		field  string
	}{
		{OfSignals, signalFields, "occurred_at"}, {OfSignals, signalFields, "data"}, {OfClients, clientFields, "name"}, {OfSignals, signalFields, "type"},
	} {
		for _, c := range f.Columns {
			title := c.Title
			if field := o.Mapping[title]; field != "" {
				title = field
			}
			named := look.fields.named(title)
			if named == look.field || strings.HasPrefix(named, look.field+".") || look.fields.also[squeeze(title)] == look.field {
				return look.kind, c.Title, nil
			}
		}
	}
	return OfClients, "", nil
}
