package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/app"
)

type serveCmd struct {
	app.Config `embed:""`
}

// Run serves until the process is told to stop, and then lets what is under
// way come to its end.
func (cmd serveCmd) Run(ctx context.Context, c console) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // half the collections, for memory that a server has
	}
	a, err := app.New(ctx, cmd.Config, app.Environment{Version: version(), Log: c.err, Terminal: c.err})
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

type configCmd struct {
	app.Config `embed:""`
}

// Run prints every setting as the environment variable that sets it.
func (cmd configCmd) Run(c console) error {
	if err := cmd.Config.Check(); err != nil {
		return err
	}
	print := func(v reflect.Value) {}
	print = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Anonymous {
				print(v.Field(i))
				continue
			}
			value := fmt.Sprint(v.Field(i).Interface())
			if _, secret := v.Field(i).Interface().(stanna.Secret); secret && v.Field(i).Len() == 0 {
				value = ""
			}
			fmt.Fprintf(c.out, "%s=%s\n", f.Tag.Get("env"), strings.ReplaceAll(value, "\n", " "))
		}
	}
	print(reflect.ValueOf(cmd.Config))
	return nil
}

type migrateCmd struct {
	app.StoreConfig `embed:""`
}

// Run brings the schema up to date and says which version it is at.
func (cmd migrateCmd) Run(ctx context.Context, c console) error {
	s, err := cmd.OpenStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	v, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "The %s database is up to date, at version %d.\n", s.Engine(), v)
	return err
}
