import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { secureStage } from "./secure-server.ts";

/** The command line of a machine whose server takes tokens and certificates only. */
async function stage(more: object = {}) {
  const secure = await secureStage();
  const server = await serverUnderTest({ config: { ...secure.config, ...more } });
  const { directory, authority } = secure;
  const token = async (id: string) => {
    writeFileSync(join(directory, `${id}.token`), await secure.issuer.token({ sub: id }));
    return ["--token-file", `${id}.token`] as const;
  };
  writeFileSync(join(directory, "pipeline.token"), secure.serviceToken);
  const run = async (...args: readonly string[]) =>
    await commandLine(args, {
      server: server.url,
      cwd: directory,
      env: { NEXUS_ATTEST_TLS_CA: authority.caFile },
    });
  const ok = async (...args: readonly string[]) => {
    const ended = await run(...args);
    expect(ended, args.join(" ")).toMatchObject({ exitCode: 0 });
    return ended;
  };
  return { ...secure, url: server.url, token, run, ok, service: ["--token-file", "pipeline.token"] as const };
}

const REQUEST = ["request", "--goal", "raise the limit", "--dry-run", "--min-approvals", "1"] as const;

const idIn = (text: string) => /[0-9a-f]{32}/.exec(text)?.[0] ?? "";

describe("an approver signs", () => {
  test("by the name that their token proves, which is not sent beside it", async () => {
    const { token, ok, run, service } = await stage();
    const { publicKey } = JSON.parse((await ok("approver-keys", "new", "carol.pem", "--json")).stdout);
    await ok("approver-keys", "enroll", "human:carol", "--public-key", publicKey, ...service);
    const id = idIn((await ok(...REQUEST, "--require-signed-approvals", ...service)).stdout);
    const signed = ["approve", id, "--sign-with", "carol.pem", "--yes"] as const;
    const other = await run(...signed, "--as", "human:carol", ...(await token("dave")));
    expect(other.stderr).toContain("[APPROVER_KEY_NOT_ENROLLED]");
    expect((await ok(...signed, "--as", "human:carol", ...(await token("carol")))).stdout).toContain("APPROVED");
  });

  test("by the name that their certificate proves", async () => {
    const { authority, ok, service } = await stage();
    const erin = authority.issue("erin", { san: "email:erin@test", usage: "clientAuth" });
    const { publicKey } = JSON.parse((await ok("approver-keys", "new", "erin.pem", "--json")).stdout);
    await ok("approver-keys", "enroll", "human:erin@test", "--public-key", publicKey, ...service);
    const id = idIn((await ok(...REQUEST, "--require-signed-approvals", ...service)).stdout);
    const who = ["--as", "human:erin@test", "--tls-cert", erin.certFile, "--tls-key", erin.keyFile];
    const { stdout } = await ok("approve", id, "--sign-with", "erin.pem", "--yes", ...who);
    expect(stdout).toContain("APPROVED");
  });
});

// Nobody has either: RFC 5737, RFC 6761.
test.each([
  ["192.0.2.1:7350", "cannot listen on 192.0.2.1:7350: this machine has no such address."],
  ["nobody.invalid:7350", "cannot listen on nobody.invalid: nobody knows that name"],
])("a server that is to listen where this machine has no address says so: %s", async (listen, words) => {
  const { config, directory } = await secureStage();
  writeFileSync(join(directory, "config.json"), JSON.stringify({ ...config, listen, dataDir: "data" }));
  const ended = await commandLine(["serve", "--config", "config.json"], { cwd: directory });
  expect(ended).toMatchObject({
    exitCode: 6,
    stderr: expect.stringContaining(words),
  });
});

test("the next step that is shown can be typed as it stands, by whoever it is for", async () => {
  const { token, ok, service } = await stage();
  const { stdout } = await ok(...REQUEST, ...service);
  const [, next = ""] = /next: nexus-attest (.*)/.exec(stdout) ?? [];
  expect(next).toContain("by an approver");
  const typed = next.replace(/\s+#.*/, "").split(" ");
  expect((await ok(...typed, ...(await token("carol")))).stdout).toContain("APPROVED");
});

describe("whoever is not let in is told what to do, by what they have shown", () => {
  test("nothing, a name, a name beside a token, a token that is not good", async () => {
    const { authority, token, issuer, directory, run } = await stage();
    const hint = async (...args: readonly string[]) => {
      const { exitCode, stderr } = await run("list", ...args);
      expect(exitCode).toBe(5);
      return /^hint: (.*)$/m.exec(stderr)?.[1];
    };
    expect(await hint()).toContain("say who you are: --as human:you@example.com where callers name themselves");
    expect(await hint("--as", "human:carol")).toMatch(/^say who you are by a token .* without --as/);
    expect(await hint("--as", "human:carol", ...(await token("carol")))).toMatch(/^leave out --as/);
    const erin = authority.issue("erin", { san: "email:erin@test", usage: "clientAuth" });
    const certificate = ["--tls-cert", erin.certFile, "--tls-key", erin.keyFile];
    expect(await hint(...certificate, ...(await token("erin")))).toMatch(/^leave out either the token/);
    writeFileSync(join(directory, "old.token"), await issuer.token({ sub: "carol", exp: 1 }));
    expect(await hint("--token-file", "old.token")).toMatch(/^get a new token or certificate if it has expired/);
  });

  test("somebody without a role, with the groups that have arrived", async () => {
    const { issuer, directory, run } = await stage({ authorization: [{ roles: ["approver"], groups: ["sre"] }] });
    const many = ["SRE", ...Array.from({ length: 9 }, (_, i) => `x${i}`)];
    for (const [groups, words] of [
      [["sre"], undefined],
      [["SRE"], "carol, in the group SRE, has no role here"],
      [many, "carol, in the groups SRE, x0, x1, x2, x3, x4, x5, x6 and 2 more, has no role here"],
      [undefined, "carol, in no group, has no role here"],
    ] as const) {
      writeFileSync(join(directory, "carol.token"), await issuer.token({ sub: "carol", ...(groups && { groups }) }));
      const { stderr } = await run("list", "--token-file", "carol.token");
      if (words === undefined) expect(stderr).toBe("no decisions\n");
      else expect(stderr).toContain(words);
    }
  });

  test("a server with TLS that is called without", async () => {
    const { url, directory, token } = await stage();
    const args = ["list", ...(await token("carol"))];
    const ended = await commandLine(args, { server: url.replace("https:", "http:"), cwd: directory });
    expect(ended).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("is reached by https://") });
  });
});
