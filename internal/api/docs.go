package api

import (
	"embed"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed assets/docs.html assets/docs.js assets/swagger-ui.css assets/swagger-ui-bundle.js
var assets embed.FS

// docsPolicy lets the docs page load what is ours and nothing else. Swagger UI
// draws its icons from data: addresses and sets styles on elements.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func (a *api) openAPI(v *visit, _ *http.Request) error {
	v.Header().Set("Content-Type", "application/openapi+json")
	v.WriteHeader(http.StatusOK)
	v.Write(a.described)
	return nil
}

func (a *api) docs(v *visit, r *http.Request) error {
	v.Header().Set("Content-Security-Policy", docsPolicy)
	return a.asset(v, r, "docs.html")
}

func (a *api) docsAsset(v *visit, r *http.Request) error {
	name := r.PathValue("file")
	if name == "docs.html" {
		return a.nowhere(v, r)
	}
	v.Header().Set("Cache-Control", "public, max-age=3600")
	return a.asset(v, r, name)
}

func (a *api) asset(v *visit, r *http.Request, name string) error {
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		return &problem{Code: resourceNotFound, Status: http.StatusNotFound, Message: "There is no such file", Details: map[string]any{"resource": "file", "id": clip(name, 100)}}
	}
	v.Header().Set("Content-Type", map[string]string{".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}[path.Ext(name)])
	v.WriteHeader(http.StatusOK)
	v.Write(b)
	return nil
}

// describeFile documents a route that answers with a file.
func describeFile(mediaType, what string) func(huma.Registry, *huma.Operation) {
	return func(_ huma.Registry, op *huma.Operation) {
		if strings.Contains(op.Path, "{file}") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: "file", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
		schema := &huma.Schema{Type: huma.TypeString}
		if strings.HasSuffix(mediaType, "json") {
			schema.Type = huma.TypeObject
		}
		op.Responses["200"] = &huma.Response{Description: what, Content: content(mediaType, schema)}
	}
}
