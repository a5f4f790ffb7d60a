package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gostanna/stanna"
)

// keysView is the API keys of the workspace, and the form for another.
type keysView struct {
	New    string // the key itself: shown on this one page and never again
	Name   string // what was typed, when it did not do
	Wrong  string
	Scopes []keyScope
	Rows   []keyRow
	Curl   string
}

type keyScope struct {
	Value, Means string
	Chosen       bool
}

type keyRow struct {
	ID, Name, Masked, Scopes string
	Created, Used, Revoked   stamp
}

func (s *site) keys(v *visit) (answer, error) {
	return s.keysPage(v, keysView{}, []stanna.Scope{stanna.ScopeSignals, stanna.ScopeClients}, http.StatusOK)
}

func (s *site) keysPage(v *visit, k keysView, chosen []stanna.Scope, status int) (answer, error) {
	list, err := s.auth.Keys(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	for _, key := range list {
		row := keyRow{ID: key.ID, Name: key.Name, Masked: key.Masked, Created: stampOf(v.road, key.CreatedAt), Used: stampOf(v.road, key.LastUsedAt), Revoked: stampOf(v.road, key.RevokedAt)}
		for i, scope := range key.Scopes {
			if i > 0 {
				row.Scopes += ", "
			}
			row.Scopes += string(scope)
		}
		k.Rows = append(k.Rows, row)
	}
	means := map[stanna.Scope]string{stanna.ScopeSignals: "send signals", stanna.ScopeClients: "read and write clients",
		stanna.ScopeRead: "read everything", stanna.ScopeAdmin: "everything, settings and connections too"}
	for _, scope := range stanna.Scopes() {
		k.Scopes = append(k.Scopes, keyScope{string(scope), means[scope], slices.Contains(chosen, scope)})
	}
	k.Curl = signalCurl(s.publicURL)
	return answer{title: "API keys", body: keysBody(k), status: status}, nil
}

// makeKey shows the new key in its answer, since it is kept nowhere to be
// shown later.
func (s *site) makeKey(v *visit) (answer, error) {
	var chosen []stanna.Scope
	for _, word := range v.r.PostForm["scopes"] {
		chosen = append(chosen, stanna.Scope(word))
	}
	name := v.given("name")
	full, _, err := s.auth.CreateKey(v.ctx, v.workspace(), name, chosen, v.caller.Actor())
	if wrong := new(stanna.Error); errors.As(err, &wrong) && wrong.Code == stanna.Invalid {
		return s.keysPage(v, keysView{Name: name, Wrong: sentence(wrong.Message)}, chosen, http.StatusBadRequest)
	}
	if err != nil {
		return answer{}, err
	}
	return s.keysPage(v, keysView{New: full.Reveal()}, []stanna.Scope{stanna.ScopeSignals, stanna.ScopeClients}, http.StatusOK)
}

func (s *site) revokeKey(v *visit) (answer, error) {
	if err := s.auth.RevokeKey(v.ctx, v.workspace(), v.r.PathValue("id"), v.caller.Actor()); err != nil {
		return s.sorry(v, keysPath, err)
	}
	return s.done(v, keysPath, "The key is revoked; whatever used it is refused from now on.")
}

const keysPath = "/integrations/keys"

// signalCurl sends a first signal.
func signalCurl(publicURL string) string {
	return "curl " + publicURL + "/api/signals \\\n  -H \"Authorization: Bearer $STANNA_API_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n" +
		"  -d '{\"id\": \"first-1\", \"clientId\": \"YOUR-CLIENT\", \"type\": \"health.scored\",\n       \"source\": \"curl\", \"data\": {\"score\": 72}}'"
}
