package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// The limits of docs/audit-package.md, "The file".
const (
	maxBytes      = 64 << 20
	maxDepth      = 64
	maxSeparators = 2_000_000
	maxEvents     = 10_000
)

type object = map[string]any

// beyondLimits says which limit of the text is broken, or nothing. It looks at the text only, before anything is built from it.
func beyondLimits(data []byte) string {
	if len(data) > maxBytes {
		return fmt.Sprintf("larger than %d bytes", maxBytes)
	}
	depth, separators, inside := 0, 0, false
	for at := 0; at < len(data); at++ {
		switch c := data[at]; {
		case c == '"':
			inside = !inside
		case inside:
			if c == '\\' {
				at++
			}
		case c == '}' || c == ']':
			depth--
		case c == '{' || c == '[' || c == ',':
			separators++
			if c != ',' {
				depth++
			}
			if depth > maxDepth {
				return fmt.Sprintf("nested deeper than %d", maxDepth)
			}
			if separators > maxSeparators {
				return fmt.Sprintf("more than %d of { [ and , outside strings", maxSeparators)
			}
		}
	}
	return ""
}

// parseJSON gives the value of a text within the limits: objects, []any, string, float64, bool and nil; of a name given twice the last, and whether there was
// one.
//
// encoding/json says whether it is JSON, but it would put U+FFFD where a lone surrogate is, and keep no trace of names given twice. So the values are read
// here: a lone surrogate becomes three bytes that are no UTF-8, which the canonical form refuses.
func parseJSON(data []byte) (value any, nameTwice bool, err error) {
	if !utf8.Valid(data) {
		return nil, false, errors.New("not UTF-8")
	}
	if !json.Valid(data) {
		return nil, false, errors.New("not JSON")
	}
	r := &reader{text: data}
	value = r.value()
	return value, r.nameTwice, nil
}

// reader reads a text that is known to be JSON.
type reader struct {
	text      []byte
	at        int
	nameTwice bool
}

func (r *reader) value() any {
	switch r.next() {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		return r.string()
	case 't':
		r.at += len("true")
		return true
	case 'f':
		r.at += len("false")
		return false
	case 'n':
		r.at += len("null")
		return nil
	default:
		return r.number()
	}
}

// next skips white space and gives the byte behind it, which stays to be read.
func (r *reader) next() byte {
	for r.text[r.at] == ' ' || r.text[r.at] == '\t' || r.text[r.at] == '\n' || r.text[r.at] == '\r' {
		r.at++
	}
	return r.text[r.at]
}

func (r *reader) object() object {
	made := object{}
	r.at++
	for r.next() != '}' {
		if r.text[r.at] == ',' {
			r.at++
			r.next()
		}
		name := r.string()
		r.next()
		r.at++ // the colon
		if _, there := made[name]; there {
			r.nameTwice = true
		}
		made[name] = r.value()
	}
	r.at++
	return made
}

func (r *reader) array() []any {
	made := []any{}
	r.at++
	for r.next() != ']' {
		if r.text[r.at] == ',' {
			r.at++
		}
		made = append(made, r.value())
	}
	r.at++
	return made
}

func (r *reader) number() float64 {
	start := r.at
	for r.at < len(r.text) {
		c := r.text[r.at]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		r.at++
	}
	// Its only error here is that the number is too large; it gives an infinity then, which the canonical form refuses.
	number, _ := strconv.ParseFloat(string(r.text[start:r.at]), 64)
	return number
}

func (r *reader) string() string {
	r.at++
	start := r.at
	for r.text[r.at] != '"' && r.text[r.at] != '\\' {
		r.at++
	}
	made := r.text[start:r.at:r.at] // without room behind, so that append copies
	for r.text[r.at] != '"' {
		if r.text[r.at] != '\\' {
			made = append(made, r.text[r.at])
			r.at++
			continue
		}
		made = r.escape(made)
	}
	r.at++
	return string(made)
}

var shortEscapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r'}

func (r *reader) escape(made []byte) []byte {
	kind := r.text[r.at+1]
	if kind != 'u' {
		r.at += 2
		return append(made, shortEscapes[kind])
	}
	unit := r.unit()
	r.at += 6
	if unit >= 0xd800 && unit < 0xdc00 && r.text[r.at] == '\\' && r.text[r.at+1] == 'u' {
		if low := r.unit(); low >= 0xdc00 && low < 0xe000 {
			r.at += 6
			return utf8.AppendRune(made, (unit-0xd800)<<10+(low-0xdc00)+0x10000)
		}
	}
	if unit >= 0xd800 && unit < 0xe000 {
		return append(made, byte(0xe0|unit>>12), byte(0x80|unit>>6&0x3f), byte(0x80|unit&0x3f))
	}
	return utf8.AppendRune(made, unit)
}

// unit gives the code unit of the \uXXXX that is next.
func (r *reader) unit() rune {
	unit, _ := strconv.ParseUint(string(r.text[r.at+2:r.at+6]), 16, 16)
	return rune(unit)
}
