package web

import (
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// integrationsView is what the workspace is joined to.
type integrationsView struct {
	Line    lineView
	Manages bool
	Keys    bool  // the visitor may make API keys
	Last    stamp // the newest message that arrived
	API     string
}

func (s *site) integrations(v *visit) (answer, error) {
	i := integrationsView{Manages: v.caller.May(auth.Connect), Keys: v.caller.May(auth.ManageKeys), API: s.publicURL + "/api/signals"}
	status, err := s.line.Status(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	if status.LastDelivery != nil {
		i.Last = stampOf(v.road, *status.LastDelivery)
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		lines, err := tx.Connections(v.workspace())
		if err != nil {
			return err
		}
		names, err := v.channelsOf(tx, i.Manages)
		i.Line = *lineOf(v, lines, names)
		return err
	})
	return answer{title: "Integrations", body: integrationsBody(i)}, err
}
