package expr_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/expr"
)

// hostile are texts that mean harm, each of which must come to an end soon.
func hostile() map[string]string {
	loop := func(list string, deep int, inner string) string {
		s := inner
		for i := range deep {
			s = list + ".all(x" + strconv.Itoa(i) + ", " + s + ")"
		}
		return s
	}
	numbers := strings.TrimSuffix(strings.Repeat("1,", 900), ",")
	return map[string]string{
		"brackets":             strings.Repeat("(", 2000) + strings.Repeat(")", 2000),
		"open brackets":        strings.Repeat("(", 4000),
		"lists in lists":       strings.Repeat("[", 1999) + strings.Repeat("]", 1999),
		"thirty deep":          strings.Repeat("(", 30) + "true" + strings.Repeat(")", 30),
		"denials":              strings.Repeat("!", 3996) + "true",
		"denials in brackets":  strings.Repeat("!(", 31) + "true" + strings.Repeat(")", 31),
		"minus signs":          strings.Repeat("-", 3900) + "1 < 2",
		"questions":            strings.Repeat("true?", 700) + "true",
		"conditions":           strings.Repeat("true?true:", 390) + "true",
		"sum":                  strings.Repeat("1+", 1990) + "1 > 2",
		"fields":               "client.custom" + strings.Repeat(".a", 1900) + " == 1",
		"ors":                  strings.Repeat("true||", 660) + "true",
		"ors that are false":   strings.TrimSuffix(strings.Repeat("1>2||", 780), "||"),
		"seven loops":          loop("[1,2,3,4,5,6,7,8,9,10]", 7, "true"),
		"two loops":            loop("[1,2,3,4,5,6,7,8,9,10]", 2, "true"),
		"two long loops":       "[" + numbers + "].all(a, [" + numbers + "].all(b, a == b))",
		"loops side by side":   strings.TrimSuffix(strings.Repeat("[1,2,3].all(a,[1,2,3].all(b,a>0))&&", 100), "&&"),
		"loops over the data":  "signal.data.a.all(x, signal.data.b.all(y, x == y))",
		"loops at the limit":   "[" + numbers[:2*55-1] + "].all(a, [" + numbers[:2*55-1] + "].all(b, a == b))",
		"long list":            "client.mrr in [" + numbers + "]",
		"ten thousand numbers": "client.mrr in [" + strings.TrimSuffix(strings.Repeat("1,", 10_000), ",") + "]",
		"huge text":            `client.name == "` + strings.Repeat("x", 1<<20) + `"`,
		"long text":            `client.name == "` + strings.Repeat("x", 3900) + `"`,
		"doubled text":         "client.name" + strings.Repeat("+client.name", 300) + ` == ""`,
		"pattern bomb":         `client.name.matches("((a*)*)*$")`,
		"counted pattern":      `client.name.matches("(x{1,30}){1,30}y")`,
		"counted pattern deep": `client.name.matches("((((x{1,10}){1,10}){1,10}){1,10})")`,
		"long pattern":         `client.name.matches("` + strings.Repeat("(a|b)*", 600) + `")`,
		"patterns":             strings.TrimSuffix(strings.Repeat(`client.name.matches("(a|b|c)*d{1,20}")||`, 90), "||"),
		"open quote":           `client.name == "` + strings.Repeat(`\"`, 1900),
		"garbage":              strings.Repeat("&^%$#@", 600),
		"words":                strings.Repeat("a ", 1999),
		"commas":               "[" + strings.Repeat(",", 3000) + "]",
		"dots":                 strings.Repeat(".", 3999),
		"zero bytes":           strings.Repeat("\x00", 3999),
		"comments":             strings.Repeat("//\n", 1300) + "true",
	}
}

func TestHostile(t *testing.T) {
	expr.Names() // the language itself is built once
	in := dayOne()
	in.Signal.Data = []byte(`{"a":[` + strings.TrimSuffix(strings.Repeat("1,", 100_000), ",") + `],"b":[` + strings.TrimSuffix(strings.Repeat("1,", 100_000), ",") + `]}`)
	for name, source := range hostile() {
		t.Run(name, func(t *testing.T) {
			c, err := expr.CompileCondition(source)
			compiled := quickest(func() { _, _ = expr.CompileCondition(source) })
			var held time.Duration
			if err == nil {
				_, err = c.Holds(in) // decodes the data, once
				held = quickest(func() { _, _ = c.Holds(in) })
			}
			t.Logf("compiled in %v, judged in %v: %v", compiled, held, err)
			if compiled > limit || held > limit {
				t.Errorf("compiling took %v, judging %v", compiled, held)
			}
		})
	}
}

// limit is how long a hostile text may take.
const limit = 50 * time.Millisecond * slowness

// quickest of some times, until it is quick enough: the machine may be busy
// with something else.
func quickest(do func()) time.Duration {
	best := time.Hour
	for try := 0; try < 10 && best > limit; try++ {
		began := time.Now()
		do()
		best = min(best, time.Since(began))
	}
	return best
}

func TestCostLimit(t *testing.T) {
	c, err := expr.CompileCondition("signal.data.a.all(x, signal.data.a.all(y, y >= 0))")
	if err != nil {
		t.Fatal(err)
	}
	in := dayOne()
	in.Signal.Data = []byte(`{"a":[1,2,3]}`)
	if ok, err := c.Holds(in); !ok || err != nil {
		t.Fatalf("a short list: %v, %v", ok, err)
	}
	in = dayOne()
	in.Signal.Data = []byte(`{"a":[` + strings.TrimSuffix(strings.Repeat("1,", 5_000), ",") + `]}`)
	ok, err := c.Holds(in)
	if ok || err == nil || err.Error() != "line 1, column 1: this is too much work; look through fewer lists" {
		t.Fatalf("a long list: %v, %v", ok, err)
	}
}
