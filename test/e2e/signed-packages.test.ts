import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromJsonString } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { PackageMode, SignerRole, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { TrustPolicySchema } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { commandLine } from "../support/command-line.ts";
import { serverProcess } from "../support/server-process.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, requested } from "./release.ts";

const EMBEDDED = PackageMode.EMBEDDED;

async function executed(server: Pick<ServerUnderTest, "as">): Promise<string> {
  const decisionId = await requested(server);
  await approve(server, decisionId, "carol", "dave");
  await server.as("human:bob").decisions.executeDecision({ decisionId, wait: { seconds: 20n } });
  return decisionId;
}

async function exported(
  server: Pick<ServerUnderTest, "as">,
  decisionId: string,
  mode: PackageMode = EMBEDDED,
): Promise<Uint8Array> {
  return (await server.as("human:olivia").audit.exportAuditPackage({ decisionId, mode })).packageJson;
}

/** What an operator hands to those who verify. */
async function trustOf(directory: string): Promise<string> {
  const { stdout, exitCode } = await commandLine(["keys", "export", "--data-dir", join(directory, "data")]);
  expect(exitCode).toBe(0);
  return stdout;
}

describe("a server's packages", () => {
  test("are signed, and authentic to whoever has its trust policy; twice exported they are the same to the byte", async () => {
    const directory = temporaryDirectory();
    const server = await serverUnderTest({ directory, ...adaptersIn(directory) });
    const decisionId = await executed(server);
    const bytes = await exported(server, decisionId);
    expect(await exported(server, decisionId)).toEqual(bytes);
    const trust = readTrustPolicy(await trustOf(directory));
    for (const file of [bytes, await exported(server, decisionId, PackageMode.REFERENCE)])
      expect(verifyAuditPackage(file, trust)).toMatchObject({
        verdict: "AUTHENTIC",
        signers: [{ role: "SERVER", name: "nexus-attest" }],
      });
    expect(verifyAuditPackage(bytes).verdict).toBe("CONSISTENT");

    const { report } = await server.as("human:olivia").audit.verifyAuditPackage({
      packageJson: bytes,
      trustPolicy: fromJsonString(TrustPolicySchema, await trustOf(directory)),
    });
    expect(report).toMatchObject({ verdict: Verdict.AUTHENTIC, signers: [{ role: SignerRole.SERVER }] });
  });

  test("stay authentic when the key is rotated, and are signed anew by the new one, whenever it was that they happened", async () => {
    const directory = temporaryDirectory();
    const dataDir = join(directory, "data");
    const first = await serverUnderTest({ directory, ...adaptersIn(directory) });
    const decisionId = await executed(first);
    const before = await exported(first, decisionId);

    const whileServing = await commandLine(["keys", "rotate", "--data-dir", dataDir]);
    expect(whileServing).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("is in use by process") });
    await first.close();
    const rotated = await commandLine(["keys", "rotate", "--data-dir", dataDir, "--json"]);
    expect(rotated).toMatchObject({ exitCode: 0, stderr: "" });
    const [current, retired] = JSON.parse(rotated.stdout) as readonly { keyId: string; notAfter?: string }[];
    expect(retired?.notAfter).toBeDefined();

    const second = await serverUnderTest({ directory, ...adaptersIn(directory) });
    const after = await exported(second, decisionId);
    expect(after).not.toEqual(before);
    const trust = readTrustPolicy(await trustOf(directory));
    expect(verifyAuditPackage(before, trust)).toMatchObject({
      verdict: "AUTHENTIC",
      signers: [{ keyId: retired?.keyId }],
    });
    expect(verifyAuditPackage(after, trust)).toMatchObject({
      verdict: "AUTHENTIC",
      signers: [{ keyId: current?.keyId }],
    });

    const { keys } = await second.as("human:olivia").audit.listServerKeys({});
    expect(keys.map(({ keyId }) => keyId)).toEqual([current?.keyId, retired?.keyId]);
    expect(keys[0]?.notAfter).toBeUndefined();
    expect(keys.every(({ publicKey }) => publicKey.length === 32)).toBe(true);
    expect(new Date(timestampMs(keys[1]?.notAfter ?? ({ seconds: 0n, nanos: 0 } as never))).toISOString()).toBe(
      retired?.notAfter,
    );
  });

  test("are signed by the key that the configuration names, which is rotated by putting another there", async () => {
    const directory = temporaryDirectory();
    const keyFile = join(directory, "key.pem");
    const made = await commandLine(["keys", "new", keyFile, "--json"]);
    const { keyId } = JSON.parse(made.stdout) as { keyId: string };
    const again = await commandLine(["keys", "new", keyFile]);
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("a key is never overwritten") });
    const { config } = adaptersIn(directory);
    const server = await serverUnderTest({ directory, config: { ...config, signing: { keyFile } } });
    const { keys } = await server.as("human:olivia").audit.listServerKeys({});
    expect(keys).toMatchObject([{ keyId }]);
    const report = verifyAuditPackage(
      await exported(server, await executed(server)),
      readTrustPolicy(await trustOf(directory)),
    );
    expect(report).toMatchObject({ verdict: "AUTHENTIC", signers: [{ keyId }] });

    const configFile = join(directory, "config.yaml");
    writeFileSync(configFile, JSON.stringify({ dataDir: join(directory, "data"), signing: { keyFile } }));
    const rotated = await commandLine(["keys", "rotate", "--config", configFile]);
    expect(rotated).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("signing.keyFile") });
  });

  test("are exported by nobody if the key cannot be used; the server says why, and leaves no lock behind", async () => {
    const directory = temporaryDirectory();
    const keyFile = join(directory, "key.pem");
    writeFileSync(keyFile, "secret stuff", { mode: 0o644 });
    const start = () => serverUnderTest({ directory, config: { signing: { keyFile } } });
    await expect(start()).rejects.toThrow(`others than its owner may use it (mode 0644): chmod 600 ${keyFile}`);
    await expect(start()).rejects.toThrow("chmod 600");
    await (await serverUnderTest({ directory })).close();
    const config = join(directory, "config.yaml");
    writeFileSync(
      config,
      JSON.stringify({ dataDir: join(directory, "data"), listen: "127.0.0.1:0", signing: { keyFile } }),
    );
    const served = await commandLine(["serve", "--config", config]);
    expect(served).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("chmod 600") });
    expect(served.stderr).not.toContain("secret stuff");
  });
});

test("nothing that a server writes to its log holds its private key", async () => {
  const directory = temporaryDirectory();
  const args = ["--data-dir", join(directory, "data"), "--listen", "127.0.0.1:0", "--log-level", "trace"];
  const server = await serverProcess({ args, cwd: directory });
  await server.stop();
  const [, secret = ""] = readFileSync(join(directory, "data", "signing", "key.pem"), "utf8").split("\n");
  expect(secret).toHaveLength(64);
  expect(server.stderr()).toContain("keyId");
  for (const part of [secret, secret.slice(24, 44)]) expect(server.stderr()).not.toContain(part);
});

describe("nexus-attest keys", () => {
  test("shows and exports the public keys, and never a private one", async () => {
    const directory = temporaryDirectory();
    const server = await serverUnderTest({ directory });
    const dataDir = join(directory, "data");
    const { keys } = await server.as("human:olivia").audit.listServerKeys({});
    const [{ keyId, publicKey } = { keyId: "", publicKey: new Uint8Array() }] = keys;
    const list = await commandLine(["keys", "list", "--data-dir", dataDir]);
    expect(list.stdout).toMatch(new RegExp(`^KEY ID +SINCE +RETIRED\n${keyId} +20\\S+Z +-\n$`));
    const trust = JSON.parse((await commandLine(["keys", "export", "--data-dir", dataDir, "--name", "eu-1"])).stdout);
    expect(trust).toEqual({
      policyVersion: "nexus.attest/trust-policy/v1",
      serverKeys: [{ name: "eu-1", publicKey: Buffer.from(publicKey).toString("base64") }],
    });
    const pem = await commandLine(["keys", "export", "--format", "pem", "--data-dir", dataDir]);
    const named = await commandLine(["keys", "export", "--format", "pem", "--key-id", keyId, "--data-dir", dataDir]);
    expect(named.stdout).toBe(pem.stdout);
    expect(Buffer.from(pem.stdout.split("\n")[1] ?? "", "base64").subarray(12)).toEqual(Buffer.from(publicKey));
    const [, secret = ""] = readFileSync(join(dataDir, "signing", "key.pem"), "utf8").split("\n");
    for (const { stdout } of [list, pem, named]) expect(stdout).not.toContain(secret.slice(24, 44));
    const unknown = await commandLine([
      "keys",
      "export",
      "--format",
      "pem",
      "--key-id",
      "sha256:00",
      "--data-dir",
      dataDir,
    ]);
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("has no key sha256:00") });
  });

  test("says where there is none", async () => {
    const directory = temporaryDirectory();
    const none = await commandLine(["keys", "list", "--data-dir", directory]);
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("there is no key") });
    const nowhere = await commandLine(["keys", "list", "--data-dir", join(directory, "nowhere")]);
    expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("there is no data directory") });
    expect((await commandLine(["keys", "rotate", "--data-dir", directory])).exitCode).toBe(0);
    expect((await commandLine(["keys", "list", "--data-dir", directory])).exitCode).toBe(0);
  });
});

test("keys are listed for whoever has a name, and for nobody else", async () => {
  const server = await serverUnderTest();
  const refused = refusalOf(server.as(undefined).audit.listServerKeys({}));
  expect(await refused).toMatchObject({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
});
