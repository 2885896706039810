import { describe, expect, test } from "vitest";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { bytesOf, checksThat, EMBEDDED, EVENT, forge, type Loose, tamper, UNSIGNED } from "./forgeries/forger.ts";

/** Fields of a later version, or of a forger, each in another place; digests made good. */
const PLACES: Record<string, (given: Loose, events: Loose[]) => void> = {
  package: (given) => (given.revokedBy = "nobody"),
  router: ({ router }) => (router.exitCode = 1),
  link: ({ link }) => (link.supersedes = ["x"]),
  "controlBundle.events[1].policyAttached.policy": (_, events) => (events[1].policyAttached.policy.minRejections = 1),
  "controlBundle.events[5].approvalGranted": (_, events) => (events[EVENT.erin].approvalGranted.withdrawn = true),
  "controlBundle.events[5].actor": (_, events) => (events[EVENT.erin].actor.role = null),
  "controlBundle.events[6]": (_, events) => (events[EVENT.frank].approvalWithdrawn = {}),
};

describe("a field that the verifier does not know", () => {
  test.each(Object.entries(PLACES))("in %s changes no judgement and is reported", (place, change) => {
    const file = forge(change);
    expect(checksThat("FAIL", file)).toEqual([]);
    expect(checksThat("NOT_CHECKED", file)).toEqual(["unknown_fields", ...UNSIGNED]);
    const { checks } = verifyAuditPackage(bytesOf(file));
    const { detail } = checks.find(({ name }) => name === "unknown_fields") ?? {};
    expect(detail).toContain(place === "package" ? "revokedBy" : place);
  });

  test("cannot stand in for the field that it resembles", () => {
    const file = forge((_, events) => {
      const approval = events[EVENT.frank].approvalGranted;
      approval.expires_at = approval.expiresAt;
      delete approval.expiresAt;
    });
    // Without its expiry the approval lives longer than the policy allows.
    expect(checksThat("FAIL", file)).toEqual(["approvals_valid", "approvals_relied_on", "quorum_at_gate"]);
    expect(checksThat("NOT_CHECKED", file)).toContain("unknown_fields");
  });

  test("may be called anything", () => {
    const names = ["__proto__", "constructor", "toJSON", "toString", "", "\u2028", "0", "-1", "\u{1f6d2}"];
    const plain = JSON.parse(EMBEDDED);
    const text = `{${names.map((name) => `${JSON.stringify(name)}:{"a":1}`).join(",")},${JSON.stringify(plain).slice(1)}`;
    expect(checksThat("FAIL", text)).toEqual(["canonical_form"]);
    expect(checksThat("NOT_CHECKED", text)).toEqual(["unknown_fields", ...UNSIGNED]);
  });

  test("may stand there by the hundred thousand: the report names some and counts the rest", () => {
    const file = tamper(({ link }) => {
      for (let i = 0; i < 300_000; i++) link[`x${i}`] = [];
    });
    const { checks } = verifyAuditPackage(bytesOf(file));
    const { status, detail } = checks.find(({ name }) => name === "unknown_fields") ?? {};
    expect(status).toBe("NOT_CHECKED");
    expect(detail).toMatch(/link\.x0, .* and 299980 more\.$/);
  });
});
