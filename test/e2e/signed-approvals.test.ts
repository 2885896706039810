import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const FILES = new URL("../../examples/file-adapter.mjs", import.meta.url).pathname;
const CONFIG = {
  approverKeys: { administrators: ["admin"] },
  adapters: [
    { id: "files", kind: "subprocess", command: [process.execPath, FILES], capabilities: ["apply", "dry_run"] },
  ],
};

async function stage() {
  const server = await serverUnderTest({ config: CONFIG });
  const directory = temporaryDirectory();
  const run = async (...args: readonly string[]) => {
    const ended = await commandLine(args, { server: server.url, cwd: directory });
    return { ...ended, json: () => JSON.parse(ended.stdout) };
  };
  const ok = async (...args: readonly string[]) => {
    const ended = await run(...args);
    expect(ended, args.join(" ")).toMatchObject({ exitCode: 0 });
    return ended;
  };
  /** A key that is enrolled to somebody. */
  const keyOf = async (id: string, file = `${id}.pem`): Promise<string> => {
    const { publicKey, keyId } = (await ok("approver-keys", "new", file, "--json")).json();
    await ok("approver-keys", "enroll", `human:${id}`, "--public-key", publicKey, "--as", "human:admin");
    return keyId;
  };
  const request = async (...options: readonly string[]): Promise<string> =>
    (
      await ok(
        "request",
        "--goal",
        "raise the limit",
        "--dry-run",
        "--adapter",
        "files",
        "--plan",
        PLAN,
        "--min-approvals",
        "1",
        "--require-signed-approvals",
        "--as",
        "human:bob",
        "--json",
        ...options,
      )
    ).json().decision.decisionId;
  return { server, directory, run, ok, keyOf, request };
}

const PLAN = new URL("../../examples/plan.json", import.meta.url).pathname;

describe("the command line", () => {
  test("makes a key, has it enrolled, shows what is signed and signs it, and the decision is carried out on it", async () => {
    const { directory, run, ok, keyOf, request } = await stage();
    const keyId = await keyOf("carol");
    expect(statSync(join(directory, "carol.pem")).mode & 0o777).toBe(0o600);
    const id = await request();
    expect(await run("approve", id, "--as", "human:carol")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("[SIGNATURE_REQUIRED]"),
    });
    const asked = await run("approve", id, "--as", "human:carol", "--sign-with", "carol.pem");
    expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("say --yes") });
    const signed = await ok(
      "approve",
      id,
      "--as",
      "human:carol",
      "--sign-with",
      "carol.pem",
      "--yes",
      "--comment",
      "fine",
    );
    for (const shown of [
      "raise the limit",
      "DRY_RUN",
      "signed approvals",
      keyId,
      "human",
      "fine",
      "request digest",
      "plan",
    ])
      expect(signed.stdout).toContain(shown);
    const { decision } = (await ok("show", id, "--as", "human:carol", "--json")).json();
    expect(decision.approvals).toMatchObject([{ keyId, status: "APPROVAL_STATUS_STANDING" }]);
    await ok("execute", id, "--wait", "20s", "--as", "human:bob");
    await ok("export", id, "--as", "human:bob");
    await ok("verify", `${id}.audit.json`);
  }, 60_000);

  test("revokes a key by its owner's hand: what it signed counts no more, and is told so", async () => {
    const { run, ok, keyOf, request } = await stage();
    const keyId = await keyOf("carol");
    const id = await request();
    await ok("approve", id, "--as", "human:carol", "--sign-with", "carol.pem", "--yes");
    expect(await run("approver-keys", "revoke", keyId, "--reason", "lost", "--as", "human:bob")).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining("[NOT_AN_ADMINISTRATOR]"),
    });
    await ok("approver-keys", "revoke", keyId, "--reason", "lost", "--as", "human:carol");
    expect(await run("execute", id, "--as", "human:bob")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("have been revoked"),
    });
    expect((await ok("show", id, "--as", "human:bob")).stdout).toContain("key revoked, signed");
    expect((await ok("approver-keys", "show", keyId, "--as", "human:bob")).stdout).toMatch(/revoked .*lost/);
    expect((await ok("approver-keys", "list", "--approver", "carol", "--as", "human:bob")).stdout).toContain(keyId);
    expect(
      await run("approver-keys", "enroll", "human:carol", "--as", "human:carol", "--public-key", "AAAA"),
    ).toMatchObject({
      exitCode: 2,
    });
  }, 60_000);

  test("uses no key that others may read, and no key but a private one", async () => {
    const { directory, run, keyOf, request } = await stage();
    await keyOf("carol");
    const id = await request();
    chmodSync(join(directory, "carol.pem"), 0o640);
    const open = await run("approve", id, "--as", "human:carol", "--sign-with", "carol.pem", "--yes");
    expect(open.exitCode).not.toBe(0);
    expect(open.stderr).toContain("chmod 600");
    writeFileSync(join(directory, "none.pem"), "not a key", { mode: 0o600 });
    const none = await run("approve", id, "--as", "human:carol", "--sign-with", "none.pem", "--yes");
    expect(none.exitCode).not.toBe(0);
    expect(none.stderr).not.toContain("not a key");
    expect(existsSync(join(directory, "carol.pem"))).toBe(true);
    const leak = await run("approver-keys", "enroll", "human:dave", "--pem", "carol.pem", "--as", "human:admin");
    expect(leak).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("private key") });
  }, 60_000);

  test("asks for an end where the policy limits the life of approvals, and signs that", async () => {
    const { run, ok, keyOf, request } = await stage();
    await keyOf("carol");
    const id = await request("--max-approval-lifetime", "1h");
    const how = ["--as", "human:carol", "--sign-with", "carol.pem", "--yes"];
    expect(await run("approve", id, ...how)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--expires-in"),
    });
    await ok("approve", id, ...how, "--expires-in", "10m");
  }, 60_000);
});

test("a package tells an approval whose key was revoked before the gate from one that the gate forgot", async () => {
  const { directory, ok, keyOf, request } = await stage();
  const lost = await keyOf("carol");
  await keyOf("dave");
  const id = await request("--min-approvals", "1");
  await ok("approve", id, "--as", "human:carol", "--sign-with", "carol.pem", "--yes");
  await ok("approver-keys", "revoke", lost, "--reason", "lost", "--as", "human:admin");
  await ok("approve", id, "--as", "human:dave", "--sign-with", "dave.pem", "--yes");
  const also = await request();
  for (const file of ["erin.pem", "erin2.pem"]) {
    const keyId = await keyOf("erin", file);
    await ok("approve", also, "--as", "human:erin", "--sign-with", file, "--yes");
    if (file === "erin.pem") await ok("approver-keys", "revoke", keyId, "--reason", "old", "--as", "human:erin");
  }
  await ok("execute", also, "--wait", "20s", "--as", "human:bob");
  await ok("export", also, "--as", "human:bob");
  await ok("execute", id, "--wait", "20s", "--as", "human:bob");
  await ok("export", id, "--as", "human:bob");
  for (const each of [id, also]) {
    const report = verifyAuditPackage(readFileSync(join(directory, `${each}.audit.json`)));
    expect(report.checks.filter(({ status }) => status === "FAIL")).toEqual([]);
  }
}, 60_000);
