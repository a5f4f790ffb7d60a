package table

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

// Whatever clients are, written as a CSV in any of the encodings and forms,
// they are read as what they were.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := writing{encoding: rapid.SampledFrom([]string{utf8Name, utf16leName, utf16beName, westernName}).Draw(t, "encoding"),
			mark: rapid.Bool().Draw(t, "mark"), separator: rapid.SampledFrom([]rune(",;\t|")).Draw(t, "separator"), crlf: rapid.Bool().Draw(t, "crlf"),
			german: rapid.Bool().Draw(t, "german")}
		want := rapid.SliceOfN(rapid.Custom(w.client), 0, 8).Draw(t, "clients")
		text, err := w.write(want)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Currency: "USD", Separator: w.separator}
		if w.encoding == westernName {
			o.Encoding = westernName // of a few bytes it cannot always be told
		}
		f, err := Clients(bytes.NewReader(text), o)
		if err != nil {
			t.Fatal(err)
		}
		var got []stanna.Client
		for {
			r, bad, err := f.Next()
			if err == io.EOF {
				break
			}
			if bad != nil || err != nil {
				t.Fatalf("line %d: %v %v in %q", r.Line, bad, err, text)
			}
			c, err := r.Apply(stanna.Client{ID: r.ID()})
			if err != nil {
				t.Fatalf("line %d: %v in %q", r.Line, err, text)
			}
			got = append(got, c)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s in %q", diff, text)
		}
	})
}

// writing is how a file is written.
type writing struct {
	encoding  string
	mark      bool
	separator rune
	crlf      bool
	german    bool // 1.492,50 and 31.01.2026
}

// words are text that is in every encoding, with all that CSV must quote.
func (w writing) words(t *rapid.T, label string, required bool) string {
	g := rapid.StringOfN(rapid.SampledFrom([]rune("abcÄßé€ ,;|\t\"\n'=+-@0.19“")), 0, 12, -1)
	s := strings.TrimSpace(g.Draw(t, label))
	if s == "" && required {
		return "x"
	}
	return s
}

func (w writing) client(t *rapid.T) stanna.Client {
	c := stanna.Client{ID: rapid.StringMatching(`[a-zA-Z0-9=@+.é_-]{1,20}x`).Draw(t, "id"), Name: w.words(t, "name", true), Tier: w.words(t, "tier", false),
		IsExcluded: rapid.Bool().Draw(t, "excluded"), RenewalMonths: rapid.IntRange(0, 240).Draw(t, "months")}
	if rapid.Bool().Draw(t, "hasMRR") {
		c.MRR = stanna.Money{Minor: rapid.Int64Range(0, 1e11).Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"USD", "EUR", "GBP"}).Draw(t, "currency")}
	}
	day := time.Unix(rapid.Int64Range(-2e9, 7e9).Draw(t, "created"), 0).UTC()
	if rapid.Bool().Draw(t, "hasDates") {
		c.CreatedAt, c.RenewalDate = day, day.Format(time.DateOnly)
	}
	if rapid.Bool().Draw(t, "hasCustom") {
		c.Custom = map[string]any{"seats": float64(rapid.IntRange(-1e6, 1e6).Draw(t, "seats")), "beta": rapid.Bool().Draw(t, "beta"), "note": "n" + w.words(t, "note", false)}
	}
	if name := w.words(t, "contact", false); name != "" {
		c.Contacts = []stanna.Contact{{Name: name, Email: rapid.StringMatching(`([a-z]{1,5}@x\.example)?`).Draw(t, "email"), Title: w.words(t, "title", false), Primary: true}}
	}
	return c
}

func (w writing) write(clients []stanna.Client) ([]byte, error) {
	var b strings.Builder
	out := csv.NewWriter(&b)
	out.Comma, out.UseCRLF = w.separator, false
	if err := out.Write([]string{"id", "name", "tier", "mrr", "currency", "renewal_date", "created_at", "renewal_term_months", "is_excluded", "contact_name", "contact_email", "contact_title", "custom.seats", "custom.beta", "custom.note"}); err != nil {
		return nil, err
	}
	for _, c := range clients {
		cells := []string{c.ID, c.Name, c.Tier, "", c.MRR.Currency, "", "", strconv.Itoa(c.RenewalMonths), strconv.FormatBool(c.IsExcluded), "", "", "", "", "", ""}
		if c.HasMRR() {
			cells[3] = w.money(c.MRR)
		}
		if !c.CreatedAt.IsZero() {
			cells[5], cells[6] = c.CreatedAt.Format(w.layout()), c.CreatedAt.Format(w.layout()+" 15:04:05")
		}
		if len(c.Contacts) > 0 {
			cells[9], cells[10], cells[11] = c.Contacts[0].Name, c.Contacts[0].Email, c.Contacts[0].Title
		}
		if c.Custom != nil {
			cells[12], cells[13], cells[14] = strconv.FormatFloat(c.Custom["seats"].(float64), 'f', -1, 64), strconv.FormatBool(c.Custom["beta"].(bool)), c.Custom["note"].(string)
		}
		if err := out.Write(cells); err != nil {
			return nil, err
		}
	}
	if out.Flush(); out.Error() != nil {
		return nil, out.Error()
	}
	text := b.String()
	if w.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if w.mark && w.encoding != westernName {
		text = "\ufeff" + text
	}
	switch w.encoding {
	case utf16leName:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case utf16beName:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case westernName:
		return charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	}
	return []byte(text), nil
}

func (w writing) layout() string {
	if w.german {
		return "02.01.2006"
	}
	return time.DateOnly
}

// money groups the thousands and always writes the cents.
func (w writing) money(m stanna.Money) string {
	group, mark := ",", "."
	if w.german {
		group, mark = ".", ","
	}
	whole, cents := strconv.FormatInt(m.Minor/100, 10), strconv.FormatInt(100+m.Minor%100, 10)[1:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	return whole + mark + cents
}

// FuzzRead looks for a file that the reader cannot bear, or of which it makes
// what nobody may store.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"id,name,mrr,renewal_date\n1,One,\"1,492.50\",2026-01-31\n", "\xef\xbb\xbfid;name;mrr\r\n1;Müller;1.492,50\r\n2;x;1 492,50\r\n", "id\tname\n1\t\"a\tb\"\n", "sep=|\nid|name\n1|x\n",
		"\xff\xfei\x00d\x00,\x00n\x00a\x00m\x00e\x00\n\x001\x00,\x00x\x00\n\x00", "\x00i\x00d\x00,\x00n\x00a\x00m\x00e\x00\n\x001\x00,\x00x\x00\n", "id;name\n1;M\xfcller\n",
		"id,name,created_at\n1,x,31.01.2026 09:00\n2,x,Jan 31 2026\n3,x,31-Jan-2026\n4,x,1/31/2026 9:00 PM\n5,x,46053.5\n", "id,name,arr,custom.n:number,is_excluded\n1,=1+1,€ 1.200,1'000,x\n",
		"id,name,contact_name,contact_email\n1,x,Eva,eva@x.example\n", "id,name\n1,\"open\n", "id,name\n1,a\"b\n", "id,name,\n1,,\n,,\n", "PK\x03\x04",
		"client_id,type,occurred_at,score,data,data.x\na,health.scored,2026-01-31T12:00:00+01:00,72,\"{\"\"a\"\":1}\",2\n", "domain,probability,id\na.example,70%,1\n", "client_id,id,type,amount,nextAttemptAt\na,1,payment.failed,5,2026-02-01\n",
	} {
		for _, mode := range []uint8{0, 1, 2, 7, 8, 64} {
			f.Add([]byte(s), mode)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, mode uint8) {
		o := Options{Currency: "USD", Dates: []Dates{"", DayFirst, MonthFirst, Serial}[mode&3], Decimal: []rune{0, '.', ',', 0}[mode>>2&3], Encoding: []string{"", "windows-1252", "utf-16le", "utf-8"}[mode>>4&3]}
		if mode&64 != 0 {
			o.StartLine = 2
		}
		if clients, err := Clients(bytes.NewReader(text), o); err == nil {
			last := 0
			for r, bad, err := clients.Next(); err == nil; r, bad, err = clients.Next() {
				if r.Line <= last || r.Line <= o.StartLine {
					t.Fatalf("line %d after %d", r.Line, last)
				}
				last = r.Line
				if bad != nil {
					continue
				}
				c, wrong := r.Apply(stanna.Client{ID: r.ID()})
				if again, _ := r.Apply(stanna.Client{ID: r.ID()}); wrong == nil && !cmp.Equal(c, again, cmpopts.EquateNaNs()) {
					t.Fatalf("%+v and then %+v", c, again)
				}
				if wrong == nil && c.Validate() != nil {
					t.Fatalf("%+v: %v", c, c.Validate())
				}
			}
		}
		for _, kind := range []stanna.SignalType{"", stanna.HealthScoredType, "custom.x"} {
			o.Type = kind
			signals, err := Signals(bytes.NewReader(text), o)
			if err != nil {
				continue
			}
			for r, bad, err := signals.Next(); err == nil; r, bad, err = signals.Next() {
				if bad != nil {
					continue
				}
				s := r.Signal
				if s.ID == "" || s.ClientID == "" && r.Domain == "" || !utf8.Valid(s.Data) {
					t.Fatalf("%+v", r)
				}
				s.ClientID = "a"
				if s.OccurredAt.IsZero() {
					s.OccurredAt = noon
				}
				_ = s.Check(noon.AddDate(10, 0, 0)) // says what it will, and does not panic
			}
		}
	})
}
