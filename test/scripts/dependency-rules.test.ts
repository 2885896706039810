import { describe, expect, test } from "vitest";
import {
  isAllowed,
  LICENCES,
  type LockedPackage,
  problemsOfCargoLock,
  problemsOfGo,
  problemsOfLock,
  problemsOfManifest,
  problemsOfNpmrc,
} from "../../scripts/dependency-rules.ts";

const GOOD: LockedPackage = { version: "1.2.3", integrity: `sha512-${"A".repeat(86)}==`, license: "MIT" };
const problems = (more: LockedPackage, path = "node_modules/a") =>
  problemsOfLock({ "": {}, [path]: { ...GOOD, ...more } });

test("a package that is pinned and permissive passes", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ resolved: "https://registry.example/a/-/a-1.2.3.tgz", license: "(MIT OR GPL-3.0)" })).toEqual([]);
  expect(problems({ license: "MPL-2.0", dev: true })).toEqual([]);
});

describe("a package does not pass", () => {
  test.each<readonly [string, LockedPackage]>([
    ["without integrity", { integrity: "" }],
    ["with a weaker hash", { integrity: "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }],
    ["with a range", { version: "^1.2.3" }],
    ["out of git", { resolved: "git+ssh://git@example.com/a.git#abc" }],
    ["over plain http", { resolved: "http://registry.example/a/-/a-1.2.3.tgz" }],
    ["with credentials in its address", { resolved: "https://me:secret@registry.example/a-1.2.3.tgz" }],
    ["out of a file", { resolved: "file:../a" }],
    ["as a link", { link: true }],
    ["under a licence with further duties", { license: "AGPL-3.0" }],
    ["under a licence for tools, in the product", { license: "MPL-2.0" }],
    ["under both a good and a bad one", { license: "(MIT AND SSPL-1.0)" }],
    ["under an unknown one", { license: "SEE LICENSE IN LICENSE" }],
    ["with a script of its own", { hasInstallScript: true }],
  ])("%s", (_, more) => {
    expect(problems(more)).toHaveLength(1);
  });

  test("in a version that is refused, however deep it sits", () => {
    expect(problems({ version: "1.94.0" }, "node_modules/x/node_modules/oxlint")).toHaveLength(1);
  });
});

test("licences by expressions of SPDX", () => {
  for (const good of ["MIT", "MIT OR GPL-3.0", "(MIT AND ISC)", "MIT AND ISC OR GPL-3.0"])
    expect(isAllowed(good, LICENCES), good).toBe(true);
  for (const bad of [undefined, "", "GPL-3.0", "MIT AND GPL-3.0", "((MIT))", "MIT-0", "mit"])
    expect(isAllowed(bad, LICENCES), bad).toBe(false);
});

test("manifests, .npmrc, crates and modules", () => {
  expect(
    problemsOfManifest({ dependencies: { a: "1.2.3" }, devDependencies: { b: "^1.0.0", c: "latest" } }),
  ).toHaveLength(2);
  expect(problemsOfNpmrc("ignore-scripts = true\nsave-exact=true\n")).toEqual([]);
  expect(problemsOfNpmrc("ignore-scripts=false\n//registry.example/:_authToken=x\n")).toHaveLength(3);
  const crate = (source: string, checksum: string) =>
    `[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "${source}"\nchecksum = "${checksum}"\n`;
  const good = crate("registry+https://github.com/rust-lang/crates.io-index", "0".repeat(64));
  expect(problemsOfCargoLock(`version = 4\n[[package]]\nname = "own"\nversion = "0.1.0"\n${good}`)).toEqual([]);
  expect(problemsOfCargoLock(crate("git+https://example.com/a#1", "0".repeat(64)))).toHaveLength(1);
  expect(problemsOfCargoLock(crate("registry+https://example.com", ""))).toHaveLength(1);
  const mod = "module m\n\ngo 1.26\n\nrequire (\n\texample.com/a/b v1.2.3\n\texample.com/c v0.1.0 // indirect\n)\n";
  const pin = (module: string) => `${module} h1:${"A".repeat(43)}=\n`;
  expect(problemsOfGo(mod, pin("example.com/a/b v1.2.3") + pin("example.com/c v0.1.0"))).toEqual([]);
  expect(problemsOfGo(mod, pin("example.com/a/b v1.2.3"))).toEqual(["example.com/c v0.1.0: go.sum does not pin it"]);
  expect(
    problemsOfGo(
      `${mod}replace example.com/c => example.com/fork v1.0.0\n`,
      pin("example.com/a/b v1.2.3") + pin("example.com/c v0.1.0"),
    ),
  ).toHaveLength(1);
});
