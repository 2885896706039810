package verify

import (
	"math/rand/v2"
	"testing"
)

func TestCanonicalForm(t *testing.T) {
	for given, expected := range map[string]string{
		`{"b":1,"a":[ 1.0, -0, 1e21, 1E-7, 0.000001, 1.5e300, 5e-324, 100000000000000000000, 333333333.33333329 ]}`: `{"a":[1,0,1e+21,1e-7,0.000001,1.5e+300,5e-324,100000000000000000000,333333333.3333333],"b":1}`,
		`{"a":1,"\u0061":2}`:              `{"a":2}`,
		`"\u0000\b\t\n\f\r\"\\\/é\u007f"`: "\"\\u0000\\b\\t\\n\\f\\r\\\"\\\\/é\u007f\"",
		`"\ud83d\uded2\u20ac"`:            `"🛒€"`,
		// U+E000 is one unit, and larger than the first of the pair that U+10000 takes.
		`{"\ue000":1,"\ud800\udc00":2,"z":3,"zz":4}`: "{\"z\":3,\"zz\":4,\"\U00010000\":2,\"\ue000\":1}",
	} {
		value, _, err := parseJSON([]byte(given))
		if err != nil {
			t.Fatalf("%s: %s", given, err)
		}
		if made, err := canonical(value); err != nil || string(made) != expected {
			t.Errorf("%s: %s, not %s (%v)", given, made, expected, err)
		}
	}
	for _, none := range []string{`"\ud800"`, `"\udc00\ud800"`, `{"\ud800x":1}`, `[1e400]`, `-1e999`} {
		value, _, _ := parseJSON([]byte(none))
		if made, err := canonical(value); err == nil {
			t.Errorf("%s has the canonical form %s", none, made)
		}
	}
	if value, _, err := parseJSON([]byte(`{"a":"\ud800","a":1}`)); err != nil || textOf(value.(object), "a") != "" {
		t.Errorf("of a name given twice the last counts: %v %v", value, err)
	}
}

func TestTimesAndBase64AreReadInOneWritingOnly(t *testing.T) {
	for _, right := range []string{"2026-11-25T09:00:00Z", "2024-02-29T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00.001Z"} {
		if _, ok := milliseconds(right); !ok {
			t.Errorf("%s is no time", right)
		}
	}
	for _, wrong := range []string{
		"", "2026-11-25T09:00:00", "2026-11-25t09:00:00Z", "2026-11-25T09:00:00.000Z", "2026-11-25T09:00:00.1Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
		"0000-01-01T00:00:00Z", "2026-11-25T24:00:00Z", "2026-11-25T09:60:00Z", "2026-11-25T09:00:60Z", "2026-11-25T09:00:00+00:00", "2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z", "2026-11-25T09:00:0/Z", "2026-11-25T09:00:00,001Z",
	} {
		if _, ok := milliseconds(wrong); ok {
			t.Errorf("%s is a time", wrong)
		}
	}
	if _, ok := decodeBase64("+/8="); !ok {
		t.Error("base64 is not read")
	}
	for _, wrong := range []string{"-_8=", "+/9=", "+/8", "+/8=\n", "+\n/8=", "+/8= ", "=", "+/8=+/8="} {
		if _, ok := decodeBase64(wrong); ok {
			t.Errorf("%q is base64", wrong)
		}
	}
}

// By Hall's theorem all seats can be filled exactly if every set of groups has no more seats than there are approvals that name one of the set.
func TestSeatsAreFilledExactlyWhereHallsTheoremSaysSo(t *testing.T) {
	random := rand.New(rand.NewPCG(20261125, 1))
	names := []string{"a", "b", "c", "d"}
	filled := 0
	for range 5_000 {
		var groups []any
		for _, name := range names[:1+random.IntN(4)] {
			groups = append(groups, object{"group": name, "minApprovals": float64(1 + random.IntN(3))})
		}
		var approvals []*approval
		for range random.IntN(9) {
			named := []any{}
			for _, name := range names {
				if random.IntN(3) == 0 {
					named = append(named, name)
				}
			}
			approvals = append(approvals, &approval{body: object{"groups": named}})
		}
		expected := hall(groups, approvals)
		if everySeatFilled(groups, groupsOf(approvals)) != expected {
			t.Fatalf("%v %v: should be %v", groups, approvals, expected)
		}
		if expected {
			filled++
		}
	}
	if filled < 500 || filled > 4_500 {
		t.Errorf("%d of 5000 are filled: the cases are one-sided", filled)
	}
}

func hall(groups []any, approvals []*approval) bool {
	for set := range 1 << len(groups) {
		seats, within := 0, map[string]bool{}
		for index, group := range groups {
			if set&(1<<index) != 0 {
				seats += int(numberOf(group.(object), "minApprovals"))
				within[textOf(group.(object), "group")] = true
			}
		}
		naming := 0
		for _, a := range approvals {
			for _, name := range textsIn(a.body, "groups") {
				if within[name] {
					naming++
					break
				}
			}
		}
		if naming < seats {
			return false
		}
	}
	return true
}

func BenchmarkWorstSeats(b *testing.B) {
	var groups []any
	for index := range maxGroups {
		groups = append(groups, object{"group": string(rune('a' + index)), "minApprovals": float64(maxMinApprovals)})
	}
	var approvals []*approval
	for kind := range maxEvents {
		named := []any{}
		for index := range maxGroups {
			if (kind+1)&(1<<index) != 0 {
				named = append(named, string(rune('a'+index)))
			}
		}
		approvals = append(approvals, &approval{body: object{"groups": named}})
	}
	for b.Loop() {
		everySeatFilled(groups, groupsOf(approvals))
	}
}
