import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { bytesOf, canonical, EMBEDDED, type Loose, REFERENCE } from "./forgeries/forger.ts";

/** Verifies and checks what every report has to be, whatever the file is. */
function verified(bytes: Uint8Array) {
  const report = verifyAuditPackage(bytes);
  expect(report.checks.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
  const failed = report.checks.some(({ status }) => status === "FAIL");
  expect(report.verdict).toBe(failed ? "BROKEN" : "CONSISTENT");
  return report;
}

/**
 * Whether a change of one byte is noticed. It breaks the package; but what was called `template` and is no longer cannot be told from a field of later, beside a template
 * that is missing: then both are said not to be checked.
 */
function expectNoticed(changed: Uint8Array, bytes: Uint8Array, at: number): void {
  const { verdict, checks } = verified(changed);
  const name = Buffer.from(bytes).lastIndexOf('"template":') + 1;
  if (verdict === "BROKEN" || at < name || at >= name + "template".length)
    return expect(verdict, `byte ${at}`).toBe("BROKEN");
  const notChecked = checks.filter(({ status }) => status === "NOT_CHECKED").map((check) => check.name);
  expect(notChecked).toEqual(expect.arrayContaining(["unknown_fields", "template"]));
}

describe.each([
  ["reference", bytesOf(REFERENCE)],
  ["embedded", bytesOf(EMBEDDED)],
])("a package by %s", (_, bytes) => {
  test("is broken once any of its bytes is another", () => {
    const place = fc.nat(bytes.length - 1);
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = ((changed[at] ?? 0) + difference) % 256;
        expectNoticed(changed, bytes, at);
      }),
      { numRuns: 1_500 },
    );
  });

  test("is broken once one of its bytes has a bit flipped, is gone, or stands twice", () => {
    for (let at = 0; at < bytes.length; at += 17) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const shorter = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
      const longer = Uint8Array.from([...bytes.subarray(0, at + 1), ...bytes.subarray(at)]);
      for (const changed of [flipped, shorter, longer]) expectNoticed(changed, bytes, at);
    }
  });
});

/** Every place in a JSON value, as a path. */
function places(value: Loose, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((key) => places(value[key], [...path, key]))];
}

test("a package with anything at all in place of one of its parts is broken, and verified to the end", () => {
  const all = places(JSON.parse(EMBEDDED)).slice(1);
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, "", 0, false, [], {}, -1, 1e308, "\ud800"));
  fc.assert(
    fc.property(fc.constantFrom(...all), anything, (path, value) => {
      const given = JSON.parse(EMBEDDED);
      const holder = path.slice(0, -1).reduce((object, key) => object[key], given);
      const last = path.at(-1) ?? "";
      fc.pre(JSON.stringify(holder[last]) !== JSON.stringify(value));
      holder[last] = value;
      expect(verified(bytesOf(JSON.stringify(given))).verdict).toBe("BROKEN");
    }),
    { numRuns: 1_500 },
  );
});

test("anything else is broken too", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => verified(bytes).verdict === "BROKEN"));
  fc.assert(fc.property(fc.json(), (text) => verified(bytesOf(text)).verdict === "BROKEN"));
  const shaped = fc.record({
    packageVersion: fc.constant("nexus.attest/audit-package/v1"),
    controlBundle: fc.record({
      bundleVersion: fc.constant("nexus.attest/control-bundle/v1"),
      events: fc.array(fc.dictionary(fc.constantFrom("seq", "actor", "decisionCreated", "x"), fc.jsonValue())),
    }),
    router: fc.dictionary(fc.string(), fc.jsonValue()),
    link: fc.dictionary(fc.string(), fc.jsonValue()),
  });
  fc.assert(fc.property(shaped, (given) => verified(bytesOf(canonical(given))).verdict === "BROKEN"));
});
