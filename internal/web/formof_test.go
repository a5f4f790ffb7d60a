package web

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
)

// formOf is what a browser would send of the largest form of a page, as the
// page shows it.
func (h *house) formOf(b *browser, path string) url.Values {
	h.Helper()
	d := xml.NewDecoder(strings.NewReader(b.get(path).ok("<form").body))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	best, form := url.Values{}, url.Values(nil)
	selected, area := "", ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return best
		}
		h.must(err)
		switch x := token.(type) {
		case xml.StartElement:
			at := map[string]string{}
			for _, a := range x.Attr {
				at[a.Name.Local] = a.Value
			}
			_, chosen := at["selected"]
			_, checked := at["checked"]
			switch name := x.Name.Local; {
			case name == "form":
				form = url.Values{}
			case form == nil:
			case name == "input" && at["name"] != "" && (checked || at["type"] != "checkbox" && at["type"] != "radio"):
				form.Add(at["name"], at["value"])
			case name == "textarea":
				area = at["name"]
				form.Set(area, "")
			case name == "select":
				selected = at["name"]
			case name == "option" && chosen:
				form.Set(selected, at["value"])
			}
		case xml.CharData:
			if area != "" {
				form.Set(area, form.Get(area)+string(x))
			}
		case xml.EndElement:
			switch x.Name.Local {
			case "textarea":
				area = ""
			case "form":
				if len(form) > len(best) {
					best = form
				}
				form = nil
			}
		}
	}
}
