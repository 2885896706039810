package verify

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

const (
	trustPolicyVersion = "nexus.attest/trust-policy/v1"
	maxKeys            = 1_000
	maxAdapters        = 1_000
	maxName            = 256
)

// MaxTrustPolicyBytes is the size of the largest trust policy.
const MaxTrustPolicyBytes = 1 << 20

// TrustPolicy says whom a verifier believes, and what it insists on. ReadTrustPolicy makes one.
type TrustPolicy struct {
	serverKeys, approverKeys, routerKeys []trustedKey
	requiredChecks, requiredGuardrails   []string
	acceptedBreakGlass                   string // empty: none
	given                                bool
	bounds                               bounds
}

type trustedKey struct {
	name     string // of a server or a router
	public   []byte
	id       string
	bounds   bounds
	approver actorKey
	adapters map[string]bool
}

// bounds are moments: from the one on, and before the other; nil is none.
type bounds struct{ from, until *int64 }

func (b bounds) set() bool { return b.from != nil || b.until != nil }

func (b bounds) hold(at int64) bool {
	return (b.from == nil || at >= *b.from) && (b.until == nil || at < *b.until)
}

// ReadTrustPolicy reads a trust policy by docs/signatures.md. One that a verifier does not understand in full is refused: a rule that is not understood must
// not mean to have none.
func ReadTrustPolicy(data []byte) (*TrustPolicy, error) {
	if len(data) > MaxTrustPolicyBytes {
		return nil, fmt.Errorf("it is larger than %d bytes", MaxTrustPolicyBytes)
	}
	if limit := beyondLimits(data); limit != "" {
		return nil, fmt.Errorf("it is %s", limit)
	}
	value, nameTwice, err := parseJSON(data)
	if err == nil {
		_, err = canonical(value)
	}
	if err != nil {
		return nil, err
	}
	given, ok := value.(object)
	if !ok {
		return nil, errors.New("it is not an object")
	}
	if nameTwice {
		return nil, errors.New("a name stands twice in one object")
	}
	var found findings
	found.inspect(trustPolicyShape, withoutDefaults(trustPolicyShape, given), nil)
	for _, each := range []struct {
		found problems
		is    string
	}{{found.unknown, "unknown"}, {found.types, "of the wrong JSON type"}, {found.missing, "missing"}, {found.values, "not as it must be"}} {
		if each.found.any() {
			return nil, fmt.Errorf("%s: %s", each.is, each.found)
		}
	}
	if textOf(given, "policyVersion") != trustPolicyVersion {
		return nil, fmt.Errorf("policyVersion is not %q", trustPolicyVersion)
	}
	return readTrusted(given)
}

// withoutDefaults leaves out texts and lists that are empty: a trust policy, which people write, may say that there are none. What is empty and neither is left
// to be refused.
func withoutDefaults(shape shape, given object) object {
	kept := object{}
	for name, value := range given {
		field := shape[name]
		list, isList := value.([]any)
		switch {
		case field.list && isList && len(list) == 0, field.kind == text && shape.has(name) && !field.list && value == "":
		case field.kind == message && field.list && isList:
			elements := make([]any, len(list))
			for index, element := range list {
				elements[index] = element
				if element, ok := element.(object); ok {
					elements[index] = withoutDefaults(field.shape, element)
				}
			}
			kept[name] = elements
		default:
			kept[name] = value
			if inner, ok := value.(object); ok && field.kind == message && !field.list {
				kept[name] = withoutDefaults(field.shape, inner)
			}
		}
	}
	return kept
}

func readTrusted(given object) (_ *TrustPolicy, err error) {
	made := &TrustPolicy{given: true, acceptedBreakGlass: textOf(given, "acceptedBreakGlass")}
	seen := map[string]bool{}
	for _, name := range textsIn(given, "requiredChecks") {
		if _, there := placeOf[name]; !there || name == "required_checks" {
			return nil, fmt.Errorf("requiredChecks: %s is not a check that can be required", quoted(name))
		}
		if seen[name] {
			return nil, fmt.Errorf("requiredChecks: %s stands twice", name)
		}
		seen[name] = true
		made.requiredChecks = append(made.requiredChecks, name)
	}
	if made.requiredGuardrails, err = readGuardrails(textsIn(given, "requiredGuardrails")); err != nil {
		return nil, err
	}
	if made.bounds, err = readBounds(given, "notAfter"); err != nil {
		return nil, err
	}
	for _, list := range []struct {
		name string
		end  string
		into *[]trustedKey
	}{{"serverKeys", "notAfter", &made.serverKeys}, {"approverKeys", "revokedAt", &made.approverKeys}, {"routerKeys", "notAfter", &made.routerKeys}} {
		keys := listIn(given, list.name)
		if len(keys) > maxKeys {
			return nil, fmt.Errorf("%s: more than %d", list.name, maxKeys)
		}
		seen := map[string]bool{}
		for index, given := range keys {
			key, err := readKey(given.(object), list.end)
			if err == nil && list.name == "routerKeys" && len(key.adapters) == 0 {
				err = errors.New("for no adapter")
			}
			if err == nil && seen[key.id] {
				err = errors.New("the key stands twice")
			}
			if err != nil {
				return nil, fmt.Errorf("%s[%d]: %w", list.name, index, err)
			}
			seen[key.id] = true
			*list.into = append(*list.into, key)
		}
	}
	return made, nil
}

func readGuardrails(digests []string) ([]string, error) {
	if len(digests) > maxGuardrails {
		return nil, fmt.Errorf("requiredGuardrails: more than %d", maxGuardrails)
	}
	seen := map[string]bool{}
	for index, digest := range digests {
		if !isDigest(digest) {
			return nil, fmt.Errorf("requiredGuardrails[%d]: not a digest", index)
		}
		if seen[digest] {
			return nil, fmt.Errorf("requiredGuardrails[%d]: it stands twice", index)
		}
		seen[digest] = true
	}
	return digests, nil
}

func readKey(given object, end string) (key trustedKey, err error) {
	key.public, _ = decodeBase64(textOf(given, "publicKey"))
	if !safeToBelieve(key.public) {
		return key, errors.New("publicKey is not a key that is safe to believe")
	}
	key.id = keyID(key.public)
	key.name = textOf(given, "name")
	if utf8.RuneCountInString(key.name) > maxName {
		return key, fmt.Errorf("name is longer than %d characters", maxName)
	}
	key.approver = actorOf(messageIn(given, "approver"))
	adapters := textsIn(given, "adapterIds")
	if len(adapters) > maxAdapters {
		return key, fmt.Errorf("more than %d adapters", maxAdapters)
	}
	key.adapters = map[string]bool{}
	for _, adapter := range adapters {
		if key.adapters[adapter] || adapter == "" {
			return key, errors.New("an adapter stands twice, or has no id")
		}
		key.adapters[adapter] = true
	}
	key.bounds, err = readBounds(given, end)
	return key, err
}

func readBounds(given object, end string) (made bounds, err error) {
	if at, there := momentOf(given, "notBefore"); there {
		made.from = &at
	}
	if at, there := momentOf(given, end); there {
		made.until = &at
	}
	if made.from != nil && made.until != nil && *made.until <= *made.from {
		err = fmt.Errorf("%s is not after notBefore", end)
	}
	return made, err
}
