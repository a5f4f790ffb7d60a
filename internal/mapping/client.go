package mapping

import (
	"cmp"
	"errors"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Ref is how a body names a client: some of these, in the order in which they
// are looked for.
type Ref struct {
	ID     string
	Custom string // a custom field …
	Value  string // … and what it holds
	Email  string // in small letters, as the domain
	Domain string
	Create bool // one that nobody knows is made; the item says its name
}

// Words names the client for people.
func (r Ref) Words() string {
	var words []string
	for _, x := range []struct{ what, text string }{{"the id", r.ID}, {r.Custom, r.Value}, {"the e-mail", r.Email}, {"the domain", r.Domain}} {
		if x.text != "" {
			words = append(words, x.what+" "+clip(x.text, 60))
		}
	}
	return strings.Join(words, " or ")
}

type clientReader struct {
	id, domain, email, value *expr.Value
	custom                   string
	create                   bool
}

// read gives the reference, blank where the body names nobody; then unknown
// says why. A part that hangs on something that is not there does not help,
// and spoils nothing.
func (c clientReader) read(b *expr.Body, f *faults) (ref Ref, unknown string) {
	text := func(field string, v *expr.Value, check func(string) error) string {
		if v == nil {
			return ""
		}
		s, err := v.Text(b)
		var e *expr.Error
		if errors.As(err, &e) && e.Kind == expr.Missing {
			unknown = cmp.Or(unknown, "is not named: "+field+": "+e.Error())
			return ""
		}
		if s = strings.TrimSpace(s); err == nil && s != "" {
			err = check(s)
		}
		if err != nil {
			f.add("client."+field, err)
			return ""
		}
		return s
	}
	ref = Ref{ID: text("id", c.id, stanna.ValidID), Value: text("value", c.value, short), Email: strings.ToLower(text("email", c.email, isEmail)),
		Domain: strings.ToLower(text("domain", c.domain, isDomain))}
	if ref == (Ref{}) {
		return ref, cmp.Or(unknown, "is not named: what finds it gives nothing")
	}
	if ref.Value != "" {
		ref.Custom = c.custom
	}
	ref.Create = c.create
	return ref, ""
}

func short(s string) error {
	if len(s) > stanna.MaxIDLength {
		return stanna.Errorf(stanna.Invalid, "is longer than %d bytes", stanna.MaxIDLength)
	}
	return nil
}

func isEmail(s string) error {
	if !strings.Contains(s, "@") || strings.ContainsAny(s, " \t\r\n") || len(s) > 320 {
		return stanna.Errorf(stanna.Invalid, "is no e-mail address")
	}
	return nil
}

func isDomain(s string) error {
	if strings.ContainsAny(s, "@/: \t\r\n") || len(s) > 253 {
		return stanna.Errorf(stanna.Invalid, "is no domain such as acme.com; write domainOf(...) for one out of an address")
	}
	return nil
}
