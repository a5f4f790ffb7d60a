package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/store"
)

// visit is one request: who is asking, in which workspace, at what time.
type visit struct {
	ctx    context.Context
	w      http.ResponseWriter
	r      *http.Request
	id     string           // to quote when something went wrong
	caller auth.Caller      // zero where nobody is signed in
	space  stanna.Workspace // the caller's
	others []string         // workspaces that the caller could be in instead
	local  locale.Local     // by the workspace's clock: ages, windows, dates
	road   locale.Local     // by the real one: what travels
}

// newVisit is a visit by somebody unknown.
func (s *site) newVisit(w http.ResponseWriter, r *http.Request) *visit {
	id := w.Header().Get("X-Request-Id") // given by whoever is round this door
	if id == "" {
		id = store.NewID("req")
		w.Header().Set("X-Request-Id", id)
	}
	here := locale.For(stanna.Settings{}, s.clock.Real()).InEnglish()
	return &visit{ctx: r.Context(), w: w, r: r, id: id, local: here, road: here}
}

// recognise finds out who is asking.
func (s *site) recognise(v *visit) error {
	caller, err := s.auth.Visitor(v.ctx)
	if err != nil {
		return err
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		account, err := tx.Account(caller.ID)
		if err != nil {
			return err
		}
		v.others = slices.DeleteFunc(slices.Sorted(maps.Keys(account.Roles)), func(w string) bool { return w == caller.Workspace })
		v.space, err = tx.Workspace(caller.Workspace)
		return err
	})
	if err != nil {
		return err
	}
	v.caller = caller
	v.local = locale.For(v.space.Settings, s.clock.Now(caller.Workspace)).InEnglish()
	v.road = locale.For(v.space.Settings, s.clock.Real()).InEnglish()
	return nil
}

// known says whether somebody is signed in.
func (v *visit) known() bool { return v.caller.ID != "" }

// workspace is the id of the workspace of the visit; every read and write is
// scoped to it.
func (v *visit) workspace() string { return v.caller.Workspace }

// asked is a word of the query, without the spaces around it.
func (v *visit) asked(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// given is a field of the form that was sent.
func (v *visit) given(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// perPage is how many rows a list shows.
const perPage = 25

// maxPage keeps a wanton page number from becoming an offset of billions.
const maxPage = 1_000_000

// pageNumber is which page of a list is asked for, from 1.
func (v *visit) pageNumber() int {
	n, err := strconv.Atoi(v.asked("page"))
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

// sees says whether the caller sees the client.
func (v *visit) sees(c stanna.Client) bool { return v.caller.Sees(c.CSMOwner) }

// Flash messages are told once, on the next page.
const (
	flashGood = "flash.good"
	flashBad  = "flash.bad"
)

func (s *site) tell(v *visit, kind, text string) { s.auth.Sessions().Put(v.ctx, kind, text) }

// done is the answer to a form that worked.
func (s *site) done(v *visit, to, text string) (answer, error) {
	s.tell(v, flashGood, text)
	return answer{to: to}, nil
}

// sorry is the answer to a form that did not work: back to its page with the
// sentence, when a person can do something about it.
func (s *site) sorry(v *visit, to string, err error) (answer, error) {
	switch stanna.CodeOf(err) {
	case stanna.Invalid, stanna.Conflict, stanna.Unavailable, stanna.NotFound:
		s.tell(v, flashBad, sentence(err.Error()))
		return answer{to: to}, nil
	}
	return answer{}, err
}
