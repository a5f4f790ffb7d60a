package mapping_test

import (
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

func TestBody(t *testing.T) {
	// What the body is read as, shown by the data of a signal.
	c := compiled(t, `{"client": {"id": "\"acme\""}, "signals": [{"type": "custom.x", "data": {"x": "body"}}]}`)
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, test := range []struct{ kind, body, want string }{
		{"", `{"a": [1, 2.5, "x", true, null]}`, `{"x":{"a":[1,2.5,"x",true,null]}}`},
		{"application/json", "\xef\xbb\xbf [1]\n", `{"x":[1]}`},
		{"text/plain", `"text"`, `{"x":"text"}`},
		{"", `null`, `{}`},
		{"", `[9007199254740992, 9007199254740993, -9007199254740993, 12345678901234567890, 1e400, 0.1, 1E3, -0]`, `{"x":[9007199254740992,"9007199254740993","-9007199254740993","12345678901234567890","1e400",0.1,1000,-0]}`},
		{"", `{"a": 1, "a": 2}`, `{"x":{"a":2}}`},
		{form, "a=1&b=x+y%26&c=1&c=2&d=", `{"x":{"a":"1","b":"x y&","c":["1","2"],"d":""}}`},
		{form, "", `{"x":{}}`},
		{"", deep(100), `{"x":` + deep(100) + `}`},

		{"", ``, "body: is empty"},
		{"", `  `, "body: is empty"},
		{"", `{"a":`, "body: is cut off: its JSON does not end"},
		{"", `{'a': 1}`, "body: is not valid JSON, from byte 2 on; have it sent as JSON, or as application/x-www-form-urlencoded with that content type"},
		{"", `a=1&b=2`, "body: is not valid JSON, from byte 1 on; have it sent as JSON, or as application/x-www-form-urlencoded with that content type"},
		{"", `{"a": 1} {"a": 2}`, "body: has something after its JSON ends, at byte 10; several objects are sent as a list"},
		{"", deep(102), "body: is nested more than 100 deep"},
		{"", deep(20_000), "body: is not valid JSON, from byte 10001 on; have it sent as JSON, or as application/x-www-form-urlencoded with that content type"},
		{form, "a=%zz", "body: is no form: a % or a ; stands in it where none may"},
		{form, strings.Repeat("a=1&", 10) + strings.Join(names(1001), "&"), "body: is a form of more than 1000 fields"},
		{"multipart/form-data; boundary=x", "--x", "body: is multipart/form-data; have it sent as JSON, or as application/x-www-form-urlencoded"},
		{"", `"` + strings.Repeat("x", stanna.MaxParcel) + `"`, "body: is larger than 1048576 bytes"},
	} {
		r := c.Read([]byte(test.body), map[string]string{"content-type": test.kind}, noon)
		got := ""
		switch {
		case r.Err != nil:
			got = r.Err.Error()
			if stanna.CodeOf(r.Err) != stanna.Invalid {
				t.Errorf("the code is %q", stanna.CodeOf(r.Err))
			}
		case r.Items[0].Err != nil:
			got = r.Items[0].Err.Error()
		default:
			got = string(r.Items[0].Signals[0].Data)
		}
		if got != test.want {
			t.Errorf("%.60s:\ngot  %.200s\nwant %.200s", test.body, got, test.want)
		}
	}
}

func names(n int) (list []string) {
	for i := range n {
		list = append(list, strings.Repeat("x", i%50+1)+string(rune('a'+i/50))+"=1")
	}
	return list
}
