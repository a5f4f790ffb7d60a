package stanna_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gostanna/stanna"
)

func TestMappingForm(t *testing.T) {
	good := func() stanna.Mapping {
		return stanna.Mapping{Client: stanna.ClientMapping{ID: "item.id"}, Fields: map[string]string{"mrr": "item.mrr", "custom.seats": "item.seats"},
			Signals: []stanna.SignalMapping{{Type: stanna.ClientChurnedType, Data: map[string]string{"a": "1"}}, {Type: "custom.x"}}}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	many := map[string]string{}
	for i := range 101 {
		many["custom.a"+strconv.Itoa(i)] = "1"
	}
	for want, change := range map[string]func(*stanna.Mapping){
		"mapping: says nothing: give signals, fields or an act":                                                              func(m *stanna.Mapping) { *m = stanna.Mapping{Client: m.Client} },
		"mapping.client: is required: the id, domain or email by which the client is found":                                  func(m *stanna.Mapping) { m.Client = stanna.ClientMapping{Create: true} },
		"mapping.client.custom: and value go together: the custom field that holds the tool's id, and the expression for it": func(m *stanna.Mapping) { m.Client.Custom = "hub" },
		"mapping.fields: are more than 100":                                                                                  func(m *stanna.Mapping) { m.Fields = many },
		"mapping.signals: are more than 20":                                                                                  func(m *stanna.Mapping) { m.Signals = make([]stanna.SignalMapping, 21) },
		"mapping.signals[1].data: has more than 100 fields":                                                                  func(m *stanna.Mapping) { m.Signals[1].Data = many },
		"mapping.act: needs do and by: what is to be done, and the e-mail of who does it":                                    func(m *stanna.Mapping) { m.Act = &stanna.ActMapping{Do: `"take"`} },
		"mapping.fields.mrr: is longer than 4000 characters":                                                                 func(m *stanna.Mapping) { m.Fields["mrr"] = strings.Repeat("1", 4001) },
		"mapping.fields.colour: is no field of a client; they are name, domain, mrr, currency, tier, csmOwner, renewalDate, renewalTermMonths, tags, isExcluded and custom.YOURS": func(m *stanna.Mapping) {
			m.Fields["colour"] = "1"
		},
	} {
		m := good()
		change(&m)
		if err := m.Validate(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	m := good()
	m.Signals[0].Type = "health.score"
	if err := m.Validate(); err == nil || !strings.HasPrefix(err.Error(), `mapping.signals[0].type: "health.score" is no type of signal; use one of `) {
		t.Error(err)
	}
	alone := stanna.Mapping{Client: stanna.ClientMapping{Domain: "item.domain"}, FieldsFrom: "item.fields"}
	if err := alone.Validate(); err != nil {
		t.Error(err)
	}
}

func TestMappingExpressions(t *testing.T) {
	m := stanna.Mapping{Each: "1", When: "2", FieldsFrom: "3", Client: stanna.ClientMapping{ID: "4", Value: "5"}, Fields: map[string]string{"mrr": "6"},
		Signals: []stanna.SignalMapping{{When: "7", ID: "8", OccurredAt: "9", Data: map[string]string{"a.b": "10"}}}, Act: &stanna.ActMapping{Do: "11", By: "12", Note: "13"}}
	want := []string{"act.by", "act.do", "act.note", "client.id", "client.value", "each", "fields.mrr", "fieldsFrom", "signals[0].data.a.b", "signals[0].id", "signals[0].occurredAt", "signals[0].when", "when"}
	if d := cmp.Diff(want, slices.Sorted(maps.Keys(m.Expressions()))); d != "" {
		t.Error(d)
	}
}
