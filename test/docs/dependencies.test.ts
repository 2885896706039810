import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Packages = Readonly<Record<string, string>>;

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read("package.json")) as {
  readonly dependencies: Packages;
  readonly devDependencies: Packages;
  readonly optionalDependencies: Packages;
};
const SECTIONS: readonly (readonly [string, Packages])[] = [
  ["What the product runs on", dependencies],
  ["What it is built and tested with", devDependencies],
  ["What comes along where it fits", optionalDependencies],
];

/** The cells of each row under a heading. */
function rows(heading: string): string[][] {
  const [, text = ""] = read("docs/dependencies.md").split(`\n## ${heading}\n`);
  const [own = ""] = text.split("\n## ", 1);
  return [...own.matchAll(/^\| (`.*) \|$/gm)].map(([, cells = ""]) => cells.split(" | "));
}

describe("docs/dependencies.md", () => {
  test.each(SECTIONS)("%s: exactly the packages of package.json, in order", (heading, packages) => {
    expect(rows(heading).map(([name]) => name)).toEqual(Object.keys(packages).map((name) => `\`${name}\``));
  });

  test.each(SECTIONS)("%s: each with what for and what else", (heading) => {
    for (const cells of rows(heading))
      expect(cells, cells[0]).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/\S/)));
  });

  test("every version is exact", () => {
    for (const [, packages] of SECTIONS)
      for (const [name, version] of Object.entries(packages)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
