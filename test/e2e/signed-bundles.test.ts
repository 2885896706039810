import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromJsonString } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { CheckStatus, SignerRole, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { TrustPolicySchema } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { verifyDecisionBundle } from "../../src/evidence/verify-decision-bundle.ts";
import { canonical, digest } from "../evidence/forgeries/forger.ts";
import { bundleStatement } from "../evidence/forgeries/signing.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, POLICY, RELEASE, requested } from "./release.ts";

async function stage() {
  const directory = temporaryDirectory();
  const server = await serverUnderTest({ directory, config: adaptersIn(directory).config });
  const dataDir = join(directory, "data");
  const trust = async () => (await commandLine(["keys", "export", "--data-dir", dataDir])).stdout;
  const exported = async (decisionId: string) =>
    (await server.as("human:olivia").audit.exportBundle({ decisionId })).bundleJson;
  return { directory, server, trust, exported };
}

const partsOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

test("a server's bundles are signed in every state, say exactly what their log says, and are the same to the byte twice", async () => {
  const { server, trust, exported } = await stage();
  const believed = readTrustPolicy(await trust());
  const decisionId = await requested(server);
  const judge = async () => {
    const bytes = await exported(decisionId);
    expect(await exported(decisionId)).toEqual(bytes);
    expect(verifyDecisionBundle(bytes, believed)).toMatchObject({
      verdict: "AUTHENTIC",
      signers: [{ role: "SERVER", name: "nexus-attest" }],
    });
    expect(verifyDecisionBundle(bytes).verdict).toBe("CONSISTENT");
    const { signature, ...rest } = partsOf(bytes);
    expect(Buffer.from(signature.payload, "base64").toString()).toBe(canonical(bundleStatement(rest)));
    expect(rest.template).toBeUndefined();
  };
  await judge();
  await approve(server, decisionId, "carol", "dave");
  await judge();
  await server.as("human:bob").decisions.executeDecision({ decisionId, wait: { seconds: 30n } });
  await judge();
});

test("a bundle carries the template that its policy came from; one that was changed in the store is no longer given out", async () => {
  const { directory, server, trust, exported } = await stage();
  const alice = server.as("human:alice");
  const { template } = await alice.templates.createTemplate({ name: "release", policy: POLICY });
  const policySource = { case: "template" as const, value: { name: "release", overrides: { minApprovals: 3 } } };
  const { decision } = await server.as("human:bob").decisions.createDecision({ ...RELEASE, policySource });
  const decisionId = decision?.decisionId ?? "";
  const bytes = await exported(decisionId);
  expect(digest(partsOf(bytes).template)).toBe(template?.digest);
  const { verdict, checks } = verifyDecisionBundle(bytes, readTrustPolicy(await trust()));
  expect(verdict).toBe("AUTHENTIC");
  expect(checks.find(({ name }) => name === "template")?.status).toBe("PASS");
  const { report } = await alice.audit.verifyBundle({ bundleJson: bytes });
  expect(report?.checks.find(({ name }) => name === "template")?.status).toBe(CheckStatus.PASS);

  behindItsBack(eventsFile(join(directory, "data")), (database) =>
    database.exec(
      `UPDATE events SET data = replace(data, 'MODE_APPLY', 'MODE_DRY_RUN') WHERE type = 'TEMPLATE_CREATED'`,
    ),
  );
  expect(await refusalOf(alice.audit.exportBundle({ decisionId }))).toMatchObject({ reason: "STORED_LOG_CORRUPT" });
});

test("another server verifies and takes in by a trust policy what is authentic, and nothing else", {
  timeout: 120_000,
}, async () => {
  const ours = await stage();
  const theirs = await serverUnderTest();
  const decisionId = await requested(ours.server);
  const earlier = await ours.exported(decisionId);
  await approve(ours.server, decisionId, "carol", "dave");
  const bytes = await ours.exported(decisionId);
  const { audit, imported } = theirs.as("human:ida");
  const trustPolicy = fromJsonString(TrustPolicySchema, await ours.trust());
  const { report } = await audit.verifyBundle({ bundleJson: bytes, trustPolicy });
  expect(report).toMatchObject({ verdict: Verdict.AUTHENTIC, signers: [{ role: SignerRole.SERVER }] });

  const stripped = { ...partsOf(bytes), signature: undefined };
  const swapped = { ...partsOf(bytes), signature: partsOf(earlier).signature };
  const files = { stripped, swapped };
  for (const [name, file] of Object.entries(files)) {
    const bundleJson = new TextEncoder().encode(canonical(file));
    const refused = await refusalOf(audit.importBundle({ bundleJson, trustPolicy }));
    expect(refused, name).toMatchObject({ code: "FailedPrecondition", reason: "BUNDLE_NOT_AUTHENTIC" });
  }
  const others = fromJsonString(
    TrustPolicySchema,
    (await commandLine(["keys", "export", "--data-dir", join(theirs.directory, "data")])).stdout,
  );
  expect(await refusalOf(audit.importBundle({ bundleJson: bytes, trustPolicy: others }))).toMatchObject({
    reason: "BUNDLE_NOT_AUTHENTIC",
    message: expect.stringContaining("server_signature"),
  });
  expect((await imported.listImportedDecisions({})).imports).toEqual([]);

  const run = (...args: readonly string[]) =>
    commandLine([...args, "--as", "human:ida"], { server: theirs.url, cwd: ours.directory });
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(ours.directory, name), content);
  write("trust.json", await ours.trust());
  write("bundle.json", bytes);
  write("stripped.json", canonical(stripped));
  write("broken.json", "{}");
  expect(await run("verify", "bundle.json", "--trust", "trust.json")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/AUTHENTIC: made by nexus-attest/),
  });
  expect((await run("verify", "stripped.json", "--trust", "trust.json")).exitCode).toBe(9);
  expect(await run("import", "stripped.json", "--trust", "trust.json")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("[BUNDLE_NOT_AUTHENTIC]"),
  });
  expect(await run("import", "bundle.json", "--trust", "broken.json")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("broken.json is no trust policy that can be used"),
  });
  const taken = await run("import", "bundle.json", "--trust", "trust.json");
  expect(taken).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^CREATED /) });
  expect(taken.stdout).not.toContain("not proven");
});
