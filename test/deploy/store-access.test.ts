import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const SCRIPT = new URL("../../deploy/store-access.sh", import.meta.url).pathname;

/** Stands in for curl: notes how it was called, and answers with the next status. */
const CURL = `#!/bin/sh
cd "$(dirname "$0")"
cat >> config
for argument; do case $argument in @*) cat "\${argument#@}" >> bodies; echo --- >> bodies ;; https*) echo "$argument" >> urls ;; esac; done
echo "$*" >> arguments
head -n 1 statuses | tr -d '\\n'
sed -i 1d statuses
`;

/** Runs the script against a store that answers with these statuses, and does not wait in between. */
function run(...statuses: readonly number[]) {
  const directory = temporaryDirectory();
  const bin = join(directory, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "curl"), CURL, { mode: 0o755 });
  writeFileSync(join(bin, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(bin, "statuses"), statuses.map((status) => `${status}\n`).join(""));
  writeFileSync(join(directory, "admin-password"), "of-admin");
  writeFileSync(join(directory, "attest-password"), "of-attest");
  const { status, stderr } = spawnSync("sh", [SCRIPT], {
    env: { PATH: `${bin}:${process.env["PATH"]}`, STORE: "https://store", SECRETS: directory, TMPDIR: directory },
    encoding: "utf8",
  });
  const noted = (file: string) => (existsSync(join(bin, file)) ? readFileSync(join(bin, file), "utf8") : "");
  const paths = noted("urls").trimEnd().replaceAll("https://store", "").split("\n");
  const bodies = noted("bodies")
    .split("---\n")
    .filter((body) => body !== "");
  return { status, stderr, paths, noted, bodies: bodies.map((body) => JSON.parse(body) as unknown) };
}

const ALL = ["/users/attest", "/users/", "/streams/%24settings", "/streams/%24all/metadata"];

describe("store-access.sh", () => {
  test("makes the user, then says what it may do", () => {
    const { status, paths, bodies } = run(404, 201, 201, 201);
    expect({ status, paths }).toEqual({ status: 0, paths: ALL });
    const [user, settings, all] = bodies;
    expect(user).toMatchObject({ loginName: "attest", groups: [], password: "of-attest" });
    expect(settings).toMatchObject([{ eventType: "update-default-acl" }]);
    expect(all).toMatchObject([{ eventType: "$metadata", data: { $acl: { $r: ["attest", "$admins"] } } }]);
  });

  test("nobody but administrators may delete a stream or cut it, or touch the store's own", () => {
    const { bodies } = run(200, 201, 201);
    const [[event]] = bodies as [[{ readonly data: Readonly<Record<string, Readonly<Record<string, unknown>>>> }]];
    expect(event.data["$userStreamAcl"]).toMatchObject({ $w: ["attest", "$admins"], $d: "$admins", $mw: "$admins" });
    expect(new Set(Object.values(event.data["$systemStreamAcl"] ?? {}))).toEqual(new Set(["$admins"]));
  });

  test("again: the user stays as it is, and the events are the same", () => {
    const first = run(404, 201, 201, 201);
    const again = run(200, 201, 201);
    expect(again.paths).toEqual(ALL.filter((path) => path !== "/users/"));
    const ids = ({ noted }: typeof again) => noted("bodies").match(/"eventId": "[0-9a-f-]{36}"/g);
    expect(ids(again)).toHaveLength(2);
    expect(ids(again)).toEqual(ids(first));
  });

  test("waits while the nodes have no leader", () => {
    const { status, paths } = run(404, 503, 503, 201, 201, 201);
    expect({ status, paths }).toEqual({
      status: 0,
      paths: [...ALL.slice(0, 2), "/users/", "/users/", ...ALL.slice(2)],
    });
  });

  test("gives up in the end, and says on what", () => {
    const { status, stderr } = run(200, ...Array.from({ length: 60 }, () => 503));
    expect({ status, stderr }).toEqual({ status: 1, stderr: "the access to streams: HTTP status 503\n" });
  });

  test("a wrong password is not tried again", () => {
    const { status, stderr, paths } = run(401, 401, 201, 201, 201);
    expect({ status, paths }).toEqual({ status: 1, paths: ALL.slice(0, 2) });
    expect(stderr).toContain("does not know this administrator's password");
  });

  test("no password is an argument of a program", () => {
    const { noted } = run(404, 201, 201, 201);
    expect(noted("arguments")).not.toMatch(/of-admin|of-attest/);
    expect(noted("config")).toContain('user = "admin:of-admin"');
  });
});
