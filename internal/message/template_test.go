package message

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/locale"
)

func compiled(t interface{ Fatal(...any) }, x stanna.Template) *Template {
	out, err := CompileTemplate(x)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ours is a template as a team writes one, with everything that there is.
func ourTemplate() stanna.Template {
	return stanna.Template{Type: stanna.HealthDrop, Version: 3, Wording: stanna.Wording{
		Subject: "{{ client.name }} needs a call: health {{ state.health }}",
		Body: "*{{ client.name }}* lost {{ -alert.change }} {{ plural(-alert.change, \"point\", \"points\") }} and is _{{ state.zone }}_ {{ trend() }}\n\n" +
			"{{ join(alert.reasons.map(r, \"• \" + r), \"\\n\") }}\n" +
			"Read <https://wiki.example.com/red|the red book>, and see https://crm.example.com/{{ client.id }}.",
		Fields: []stanna.TemplateField{{Label: "MRR", Value: "{{ money(client.mrr) }}"}, {Label: "Renews", Value: "{{ date(client.renewalDate) }}"},
			{Label: "Last contact", Value: "{{ ago(state.lastContact) }}"}},
		Buttons: []stanna.TemplateButton{{Label: "Open in CRM", URL: "https://crm.example.com/{{ client.id }}?tab={{ client.tier }}"}},
	}}
}

func wordedView(t interface{ Fatal(...any) }, x stanna.Template) ThreadView {
	v := fullView()
	v.Template, v.TemplatePage = compiled(t, x), "https://stanna.example.com/templates/health_drop"
	return v
}

func TestGoldenTemplates(t *testing.T) {
	v := wordedView(t, ourTemplate())
	checkGolden(t, "template_full", Thread(v))
	v.Settings.Locale = "es"
	checkGolden(t, "es_template_full", Thread(v))
	v.Settings.Locale = ""

	v.Settings.Buttons, v.Message, v.Revision = true, "msg_1", 4
	checkGolden(t, "template_buttons", Thread(v))
	v.Settings.Buttons = false

	second := drop()
	second.ID, second.Type, second.Severity, second.Playbook = "al_2", stanna.EngagementDrop, stanna.Medium, ""
	v.Alerts[0].Status, v.Alerts[0].TakenBy, v.Alerts[0].TakenAt, v.Alerts[0].Playbook = stanna.AlertTaken, "ana@example.com", monday, ""
	v.Alerts = append(v.Alerts, second)
	v.Intended = Intended{Name: "#old-channel", Why: "It is archived."}
	checkGolden(t, "template_two_alerts", Thread(v))

	for _, x := range Specimens(stanna.HealthDrop, settings(), monday) {
		x.View.Template = compiled(t, ourTemplate())
		checkGolden(t, "template_of_"+strings.ReplaceAll(x.Name, " ", "_"), Thread(x.View))
	}
	checkGolden(t, "template_test", Test(TestView{Settings: settings(), By: "Ana Silva", Link: "https://stanna.example.com/templates/health_drop", Now: monday,
		Template: compiled(t, ourTemplate()), Specimen: "missing data"}))
}

// failing is a template that meets a value of the wrong kind.
func failing() stanna.Template {
	x := ourTemplate()
	x.Body = "Seats:\n{{ client.custom.seats > 10 ? \"many\" : \"few\" }}"
	return x
}

// A template fails for one client, and says so in the standard form.
func TestFailedTemplate(t *testing.T) {
	v := wordedView(t, failing())
	if r := Thread(v); r.Failed != nil || !strings.Contains(r.Text, "Seats: not known.") {
		t.Errorf("a field that is not there is no failure: %+v, %s", r.Failed, r.Text)
	}
	v.Client.Custom = map[string]any{"seats": "a secret dozen"}
	r := Thread(v)
	checkGolden(t, "template_failed", r)
	if f := r.Failed; f == nil || f.AlertID != "al_1" || f.Partly || f.Template.Version != 3 || !strings.HasPrefix(f.Why, "body: line 2, column 24: ") {
		t.Errorf("%+v", f)
	}
	if strings.Contains(r.Failed.Why+r.Text, "dozen") {
		t.Errorf("a customer's text is told: %s", r.Failed.Why)
	}
	v.Settings.Locale = "es"
	checkGolden(t, "es_template_failed", Thread(v))
	v.Alerts[0].Status = stanna.AlertResolved
	if r := Thread(v); r.Failed != nil {
		t.Errorf("what is closed has the standard form: %+v", r.Failed)
	}
	v = wordedView(t, failing())
	v.Template.Type = stanna.ChurnRisk
	if r := Thread(v); strings.Contains(r.Text, "Seats") {
		t.Errorf("the template of another type is used: %s", r.Text)
	}
}

// A button that leads nowhere is left out; one that was meant to be is left
// out in silence.
func TestButtonsOfTemplates(t *testing.T) {
	for url, want := range map[string]string{
		"https://crm.example.com/{{ client.name }}":         "https://crm.example.com/a%2Fb%20c%3Fd%23e",
		"https://{{ client.domain }}/":                      "https://acme.test/",
		"{{ client.custom.crm }}":                           "https://their.example/x%7Cy",
		"https://{{ client.name }}/":                        "", // a name cannot become another host
		"javascript:alert({{ client.id }})":                 "",
		"http://crm.example.com/":                           "",
		"{{ client.custom.none }}":                          "",
		"{{ or(client.custom.none, \"\") }}":                "-",
		"https://crm.example.com/{{ client.custom.number}}": "https://crm.example.com/12%2C400",
	} {
		x := ourTemplate()
		x.Buttons[0].URL = url
		v := wordedView(t, x)
		v.Client.Name, v.Client.Domain = "a/b c?d#e", "acme.test"
		v.Client.Custom = map[string]any{"crm": "https://their.example/x|y", "number": 12400.0}
		r := Thread(v)
		checkLimits(t, r)
		switch found := strings.Contains(r.Text, "Open in CRM: "+want); {
		case want == "" || want == "-":
			if strings.Contains(r.Text, "Open in CRM") || (r.Failed == nil) != (want == "-") {
				t.Errorf("%s: %+v, %s", url, r.Failed, r.Text)
			}
		case !found || r.Failed != nil:
			t.Errorf("%s does not lead to %s: %+v, %s", url, want, r.Failed, r.Text)
		}
		if want == "" && (!r.Failed.Partly || !strings.Contains(r.Text, "needs a call") || !strings.Contains(r.Text, "A link of this message's template was left out: buttons[0].url")) {
			t.Errorf("%s: the rest of the template goes out: %s", url, r.Text)
		}
	}
}

// Everything that is wrong is said at once, each with its place.
func TestWrongTemplateNamesItsFields(t *testing.T) {
	x := ourTemplate()
	x.Subject, x.Fields[2].Value, x.Buttons[0].URL = "{{ client.nam }}", "one\n{{ ago( }}", "https://x/{{ 1 + }}"
	_, err := CompileTemplate(x)
	var e *stanna.Error
	if !errors.As(err, &e) || e.Code != stanna.Invalid || len(e.Fields) != 3 || e.Fields["subject"] == "" || e.Fields["fields[2].value"] == "" || e.Fields["buttons[0].url"] == "" {
		t.Fatalf("%v: %+v", err, e)
	}
	var place *expr.Error
	if !errors.As(err, &place) || place.Column != 11 || !strings.Contains(place.Hint, "name") {
		t.Errorf("%+v", place)
	}
}

// Own words have their marks; what came from outside has none.
func TestWordsOfTemplates(t *testing.T) {
	x := ourTemplate()
	x.Body = "*bold {{ client.name }}* `code` <https://a.example/{{ client.name }}|see {{ client.name }}> <!channel> <@U123>\n> {{ client.name }}\n{{ client.tier }}"
	x.Fields[0].Value = "_{{ client.name }}_"
	v := wordedView(t, x)
	v.Client.Name, v.Client.Tier = "<!here> *x* |>", "> quoted"
	r := Thread(v)
	text := golden(t, r)
	for _, want := range []string{
		`*bold &lt;!here&gt; ∗x∗ ∣&gt;* ` + "`code`" + ` <https://a.example/%3C%21here%3E%20%2Ax%2A%20%7C%3E|see &lt;!here&gt; ∗x∗ ∣&gt;> &lt;!channel&gt; &lt;@U123&gt;`,
		`&gt; &lt;!here&gt; ∗x∗ ∣&gt;`, `﹥ quoted`, `_&lt;!here&gt; ∗x∗ ∣&gt;_`,
	} {
		if !strings.Contains(text, strings.ReplaceAll(want, `"`, `\"`)) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.ContainsAny(r.Text, "`*") || strings.Contains(r.Text, "code` ") {
		t.Errorf("marks are read out: %s", r.Text)
	}
	checkSafe(t, r, v.Owner)
}

// What is long is laid out again: nothing of it goes in silence.
func TestLongTemplates(t *testing.T) {
	x := ourTemplate()
	x.Subject = strings.Repeat("a long headline ", 18)
	x.Body = strings.Repeat("These are a team's own words & they are many. ", 60) + "{{ client.name }}" + strings.Repeat("\nand one more line", 60)
	x.Fields[0].Value = strings.Repeat("own ", 100)
	v := wordedView(t, x)
	v.Client.Name = strings.Repeat("&", 200)
	r := Thread(v)
	checkLimits(t, r)
	text := golden(t, r)
	if strings.Count(text, "a long headline a long headline a long headline a long headline a long headline a long headline a long headline a long headline a long headline a long") < 2 {
		t.Error("the headline that was cut is not told in full")
	}
	if n := strings.Count(text, "and one more line"); n < 60 && !strings.Contains(text, "|See all>") {
		t.Errorf("%d lines are shown, and nothing says that there are more", n)
	}
	if !strings.HasSuffix(r.Text, "Open: https://stanna.example.com/alerts/al_1") {
		t.Errorf("the text does not say where to read on: %s", r.Text)
	}
}

// fuzzed are templates that put what came from outside everywhere.
func fuzzed() []stanna.Template {
	all := "{{ client.name }}{{ client.tier }}*{{ client.contactName }}*_{{ alert.quote }}_`{{ alert.subject }}`~{{ alert.was }}~"
	return []stanna.Template{
		{Wording: stanna.Wording{Subject: "{{ client.name }}", Body: "{{ client.name }}"}},
		{Wording: stanna.Wording{Subject: all, Body: all + "\n" + all + "\n> " + all + "\n{{ join(alert.reasons, \"\\n\") }}\n{{ join(alert.actions, \"\\n• \") }}",
			Fields:  []stanna.TemplateField{{Label: "a", Value: all}, {Label: "b", Value: "{{ money(client.mrr) }}"}, {Label: "c*<!here>|", Value: "{{ state.health }}"}},
			Buttons: []stanna.TemplateButton{{Label: "x|<y>*", URL: "https://x.example/{{ client.name }}"}, {Label: "y", URL: "{{ client.name }}"}, {Label: "z", URL: "https://{{ client.id }}/"}}}},
		{Wording: stanna.Wording{Subject: strings.Repeat("subject ", 30) + "{{ alert.rule }}",
			Body:    strings.Repeat("own words & <https://x.example/{{ client.id }}|of {{ client.name }}> https://y.example/{{ client.name }} <@U1>\n", 13),
			Buttons: []stanna.TemplateButton{{Label: strings.Repeat("&", 75), URL: "https://x.example/{{ truncate(client.name, 50) }}"}}}},
		{Wording: stanna.Wording{Subject: strings.Repeat("&", 300), Body: strings.Repeat("&", 4000), Fields: slicesOf(10, stanna.TemplateField{Label: strings.Repeat("<", 75), Value: strings.Repeat("&", 500)}),
			Buttons: slicesOf(5, stanna.TemplateButton{Label: strings.Repeat("客", 75), URL: "https://x.example/" + strings.Repeat("y", 480)})}},
		{Wording: stanna.Wording{Subject: "🦦", Body: strings.Repeat("👩‍👩‍👧‍👦", 500) + "\n" + strings.Repeat("\n.", 200),
			Fields: slicesOf(10, stanna.TemplateField{Label: "f", Value: "{{ client.name }}{{ client.name }}"})}},
	}
}

func slicesOf[T any](n int, x T) (list []T) {
	for range n {
		list = append(list, x)
	}
	return list
}

func TestAnyTemplatedThreadFitsAndIsSafe(t *testing.T) {
	var templates []*Template
	for _, x := range fuzzed() {
		templates = append(templates, compiled(t, x))
	}
	rapid.Check(t, func(t *rapid.T) {
		v := ThreadView{
			Settings: anySettings(t), Client: anyClient().Draw(t, "client"), State: anyState(t), Owner: anyOwner(t), People: anyTeam(t),
			Link: anyAddress().Draw(t, "client link"), Intended: anyIntended(t), Now: monday, TemplatePage: anyAddress().Draw(t, "page"),
			Message: "msg_1", Revision: 2,
		}
		if !stanna.ValidCurrency(v.Client.MRR.Currency) { // which is refused where it comes in
			v.Client.MRR.Currency = "USD"
		}
		v.Settings.Currency = ""
		v.Settings.Buttons = rapid.Bool().Draw(t, "buttons")
		v.Client.Tier, v.Client.Domain = anyText().Draw(t, "tier"), anyText().Draw(t, "domain")
		for range rapid.SampledFrom([]int{1, 1, 2, 12}).Draw(t, "alerts") {
			a := anyAlert().Draw(t, "alert")
			if rapid.Bool().Draw(t, "plain id") {
				a.ID = "al_1"
			}
			v.Alerts = append(v.Alerts, AlertView{Alert: a, Playbook: anyText().Draw(t, "playbook"), Escalation: anyEscalation(t),
				Links: Links{Alert: anyAddress().Draw(t, "alert link"), Rule: anyAddress().Draw(t, "rule link")}})
		}
		x := *rapid.SampledFrom(templates).Draw(t, "template")
		lead, _ := v.Leading()
		x.Type = lead.Type
		v.Template = &x
		r := Thread(v)
		checkLimits(t, r)
		checkSafe(t, r, v.Owner)
		if r.Failed != nil && !r.Failed.Partly {
			t.Errorf("failed: %s", r.Failed.Why)
		}
	})
}

// Every type has specimens, and each of them is told in its standard form and
// in another's words.
func TestSpecimens(t *testing.T) {
	for _, kind := range Types() {
		x := ourTemplate()
		x.Type = kind
		names := map[string]bool{}
		for _, s := range Specimens(kind, settings(), monday) {
			names[s.Name] = true
			r := Thread(s.View)
			checkLimits(t, r)
			checkSafe(t, r)
			s.View.Template = compiled(t, x)
			if r := Thread(s.View); r.Failed != nil || !strings.Contains(r.Text, "needs a call") {
				t.Errorf("%s, %s: %+v %s", kind, s.Name, r.Failed, r.Text)
			}
		}
		if len(names) != 6 {
			t.Errorf("%s has %d specimens", kind, len(names))
		}
	}
}

func BenchmarkCompileTemplate(b *testing.B) {
	for b.Loop() {
		compiled(b, ourTemplate())
	}
}

func BenchmarkTemplatedThread(b *testing.B) {
	v := wordedView(b, ourTemplate())
	for b.Loop() {
		Thread(v)
	}
}

// What one begins with says something of every specimen of its type.
func TestStandardWordings(t *testing.T) {
	for _, kind := range Types() {
		for _, in := range []string{"en", "es"} {
			x := compiled(t, stanna.Template{Type: kind, Wording: StandardWording(kind, in)})
			at := settings()
			at.Locale = in
			for _, s := range Specimens(kind, at, monday) {
				s.View.Template = x
				r := Thread(s.View)
				checkLimits(t, r)
				if r.Failed != nil {
					t.Errorf("%s, %s: %s", kind, s.Name, r.Failed.Why)
				}
				if s.Name == "full" {
					if gaps := x.NotKnown(s.View); len(gaps) > 0 {
						t.Errorf("%s: %v", kind, gaps)
					}
				}
			}
		}
	}
}

// Who works in Spanish begins with Spanish words, also within the braces.
func TestStandardWordingInSpanish(t *testing.T) {
	for kind, want := range map[stanna.AlertType][]string{
		stanna.HealthDrop: {"la salud bajó 23 puntos hasta 38 (rojo)", "Motivos", "Qué hacer", "Llamar a Maria Costa", "Renovación", "Último contacto hace 19 días"},
		stanna.ChurnRisk:  {"riesgo de baja"}, stanna.PaymentIssue: {"un pago de ", "Factura "}, stanna.EngagementDrop: {"el uso bajó a"},
		stanna.SentimentNegative: {"las conversaciones se han vuelto negativas"}, stanna.RevenueAtRisk: {"el MRR en riesgo subió", "Antes era "},
		stanna.ExpansionOpportunity: {"margen para crecer", "en uso de "}, stanna.Milestone: {"Un buen día para dar las gracias"},
		stanna.RenewalUpcoming: {"renueva en 52 días"}, stanna.KeyAccountUpdate: {": de "},
	} {
		s := settings()
		s.Locale = "es-MX"
		view := Specimens(kind, s, monday)[0].View
		view.Template = compiled(t, stanna.Template{Type: kind, Wording: StandardWording(kind, s.Locale)})
		text := Thread(view).Text
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in %s", kind, w, text)
			}
		}
	}
	if w := StandardWording(stanna.HealthDrop, "en"); w.Subject != `{{ client.name }}: health fell {{ -alert.change }} {{ plural(-alert.change, "point", "points") }} to {{ alert.value }} ({{ state.zone }})` {
		t.Error(w.Subject)
	}
}

// Whatever expr may find while a template is written can be said, and so can
// what we find ourselves. A stored template that cannot be read any more says
// where to look.
func TestFailuresInSpanish(t *testing.T) {
	es := tongue{locale.For(stanna.Settings{Locale: "es"}, monday)}
	for _, what := range append(expr.TemplateFailures(), unreadable, hangsOnUnknown, noAddress) {
		if said := es.known(what, 300).write(plain, 400); said == what || said == "" {
			t.Errorf("%q is said as %q", what, said)
		}
	}
	bad := func(change func(*stanna.Template)) string {
		x := ourTemplate()
		change(&x)
		v := fullView()
		v.Settings.Locale, v.Template = "es", StoredTemplate(x)
		return Thread(v).Text
	}
	for want, change := range map[string]func(*stanna.Template){
		"La plantilla de este mensaje falló (ya no se puede leer; su página dice por qué)":               func(x *stanna.Template) { x.Body = "{{ client.gone }}" },
		"Se omitió un enlace de la plantilla de este mensaje: buttons[0].url: depende de algo que no se": func(x *stanna.Template) { x.Buttons[0].URL = "https://{{ client.custom.none }}.example.com/" },
		"buttons[0].url: el resultado no es una dirección https":                                         func(x *stanna.Template) { x.Buttons[0].URL = "ftp://{{ client.id }}/" },
	} {
		if text := bad(change); !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// A rule that still has the name of its type is called by it in the reader's
// language; a name that people gave is theirs.
func TestNamesOfRules(t *testing.T) {
	es := tongue{locale.For(stanna.Settings{Locale: "es"}, monday)}
	for name, want := range map[string]string{"Health drop": "Caída de salud", "health drop": "health drop", "Churn risk": "Churn risk", "Reds": "Reds", "": ""} {
		if got := es.rule(stanna.Alert{Type: stanna.HealthDrop, RuleName: name}).write(plain, 100); got != want {
			t.Errorf("%q is called %q, and not %q", name, got, want)
		}
	}
	for _, kind := range Types() {
		if typeNames[kind] == "" {
			t.Errorf("%s has no name", kind)
		}
	}
}

func TestPlaceholdersThatAreNotKnown(t *testing.T) {
	x := ourTemplate()
	x.Body = "{{ \"}}\" }} {{ state.churn }} {{ known(client.tier) ? \"a\" : \"\" }} {{ client.tier }} {{ or(state.churn, \"none\") }} {{ client.custom.seats }}"
	v := wordedView(t, x)
	v.Client.Tier = ""
	got := v.Template.NotKnown(v)
	want := []Placeholder{{"body", "{{ state.churn }}"}, {"body", "{{ client.tier }}"}, {"body", "{{ client.custom.seats }}"}}
	if !slices.Equal(got, append(want, Placeholder{"buttons[0].url", "{{ client.tier }}"})) {
		t.Errorf("%v", got)
	}
	if custom := v.Template.CustomFields(); !slices.Equal(custom, []Placeholder{{"body", "seats"}}) {
		t.Errorf("%v", custom)
	}
}
