import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { hashOfServiceToken } from "../../src/identity/service-token.ts";
import { secureStage } from "../e2e/secure-server.ts";
import { createAuthority } from "../support/certificates.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

// Each command is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 90_000 });

async function running() {
  const stage = await secureStage();
  const server = await serverUnderTest({ directory: stage.directory, config: stage.config });
  const tokenFile = join(stage.directory, "token");
  writeFileSync(tokenFile, `${stage.serviceToken}\n`);
  const actors = () => server.log.lines.filter(({ message }) => message === "call").map(({ facts }) => facts);
  const run = (args: readonly string[], env: object = {}) =>
    commandLine([...args], { server: server.url, env: { NEXUS_ATTEST_TLS_CA: stage.authority.caFile, ...env } });
  return { ...stage, url: server.url, tokenFile, run, actors };
}

describe("a client shows", () => {
  test("a token from a file, or from the environment", async () => {
    const { run, tokenFile, serviceToken, actors } = await running();
    expect(await run(["list", "--token-file", tokenFile])).toMatchObject({ exitCode: 0, stderr: "no decisions\n" });
    expect(await run(["list"], { NEXUS_ATTEST_TOKEN_FILE: tokenFile })).toMatchObject({ exitCode: 0 });
    expect(await run(["list"], { NEXUS_ATTEST_TOKEN: serviceToken })).toMatchObject({ exitCode: 0 });
    expect(await run(["list", "--on-behalf-of", "alice@test"], { NEXUS_ATTEST_TOKEN: serviceToken })).toMatchObject({
      exitCode: 0,
    });
    expect(actors().map(({ actor, delegate }) => [actor, delegate])).toEqual([
      ["system:pipeline", undefined],
      ["system:pipeline", undefined],
      ["system:pipeline", undefined],
      ["human:alice@test", "system:pipeline"],
    ]);
  });

  test("a certificate", async () => {
    const { run, authority, actors } = await running();
    const { certFile, keyFile } = authority.issue("alice", { san: "email:alice@test" });
    expect(await run(["list", "--tls-cert", certFile, "--tls-key", keyFile])).toMatchObject({
      exitCode: 0,
      stderr: "no decisions\n",
    });
    expect(actors()[0]?.["actor"]).toBe("human:alice@test");
  });

  test("nothing for health, and is told what is wanted for the rest", async () => {
    const { run } = await running();
    expect(await run(["health"])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^SERVING$/m) });
    const nobody = await run(["list"]);
    expect(nobody.exitCode).toBe(5);
    expect(nobody.stderr).toContain("--token-file");
  });
});

describe("mistakes", () => {
  test("a server whose certificate is of an authority that is not trusted, or for another name", async () => {
    const { run, authority } = await running();
    const untrusted = await run(["health"], { NEXUS_ATTEST_TLS_CA: undefined });
    expect(untrusted.exitCode).toBe(6);
    expect(untrusted.stderr).toContain("--tls-ca");
    expect(untrusted.stderr).not.toContain("--use-system-ca");
    const elsewhere = authority.issue("elsewhere", { san: "DNS:attest.example.com", usage: "serverAuth" });
    const other = await serverUnderTest({
      config: { tls: { certFile: elsewhere.certFile, keyFile: elsewhere.keyFile } },
    });
    const renamed = await commandLine(["health", "--server", other.url, "--tls-ca", authority.caFile]);
    expect(renamed.exitCode).toBe(6);
    expect(renamed.stderr).toContain("is not taken");
    expect(renamed.stderr).toContain("hint: name the server as its certificate does");
  });

  test.each<[string, readonly [string, string], string]>([
    [
      "has expired",
      ["20250101000000Z", "20250201000000Z"],
      "hint: the server needs a new one, unless this machine's clock is wrong",
    ],
    ["is not valid yet", ["20980101000000Z", "20990101000000Z"], "hint: look at this machine's clock"],
  ])("a server whose certificate %s", async (_, validity, words) => {
    const authority = createAuthority(temporaryDirectory());
    const { certFile, keyFile } = authority.issue("server", { san: "IP:127.0.0.1", usage: "serverAuth", validity });
    const server = await serverUnderTest({ config: { tls: { certFile, keyFile } } });
    const { exitCode, stderr } = await commandLine(["health", "--server", server.url, "--tls-ca", authority.caFile]);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(words);
  });

  test("a certificate and a key that are none, or not of each other", async () => {
    const authority = createAuthority(temporaryDirectory());
    const [mine, other] = ["mine", "other"].map((name) => authority.issue(name, { san: "email:a@test" }));
    for (const [cert, key, words] of [
      [mine?.keyFile, mine?.keyFile, `--tls-cert: ${mine?.keyFile} holds no certificate in PEM`],
      [mine?.certFile, mine?.certFile, `--tls-key: ${mine?.certFile} holds no private key in PEM`],
      [mine?.certFile, other?.keyFile, `--tls-key: the key in ${other?.keyFile} does not belong to the certificate in`],
    ]) {
      const args = ["--server", "https://127.0.0.1:1", "--tls-cert", `${cert}`, "--tls-key", `${key}`];
      const ended = await commandLine(["list", ...args]);
      expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${words}`) });
    }
  });

  test("authorities that are none", async () => {
    const file = join(temporaryDirectory(), "ca.pem");
    writeFileSync(file, "hunter2");
    const { exitCode, stderr } = await commandLine(["health", "--server", "https://127.0.0.1:1", "--tls-ca", file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--tls-ca: ${file} holds no certificate in PEM`);
    expect(stderr).not.toContain("hunter2");
  });

  test("a token goes nowhere in the clear", async () => {
    const { exitCode, stderr } = await commandLine(["list", "--server", "http://192.0.2.1:7350"], {
      env: { NEXUS_ATTEST_TOKEN: "secret-token" },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("https://");
    expect(stderr).not.toContain("secret-token");
  });

  test.each([
    ["half of a certificate", ["--tls-cert", "x.pem"], "--tls-key"],
    ["options for TLS without it", ["--tls-ca", "x.pem", "--server", "http://127.0.0.1:1"], "https://"],
    ["a file that is not there", ["--token-file", "/no/such/file"], "/no/such/file cannot be read"],
    ["a token on the command line", ["--token", "hunter2"], "unknown option '--token'"],
    ["the same, and where it goes", ["--token", "hunter2"], "hint: everybody on this machine can read"],
    ["an option of something else", ["--since-when", "x"], "(nexus-attest list --help lists what it takes)"],
  ])("%s", async (_, args, words) => {
    const { exitCode, stderr } = await commandLine(["list", "--server", "https://127.0.0.1:1", ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });

  test("a file that holds more than a token, without telling what", async () => {
    const file = join(temporaryDirectory(), "token");
    for (const text of ["", "hunter2 and more", "hunter2\nhunter3", "hunter2\u00e9"]) {
      writeFileSync(file, text);
      const { exitCode, stderr } = await commandLine(["list", "--server", "https://127.0.0.1:1", "--token-file", file]);
      expect(exitCode).toBe(2);
      expect(stderr).not.toContain("hunter");
    }
  });
});

test("tokens new prints a token once, and its hash for the configuration", async () => {
  const { stdout, stderr, exitCode } = await commandLine(["tokens", "new"]);
  expect(exitCode).toBe(0);
  const token = stdout.trim();
  const hash = hashOfServiceToken(token);
  expect(hash).toBeDefined();
  expect(stderr).toContain(hash);
  expect(stderr).not.toContain(token);
  const json = await commandLine(["tokens", "new", "--json"]);
  const made = JSON.parse(json.stdout) as { token: string; hash: string };
  expect(hashOfServiceToken(made.token)).toBe(made.hash);
  expect(made.token).not.toBe(token);
});
