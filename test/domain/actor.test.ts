import { assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { actorIdProblem, isGroupName } from "../../src/domain/actor.ts";

describe("an actor's id has one spelling", () => {
  test.each(["alice@example.com", "spiffe://example.com/a", "auth0|5f", "a", "x".repeat(256), "corp:00u1"])(
    "%s",
    (id) => {
      expect(actorIdProblem(id)).toBeUndefined();
    },
  );

  test.each([
    ["nothing", ""],
    ["a capital", "Alice@example.com"],
    ["a Cyrillic letter that looks like ours", "\u0430lice@example.com"],
    ["a full-width letter", "\uff41lice"],
    ["an accent in one character", "ren\u00e9"],
    ["the same accent in two", "rene\u0301"],
    ["a ligature", "\ufb01nn"],
    ["the Kelvin sign, which folds to k", "\u212aate"],
    ["a letter of another plane", "\u{1d5ba}lice"],
    ["a zero-width space", "ali\u200bce"],
    ["a zero-width joiner", "ali\u200dce"],
    ["a byte order mark", "\ufeffalice"],
    ["a soft hyphen", "ali\u00adce"],
    ["a change of direction", "\u202ealice"],
    ["a space before", " alice"],
    ["a space behind", "alice "],
    ["a no-break space", "alice\u00a0"],
    ["a tab", "alice\t"],
    ["a line feed", "alice\n"],
    ["a null", "alice\0"],
    ["a delete", "alice\x7f"],
    ["half a surrogate pair", "alice\ud800"],
    ["a comma, which joins headers", "alice,bob"],
    ["too many characters", "x".repeat(257)],
    ["the server itself", "nexus-attest"],
    ["the server itself in capitals", "NEXUS-ATTEST"],
  ])("and not with %s", (_, id) => {
    expect(actorIdProblem(id)).toEqual(expect.any(String));
  });

  test("no two that differ come to the same by any normal form or by case", () => {
    const unit = constantFrom(
      "a",
      "k",
      "@",
      "A",
      "K",
      "\u212a",
      "\u0430",
      "\uff41",
      "\u00e9",
      "e\u0301",
      "\ufb01",
      " ",
      "\u200b",
    );
    assert(
      property(string({ unit, minLength: 1, maxLength: 3 }), (given) => {
        if (actorIdProblem(given) !== undefined) return;
        for (const form of ["NFC", "NFD", "NFKC", "NFKD"] as const) expect(given.normalize(form)).toBe(given);
        expect(given.toLowerCase()).toBe(given);
        expect(given.trim()).toBe(given);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("a group has a name that a policy can write", () => {
  for (const name of ["sre", "SRE", "a/b", "team@corp", "1"]) expect(isGroupName(name), name).toBe(true);
  for (const name of ["", "/sre", "a b", "a,b", "\u0430", "x".repeat(64)]) expect(isGroupName(name), name).toBe(false);
});
