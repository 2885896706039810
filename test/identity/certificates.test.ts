import { describe, expect, test } from "vitest";
import { type CertificateRule, createCertificates } from "../../src/identity/certificates.ts";
import { createManualClock } from "../support/manual-clock.ts";

const clock = createManualClock();
const FUTURE = clock.now() + 1_000;
const RULES: readonly CertificateRule[] = [
  { name: "URI:spiffe://example.com/sa/*", actor: { type: "SYSTEM", id: "sa-*" }, groups: ["services"] },
  { name: "URI:spiffe://example.com/root", actor: { type: "SYSTEM", id: "root" }, groups: [] },
  { name: "email:*@example.com", actor: { type: "HUMAN", id: "*@example.com" }, groups: [] },
];
const identify = (subjectAltName: string, more = {}) =>
  createCertificates(RULES, clock)({ subjectAltName, validTo: FUTURE, problem: undefined, ...more });
const refused = (words: string) =>
  expect.objectContaining({ reason: "UNAUTHENTICATED", message: expect.stringContaining(words) });

describe("a client certificate", () => {
  test("stands for whom its name is mapped to, until it ends", () => {
    expect(identify("URI:spiffe://example.com/sa/deployer")).toEqual({
      actor: { type: "SYSTEM", id: "sa-deployer" },
      groups: ["services"],
      delegate: undefined,
      validUntil: FUTURE,
    });
    expect(identify("DNS:laptop, email:alice@example.com").actor).toEqual({ type: "HUMAN", id: "alice@example.com" });
  });

  test.each([
    ["no name", ""],
    ["a name of another kind", "DNS:spiffe://example.com/root"],
    ["a name that only ends alike", "URI:spiffe://example.com/root/other"],
    ["a name with another in it, in quotes as Node writes it", 'DNS:"evil, URI:spiffe://example.com/root"'],
    ["a quoted name beside a good one", 'URI:spiffe://example.com/root, DNS:"a\\u0000b"'],
    ["a wildcard of its own", "email:*@example.com"],
  ])("with %s stands for nobody", (_, name) => {
    expect(() => identify(name)).toThrow(refused("stands for nobody"));
  });

  test("that would stand for two stands for none", () => {
    expect(() => identify("URI:spiffe://example.com/root, URI:spiffe://example.com/sa/a")).toThrow(
      refused("more than one"),
    );
    expect(() => identify("email:a@example.com, email:b@example.com")).toThrow(refused("more than one"));
  });

  test("gives no id that is spelled in another way", () => {
    expect(() => identify("email:Alice@example.com")).toThrow(refused("capital letters"));
    expect(() => identify("email:al\u0456ce@example.com")).toThrow(refused("beyond ASCII"));
  });

  test("is refused for what OpenSSL has against it, and once it has ended on a connection that goes on", () => {
    expect(() => identify("URI:spiffe://example.com/root", { problem: "CERT_REVOKED" })).toThrow(
      refused("CERT_REVOKED"),
    );
    expect(() => identify("URI:spiffe://example.com/root", { validTo: clock.now() })).toThrow(refused("expired"));
  });
});
