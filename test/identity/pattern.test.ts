import { describe, expect, test } from "vitest";
import { matchPattern } from "../../src/identity/pattern.ts";

describe("a pattern", () => {
  test.each([
    ["alice", "alice", ""],
    ["*@example.com", "alice@example.com", "alice"],
    ["URI:spiffe://example.com/sa/*", "URI:spiffe://example.com/sa/deployer", "deployer"],
    ["svc-*", "svc-a.b", "a.b"],
    ["*", "alice", "alice"],
  ])("%s takes %s", (pattern, text, part) => {
    expect(matchPattern(pattern, text)).toBe(part);
  });

  test.each([
    ["alice", "alicea"],
    ["alice", "Alice"],
    ["*@example.com", "@example.com"],
    ["*@example.com", "a@evil@example.com"],
    ["*@example.com", "alice@example.com.evil"],
    ["*@example.com", "evil/x@example.com"],
    ["URI:spiffe://example.com/sa/*", "URI:spiffe://example.com/sa/a/b"],
    ["URI:spiffe://example.com/sa/*", "URI:spiffe://example.com/sa/"],
    ["*", "a@b"],
    ["*", "*"],
    ["DNS:*.example.com", "DNS:*.example.com"],
    ["ab*ba", "aba"],
    ["a.c", "abc"],
  ])("%s does not take %s", (pattern, text) => {
    expect(matchPattern(pattern, text)).toBeUndefined();
  });
});
