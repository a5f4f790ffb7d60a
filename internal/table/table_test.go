package table

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/gostanna/stanna"
)

// readClients applies every row to an empty client and gives what became of
// it, by line.
func readClients(t *testing.T, text string, o Options) (map[int]stanna.Client, map[int]string, Format) {
	t.Helper()
	if o.Currency == "" {
		o.Currency = "USD"
	}
	f, err := Clients(strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("%v in %.200q", err, text)
	}
	good, bad := map[int]stanna.Client{}, map[int]string{}
	for {
		r, wrong, err := f.Next()
		if err == io.EOF {
			return good, bad, f.Format
		}
		if err != nil {
			t.Fatal(err)
		}
		var c stanna.Client
		if wrong == nil {
			id := r.ID()
			if id == "" {
				id = r.Domain()
			}
			c, wrong = r.Apply(stanna.Client{ID: id})
		}
		if wrong != nil {
			bad[r.Line] = wrong.Error()
			continue
		}
		good[r.Line] = c
	}
}

const umlauts = "id;name;mrr\r\n1;Müller & Söhne – „Büro“ €;1\r\n2;Ångström;2\r\n"

func TestEncodings(t *testing.T) {
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	western := encode(charmap.Windows1252.NewEncoder().String(umlauts))
	for name, c := range map[string]struct{ text, given, want string }{
		"plain": {umlauts, "", "UTF-8"}, "marked": {"\xef\xbb\xbf" + umlauts, "", "UTF-8"}, "given": {umlauts, "utf8", "UTF-8"},
		"UTF-16 marked": {encode(le.NewEncoder().String("\ufeff" + umlauts)), "", "UTF-16LE"}, "UTF-16": {encode(le.NewEncoder().String(umlauts)), "", "UTF-16LE"},
		"big-endian marked": {encode(be.NewEncoder().String("\ufeff" + umlauts)), "", "UTF-16BE"}, "big-endian": {encode(be.NewEncoder().String(umlauts)), "utf-16be", "UTF-16BE"},
		"big-endian found out": {encode(be.NewEncoder().String(umlauts)), "", "UTF-16BE"},
		"western":              {western, "", "Windows-1252"}, "western by name": {western, "Latin-1", "Windows-1252"}, "western by its own name": {western, "windows 1252", "Windows-1252"},
		"another table": {encode(charmap.Macintosh.NewEncoder().String(umlauts)), "macintosh", "Macintosh"},
	} {
		good, bad, format := readClients(t, c.text, Options{Encoding: c.given})
		if format.Encoding != c.want || len(bad) > 0 || good[2].Name != "Müller & Söhne – „Büro“ €" || good[3].Name != "Ångström" {
			t.Errorf("%s: %s, %v, %v", name, format.Encoding, good, bad)
		}
	}
	// A letter at the edge of the sample does not make it another encoding, and
	// one bad row among good ones does not either.
	long := "id,name\n" + strings.Repeat("1,x\n", (sampleSize-9)/4)
	for pad := range 4 {
		_, bad, format := readClients(t, long+strings.Repeat("y", pad)+"2,Ü\n3,€\n", Options{})
		if format.Encoding != "UTF-8" || len(bad) > 0 {
			t.Errorf("edge %d: %s %v", pad, format.Encoding, bad)
		}
	}
	good, bad, format := readClients(t, "id,name\n1,Müller\n2,K\xf6hler\n3,Weiß\n", Options{})
	if format.Encoding != "UTF-8" || len(good) != 2 || !strings.Contains(bad[3], "not UTF-8") {
		t.Errorf("%s %v %v", format.Encoding, good, bad)
	}
	// So does what comes after the sample.
	if _, bad, _ = readClients(t, long+"2222,K\xf6hler\n3,good\n", Options{}); len(bad) != 1 {
		t.Errorf("%d rows are bad", len(bad))
	}
	if _, bad, _ = readClients(t, encode(le.NewEncoder().String("id,name\n1,ok\n2,"))+"\x00\xd8\n\x00", Options{}); !strings.Contains(bad[3], "UTF-16LE") {
		t.Errorf("half a character: %v", bad)
	}
	for text, says := range map[string]string{
		"PK\x03\x04\x14\x00": "xlsx", "\x1f\x8b\x08": "compressed", "id,name\n1,a\x00b\n": "not text", "": "empty", "\xef\xbb\xbf": "empty", "\xff\xfe": "empty", "\n\n": "empty",
	} {
		if _, err := Clients(strings.NewReader(text), Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Clients(strings.NewReader(umlauts), Options{Encoding: "klingon"}); err == nil || !strings.Contains(err.Error(), "klingon") {
		t.Errorf("klingon: %v", err)
	}
	if _, bad, _ = readClients(t, "id,name\n1,a\x00b\n", Options{Encoding: "utf-8"}); !strings.Contains(bad[2], "zero byte") {
		t.Errorf("a zero byte: %v", bad)
	}
}

func TestSeparators(t *testing.T) {
	for _, sep := range []string{",", ";", "\t", "|"} {
		for _, head := range []string{"", "sep=" + sep + "\n", "\"sep=" + sep + "\"\r\n"} {
			text := head + strings.ReplaceAll("id,name,\"a ,,;;;||| b\"\n1,\"x,y;z\",\n", ",", sep)
			good, bad, format := readClients(t, text, Options{})
			line := 2 + strings.Count(head, "\n")
			if string(format.Separator) != sep || len(bad) > 0 || good[line].Name != strings.ReplaceAll("x,y;z", ",", sep) {
				t.Errorf("%q: %q %v %v", text, format.Separator, good, bad)
			}
		}
	}
	if _, _, format := readClients(t, "id:name\n1:x\n", Options{Separator: ':'}); format.Separator != ':' {
		t.Error("the separator that was given is not taken")
	}
}

func TestColumns(t *testing.T) {
	fields := func(text string, mapping map[string]string) string {
		f, err := Clients(strings.NewReader(text), Options{Mapping: mapping})
		if err != nil {
			return err.Error()
		}
		var list []string
		for _, c := range f.Columns {
			list = append(list, c.Field)
		}
		return strings.Join(list, " ")
	}
	for _, c := range []struct {
		text    string
		mapping map[string]string
		want    string // the fields, or a part of the error
	}{
		{"id,Name,renewalDate,Renewal Term Months,CSM-Owner\n", nil, "id name renewal_date renewal_term_months csm_owner"},
		{"Company name,Website,Account owner,Annual recurring revenue,Create Date\n", nil, "name domain csm_owner arr created_at"},
		{"name,domain,score,lastInteraction,mrr,renewalDate,owner\n", nil, "name domain   mrr renewal_date csm_owner"},
		{"id,name,Custom.Seats,custom.Plan:text\n", nil, "id name custom.Seats custom.Plan:text"},
		{"Kennung,Firmenname,Umsatz,Notiz\n", map[string]string{"Kennung": "id", "firmenname": "Name", "Umsatz": "mrr", "Notiz": "custom.Notiz"}, "id name mrr custom.Notiz"},
		{"id,name,domain\n", map[string]string{"domain": "-"}, "id name "}, {"id,name,domain\n", map[string]string{"domain": ""}, "id name "},
		// A field's own name goes before what others call it, a mapping before both.
		{"id,name,company\n", nil, "id name "}, {"id,name,company\n", map[string]string{"company": "name"}, "id  name"},
		{"id,name,,,\n", nil, "id name"}, {"id,,name\n", nil, "id  name"},

		{"name,mrr\n", nil, "neither a column domain nor a column id"}, {"id,mrr\n", nil, "no column name"}, {"id,name,NAME\n", nil, "twice"},
		{"id,company,account\n", nil, "either may be name"}, {"id,name,custom.a,Custom.a\n", nil, "twice"}, {"id,name,custom.a,custom.a:text\n", nil, "either may be custom.a"}, {"id,name,custom.a,custom.b\n", map[string]string{"name": "-"}, "no column name"},
		{"id,name\n", map[string]string{"Umsatz": "mrr"}, "does not have"}, {"id,name,x\n", map[string]string{"x": "revenue"}, "no field"}, {"id,name,x,y\n", map[string]string{"x": "mrr", "y": "MRR"}, "both"},
		{"id,name,x,x\n", map[string]string{"x": "mrr"}, "has it twice"}, {"id,name,x,x\n", nil, "id name  "}, {"id,name,x\n", map[string]string{"x": "mrr", "X": "arr"}, "twice"},
		{"{\"clients\":[]}", nil, "cannot be read"},
		{strings.Repeat("a,", 1001) + "id,name\n", nil, "1003 columns"}, {strings.Repeat("a,", 1_000_000) + "\n", nil, "256 KB"}, {strings.Repeat(",", 10_000) + "\n", nil, "no column name"},
		{"\"id,name\n" + strings.Repeat("x\n", 1<<20), nil, "256 KB"},
	} {
		if got := fields(c.text, c.mapping); got != c.want && (strings.Contains(c.want, "  ") || !strings.Contains(got, c.want)) {
			t.Errorf("%.80q: %s; want %s", c.text, got, c.want)
		}
	}
}

func TestRows(t *testing.T) {
	good, bad, _ := readClients(t, "id,name,note,,\r\n"+
		"1,one,x\r\n"+ // 2
		",,,,\r\n"+ // 3: empty
		"2,\"two\r\nlines\",x,,,,\r\n"+ // 4
		"3,three\r\n"+ // 6: short
		"4,four,x,y\r\n"+ // 7: long
		"5,fi\"ve,x\r\n"+ // 8
		"\r\n"+
		"6,\"\"\"six\"\"\",x", Options{}) // 10, with no end
	if len(good) != 3 || good[2].Name != "one" || good[4].Name != "two\r\nlines" && good[4].Name != "two\nlines" || good[10].Name != `"six"` {
		t.Errorf("%v", good)
	}
	if len(bad) != 3 || !strings.Contains(bad[6], "2 cells") || !strings.Contains(bad[7], "quotes") || bad[8] == "" {
		t.Errorf("%v", bad)
	}
	// What comes before a line is passed over, its faults as well.
	good, bad, _ = readClients(t, "sep=,\nid,name\n1,one\n2,t\"wo\n3,three\n4,four\n", Options{StartLine: 4})
	if len(good) != 2 || len(bad) != 0 || good[5].Name != "three" {
		t.Errorf("%v %v", good, bad)
	}
}

// endless is text without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestWhatDoesNotEnd(t *testing.T) {
	f, err := Clients(io.MultiReader(strings.NewReader("id,name\n1,one\n2,\"open\n"), endless{}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r, bad, err := f.Next(); bad != nil || err != nil || r.ID() != "1" {
		t.Fatalf("%v %v %v", r, bad, err)
	}
	if _, _, err := f.Next(); !errors.Is(err, ErrLongRow) {
		t.Fatalf("%v", err)
	}
	if n := f.Bytes(); n > 3<<20 {
		t.Errorf("%d bytes were read", n)
	}
	broken := errors.New("broken")
	f, err = Clients(io.MultiReader(strings.NewReader("id,name\n1,one\n2,tw"), failing{broken}), Options{Encoding: "utf-8"})
	if err == nil {
		t.Fatal("the sample was not read")
	}
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	_ = f
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestGuess(t *testing.T) {
	for text, want := range map[string]Kind{
		"id,name,mrr\n": OfClients, "name,domain,score,lastInteraction,mrr,renewalDate,owner\n": OfClients, "Company name,Company Domain Name,Type,Create Date\n": OfClients,
		"client_id,type,score,id\n": OfSignals, "clientId,occurredAt,score\n": OfSignals, "domain,name,data.score\n": OfSignals, "domain;data\n": OfSignals, "foo,bar\n": OfClients,
	} {
		if kind, _, err := Guess(strings.NewReader(text), Options{}); err != nil || kind != want {
			t.Errorf("%q: %s, %v", text, kind, err)
		}
	}
	if kind, shown, err := Guess(strings.NewReader("a,b\n"), Options{Mapping: map[string]string{"b": "occurred_at"}}); err != nil || kind != OfSignals || shown != "b" {
		t.Errorf("%s %s %v", kind, shown, err)
	}
	if _, _, err := Guess(bytes.NewReader(nil), Options{}); err == nil {
		t.Error("an empty file was guessed")
	}
}
