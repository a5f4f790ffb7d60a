package api

import "github.com/gostanna/stanna/internal/auth"

// routes is the whole door: address, permission, what it is for, handler.
func (a *api) routes() []route {
	signals := bare(signalsPattern, auth.SendSignals, "Send signals: one, an array, or lines", a.postSignals, describeSignals)
	signals.signals = true
	return []route{
		signals,
	}
}
