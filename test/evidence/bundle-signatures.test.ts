import { describe, expect, test } from "vitest";
import { readImport } from "../../src/evidence/read-import.ts";
import type { TrustPolicy } from "../../src/evidence/trust-policy.ts";
import { verifyDecisionBundle } from "../../src/evidence/verify-decision-bundle.ts";
import { verifyEvidence } from "../../src/evidence/verify-evidence.ts";
import { newSigningKey, type SigningKey } from "../support/signing-key.ts";
import { foreignLog } from "./foreign-log.ts";
import { bytesOf, canonical, digest, EMBEDDED, EVENT, type Loose, sha256 } from "./forgeries/forger.ts";
import {
  approverKey,
  bundleStatement,
  envelope,
  failed,
  outcome,
  packageStatement,
  routerKey,
  serverKey,
  sign,
  signBundle,
  trusting,
  withSignedApprovals,
  withSignedRun,
} from "./forgeries/signing.ts";

const server = newSigningKey();
const mallory = newSigningKey();
const trust = trusting({ serverKeys: [serverKey(server)] });

const log = foreignLog().approve("carol");
const SHORT = signBundle(log.bundle(), server);
const LONG = signBundle(log.fork().approve("dave").bundle(), server);

const parsed = (bytes: Uint8Array): Loose => JSON.parse(new TextDecoder().decode(bytes));

/** A bundle with something changed in it, its control digest made good. */
function changed(bytes: Uint8Array, change: (bundle: Loose) => void): Uint8Array {
  const bundle = parsed(bytes);
  change(bundle);
  bundle.controlDigest = digest(bundle.controlBundle);
  return bytesOf(canonical(bundle));
}

/** The log of a package as a bundle. */
function bundled(packaged: string, key: SigningKey = server): Uint8Array {
  const { controlBundle } = JSON.parse(packaged);
  const bundle = {
    fileVersion: "nexus.attest/decision-bundle/v1",
    controlBundle,
    controlDigest: digest(controlBundle),
  };
  return signBundle(canonical(bundle), key);
}

/** An approval that nobody gave at the end of a log, every digest made good. */
function forgedTail(bytes: Uint8Array): Uint8Array {
  return changed(bytes, ({ controlBundle }) => {
    const { events } = controlBundle;
    const last = events.at(-1);
    events.push({
      ...last,
      eventId: "00000000-0000-4000-8000-00000000ffff",
      seq: events.length,
      actor: { ...last.actor, id: "mallory" },
      requestId: "forged",
      previousDigest: digest(last),
    });
    controlBundle.headDigest = digest(events.at(-1));
  });
}

describe("a bundle signed by a server that is believed", () => {
  test("is authentic whatever state its decision is in, and whoever reads it is told by whose key", () => {
    for (const bytes of [SHORT, LONG, bundled(EMBEDDED), signBundle(foreignLog().bundle(), server)]) {
      const { kind, report } = verifyEvidence(bytes, trust);
      expect([kind, report.verdict, failed(report)]).toEqual(["bundle", "AUTHENTIC", []]);
      expect(report.signers).toEqual([{ role: "SERVER", name: "the server", keyId: server.key.keyId }]);
    }
  });

  test("is consistent only, if nobody is believed, or with a field that this version does not know", () => {
    for (const nobody of [undefined, trusting({})])
      expect(verifyDecisionBundle(SHORT, nobody)).toMatchObject({ verdict: "CONSISTENT", signers: [] });
    const told = changed(SHORT, (bundle) => (bundle.note = "the server said so"));
    expect(verifyDecisionBundle(told, trust).verdict).toBe("CONSISTENT");
  });

  test("is believed for the time of its key, and of the trust policy", () => {
    const by = (policy: Loose) => failed(verifyDecisionBundle(SHORT, trusting(policy)));
    const key = (bounds: Loose) => ({ serverKeys: [serverKey(server, bounds)] });
    expect(by(key({ notAfter: "2020-01-01T00:00:00Z" }))).toEqual(["server_signature"]);
    expect(by(key({ notBefore: "2099-01-01T00:00:00Z" }))).toEqual(["server_signature"]);
    expect(by({ ...key({}), notAfter: "2020-01-01T00:00:00Z" })).toEqual(["time_bounds"]);
    expect(by({ ...key({}), notBefore: "2020-01-01T00:00:00Z" })).toEqual([]);
  });
});

/** What somebody can do to a bundle who has none of the keys that are believed, or old bundles only. */
const FORGED: Readonly<Record<string, readonly [Uint8Array, "BROKEN" | "CONSISTENT"]>> = {
  "stripped of its signature": [changed(SHORT, (bundle) => delete bundle.signature), "CONSISTENT"],
  "signed by somebody else": [signBundle(log.bundle(), mallory), "BROKEN"],
  "signed by somebody else in the server's name": [
    signBundle(log.bundle(), mallory, ({ signatures: [made] }) => (made.keyid = server.key.keyId)),
    "BROKEN",
  ],
  "with the signature of an earlier head": [
    changed(LONG, (bundle) => (bundle.signature = parsed(SHORT).signature)),
    "BROKEN",
  ],
  "cut, with the signature of a later head": [
    changed(SHORT, (bundle) => (bundle.signature = parsed(LONG).signature)),
    "BROKEN",
  ],
  "with the signature of another decision": [
    changed(SHORT, (bundle) => {
      bundle.signature = parsed(signBundle(foreignLog({ requestId: "other" }).bundle(), server)).signature;
    }),
    "BROKEN",
  ],
  "with a forged tail behind what was signed": [forgedTail(SHORT), "BROKEN"],
  "with a forged tail and a signature of the forger's": [signBundle(forgedTail(SHORT), mallory), "BROKEN"],
  "with the server's signature of a package": [
    changed(bundled(EMBEDDED), (bundle) => (bundle.signature = JSON.parse(sign(EMBEDDED, server)).signature)),
    "BROKEN",
  ],
  "with a statement about another number of events": [
    changed(SHORT, (bundle) => {
      const stated = bundleStatement(bundle);
      stated.predicate.headSeq += 1;
      bundle.signature = envelope(canonical(stated), server);
    }),
    "BROKEN",
  ],
};

describe("a bundle is not authentic", () => {
  test.each(Object.entries(FORGED))("%s", (_, [bytes, verdict]) => {
    const report = verifyDecisionBundle(bytes, trust);
    expect(report.verdict).toBe(verdict);
    expect(failed(report)).toEqual(verdict === "BROKEN" ? ["server_signature"] : []);
    expect(report.signers).toEqual([]);
    expect(readImport(bytes, trust)).toMatchObject({ kind: "not_authentic", problem: expect.any(String) });
  });

  test("and neither is a package's log under a signature of the bundle, to whoever wants the package", () => {
    const stated = envelope(canonical(bundleStatement(JSON.parse(EMBEDDED))), server);
    const { report } = verifyEvidence(bytesOf(canonical({ ...JSON.parse(EMBEDDED), signature: stated })), trust);
    expect(failed(report)).toEqual(["server_signature"]);
    expect(packageStatement(JSON.parse(EMBEDDED))).not.toEqual(bundleStatement(JSON.parse(EMBEDDED)));
  });
});

describe("who signed what in the log of a bundle is judged as in a package", () => {
  const PEOPLE = ["carol", "dave", "erin", "frank"].map((name) => `${name}@example.com`);
  const keys = Object.fromEntries(PEOPLE.map((id): [string, SigningKey] => [id, newSigningKey()]));
  const approverKeys = Object.entries(keys).map(([id, key]) => approverKey(id, key));
  const serverKeys = [serverKey(server)];
  const judged = (bytes: Uint8Array, policy: Loose) => verifyDecisionBundle(bytes, trusting({ serverKeys, ...policy }));

  test("approvals by the keys of their approvers", () => {
    const signed = bundled(withSignedApprovals(keys));
    const report = judged(signed, { approverKeys, requiredChecks: ["approver_signatures"] });
    expect(report.verdict).toBe("AUTHENTIC");
    expect(report.signers.map(({ role, name }) => `${role} ${name}`)).toEqual([
      "SERVER the server",
      "APPROVER erin@example.com",
      "APPROVER frank@example.com",
    ]);
    const others = PEOPLE.map((id) => approverKey(id, newSigningKey()));
    expect(failed(judged(signed, { approverKeys: others }))).toEqual(["approver_signatures"]);
    const insisting = { approverKeys, requiredChecks: ["approver_signatures"] };
    expect(failed(judged(bundled(EMBEDDED), insisting))).toEqual(["required_checks"]);
  });

  test("what a signed approval states, also where no gate has been passed yet", () => {
    const before = (packaged: string) =>
      signBundle(
        changed(bundled(packaged), ({ controlBundle }) => {
          controlBundle.events = controlBundle.events.slice(0, EVENT.gate);
          controlBundle.headDigest = digest(controlBundle.events.at(-1));
        }),
        server,
      );
    const good = judged(before(withSignedApprovals(keys)), {});
    expect([good.verdict, outcome(good, "approver_signatures").status]).toEqual(["AUTHENTIC", "NOT_CHECKED"]);
    const misstated = withSignedApprovals(keys, {
      signed: (made) => ({ ...made, predicate: { ...made.predicate, requestDigest: sha256("another request") } }),
    });
    expect(failed(judged(before(misstated), {}))).toEqual(["approver_signatures"]);
  });

  test("the run by the key of its router", () => {
    const router = newSigningKey();
    const { controlBundle } = JSON.parse(EMBEDDED);
    const { adapterId } = controlBundle.events[EVENT.gate].executionRequested;
    const signed = bundled(withSignedRun(router));
    const report = judged(signed, {
      routerKeys: [routerKey([adapterId], router)],
      requiredChecks: ["router_signature"],
    });
    expect([report.verdict, report.signers.at(-1)?.role]).toEqual(["AUTHENTIC", "ROUTER"]);
    expect(failed(judged(signed, { routerKeys: [routerKey([adapterId], mallory)] }))).toEqual(["router_signature"]);
  });

  test("a trust policy that insists on what a bundle does not have is not satisfied by one", () => {
    expect(failed(judged(bundled(EMBEDDED), { requiredChecks: ["link"] }))).toEqual(["required_checks"]);
    expect(failed(judged(bundled(EMBEDDED), { requiredChecks: ["quorum_at_gate"] }))).toEqual([]);
  });
});

describe("an import that has to be authentic", () => {
  const kindOf = (bytes: Uint8Array, by: TrustPolicy | undefined) => {
    const read = readImport(bytes, by);
    return "kind" in read ? read.kind : "taken";
  };

  test("takes what the trust policy proves, of bundles and of packages, and says that nothing of it is unproven", () => {
    expect(kindOf(SHORT, trust)).toBe("taken");
    expect(kindOf(bytesOf(sign(EMBEDDED, server)), trust)).toBe("taken");
    expect(readImport(SHORT, trust)).toMatchObject({ unproven: [] });
    expect(readImport(SHORT)).toMatchObject({ unproven: [{ what: "server_signature" }] });
  });

  test("tells what is not proven from what does not hold together, with and without a trust policy", () => {
    expect(kindOf(bytesOf(EMBEDDED), trust)).toBe("not_authentic");
    expect(kindOf(log.bundle(), trust)).toBe("not_authentic");
    expect(kindOf(log.bundle(), undefined)).toBe("taken");
    // Signed by a server that nobody was asked about.
    expect(kindOf(signBundle(log.bundle(), mallory), undefined)).toBe("taken");
    // Nobody's word makes a log hold together: not even that of a server that is believed.
    const wrong = signBundle(
      changed(SHORT, ({ controlBundle }) => {
        controlBundle.events.at(-1).approvalGranted.requestDigest = sha256("something else");
        controlBundle.headDigest = digest(controlBundle.events.at(-1));
      }),
      server,
    );
    expect(outcome(verifyDecisionBundle(wrong, trust), "server_signature").status).toBe("PASS");
    expect(kindOf(wrong, trust)).toBe("invalid");
    expect(kindOf(bytesOf("{}"), trust)).toBe("invalid");
  });

  test("is refused in words that say why", () => {
    const problem = (bytes: Uint8Array, by: TrustPolicy) => (readImport(bytes, by) as { problem?: string }).problem;
    expect(problem(log.bundle(), trust)).toMatch(/not authentic: It carries no signature/);
    expect(problem(SHORT, trusting({}))).toMatch(/not authentic: It is signed; no trust policy names keys/);
    const insisting = trusting({ serverKeys: [serverKey(server)], requiredChecks: ["outcome"] });
    expect(problem(SHORT, insisting)).toMatch(/not authentic: required_checks/);
  });
});
