import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { createServiceTokens, type KnownToken } from "../../src/identity/service-tokens.ts";
import { createManualClock } from "../support/manual-clock.ts";

const known = (token: string, more: Partial<KnownToken> = {}): KnownToken => ({
  service: "pipeline",
  groups: [],
  hash: hashOfServiceToken(token) ?? "",
  expiresAt: undefined,
  ...more,
});

const refused = (words: string) =>
  expect.objectContaining({ reason: "UNAUTHENTICATED", message: expect.stringContaining(words) });

describe("a token of a service", () => {
  test("is made of chance, 256 bits of it, and known by its hash", () => {
    const tokens = Array.from({ length: 100 }, newServiceToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^nxa_[A-Za-z0-9_-]{43}$/);
    const [token = ""] = tokens;
    expect(hashOfServiceToken(token)).toBe(`sha256:${createHash("sha256").update(token).digest("hex")}`);
  });

  test("stands for its service, which is a program", () => {
    const clock = createManualClock();
    const token = newServiceToken();
    const identify = createServiceTokens(
      [known(newServiceToken(), { service: "other" }), known(token, { groups: ["ci"] })],
      clock,
    );
    expect(identify(token)).toEqual({ actor: { type: "SYSTEM", id: "pipeline" }, groups: ["ci"], delegate: undefined });
  });

  test("is replaced with an overlap: the old and the new are valid side by side, until the old one ends", () => {
    const clock = createManualClock();
    const [old, next] = [newServiceToken(), newServiceToken()];
    const identify = createServiceTokens([known(old, { expiresAt: clock.now() + 1_000 }), known(next)], clock);
    expect(identify(old).actor).toEqual(identify(next).actor);
    clock.advance(1_000);
    expect(() => identify(old)).toThrow(refused("expired"));
    expect(identify(next).actor.id).toBe("pipeline");
  });

  test("is refused if nobody has it, or if a letter of it is another", () => {
    const token = newServiceToken();
    const identify = createServiceTokens([known(token)], createManualClock());
    const changed = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    for (const other of [newServiceToken(), changed]) expect(() => identify(other)).toThrow(refused("not known"));
  });

  test("is refused if it is short, also where its hash was put into the configuration by hand", () => {
    for (const short of ["nxa_hunter2", "hunter2", "nxa_", `nxa_${"a".repeat(42)}`, `nxa_${"a".repeat(44)}`]) {
      const hash = `sha256:${createHash("sha256").update(short).digest("hex")}`;
      const identify = createServiceTokens([known(short, { hash })], createManualClock());
      expect(() => identify(short), short).toThrow(refused("cut short"));
    }
  });
});
