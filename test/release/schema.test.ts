import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareVersions, lastRelease, schemaOf } from "../../scripts/last-release.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const found = (path: string, pattern: RegExp) => pattern.exec(read(path))?.[1];

let checkout = "";

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "nexus-attest-schema-"));
  for (const each of ["buf.yaml", "proto", "third_party"])
    cpSync(new URL(each, root), join(checkout, each), { recursive: true });
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

/** What a change of the schema is told, as npm run check asks. */
function breaking(file: string, change: (text: string) => string): string {
  const path = join(checkout, "proto/nexus/attest/v1", file);
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
  const against = ["breaking", "proto", "--exclude-imports", "--against", schemaOf(lastRelease())];
  const { status, stdout, stderr } = spawnSync("buf", against, { cwd: checkout, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status === 0).toBe(stdout === "");
  return stdout;
}

describe("the schema, against that of the last release", () => {
  test("may be added to", () => {
    expect(breaking("label.proto", (text) => text.replace("message Label {", "$&\n  string colour = 99;"))).toBe("");
    expect(
      breaking("error_reason.proto", (text) => text.replace("UNSPECIFIED = 0;", "$&\n  ERROR_REASON_NEW = 9999;")),
    ).toBe("");
  });

  test.each([
    ["a field that is gone", "actor.proto", /^ {2}string id = .*?;$/ms, ""],
    ["a field of another type", "actor.proto", /string id =/, "bytes id ="],
    ["a field of another number", "label.proto", /string key = 1/, "string key = 91"],
    ["a field of another name", "label.proto", /string key = /, "string name = "],
    ["a reason of another name", "error_reason.proto", /ERROR_REASON_GATE_CLOSED/, "ERROR_REASON_GATE_SHUT"],
    ["an RPC that streams no more", "decision_service.proto", /returns \(stream /, "returns ("],
    ["an RPC that is gone", "template_service.proto", /rpc GetTemplate\(.*?\}\n/s, "\n"],
  ])("refuses %s", (_, file, pattern, replacement) => {
    expect(breaking(file, (text) => text.replace(pattern, replacement))).not.toBe("");
  });
});

describe("releases", () => {
  test("are told apart by number, not by spelling", () => {
    expect(["0.10.0", "1.0.0", "0.9.12", "0.9.2"].toSorted(compareVersions)).toEqual([
      "0.9.2",
      "0.9.12",
      "0.10.0",
      "1.0.0",
    ]);
  });

  test("are of one version, which all clients bear", () => {
    const versions = {
      server: found("package.json", /^ {2}"version": "(.*)"/m),
      python: found("clients/python/pyproject.toml", /^version = "(.*)"/m),
      typescript: found("clients/typescript/package.json", /^ {2}"version": "(.*)"/m),
      go: found("clients/go/go.mod", /nexus-attest\/gen\/go v(.*)/),
      rust: found("clients/rust/Cargo.toml", /^version = "(.*)"/m),
      rustVerifier: found("clients/rust/verify/Cargo.toml", /^version = "(.*)"/m),
      java: found("clients/java/pom.xml", /<artifactId>nexus-attest-client<\/artifactId>\s*<version>(.*)<\/version>/),
      javaVerifier: found(
        "clients/java/verify/pom.xml",
        /<artifactId>nexus-attest-verify<\/artifactId>\s*<version>(.*)<\/version>/,
      ),
    };
    expect(new Set(Object.values(versions)), JSON.stringify(versions)).toEqual(new Set([versions.server]));
    expect(compareVersions(versions.server ?? "", lastRelease())).toBeGreaterThanOrEqual(0);
  });

  test.each(["python", "typescript", "rust", "rust/verify"])("bear the licence in clients/%s", (client) => {
    expect(read(`clients/${client}/LICENSE`)).toBe(read("LICENSE"));
  });
});
