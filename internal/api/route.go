package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gostanna/stanna/internal/auth"
)

// route is one line of the table: an address, who may use it, and how it is
// served and described.
type route struct {
	pattern   string      // "GET /api/clients/{id}", as the mux takes it
	action    auth.Action // what the caller must be allowed to do; "" = anybody may come
	summary   string
	signals   bool // counted as a signal, not as a request
	unlimited bool // of those where anybody may come: Slack's own calls
	also      int  // another status of success than 200

	register func(*api, huma.API, huma.Operation) // typed: huma serves and describes it
	document func(huma.Registry, *huma.Operation) // bare: only described
	serve    func(*visit, *http.Request) error
}

// typed is a route whose input huma reads and checks. The handler is told who
// is asking, and returns an error like everybody else.
func typed[I, O any](pattern string, action auth.Action, summary string, handler func(context.Context, auth.Caller, *I) (*O, error)) route {
	return route{pattern: pattern, action: action, summary: summary, register: func(a *api, h huma.API, op huma.Operation) {
		huma.Register(h, op, func(ctx context.Context, in *I) (*O, error) {
			v := visitOf(ctx)
			out, err := handler(ctx, v.caller, in)
			if err == nil {
				return out, nil
			}
			p := a.problemOf(v, ctx, err)
			if p.retryAfter > 0 {
				v.Header().Set("Retry-After", retryText(p.retryAfter))
			}
			return nil, p
		})
	}}
}

// bare is a route that reads its request itself.
func bare(pattern string, action auth.Action, summary string, serve func(*visit, *http.Request) error, document func(huma.Registry, *huma.Operation)) route {
	return route{pattern: pattern, action: action, summary: summary, serve: serve, document: document}
}

// describe registers every route with huma, gives the typed ones their
// serving function, and writes the OpenAPI document.
func (a *api) describe() []byte {
	setHumaErrors()
	served := handlers{}
	h := humago.New(served, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Stanna", Version: a.Version, Description: introduction,
				Contact: &huma.Contact{Name: "The admins of this server", URL: a.PublicURL},
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Servers: []*huma.Server{{URL: a.PublicURL, Description: "This server"}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer":  {Type: "http", Scheme: "bearer", Description: "An API key: sk-…"},
					"apiKey":  {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "The same key in a header of its own"},
					"session": {Type: "apiKey", In: "cookie", Name: a.Auth.Sessions().Cookie.Name, Description: "The session of a person signed in to the pages"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	})
	for i := range a.table {
		a.table[i].join(a, h, served)
	}
	illustrate(h.OpenAPI(), a.table)
	schemas := h.OpenAPI().Components.Schemas.Map()
	mayBeNull(schemas["StateView"], "churn", "sentiment", "payment", "subscription")
	mayBeNull(schemas["SlackStatus"], "channel", "fallbackChannel")
	mayBeNull(schemas["AlertDetail"], "client")
	mayBeNull(schemas["NotificationView"], "hold")
	mayBeNull(schemas["TemplateView"], "failed")
	mayBeNull(schemas["DrawnMessage"], "problem")
	mayBeNull(schemas["ExplanationView"], "client", "lastSignal", "alert")
	mayBeNull(schemas["PersonView"], "away", "hours", "digest")
	mayBeNull(schemas["BacktestOutputBody"], "inForce", "comparison")
	mayBeNull(schemas["QualityView"], "precision", "proposal")
	for _, s := range schemas {
		chosenOrNull(s)
	}
	b, err := json.Marshal(h.OpenAPI())
	if err != nil {
		panic("api: the description cannot be written: " + err.Error()) // the table is wrong; every start and test meets it
	}
	return b
}

// join makes the route known to huma.
func (rt *route) join(a *api, h huma.API, served handlers) {
	method, path, _ := strings.Cut(rt.pattern, " ")
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: rt.summary, Tags: []string{tagOf(path)},
		MaxBodyBytes: maxBody, BodyReadTimeout: time.Minute,
	}
	if rt.action != "" {
		op.Description = "Needs the permission `" + string(rt.action) + "`."
		op.Security = []map[string][]string{{"bearer": {}}, {"apiKey": {}}, {"session": {}}}
		op.Parameters = append(op.Parameters, &huma.Param{Name: "workspaceId", In: "query", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "The workspace (a company's e-mail domain). The key's own is meant without it; another is refused."})
	}
	if rt.register != nil {
		rt.register(a, h, op)
		if rt.also != 0 {
			described := operations(h.OpenAPI().Paths[path])[method]
			described.Responses[strconv.Itoa(rt.also)] = &huma.Response{Description: http.StatusText(rt.also), Content: described.Responses["200"].Content}
		}
		serve := served[rt.pattern]
		rt.serve = func(v *visit, r *http.Request) error {
			if r.ContentLength > maxBody {
				return &http.MaxBytesError{Limit: maxBody}
			}
			serve(v, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
			return nil
		}
		return
	}
	op.Responses = map[string]*huma.Response{"default": {Description: "Refused", Content: content("application/json", schemaOf[problem](h.OpenAPI().Components.Schemas))}}
	if rt.document != nil {
		rt.document(h.OpenAPI().Components.Schemas, &op)
	}
	h.OpenAPI().AddOperation(&op)
}

func operations(p *huma.PathItem) map[string]*huma.Operation {
	return map[string]*huma.Operation{http.MethodGet: p.Get, http.MethodPost: p.Post, http.MethodPut: p.Put, http.MethodDelete: p.Delete}
}

// mayBeNull says of fields that hold an object that they may be null; huma
// knows that of scalars only.
func mayBeNull(object *huma.Schema, fields ...string) {
	for _, f := range fields {
		object.Properties[f] = &huma.Schema{AnyOf: []*huma.Schema{object.Properties[f], {Type: "null"}}}
	}
}

// chosenOrNull says of fields that are one of several words or null that they
// may be null; huma says it of the type alone.
func chosenOrNull(object *huma.Schema) {
	for _, p := range object.Properties {
		if p.Nullable && len(p.Enum) > 0 && !slices.Contains(p.Enum, nil) {
			p.Enum = append(p.Enum, nil)
		}
	}
}

// also adds another status of success to the description.
func also(status int, rt route) route { rt.also = status; return rt }

// handlers collects what huma would put on a mux.
type handlers map[string]http.HandlerFunc

// HandleFunc is called by huma for each operation.
func (h handlers) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	h[pattern] = handler
}

// ServeHTTP is never called: the api's own mux serves.
func (handlers) ServeHTTP(http.ResponseWriter, *http.Request) {}

var jsonFormat = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: huma.DefaultJSONFormat.Unmarshal}

// operationID is a name for generated clients: getApiClients… without the api.
func operationID(method, path string) string {
	id := strings.ToLower(method)
	for part := range strings.FieldsFuncSeq(strings.TrimPrefix(path, "/api/"), func(r rune) bool { return r == '/' || r == '-' || r == '.' }) {
		if name, isParam := strings.CutPrefix(part, "{"); isParam {
			part = "by-" + strings.TrimRight(name, "}.")
		}
		for word := range strings.SplitSeq(part, "-") {
			id += capital(word)
		}
	}
	return id
}

// tagOf groups the addresses by what they are about.
func tagOf(path string) string {
	parts := strings.Split(path, "/")
	switch {
	case len(parts) > 3 && (parts[3] == "slack" || parts[3] == "stripe"):
		return parts[3]
	case parts[2] == "in":
		return "sources"
	case parts[2] == "docs", parts[2] == "openapi.json":
		return "description"
	}
	return parts[2]
}

func schemaOf[T any](registry huma.Registry) *huma.Schema {
	return registry.Schema(reflect.TypeFor[T](), true, "")
}

func content(mediaType string, schema *huma.Schema) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{mediaType: {Schema: schema}}
}

// introduction is what a person reads first.
const introduction = `Facts about clients go in (signals), messages about those who need somebody come out in Slack. 

**Who you are.** An API key as ` + "`Authorization: Bearer sk-…` or `X-API-Key: sk-…`" + `; a key belongs to one workspace.

**Errors** are ` + "`{error, code, status, details}`" + `. Retry 429, 502 and 503, after Retry-After when it is there; sending the same signals again changes nothing.

**Changes.** Rules, routes, templates and settings have an ETag. Send it as If-Match, and a change that somebody else made meanwhile is not lost: 412 PRECONDITION_FAILED. The field ` + "`version`" + ` in the body does the same with 409 CONFLICT. What was refused changed nothing.

**Limits** are told by X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset (Unix seconds) on every answer.

Times are ISO 8601 in UTC, dates YYYY-MM-DD, amounts in major units (12400.50).`
