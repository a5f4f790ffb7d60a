package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/gostanna/stanna/internal/app"
	"github.com/gostanna/stanna/internal/store"
)

type keysetCmd struct {
	Create createKeysetCmd `cmd:"" help:"Make new keys in a file that is not there yet."`
	Rotate rotateKeysetCmd `cmd:"" help:"Put new keys in front and seal every secret with them. Stop the servers first, and give all of them the new file."`
}

type createKeysetCmd struct {
	File string `arg:"" help:"The file to make." type:"path"`
}

func (cmd createKeysetCmd) Run(c console) error {
	if _, err := os.Stat(cmd.File); err == nil {
		return fmt.Errorf("%s is there already; its keys may have sealed something, so it is left alone", cmd.File)
	}
	keys, err := store.NewKeyset()
	if err != nil {
		return err
	}
	return keys.Save(cmd.File)
}

type rotateKeysetCmd struct {
	app.StoreConfig `embed:""`
}

// Run writes the file before anything is sealed with the new key: the file
// opens both, whatever happens in between.
func (cmd rotateKeysetCmd) Run(ctx context.Context, c console) error {
	file := cmd.KeysetFile()
	keys, err := store.LoadKeyset(file)
	if err != nil {
		return err
	}
	if file[0] == '{' {
		return errors.New("the keyset is in the environment, which this program cannot change; keep it in a file to rotate it")
	}
	rotated, err := keys.Rotated()
	if err != nil {
		return err
	}
	if err := rotated.Save(file); err != nil {
		return err
	}
	s, err := cmd.OpenStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := s.Reseal(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.err, "%s has new keys in front; %d sealed connections use them now. Back the file up.\n", file, n)
	return err
}
