package verify

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"
)

// milliseconds gives the moment that a text writes, since 1970, or false if it is not written as the page writes times.
func milliseconds(text string) (int64, bool) {
	const seconds, fractions = "0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z"
	form := seconds
	if len(text) == len(fractions) {
		form = fractions
	}
	if len(text) != len(form) {
		return 0, false
	}
	for at := range len(form) {
		if form[at] == '0' && (text[at] < '0' || text[at] > '9') || form[at] != '0' && text[at] != form[at] {
			return 0, false
		}
	}
	if form == fractions && text[20:23] == "000" {
		return 0, false
	}
	at := func(from, to int) (number int) {
		for _, digit := range text[from:to] {
			number = number*10 + int(digit-'0')
		}
		return number
	}
	year, month, day := at(0, 4), time.Month(at(5, 7)), at(8, 10)
	hour, minute, second, milli := at(11, 13), at(14, 16), at(17, 19), 0
	if form == fractions {
		milli = at(20, 23)
	}
	made := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	// time.Date makes the first of May of the 31st of April; what exists stays what it was.
	if year < 1 || made.Month() != month || made.Day() != day || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return made.UnixMilli() + int64(milli), true
}

// decodeBase64 gives the bytes, or false if the text is not base64 as the page wants it.
func decodeBase64(text string) ([]byte, bool) {
	if strings.ContainsAny(text, "\r\n") { // which Go skips
		return nil, false
	}
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	return data, err == nil
}

// place is where in a message something is; it is put into words only where something is wrong there.
type place struct {
	within *place
	name   string
	index  int // of an element, else -1
}

func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.index >= 0:
		return fmt.Sprintf("%s[%d]", p.within, p.index)
	case p.within == nil:
		return p.name
	default:
		return p.within.String() + "." + p.name
	}
}

const shownProblems = 3

// problems are counted, and the first few kept in words, so that no file can make a report long.
type problems struct {
	count int
	shown []string
}

func (p *problems) add(format string, arguments ...any) {
	p.count++
	if len(p.shown) < shownProblems {
		p.shown = append(p.shown, cut(fmt.Sprintf(format, arguments...)))
	}
}

func (p *problems) addAll(more problems) {
	for _, problem := range more.shown {
		p.add("%s", problem)
	}
	p.count += more.count - len(more.shown)
}

func (p problems) any() bool { return p.count > 0 }

func (p problems) String() string {
	words := strings.Join(p.shown, "; ")
	if hidden := p.count - len(p.shown); hidden > 0 {
		words += fmt.Sprintf("; and %d more", hidden)
	}
	return words
}

const maxWords = 300

func cut(words string) string {
	if len(words) <= maxWords {
		return words
	}
	return strings.ToValidUTF8(words[:maxWords], "") + "…"
}

// findings are the places in a message at which something is not as the page has it.
type findings struct {
	types, values, unknown, missing, labels problems
}

func (f *findings) inspect(shape shape, given object, at *place) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value, here := given[name], &place{at, name, -1}
		field, known := shape[name]
		switch {
		case !known:
			f.unknown.add("%s", here)
		case field.list:
			f.inspectList(field, value, here)
		default:
			f.inspectOne(field, value, here, false)
		}
	}
	for name, field := range shape {
		if field.required && !has(given, name) {
			f.missing.add("%s", &place{at, name, -1})
		}
	}
}

func (f *findings) inspectList(field field, value any, at *place) {
	list, ok := value.([]any)
	if !ok {
		f.types.add("%s", at)
		return
	}
	if len(list) == 0 {
		f.values.add("%s", at)
	}
	before, ordered := "", true
	for index, element := range list {
		f.inspectOne(field, element, &place{at, "", index}, true)
		if label, ok := element.(object); ok {
			key := textOf(label, "key")
			ordered = ordered && jcs.CompareUTF16(before, key) <= 0
			before = key
		}
	}
	if _, isLabel := field.shape["value"]; isLabel && !ordered {
		f.labels.add("%s", at)
	}
}

func (f *findings) inspectOne(field field, value any, at *place, inList bool) {
	typed, right := false, false
	switch field.kind {
	case message:
		given, ok := value.(object)
		if ok {
			f.inspect(field.shape, given, at)
		}
		typed, right = ok, true
	case number:
		given, ok := value.(float64)
		typed, right = ok, given == math.Trunc(given) && given <= math.MaxUint32 && (given >= 1 || field.optional && given == 0)
	case flag:
		given, ok := value.(bool)
		typed, right = ok, given || field.optional
	default:
		given, ok := value.(string)
		typed, right = ok, keepsRule(field, given, inList)
	}
	if !typed {
		f.types.add("%s", at)
	} else if !right {
		f.values.add("%s", at)
	}
}

func keepsRule(field field, given string, inList bool) bool {
	switch field.kind {
	case name:
		return slices.Contains(field.names, given)
	case moment:
		_, ok := milliseconds(given)
		return ok
	case octets:
		_, ok := decodeBase64(given)
		return ok && given != ""
	default:
		return given != "" || inList
	}
}

// The fields of a message whose types were checked; an absent one gives its default.

func textOf(given object, name string) string    { value, _ := given[name].(string); return value }
func numberOf(given object, name string) float64 { value, _ := given[name].(float64); return value }
func flagOf(given object, name string) bool      { value, _ := given[name].(bool); return value }
func listIn(given object, name string) []any     { value, _ := given[name].([]any); return value }
func messageIn(given object, name string) object { value, _ := given[name].(object); return value }

// momentOf is for messages whose values were checked too; false if there is none.
func momentOf(given object, name string) (int64, bool) { return milliseconds(textOf(given, name)) }

func has(given object, name string) bool { _, there := given[name]; return there }

func textsIn(given object, name string) []string {
	list := listIn(given, name)
	texts := make([]string, len(list))
	for index, element := range list {
		texts[index], _ = element.(string)
	}
	return texts
}

// fieldsOf is a new object of those fields that are there, as given.
func fieldsOf(given object, names ...string) object {
	made := object{}
	for _, name := range names {
		if value, there := given[name]; there {
			made[name] = value
		}
	}
	return made
}

// known is a message without the fields that the page does not know, at whatever depth.
func known(shape shape, given object) object {
	kept := object{}
	for name, value := range given {
		field, known := shape[name]
		if known {
			kept[name] = knownValue(field, value)
		}
	}
	return kept
}

func knownValue(field field, value any) any {
	if list, ok := value.([]any); ok {
		kept := make([]any, len(list))
		for index, element := range list {
			kept[index] = knownValue(field, element)
		}
		return kept
	}
	if given, ok := value.(object); ok {
		return known(field.shape, given)
	}
	return value
}
