import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromJsonString, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { VerifyAuditPackageResponseSchema } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { TrustPolicySchema } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { toWireReport } from "../../src/evidence/report-message.ts";
import { CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { bytesOf, EMBEDDED, EVENT, forge, REFERENCE, tamper } from "./forgeries/forger.ts";
import { serverKey, sign, trustText } from "./forgeries/signing.ts";

const FILES: Readonly<Record<string, Uint8Array>> = {
  embedded: bytesOf(EMBEDDED),
  reference: bytesOf(REFERENCE),
  "changed by one letter": bytesOf(EMBEDDED.replace("erin", "egin")),
  "forged at the gate": bytesOf(forge((_, events) => events.splice(EVENT.frank, 1))),
  "with an unknown field": bytesOf(forge((given) => (given.note = "\u001b[2J\u202e"))),
  "with an event that cannot be read": bytesOf(tamper(({ controlBundle }) => delete controlBundle.events[3].actor)),
  "of a decision with an unspeakable id": bytesOf(
    tamper(({ controlBundle }) => (controlBundle.decisionId = "\u001b\ufffe")),
  ),
  "that is nothing": new Uint8Array(),
  "that is not text": Uint8Array.of(0xff, 0xfe, 0x00),
};

describe("the library, the RPC and the command line agree", () => {
  test.each(Object.entries(FILES))("on a package %s", async (_, bytes) => {
    const report = verifyAuditPackage(bytes);
    const server = await serverUnderTest();
    const { report: overTheWire } = await server.as("human:olivia").audit.verifyAuditPackage({ packageJson: bytes });

    const file = join(temporaryDirectory(), "package.json");
    writeFileSync(file, bytes);
    const asJson = await commandLine(["verify", file, "--json"]);
    const printed = fromJsonString(VerifyAuditPackageResponseSchema, asJson.stdout);
    expect(printed).toEqual(create(VerifyAuditPackageResponseSchema, { report: overTheWire }));

    const {
      verdict,
      checks,
      decisionId = "",
      bindingDigest = "",
    } = (toJson(VerifyAuditPackageResponseSchema, printed) as { report: Record<string, unknown> }).report;
    expect({ verdict, decisionId, bindingDigest }).toEqual({
      verdict: `VERDICT_${report.verdict}`,
      decisionId: report.decisionId,
      bindingDigest: report.bindingDigest,
    });
    const written = report.checks.map(({ status, ...words }) => ({
      ...Object.fromEntries(Object.entries(words).filter(([, word]) => word !== "")),
      status: `CHECK_STATUS_${status}`,
    }));
    expect(checks).toEqual(written);
    expect(asJson.exitCode).toBe(report.verdict === "CONSISTENT" ? 0 : 7);
    expect(asJson.stderr).toBe("");
  });
});

const key = newSigningKey();
const TRUST = trustText({ serverKeys: [serverKey(key)], requiredChecks: ["run_bundle"] });
const SIGNED: Readonly<Record<string, { readonly text: string; readonly exitCode: number }>> = {
  authentic: { text: sign(EMBEDDED, key), exitCode: 0 },
  "unsigned, and so consistent only": { text: EMBEDDED, exitCode: 9 },
  "signed by another": { text: sign(EMBEDDED, newSigningKey()), exitCode: 7 },
  "without what the trust policy insists on": { text: sign(REFERENCE, key), exitCode: 7 },
};

describe("against a trust policy, they agree", () => {
  test.each(Object.entries(SIGNED))("on a package %s", async (_, { text, exitCode }) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "package.json"), text);
    writeFileSync(join(directory, "trust.json"), TRUST);
    const args = ["verify", "package.json", "--trust", "trust.json"];
    const printed = await commandLine([...args, "--json"], { cwd: directory });
    const server = await serverUnderTest();
    const request = { packageJson: bytesOf(text), trustPolicy: fromJsonString(TrustPolicySchema, TRUST) };
    const { report } = await server.as("human:olivia").audit.verifyAuditPackage(request);
    const byLibrary = toWireReport(verifyAuditPackage(bytesOf(text), readTrustPolicy(TRUST)));
    expect(report).toEqual(byLibrary);
    expect(fromJsonString(VerifyAuditPackageResponseSchema, printed.stdout).report).toEqual(byLibrary);
    expect(printed.exitCode).toBe(exitCode);
    const told = await commandLine(args, { cwd: directory });
    expect(told.exitCode).toBe(exitCode);
    expect(told.stdout).toContain(
      exitCode === 0 ? "AUTHENTIC: made by the server" : exitCode === 9 ? "CONSISTENT" : "BROKEN",
    );
    if (exitCode === 0) expect(told.stdout).toContain(`signed by server the server, ${key.key.keyId}`);
  });

  test.each<[string, string, string]>([
    ["of another version", '{"policyVersion":"v0"}', "policyVersion is not"],
    [
      "with an unsafe key",
      trustText({ serverKeys: [{ name: "x", publicKey: "A".repeat(43).concat("=") }] }),
      "small order",
    ],
    ["with a check that there is not", trustText({ requiredChecks: ["no_such_check"] }), "no_such_check"],
    ["with a key twice", trustText({ serverKeys: [serverKey(key), serverKey(key)] }), "serverKeys[1]"],
  ])("that one %s is a mistake, before they look at the package", async (_, text, why) => {
    const server = await serverUnderTest();
    const trustPolicy = fromJsonString(TrustPolicySchema, text);
    const call = server
      .as("human:olivia")
      .audit.verifyAuditPackage({ packageJson: bytesOf("no package"), trustPolicy });
    const refused = await refusalOf(call);
    expect(refused).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST" });
    if (!why.startsWith("policyVersion")) expect(refused.message).toContain(why);
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "trust.json"), text);
    writeFileSync(join(directory, "package.json"), "no package");
    const told = await commandLine(["verify", "package.json", "--trust", "trust.json"], { cwd: directory });
    expect(told).toMatchObject({ exitCode: 2, stdout: "" });
    expect(told.stderr).toContain(`trust.json is no trust policy that can be used: `);
    expect(told.stderr).toContain(why);
  });

  test("that a file is none is a mistake, too", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "trust.json"), Uint8Array.of(0xff));
    writeFileSync(join(directory, "unknown.json"), trustText({ trustEverybody: true }));
    const trusting = (file: string) => commandLine(["verify", "x", "--trust", file], { cwd: directory });
    expect(await trusting("trust.json")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("not UTF-8") });
    expect(await trusting("unknown.json")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("trustEverybody"),
    });
    expect(await trusting("none.json")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no such file") });
  });
});

describe("nexus-attest verify", () => {
  test("tells a person of every check, and why a package is not to be relied on", async () => {
    const file = join(temporaryDirectory(), "package.json");
    writeFileSync(file, FILES["forged at the gate"] ?? "");
    const { stdout, exitCode } = await commandLine(["verify", file]);
    expect(exitCode).toBe(7);
    for (const [name, asks] of Object.entries(CHECKS))
      expect(stdout).toMatch(new RegExp(`${name} +${asks.slice(0, 20)}`));
    expect(stdout).toMatch(/✗ FAIL +quorum_at_gate [^]*1 missing[^]*expected 2 approvals[^]*actual   1 approvals/);
    expect(stdout).toContain("BROKEN: 1 check failed. Do not rely on this package.");
  });

  test("obeys nothing that a package says", async () => {
    const file = join(temporaryDirectory(), "package.json");
    for (const name of ["with an unknown field", "of a decision with an unspeakable id"]) {
      writeFileSync(file, FILES[name] ?? "");
      const { stdout } = await commandLine(["verify", file]);
      for (const character of ["\u001b", "\u202e"]) expect(stdout).not.toContain(character);
    }
  });

  test("reads standard input, and says what it cannot read", async () => {
    const piped = await commandLine(["verify", "-"], { input: EMBEDDED });
    expect(piped.stdout).toContain("CONSISTENT");
    expect(piped.exitCode).toBe(0);
    const missing = await commandLine(["verify", "no-such-file.json"]);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("no-such-file.json cannot be read: there is no such file");
    expect((await commandLine(["verify"])).exitCode).toBe(2);
  });
});

test("the RPC verifies for whoever has a name, and for nobody else", async () => {
  const server = await serverUnderTest();
  const refused = refusalOf(server.as(undefined).audit.verifyAuditPackage({ packageJson: bytesOf(EMBEDDED) }));
  expect(await refused).toMatchObject({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
});
