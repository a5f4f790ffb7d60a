package api

import (
	"embed"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed examples/*.json
var exampleFiles embed.FS

// chapter is what examples/TAG.json says of the addresses of a tag: what they
// are about, and an example of each by its operation id.
//
// Each example is run against a real server by TestExamples. To add a route,
// add its example: the path, the query and the request that somebody would
// send. `go test ./internal/api -run TestExamples -update` writes the answers
// that are missing into the files.
type chapter struct {
	About    string              `json:"about"`
	Examples map[string]*example `json:"examples"`
}

// example is one request with its answer, and what else is worth saying of
// the operation.
type example struct {
	Note     string            `json:"note,omitempty"`  // in the description, before the permission
	Path     map[string]string `json:"path,omitempty"`  // values of the parameters
	Query    map[string]string `json:"query,omitempty"` //
	Type     string            `json:"type,omitempty"`  // of the request; application/json without it
	Request  any               `json:"request,omitempty"`
	Status   int               `json:"status,omitempty"` // of the answer; 200 without it
	Response any               `json:"response,omitempty"`
}

func (x *example) status() string {
	if x.Status == 0 {
		return "200"
	}
	return strconv.Itoa(x.Status)
}

// chapters are the examples by tag.
func chapters() map[string]chapter {
	all := map[string]chapter{}
	files, err := exampleFiles.ReadDir("examples")
	for _, f := range files {
		text, readErr := exampleFiles.ReadFile("examples/" + f.Name())
		var c chapter
		if readErr == nil {
			readErr = json.Unmarshal(text, &c)
		}
		if readErr != nil {
			panic("api: examples/" + f.Name() + ": " + readErr.Error()) // every start and test meets it
		}
		all[strings.TrimSuffix(f.Name(), path.Ext(f.Name()))] = c
	}
	if err != nil {
		panic("api: the examples cannot be read: " + err.Error())
	}
	return all
}

// illustrate puts the examples into the description, and says what its tags
// are about.
func illustrate(doc *huma.OpenAPI, table []route) {
	all := chapters()
	for _, rt := range table {
		method, path, _ := strings.Cut(rt.pattern, " ")
		op := operations(doc.Paths[path])[method]
		tag := op.Tags[0]
		if !slices.ContainsFunc(doc.Tags, func(t *huma.Tag) bool { return t.Name == tag }) {
			doc.Tags = append(doc.Tags, &huma.Tag{Name: tag, Description: all[tag].About})
		}
		if x := all[tag].Examples[op.OperationID]; x != nil {
			x.illustrate(op)
		}
	}
}

func (x *example) illustrate(op *huma.Operation) {
	op.Description = strings.TrimSpace(x.Note + "\n\n" + op.Description)
	for _, p := range op.Parameters {
		given, ok := map[string]map[string]string{"path": x.Path, "query": x.Query}[p.In][p.Name]
		if ok {
			p.Example = valueOf(given, p.Schema)
		}
	}
	if op.RequestBody != nil && x.Request != nil {
		if m := op.RequestBody.Content[x.requestType()]; m != nil {
			m.Example = x.Request
		}
	}
	if r := op.Responses[x.status()]; r != nil && x.Response != nil {
		if m := r.Content[answerType(r)]; m != nil {
			m.Example = x.Response
		}
	}
}

func (x *example) requestType() string {
	if x.Type == "" {
		return "application/json"
	}
	return x.Type
}

// answerType is the media type that an example's answer has: JSON where that
// is one of them.
func answerType(r *huma.Response) string {
	if r.Content["application/json"] != nil {
		return "application/json"
	}
	for name := range r.Content {
		return name
	}
	return ""
}

// valueOf is a value of a query as its schema has it.
func valueOf(given string, s *huma.Schema) any {
	switch s.Type {
	case huma.TypeInteger, huma.TypeNumber:
		return json.Number(given)
	case huma.TypeBoolean:
		return given == "true"
	case huma.TypeArray:
		return strings.Split(given, ",")
	}
	return given
}
