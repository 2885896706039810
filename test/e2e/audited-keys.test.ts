import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { verdictOn } from "../audit-log/audit-stage.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

type Record = Readonly<{ [name: string]: unknown }>;

/** A server with an audit log of its own, and its configuration for the command line. */
function stage(more: object = {}) {
  const directory = temporaryDirectory();
  const dataDir = join(directory, "data");
  const logs = join(directory, "logs");
  mkdirSync(logs);
  const file = join(logs, "audit.log");
  const config = { audit: { file, log: false }, ...more };
  const configFile = join(directory, "config.yaml");
  writeFileSync(configFile, JSON.stringify({ dataDir, ...config }));
  return {
    directory,
    dataDir,
    logs,
    file,
    configFile,
    start: () => serverUnderTest({ directory, config }),
    rotate: (...args: string[]) => commandLine(["keys", "rotate", "--config", configFile, "--json", ...args]),
    keys: () => readFileSync(join(dataDir, "signing", "public-keys.json"), "utf8"),
    records: () =>
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record),
    rotations: () =>
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record)
        .filter(({ kind }) => kind === "server_key.rotate"),
  };
}

describe("keys rotate, with the server stopped", () => {
  test("is recorded before it is done and with its end, in the chain that the server goes on with", async () => {
    const { start, rotate, records, rotations, file } = stage();
    await (await start()).close();
    const before = records().length;
    const { exitCode, stdout, stderr } = await rotate();
    expect(exitCode, stderr).toBe(0);
    const [current, retired] = JSON.parse(stdout) as readonly { readonly keyId: string }[];
    const details = { trigger: "command", user: userInfo().username, retired: retired?.keyId };
    expect(records().slice(before)).toEqual([
      {
        version: "1",
        seq: before,
        time: expect.any(String),
        previousDigest: expect.stringMatching(/^sha256:/),
        kind: "server_key.rotate",
        outcome: "ATTEMPTED",
        details,
      },
      expect.objectContaining({
        outcome: "SUCCEEDED",
        seq: before + 1,
        attempt: before,
        keyId: current?.keyId,
        details,
      }),
    ]);
    await (await start()).close();
    expect(rotations()).toHaveLength(2);
    expect(records().findLast(({ kind }) => kind === "server.start")).toMatchObject({ keyId: current?.keyId });
    expect(await verdictOn(file)).toMatchObject({ problems: [], records: before + 5 });
  });

  test("is not done if it cannot be recorded", async () => {
    const { start, rotate, keys, logs } = stage();
    await (await start()).close();
    const before = keys();
    renameSync(logs, `${logs}-away`);
    const { exitCode, stderr } = await rotate();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("cannot be the audit log: it cannot be written (ENOENT)");
    expect(keys()).toBe(before);
  });

  test("is recorded as failed if it fails", async () => {
    const { start, rotate, rotations, dataDir } = stage();
    await (await start()).close();
    chmodSync(join(dataDir, "signing"), 0o755);
    expect((await rotate()).stderr).toContain("chmod 700");
    expect(rotations()).toMatchObject([{ outcome: "ATTEMPTED" }, { outcome: "FAILED" }]);
  });

  test("needs no audit log where there is none", async () => {
    const { directory, dataDir } = stage();
    await (await serverUnderTest({ directory })).close();
    expect(await commandLine(["keys", "rotate", "--data-dir", dataDir])).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("nobody writes into the audit log beside a server that runs", () => {
  test("not keys rotate, whatever data directory it is given", async () => {
    const { start, rotate, records, directory } = stage();
    const server = await start();
    const before = records();
    expect(await rotate()).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("is in use by process") });
    const other = join(directory, "other");
    mkdirSync(other);
    expect(await rotate("--data-dir", other)).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining("is in use by process"),
    });
    expect(records()).toEqual(before);
    await server.close();
    expect(await rotate("--data-dir", other), "once it has ended").toMatchObject({ exitCode: 0 });
  });

  test("not a second server that is started on the same data directory by mistake", async () => {
    const { start, records, file } = stage();
    const server = await start();
    const before = records();
    await expect(start()).rejects.toThrow("is in use");
    expect(records()).toEqual(before);
    await server.close();
    expect(await verdictOn(file)).toMatchObject({ problems: [] });
  });
});

test("a key that is put in the place of the one that the configuration names is recorded by the start that takes it", async () => {
  const directory = temporaryDirectory();
  const keyFile = join(directory, "key.pem");
  const made = async () => {
    rmSync(keyFile, { force: true });
    const { stdout } = await commandLine(["keys", "new", keyFile, "--json"]);
    return (JSON.parse(stdout) as { readonly keyId: string }).keyId;
  };
  const { start, rotations } = stage({ signing: { keyFile } });
  const first = await made();
  await (await start()).close();
  await (await start()).close();
  expect(rotations(), "the first key retires none").toEqual([]);
  const second = await made();
  await (await start()).close();
  await (await start()).close();
  const details = { trigger: "start", retired: first };
  expect(rotations()).toMatchObject([
    { outcome: "ATTEMPTED", keyId: second, details },
    { outcome: "SUCCEEDED", keyId: second, details },
  ]);
});
