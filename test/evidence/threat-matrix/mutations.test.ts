import { describe, expect, test } from "vitest";
import { AuditPackageSchema } from "../../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { canonical } from "../forgeries/forger.ts";
import { settled } from "./genuine.ts";
import { verdictOn } from "./judge.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { type Hands, seal } from "./seal.ts";

const PACKAGE = canonical(settled());
const PARTS = ["", ...Object.keys(JSON.parse(PACKAGE))];
/** A loaded machine takes its time over some thousand packages. */
const PATIENCE = 600_000;

/** What can be changed in a signed package so that a verifier who believes nobody does not mind, and why it is right. */
const UNMINDED: Readonly<Record<string, string>> = {
  "has a field that is unknown": "a later version may add fields: the report says that they are unknown",
  "router has a field that is unknown": "the same, and the router section is bound by its digest alone",
  "signature removed": "a package need not be signed",
  "signature has a field that is unknown": "as above",
  "signature.signatures has a field that is unknown": "as above",
  "signature.signatures is empty": "as a text, a signature by a key that nobody knows is no worse than none",
  "signature.signatures.keyid removed": "only whoever has a key can tell whether it is that key's id",
  "signature.signatures.keyid changed at its beginning": "as above",
  "signature.signatures.keyid changed at its end": "as above",
  "signature.signatures.keyid made longer": "as above",
  "signature.signatures.keyid cut short": "as above",
  "signature.signatures.keyid in other letters": "as above",
  "signature.signatures.sig removed": "only whoever has a key can tell whether the key made it",
  "signature.signatures.sig changed at its beginning": "as above",
};

/** Checks that ask whom the verifier believes. */
const OF_TRUST: ReadonlySet<string> = new Set([
  "server_signature",
  "approver_signatures",
  "router_signature",
  "required_checks",
]);

/** How many mutations there are of each part at least, so that none goes missing. */
const AT_LEAST: Readonly<Record<string, number>> = {
  "": 1,
  controlBundle: 3_500,
  template: 300,
  link: 150,
  router: 80,
};

describe("a single change of a package that everybody signed", () => {
  test("starts from one that is authentic", () => {
    for (const trust of ["server", "everybody"] as const) expect(verdictOn(PACKAGE, trust).verdict).toBe("AUTHENTIC");
  });

  const unminded = new Set<string>();

  test.each(PARTS.map((part) => [part === "" ? "its outermost object" : part, part] as const))(
    "is never authentic: %s",
    (_, part) => {
      let count = 0;
      for (const { name, path, text } of mutationsOf(PACKAGE, AuditPackageSchema, part)) {
        count += 1;
        const { verdict, checks } = verdictOn(text, "everybody");
        expect(verdict, path).toBe("BROKEN");
        // What fails whoever is believed fails for those who believe nobody, too.
        if (checks.some(({ name: check, status }) => status === "FAIL" && !OF_TRUST.has(check))) continue;
        if (verdictOn(text, "nobody").verdict === "BROKEN") continue;
        unminded.add(name);
        expect(verdictOn(text, "server").verdict, path).not.toBe("AUTHENTIC");
      }
      expect(count).toBeGreaterThanOrEqual(AT_LEAST[part] ?? 8);
    },
    PATIENCE,
  );

  test("goes unminded by a verifier who believes nobody only as listed", () => {
    expect([...unminded].toSorted()).toEqual(Object.keys(UNMINDED).toSorted());
  });

  test(
    "is never authentic either, when whoever made it computes all digests anew and keeps the signatures",
    () => {
      const kept: Hands = { approval: () => "kept", run: "kept", package: "kept" };
      let count = 0;
      for (const { path, text } of mutationsOf(PACKAGE, AuditPackageSchema, "controlBundle")) {
        if (!/ (?:changed at its beginning|changed|removed|later|another name|swapped with its neighbour)$/.test(path))
          continue;
        const sealed = madeGood(text, kept);
        if (sealed === undefined || sealed === PACKAGE) continue;
        count += 1;
        expect(verdictOn(sealed, "server").verdict, path).toBe("BROKEN");
      }
      expect(count).toBeGreaterThan(500);
    },
    PATIENCE,
  );
});

/** Undefined if it is too far from a log for that. */
function madeGood(text: Mutation["text"], hands: Hands): string | undefined {
  const given = JSON.parse(text);
  try {
    seal(given, hands);
    return canonical(given);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
