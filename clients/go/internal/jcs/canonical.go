// Package jcs writes JSON in its canonical form (RFC 8785).
package jcs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Canonical gives the canonical form of a value of nil, bool, float64, string, []any and map[string]any, or the reason why it has none.
func Canonical(value any) ([]byte, error) {
	return appendCanonical(nil, value)
}

var (
	errSurrogate = errors.New("a string holds a lone surrogate")
	errInfinite  = errors.New("a number is infinite as a double")
)

func appendCanonical(text []byte, value any) (_ []byte, err error) {
	switch value := value.(type) {
	case nil:
		return append(text, "null"...), nil
	case bool:
		return strconv.AppendBool(text, value), nil
	case float64:
		if math.IsInf(value, 0) {
			return nil, errInfinite
		}
		return appendNumber(text, value), nil
	case string:
		return appendString(text, value)
	case []any:
		text = append(text, '[')
		for index, element := range value {
			if index > 0 {
				text = append(text, ',')
			}
			if text, err = appendCanonical(text, element); err != nil {
				return nil, err
			}
		}
		return append(text, ']'), nil
	case map[string]any:
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		slices.SortFunc(names, CompareUTF16)
		text = append(text, '{')
		for index, name := range names {
			if index > 0 {
				text = append(text, ',')
			}
			if text, err = appendString(text, name); err != nil {
				return nil, err
			}
			text = append(text, ':')
			if text, err = appendCanonical(text, value[name]); err != nil {
				return nil, err
			}
		}
		return append(text, '}'), nil
	default:
		panic("no value of JSON")
	}
}

// appendNumber writes as ECMAScript's Number::toString does (ECMA-262, 6.1.6.1.20).
func appendNumber(text []byte, number float64) []byte {
	if number == 0 {
		return append(text, '0') // -0 too
	}
	if size := math.Abs(number); size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(text, number, 'f', -1, 64)
	}
	text = strconv.AppendFloat(text, number, 'e', -1, 64)
	if end := len(text); text[end-2] == '0' && text[end-4] == 'e' { // Go writes at least two digits of the exponent: e-07
		text = append(text[:end-2], text[end-1])
	}
	return text
}

const hexDigits = "0123456789abcdef"

func appendString(text []byte, given string) ([]byte, error) {
	if !utf8.ValidString(given) {
		return nil, errSurrogate
	}
	text = append(text, '"')
	for at := range len(given) {
		switch c := given[at]; {
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		case c == '\b':
			text = append(text, `\b`...)
		case c == '\t':
			text = append(text, `\t`...)
		case c == '\n':
			text = append(text, `\n`...)
		case c == '\f':
			text = append(text, `\f`...)
		case c == '\r':
			text = append(text, `\r`...)
		case c < 0x20:
			text = append(text, `\u00`...)
			text = append(text, hexDigits[c>>4], hexDigits[c&15])
		default:
			text = append(text, c)
		}
	}
	return append(text, '"'), nil
}

// CompareUTF16 orders by UTF-16 code units. That is the order of code points, but that U+E000 to U+FFFF come behind what takes a pair of surrogates.
func CompareUTF16(a, b string) int {
	for a != "" && b != "" {
		one, oneSize := utf8.DecodeRuneInString(a)
		other, otherSize := utf8.DecodeRuneInString(b)
		if one != other {
			if (one > 0xffff) != (other > 0xffff) {
				one, other = firstUnit(one), firstUnit(other)
			}
			return int(one - other)
		}
		a, b = a[oneSize:], b[otherSize:]
	}
	return len(a) - len(b)
}

func firstUnit(r rune) rune {
	if r > 0xffff {
		return 0xd800 + (r-0x10000)>>10
	}
	return r
}

// Digest is `sha256:` and the SHA-256 of these bytes in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
