package router

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"
)

// cut gives at most so many bytes of UTF-8, without half a character.
func cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// canonicalMessage is the canonical JSON (RFC 8785) of a message's ProtoJSON.
func canonicalMessage(message proto.Message) (string, error) {
	text, err := protojson.Marshal(message)
	if err != nil {
		return "", err
	}
	canonical, err := jcs.Canonical(valueOf(text))
	return string(canonical), err
}

// valueOf reads a text that is known to be JSON.
func valueOf(text []byte) (value any) {
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}

// outputText is the JSON text of what a function returned.
func outputText(value any) (string, error) {
	var text bytes.Buffer
	writer := json.NewEncoder(&text)
	writer.SetEscapeHTML(false)
	if err := writer.Encode(value); err != nil {
		return "", err
	}
	made := strings.TrimSuffix(text.String(), "\n")
	return made, readAlike(made)
}

// readAlike fails for a text that is not one JSON value, or that two readers could read differently: one with a name given twice in an object.
func readAlike(text string) error {
	reader := json.NewDecoder(strings.NewReader(text))
	reader.UseNumber()
	if err := readValue(reader); err != nil {
		return err
	}
	if _, err := reader.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one value")
	}
	return nil
}

func readValue(reader *json.Decoder) error {
	token, err := reader.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	opening, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for reader.More() {
		if opening == '{' {
			name, err := reader.Token()
			if err != nil {
				return err
			}
			if text, _ := name.(string); seen[text] {
				return errors.New("a name stands twice in one object")
			} else {
				seen[text] = true
			}
		}
		if err := readValue(reader); err != nil {
			return err
		}
	}
	_, err = reader.Token()
	return err
}
