import type { DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { AuditPackageSchema, DecisionBundleSchema } from "../../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { readTrustPolicy } from "../../../src/evidence/read-trust-policy.ts";
import type { VerificationReport } from "../../../src/evidence/verification-report.ts";
import { verifyDecisionBundle } from "../../../src/evidence/verify-decision-bundle.ts";
import { bytesOf, canonical } from "../forgeries/forger.ts";
import { signBundle } from "../forgeries/signing.ts";
import { settled, TRUST, type TrustName } from "./genuine.ts";
import { verdictOn } from "./judge.ts";
import { SERVER } from "./keys.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { type Hands, seal } from "./seal.ts";

const PACKAGE = settled();
const { controlBundle, controlDigest, template } = PACKAGE;
const BUNDLE = { fileVersion: "nexus.attest/decision-bundle/v1", controlBundle, controlDigest, template };

/** A bundle holds no run bundle, so none can be insisted on. */
const { requiredChecks, ...TRUSTED } = JSON.parse(TRUST.everybody);
const ofBundles = readTrustPolicy(
  JSON.stringify({ ...TRUSTED, requiredChecks: requiredChecks.filter((name: string) => name !== "run_bundle") }),
);

const ofServer = readTrustPolicy(TRUST.server);

interface SignedFile {
  readonly text: string;
  readonly schema: DescMessage;
  readonly judge: (text: string, trust: TrustName) => VerificationReport;
  /** How many mutations there are of each part at least, so that none goes missing. */
  readonly atLeast: Readonly<Record<string, number>>;
}

const FILES: Readonly<Record<string, SignedFile>> = {
  package: {
    text: canonical(PACKAGE),
    schema: AuditPackageSchema,
    judge: verdictOn,
    atLeast: { "": 1, controlBundle: 3_500, template: 300, link: 150, router: 80 },
  },
  bundle: {
    text: new TextDecoder().decode(signBundle(canonical(BUNDLE), SERVER)),
    schema: DecisionBundleSchema,
    judge: (text, trust) =>
      verifyDecisionBundle(bytesOf(text), { nobody: undefined, server: ofServer, everybody: ofBundles }[trust]),
    atLeast: { "": 1, controlBundle: 3_500, template: 300 },
  },
};

/** A loaded machine takes its time over some thousand files. */
const PATIENCE = 600_000;

/** What can be changed in a signed file so that a verifier who believes nobody does not mind, and why it is right. */
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

describe.each(Object.entries(FILES))("a single change of a %s that everybody signed", (kind, file) => {
  const { text: whole, schema, judge, atLeast } = file;

  test("starts from one that is authentic", () => {
    for (const trust of ["server", "everybody"] as const) expect(judge(whole, trust).verdict).toBe("AUTHENTIC");
  });

  const unminded = new Set<string>();

  test.each(["", ...Object.keys(JSON.parse(whole))].map((part) => [part || "its outermost object", part] as const))(
    "is never authentic: %s",
    (_, part) => {
      let count = 0;
      for (const { name, path, text } of mutationsOf(whole, schema, part)) {
        count += 1;
        const { verdict, checks } = judge(text, "everybody");
        expect(verdict, path).toBe("BROKEN");
        // What fails whoever is believed fails for those who believe nobody, too.
        if (checks.some(({ name: check, status }) => status === "FAIL" && !OF_TRUST.has(check))) continue;
        if (judge(text, "nobody").verdict === "BROKEN") continue;
        unminded.add(name);
        expect(judge(text, "server").verdict, path).not.toBe("AUTHENTIC");
      }
      expect(count).toBeGreaterThanOrEqual(atLeast[part] ?? 8);
    },
    PATIENCE,
  );

  test("goes unminded by a verifier who believes nobody only as listed", () => {
    const listed = Object.keys(UNMINDED).filter((name) => kind === "package" || !name.startsWith("router"));
    expect(unminded).toEqual(new Set(listed));
  });
});

test(
  "no change of a package is authentic either, when whoever made it computes all digests anew and keeps the signatures",
  () => {
    const { text: whole, schema } = FILES["package"] as SignedFile;
    const kept: Hands = { approval: () => "kept", run: "kept", package: "kept" };
    let count = 0;
    for (const { path, text } of mutationsOf(whole, schema, "controlBundle")) {
      if (!/ (?:changed at its beginning|changed|removed|later|another name|swapped with its neighbour)$/.test(path))
        continue;
      const sealed = madeGood(text, kept);
      if (sealed === undefined || sealed === whole) continue;
      count += 1;
      expect(verdictOn(sealed, "server").verdict, path).toBe("BROKEN");
    }
    expect(count).toBeGreaterThan(500);
  },
  PATIENCE,
);

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
