package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/gostanna/stanna"
)

// The encodings that are found out, by the names they are reported with.
const (
	utf8Name    = "UTF-8"
	utf16leName = "UTF-16LE"
	utf16beName = "UTF-16BE"
	westernName = "Windows-1252"
)

// sampleSize is how much of a file's beginning decides how it is written.
const sampleSize = 64 << 10

// marks are what may stand in front of a file to say how it is written.
var marks = []struct{ bytes, encoding string }{
	{"\xef\xbb\xbf", utf8Name}, {"\xff\xfe", utf16leName}, {"\xfe\xff", utf16beName},
}

// decode gives a file's text as UTF-8, and the name of what it was written in.
func decode(in io.Reader, given string) (io.Reader, string, error) {
	text := bufio.NewReaderSize(in, sampleSize)
	start, err := text.Peek(sampleSize)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	name := ""
	for _, m := range marks {
		if bytes.HasPrefix(start, []byte(m.bytes)) {
			name = m.encoding
			_, _ = text.Discard(len(m.bytes)) // it was peeked at
			break
		}
	}
	switch {
	case given != "":
		if name, err = Encoding(given); err != nil {
			return nil, "", err
		}
	case name == "":
		if name, err = detect(start); err != nil {
			return nil, "", err
		}
	}
	e := encodingOf(name)
	if e == nil {
		return text, name, nil
	}
	return transform.NewReader(text, e.NewDecoder()), name, nil
}

// detect is what a file without a mark is written in, by its beginning.
func detect(start []byte) (string, error) {
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return "", stanna.InvalidField("file", "is a ZIP archive, as .xlsx files are; save the sheet as CSV")
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return "", stanna.InvalidField("file", "is compressed; unpack it first")
	case len(start) > 1 && start[0] != 0 && start[1] == 0:
		return utf16leName, nil // a header begins with a letter, and half of it is zeros
	case len(start) > 1 && start[0] == 0 && start[1] != 0:
		return utf16beName, nil
	case bytes.IndexByte(start, 0) >= 0:
		return "", stanna.InvalidField("file", "is not text; save the sheet as CSV")
	}
	// The text of one encoding is hardly ever valid in the other: a letter
	// beyond ASCII is two bytes or more in UTF-8, and one in Windows-1252.
	several, invalid := 0, 0
	for len(start) > 0 {
		r, n := utf8.DecodeRune(start)
		switch {
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(start):
			n = len(start) // cut off by the end of the sample
		case r == utf8.RuneError && n == 1:
			invalid++
		case n > 1:
			several++
		}
		start = start[n:]
	}
	if invalid > several {
		return westernName, nil
	}
	return utf8Name, nil
}

// Encoding is the name of an encoding in the spelling that is reported. It
// knows UTF-8, UTF-16 and the tables of 256 characters, such as windows-1250
// or iso-8859-15.
func Encoding(name string) (string, error) {
	switch squeeze(name) {
	case "utf8":
		return utf8Name, nil
	case "utf16le", "utf16":
		return utf16leName, nil
	case "utf16be":
		return utf16beName, nil
	case "latin1", "iso88591", "ansi": // of which Windows-1252 is the larger; the Web reads it so too
		return westernName, nil
	}
	for _, e := range charmap.All {
		if s := fmt.Sprint(e); squeeze(s) == squeeze(name) {
			return strings.ReplaceAll(s, "Windows ", "Windows-"), nil
		}
	}
	return "", stanna.InvalidField("encoding", "%q is not known; give utf-8, utf-16le, utf-16be, windows-1252, or another table of 256 characters such as iso-8859-2", clip(name, 40))
}

// encodingOf is the encoding of a name that [Encoding] gave; nil for UTF-8.
func encodingOf(name string) encoding.Encoding {
	switch name {
	case utf8Name:
		return nil
	case utf16leName:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case utf16beName:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	for _, e := range charmap.All {
		if squeeze(fmt.Sprint(e)) == squeeze(name) {
			return e
		}
	}
	panic(errors.New("table: no encoding " + name)) // Encoding lets no other name pass
}
