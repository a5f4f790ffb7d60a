package mapping

import (
	"embed"
	"encoding/json"
	"fmt"

	"github.com/gostanna/stanna"
)

// Template is a mapping that stands ready for a tool, with what a person has
// to do there.
type Template struct {
	Name    string         `json:"name"` // as the kind of a source
	Title   string         `json:"title"`
	Doc     string         `json:"doc"`
	Steps   []string       `json:"steps"`            // in the other tool
	Scheme  string         `json:"scheme"`           // as webhook names it
	Header  string         `json:"header,omitempty"` // where the scheme leaves it open
	Mapping stanna.Mapping `json:"mapping"`
	Samples []Sample       `json:"samples"`
}

// Sample is a body as the tool sends it.
type Sample struct {
	Name string          `json:"name"`
	Doc  string          `json:"doc"`
	Body json.RawMessage `json:"body"`
}

//go:embed ready/*.json
var files embed.FS

// Ready lists the mappings that stand ready, in the order in which they are
// offered.
func Ready() []Template {
	var list []Template
	for _, name := range []string{"hubspot", "intercom", "segment", "form", "calls"} {
		text, err := files.ReadFile("ready/" + name + ".json")
		var t Template
		if err == nil {
			err = json.Unmarshal(text, &t)
		}
		if err != nil {
			panic(fmt.Sprintf("mapping: ready/%s.json: %v", name, err)) // it is part of the program
		}
		list = append(list, t)
	}
	return list
}
