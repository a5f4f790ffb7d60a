package deliver

import (
	"testing"

	"github.com/gostanna/stanna"
)

// An id may hold what means something in an address.
func TestLinkOfAClient(t *testing.T) {
	links := Links{PublicURL: "https://stanna.example"}
	c := stanna.Client{ID: "50%25|客"}
	if got, want := links.Client(stanna.Settings{}, c), "https://stanna.example/clients/50%2525%7C%E5%AE%A2"; got != want {
		t.Errorf("our page is %s, want %s", got, want)
	}
	if got, want := links.Client(stanna.Settings{ClientURLTemplate: "https://crm.example/{id}"}, c), "https://crm.example/50%2525%7C%E5%AE%A2"; got != want {
		t.Errorf("their own page is %s, want %s", got, want)
	}
}
