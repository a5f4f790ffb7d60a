package main

import (
	"context"

	"github.com/gostanna/stanna/internal/app"
)

// desk opens the memory for one command of the operator.
type desk struct{ app.StoreConfig }

func (d desk) open(ctx context.Context, fn func(*app.Desk) error) error {
	s, err := d.OpenStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(app.NewDesk(s))
}
