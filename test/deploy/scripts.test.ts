import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseConnection } from "../../src/store/eventstoredb/connection.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import type { Compose } from "./compose-rules.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const { services, secrets } = parse(read("compose.yaml"), { merge: true }) as Compose;
const scripts = readdirSync(join(ROOT, "deploy")).filter((name) => name.endsWith(".sh"));
const nodes = Object.keys(services).filter((name) => /^store-\d$/.test(name));

/** Runs the script that makes the secrets, in a copy of its own. */
function makeSecrets(directory: string) {
  cpSync(join(ROOT, "deploy/make-secrets.sh"), join(directory, "make-secrets.sh"));
  chmodSync(join(directory, "make-secrets.sh"), 0o755);
  const { status } = spawnSync(join(directory, "make-secrets.sh"), { cwd: "/" });
  const files = Object.fromEntries(
    readdirSync(join(directory, "secrets")).map((name) => [
      name,
      readFileSync(join(directory, "secrets", name), "utf8"),
    ]),
  );
  return { status, files };
}

test.each(scripts)("%s is a shell script that can be read", (name) => {
  const { status, stderr } = spawnSync("sh", ["-n", join(ROOT, "deploy", name)], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(read(join("deploy", name))).toMatch(/^#!\/bin\/sh\n(#.*\n)+set -eu\n/);
});

describe("make-secrets.sh", () => {
  test("makes exactly the secrets that compose.yaml reads, each another one", () => {
    const { status, files } = makeSecrets(temporaryDirectory());
    expect(status).toBe(0);
    expect(Object.keys(files).toSorted()).toEqual(Object.keys(secrets).toSorted());
    const passwords = Object.entries(files).filter(([name]) => name.endsWith("-password"));
    for (const [name, password] of passwords) expect(password, name).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(passwords.map(([, password]) => password)).size).toBe(passwords.length);
  });

  test("a connection that the server takes, to every node, by the certificates that are made for them", () => {
    const { files } = makeSecrets(temporaryDirectory());
    expect(parseConnection(files["store-connection"] ?? "")).toEqual({
      address: `esdb://${nodes.map((name) => `${name}:2113`).join(",")}?tlsCAFile=/trust/ca.crt`,
      credentials: { username: "attest", password: files["attest-password"] },
    });
    expect(read("deploy/certificates.sh")).toContain(`-dns-names ${[...nodes, "localhost"].join(",")}\n`);
  });

  test("for nobody else on the machine", () => {
    const directory = temporaryDirectory();
    makeSecrets(directory);
    expect(statSync(join(directory, "secrets")).mode & 0o777).toBe(0o700);
    expect(read(".gitignore").split("\n")).toContain("/deploy/secrets/");
  });

  test("a second time changes nothing, and says that it failed", () => {
    const directory = temporaryDirectory();
    const { files } = makeSecrets(directory);
    expect(makeSecrets(directory)).toEqual({ status: 1, files });
  });
});

test("every script that is run by compose.yaml is there, and every one that is there is run or for people", () => {
  const run = Object.values(services).flatMap(({ volumes = [] }) =>
    volumes.flatMap((it) => it.match(/[a-z-]+\.sh/)?.[0] ?? []),
  );
  expect(new Set([...run, "make-secrets.sh"])).toEqual(new Set(scripts));
});
