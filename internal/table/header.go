package table

import (
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// fieldSet is the fields that a kind of file can have, by their names as
// [squeeze] leaves them.
type fieldSet struct {
	names  map[string]string // its own → the field
	also   map[string]string // what others call it → the field
	prefix string            // of fields of the company's own, "custom."
}

// fieldsOf makes a set of fields with what others call them.
func fieldsOf(prefix string, fields map[string][]string) fieldSet {
	s := fieldSet{names: map[string]string{}, also: map[string]string{}, prefix: prefix}
	for field, others := range fields {
		s.names[squeeze(field)] = field
		for _, other := range others {
			s.also[squeeze(other)] = field
		}
	}
	return s
}

// named is the field of that name, or one of the company's own.
func (s fieldSet) named(title string) string {
	if field := s.names[squeeze(title)]; field != "" {
		return field
	}
	if n := len(s.prefix); n > 0 && len(title) > n && strings.EqualFold(title[:n], s.prefix) && strings.TrimSpace(title[n:]) != "" {
		return s.prefix + strings.TrimSpace(title[n:])
	}
	return ""
}

// squeeze is a name without what people and tools write differently, so that
// renewal_date, renewalDate and "Renewal Date" are one.
func squeeze(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ', '\u00a0', '\t':
			return -1
		}
		return r
	}, name))
}

// match says which column is which field: as the mapping says, else by the
// field's own name, else by what others call it. Where two columns could be one
// field, nothing is guessed.
func match(titles []string, mapping map[string]string, fields fieldSet) ([]Column, error) {
	for len(titles) > 0 && strings.TrimSpace(titles[len(titles)-1]) == "" {
		titles = titles[:len(titles)-1]
	}
	if len(titles) > MaxColumns {
		return nil, stanna.InvalidField("header", "has %d columns; a file may have %d at most", len(titles), MaxColumns)
	}
	m := matching{columns: make([]Column, len(titles)), settled: make([]bool, len(titles)), taken: map[string]bool{}}
	for i, title := range titles {
		m.columns[i].Title = strings.TrimSpace(title)
	}
	if err := m.mapped(mapping, fields); err != nil {
		return nil, err
	}
	if err := m.round(fields.named); err != nil {
		return nil, err
	}
	return m.columns, m.round(func(title string) string { return fields.also[squeeze(title)] })
}

// matching is columns on their way to fields.
type matching struct {
	columns []Column
	settled []bool          // which of them are decided
	taken   map[string]bool // which fields are, by a round before
}

// round gives each column that is not settled its field, unless that has one.
func (m *matching) round(fieldOf func(title string) string) error {
	at := map[string]int{}
	for i, c := range m.columns {
		field := fieldOf(c.Title)
		name, _ := ownField(field, "")
		if m.settled[i] || field == "" || m.taken[name] {
			continue
		}
		if j, twice := at[name]; twice {
			return m.both(j, i, name)
		}
		at[name] = i
		m.columns[i].Field, m.settled[i] = field, true
	}
	for field := range at {
		m.taken[field] = true
	}
	return nil
}

func (m *matching) both(i, j int, field string) error {
	one, other := m.columns[i].Title, m.columns[j].Title
	if squeeze(one) == squeeze(other) {
		return stanna.InvalidField("header", "names the column %q twice", clip(other, 60))
	}
	return stanna.InvalidField("header", "has the columns %q and %q, and either may be %s; leave one out by mapping it to \"-\"", clip(one, 60), clip(other, 60), field)
}

// mapped does what the mapping says. It must speak of columns that are there
// and of fields that there are.
func (m *matching) mapped(mapping map[string]string, fields fieldSet) error {
	by := map[string]string{} // field → the title that is mapped to it
	for _, title := range slices.Sorted(maps.Keys(mapping)) {
		i, err := m.find(title)
		if err != nil {
			return err
		}
		field := strings.TrimSpace(mapping[title])
		if m.settled[i] {
			return stanna.InvalidField("mapping", "speaks of the column %q twice", clip(title, 60))
		}
		if m.settled[i] = true; field == "" || field == "-" {
			continue
		}
		known := fields.named(field)
		if known == "" {
			known = fields.also[squeeze(field)]
		}
		if known == "" {
			return stanna.InvalidField("mapping", "maps %q to %q, which is no field; they are %s", clip(title, 60), clip(field, 60), fields)
		}
		name, _ := ownField(known, "")
		if other, twice := by[name]; twice {
			return stanna.InvalidField("mapping", "maps both %q and %q to %s", clip(other, 60), clip(title, 60), name)
		}
		by[name], m.taken[name], m.columns[i].Field = title, true, known
	}
	return nil
}

// find is the column of a title, in its own spelling or in another.
func (m *matching) find(title string) (int, error) {
	title = strings.TrimSpace(title)
	for _, same := range []func(string) bool{
		func(s string) bool { return s == title },
		func(s string) bool { return squeeze(s) == squeeze(title) },
	} {
		found := -1
		for i, c := range m.columns {
			if !same(c.Title) {
				continue
			}
			if found >= 0 {
				return 0, stanna.InvalidField("mapping", "speaks of the column %q, and the file has it twice", clip(title, 60))
			}
			found = i
		}
		if found >= 0 {
			return found, nil
		}
	}
	return 0, stanna.InvalidField("mapping", "speaks of the column %q, which the file does not have; it has: %s", clip(title, 60), titles(m.columns))
}

// titles are the columns for a person.
func titles(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Title
	}
	return clip(strings.Join(names, ", "), 300)
}

// String lists the fields.
func (s fieldSet) String() string {
	list := slices.Sorted(maps.Values(s.names))
	if s.prefix != "" {
		list = append(list, s.prefix+"YOURS")
	}
	return strings.Join(list, ", ")
}

// has says whether a column is the field.
func (f Format) has(field string) bool { return f.at(field) >= 0 }

// at is where the column of a field stands; -1 without one.
func (f Format) at(field string) int {
	return slices.IndexFunc(f.Columns, func(c Column) bool { return c.Field == field })
}
