package stanna

import "testing"

// A destination that is no person names nobody.
func TestDestinationPerson(t *testing.T) {
	for d, want := range map[Destination]string{ToPerson("Ana@acme.com"): "ana@acme.com", ToOwner: "", SlackChannel("T1", "C1"): "", "person:": "", "": ""} {
		if email, ok := d.Person(); email != want || ok != (want != "") {
			t.Errorf("%s is %q, %v", d, email, ok)
		}
	}
}
