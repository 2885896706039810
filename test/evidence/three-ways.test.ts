import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromJsonString, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { VerifyAuditPackageResponseSchema } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { bytesOf, EMBEDDED, EVENT, forge, REFERENCE, tamper } from "./forgeries/forger.ts";

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
