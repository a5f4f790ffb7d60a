package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

// assets are the files that pages refer to, by a name with a hash of their
// content: whoever has one has it for good, and a new one has a new name.
type assets struct {
	files map[string][]byte // by the name in the address
	css   string            // addresses
	icon  string
	js    string // htmx, for the few pages that answer while one writes
}

func readAssets() assets {
	a := assets{files: map[string][]byte{}}
	a.css = a.add("stanna.css")
	a.icon = a.add("icon.svg")
	a.js = a.add("htmx.js")
	return a
}

func (a assets) add(name string) string {
	content, err := static.ReadFile("static/" + name)
	if err != nil {
		panic(err) // it is compiled in
	}
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.files[hashed] = content
	return "/static/" + hashed
}

// ServeHTTP serves a file for a year; one of another version is not found.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	content, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// favicon is where browsers look without being told.
func (a assets) favicon(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, a.icon, http.StatusFound)
}
